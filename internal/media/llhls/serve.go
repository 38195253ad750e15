package llhls

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// cacheTargets is how long the answer to a blocking request may be cached, in target durations: its
	// URL names the state it must contain, so an old answer is still a right one.
	cacheTargets = 6

	// The session's prefix is part of every URL, so a name never means two things.
	cacheForever = "public, max-age=31536000, immutable"
	cacheBriefly = "public, max-age=1" // live playlists: below half a target duration; and 404
	cacheEnded   = "public, max-age=60"
	cacheNever   = "no-store"

	typePlaylist = "application/vnd.apple.mpegurl"
	typeMedia    = "video/mp4"
)

// Header values are shared between answers, which never change them: a room's viewers ask thousands of
// times a second, and a fresh slice for each value was a tenth of what an answer costs.
var (
	anyOrigin    = []string{"*"}
	mediaForever = []string{cacheForever}
	mediaType    = []string{typeMedia}
	playlistType = []string{typePlaylist}
	byEncoding   = []string{"Accept-Encoding"}
	gzipEncoding = []string{"gzip"}
)

// ServeHTTP answers for the request's path as Serve does for a name.
func (s *Stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Serve(w, r, strings.TrimPrefix(r.URL.Path, "/"))
}

// Serve answers for a name below the session's prefix: index.m3u8, video.m3u8, init-N.mp4, seg-N.m4s
// and part-N-K.m4s, by GET and HEAD.
func (s *Stream) Serve(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h["Access-Control-Allow-Origin"] = anyOrigin
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		h.Set("Allow", "GET, HEAD, OPTIONS")
		refuse(w, http.StatusMethodNotAllowed, cacheNever, "use GET or HEAD")
		return
	}
	switch name {
	case "index.m3u8":
		s.serveMulti(w, r)
	case "video.m3u8":
		s.serveMedia(w, r)
	default:
		s.serveObject(w, r, name)
	}
}

func (s *Stream) serveMulti(w http.ResponseWriter, r *http.Request) {
	n := s.wait(r.Context(), func(n *snapshot) bool { return n.ready() || n.ended })
	if n == nil || !n.ready() {
		unavailable(w, n)
		return
	}
	writePlaylist(w, r, n.multi, n.cacheFor(false))
}

func (s *Stream) serveMedia(w http.ResponseWriter, r *http.Request) {
	d, err := parseDirectives(r.URL.RawQuery)
	if err == nil {
		err = d.check(s.snap.Load())
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, cacheNever, err.Error())
		return
	}
	n := s.wait(r.Context(), d.satisfied)
	if n == nil || !n.ready() {
		unavailable(w, n)
		return
	}
	body := n.full
	if d.skip {
		body = n.delta
	}
	writePlaylist(w, r, body, n.cacheFor(d.blocking))
}

func (n *snapshot) cacheFor(blocking bool) string {
	switch {
	case n.ended:
		return cacheEnded
	case blocking:
		return "public, max-age=" + strconv.Itoa(int(cacheTargets*n.target/time.Second))
	}
	return cacheBriefly
}

// serveObject sends an immutable object. The hinted part is waited for.
func (s *Stream) serveObject(w http.ResponseWriter, r *http.Request, name string) {
	data, hinted := s.snap.Load().lookup(name)
	if hinted {
		n := s.wait(r.Context(), func(n *snapshot) bool {
			data, hinted = n.lookup(name)
			return !hinted
		})
		if n == nil {
			unavailable(w, nil)
			return
		}
	}
	if data == nil {
		refuse(w, http.StatusNotFound, cacheBriefly, "no such object")
		return
	}
	h := w.Header()
	h["Cache-Control"] = mediaForever
	h["Content-Type"] = mediaType
	send(w, r, data)
}

func writePlaylist(w http.ResponseWriter, r *http.Request, p rendering, cache string) {
	h := w.Header()
	h.Set("Cache-Control", cache)
	h["Content-Type"] = playlistType
	h["Vary"] = byEncoding
	body := p.plain
	if p.gzip != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h["Content-Encoding"] = gzipEncoding
		body = p.gzip
	}
	send(w, r, body)
}

func send(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader went away; there is nobody to tell
	}
}

// unavailable answers a wait that came to nothing: 404 when it never will come, else try again.
func unavailable(w http.ResponseWriter, n *snapshot) {
	if n != nil && n.ended {
		refuse(w, http.StatusNotFound, cacheBriefly, "the stream ended without media")
		return
	}
	w.Header().Set("Retry-After", "1")
	refuse(w, http.StatusServiceUnavailable, cacheNever, "nothing new in time")
}

func refuse(w http.ResponseWriter, status int, cache, reason string) {
	w.Header().Set("Cache-Control", cache)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(reason + "\n"))
}

// acceptsGzip reads Accept-Encoding (RFC 9110 12.5.3) as far as gzip goes.
func acceptsGzip(header string) bool {
	for _, item := range strings.Split(header, ",") {
		coding, params, _ := strings.Cut(item, ";")
		coding = strings.TrimSpace(coding)
		if !strings.EqualFold(coding, "gzip") {
			continue
		}
		weight, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !ok {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}
