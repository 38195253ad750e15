package liveapi

import (
	"bytes"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

const (
	// minZip is below what compression saves a packet, or a cache anything worth its two forms.
	minZip = 512
	// maxZipped bytes of bodies are kept beside their compressed form, which is smaller. Readers ask for the newest
	// ticks, all at once: those of some hundred rooms fit.
	maxZipped = 8 << 20
)

// zips keeps what was compressed lately, so that a tick is compressed once and not once a reader.
type zips struct {
	mu    sync.Mutex
	kept  map[string]*zip
	order []string // oldest first
	bytes int      // of the bodies kept
}

type zip struct {
	src  []byte
	once sync.Once
	body []byte // nil: not worth it
}

// of is the gzip form of what stands at path; nil when it is not worth it. A changed body under the same path,
// which only replays have, is compressed anew.
func (z *zips) of(path string, body []byte) []byte {
	if len(body) < minZip {
		return nil
	}
	z.mu.Lock()
	e := z.kept[path]
	if e == nil || !bytes.Equal(e.src, body) {
		if z.kept == nil {
			z.kept = map[string]*zip{}
		}
		if e == nil {
			z.order = append(z.order, path)
		} else {
			z.bytes -= len(e.src)
		}
		e = &zip{src: body}
		z.kept[path] = e
		for z.bytes += len(body); z.bytes > maxZipped && len(z.order) > 1; z.order = z.order[1:] {
			z.bytes -= len(z.kept[z.order[0]].src)
			delete(z.kept, z.order[0])
		}
	}
	z.mu.Unlock()
	e.once.Do(func() {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(body); err == nil && w.Close() == nil && b.Len() < len(body) {
			e.body = b.Bytes()
		}
	})
	return e.body
}

// send answers with a body of the timeline, compressed for those who take it. What is not a success is never
// sent by it.
func (h *door) send(w http.ResponseWriter, req *http.Request, cache string, body []byte) {
	head := w.Header()
	head.Set("Content-Type", "application/json")
	head.Set("Cache-Control", cache)
	head.Add("Vary", "Accept-Encoding")
	if takesGzip(req.Header.Values("Accept-Encoding")) {
		if zipped := h.zips.of(req.URL.Path, body); zipped != nil {
			head.Set("Content-Encoding", "gzip")
			body = zipped
		}
	}
	_, _ = w.Write(body) // the reader has gone
}

// takesGzip reads Accept-Encoding (RFC 9110 section 12.5.3): gzip named, or everything, and not with weight 0.
func takesGzip(values []string) bool {
	all, named, refused := false, false, false
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, weight, _ := strings.Cut(part, ";")
		q := strings.ReplaceAll(strings.ToLower(weight), " ", "")
		zero := q != "" && strings.Trim(strings.TrimPrefix(q, "q="), "0.") == ""
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			named, refused = !zero, zero
		case "*":
			all = !zero
		}
	}
	return named || all && !refused
}
