package server

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// minGzip is below what one network packet carries anyway.
const minGzip = 1400

// zipped holds the gzip form of the embedded web files, each made at its first request. The files are part
// of the binary, so their number and size bound the memory.
type zipped struct {
	dist fs.FS
	mu   sync.Mutex
	done map[string][]byte
}

// serve answers with the gzip form of a text file; false when the file or the client does not take it.
func (z *zipped) serve(w http.ResponseWriter, req *http.Request, name string) bool {
	kind, text := textTypes[path.Ext(name)]
	if !text || !strings.Contains(req.Header.Get("Accept-Encoding"), "gzip") || req.Header.Get("Range") != "" {
		return false
	}
	body := z.body(name)
	if body == nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Encoding", "gzip")
	h.Add("Vary", "Accept-Encoding")
	if req.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has gone
	}
	return true
}

var textTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	".json": "application/json", ".webmanifest": "application/manifest+json",
}

func (z *zipped) body(name string) []byte {
	z.mu.Lock()
	defer z.mu.Unlock()
	if b, ok := z.done[name]; ok {
		return b
	}
	var out []byte
	if raw, err := fs.ReadFile(z.dist, name); err == nil && len(raw) >= minGzip {
		var b bytes.Buffer
		zw := gzip.NewWriter(&b)
		if _, err := zw.Write(raw); err == nil && zw.Close() == nil && b.Len() < len(raw) {
			out = b.Bytes()
		}
	}
	z.done[name] = out
	return out
}
