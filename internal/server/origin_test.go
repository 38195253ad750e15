package server_test

import (
	"net/http"
	"testing"

	"github.com/hawker-live/hawker/internal/server"
)

func TestOrigin_RoutesWithoutCookieAuthorityAreOpenToOtherSites(t *testing.T) {
	s := alone(t)
	runs := 0
	count := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runs++ })
	s.HandleOpen("POST /open", "a stream key is in the request", count)
	s.Handle("POST /shut", server.Public, "a cookie may be", count)
	for _, h := range []map[string]string{{"Origin": "https://studio.example", "Sec-Fetch-Site": "cross-site"}, {"Cookie": "hawker_session=viewer"}} {
		if w := s.send(request{method: http.MethodPost, path: "/open", header: h}); w.Code != http.StatusOK {
			t.Errorf("open, %v: %d", h, w.Code)
		}
		if w := s.send(request{method: http.MethodPost, path: "/shut", header: h}); w.Code != http.StatusForbidden {
			t.Errorf("shut, %v: %d", h, w.Code)
		}
	}
	if runs != 2 {
		t.Errorf("%d handlers ran", runs)
	}
}
