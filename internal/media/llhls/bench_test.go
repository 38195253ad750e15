package llhls

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// BenchmarkPublish is the cost of one part's playlists, full and delta, plain and gzip, at full window.
func BenchmarkPublish(b *testing.B) {
	r := newRig(b, 30).begin().play(70 * time.Second)
	b.ReportAllocs()
	for b.Loop() {
		r.s.dirty = true
		r.s.publish()
	}
}

type nowhere struct{ h http.Header }

func (n *nowhere) Header() http.Header         { return n.h }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}

func BenchmarkServe(b *testing.B) {
	r := newRig(b, 30).begin().play(70 * time.Second)
	for _, path := range []string{"/part-34-1.m4s", "/video.m3u8?_HLS_msn=34&_HLS_part=1"} {
		b.Run(path[1:5], func(b *testing.B) {
			req := httptest.NewRequest(http.MethodGet, path, nil)
			req.Header.Set("Accept-Encoding", "gzip")
			b.ReportAllocs()
			for b.Loop() {
				w := &nowhere{h: http.Header{}}
				r.s.ServeHTTP(w, req)
			}
		})
	}
}
