package app

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// FuzzDoors sends any bytes as the body of any operation that takes one. It runs on SQLite, which each
// worker opens for itself; what differs on PostgreSQL is in the tests of hostile values.
func FuzzDoors(f *testing.F) {
	s := newSite(f, "")
	for i, o := range s.ops {
		if o.example != nil {
			body, err := onWire(o.example)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint16(i), "", body)
		}
	}
	f.Add(uint16(0), "chn_01j9zzzzzzzzzzzzzzzzzzzzzz", []byte(`{"a":"\u0000"}`))
	f.Fuzz(func(t *testing.T, op uint16, name string, body []byte) {
		o := s.ops[int(op)%len(s.ops)]
		path := s.address(o.path, strings.ReplaceAll(name, "/", ""))
		fuzztest.Within(t, len(body), doorCost, func() {
			s.honest(t, o.method+" "+path, s.ask(o.method, path, body, nil))
		})
	})
}

// FuzzAddresses asks for any path and query: ids, cursors, tick and media names.
func FuzzAddresses(f *testing.F) {
	s := newSite(f, "")
	for _, route := range s.Router.Routes {
		if method, path, ok := strings.Cut(route.Pattern, " "); ok && method == http.MethodGet {
			f.Add(strings.TrimSuffix(s.address(path, ""), "{$}"), "limit=1&cursor=x", "bytes=0-1")
		}
	}
	f.Add("/api/v1/live/rooms/"+s.ids["rom"]+"/ticks/1-2-3", "", "")
	f.Add("/media/live/x/video.m3u8", "_HLS_msn=1&_HLS_part=2", "bytes=-1")
	f.Add("/media/rec/a~b~c/index.m3u8", "", "")
	f.Add("/media/vod/ast_01j9zzzzzzzzzzzzzzzzzzzzzz/../../secrets/x", "", "bytes=5-,1-2")
	f.Fuzz(func(t *testing.T, path, query, ranges string) {
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		fuzztest.Within(t, len(path)+len(query)+len(ranges), doorCost, func() {
			w := s.ask(http.MethodGet, path+"?"+query, nil, map[string]string{"Range": ranges})
			s.honest(t, "GET "+path+"?"+query, w)
			if strings.Contains(w.Body.String(), s.token) {
				t.Errorf("GET %s shows a session", path)
			}
		})
	})
}
