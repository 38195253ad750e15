package llhls

import (
	"net/http"
	"strconv"
	"strings"
)

// ServeHTTP answers for the request's path as Serve does for a name.
func (s *Stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Serve(w, r, strings.TrimPrefix(r.URL.Path, "/"))
}

// Serve answers for a name below the session's prefix by GET and HEAD, as Answer says, and waits where that waits.
func (s *Stream) Serve(w http.ResponseWriter, r *http.Request, name string) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		send(w, r, Answer{refusal(http.StatusMethodNotAllowed, cacheNever, "Allow", "GET, HEAD, OPTIONS"), []byte("use GET or HEAD\n")})
		return
	}
	a, wait := s.Answer(Ask{Name: name, Query: r.URL.RawQuery, Gzip: AcceptsGzip(r.Header.Get("Accept-Encoding"))})
	if wait != nil {
		a = wait.until(r.Context())
	}
	send(w, r, a)
}

func send(w http.ResponseWriter, r *http.Request, a Answer) {
	h := w.Header()
	for name, values := range a.Header {
		h[name] = values // shared: nobody changes a header's values
	}
	h["Content-Length"] = []string{strconv.Itoa(len(a.Body))}
	w.WriteHeader(a.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.Body) // the reader went away; there is nobody to tell
	}
}

// AcceptsGzip reads Accept-Encoding (RFC 9110 12.5.3) as far as gzip goes.
func AcceptsGzip(header string) bool {
	for item := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
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
