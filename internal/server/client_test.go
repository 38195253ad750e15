package server_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/server"
)

func TestClientAddr_BelievesTrustedProxiesOnly(t *testing.T) {
	proxies, err := server.ParseProxies("127.0.0.0/8, ::1,10.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.ParseProxies("everybody"); err == nil {
		t.Error("a name is no network")
	}
	r := server.NewRouter(server.Deps{Clock: clock.Real{}, Sessions: sessions{}, TrustedProxies: proxies})
	r.Handle("GET /who", server.Public, "for the test", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.WriteString(w, server.ClientAddr(req.Context()))
	}))
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:1", "", "203.0.113.9"},
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},                                                                        // a stranger names anybody
		{"127.0.0.1:1", "198.51.100.1", "198.51.100.1"},                                                                         // our proxy
		{"127.0.0.1:1", "8.8.8.8, 198.51.100.1, 10.0.0.3", "198.51.100.1"},                                                      // two proxies; what the client wrote is left of them
		{"127.0.0.1:1", "not an address", "127.0.0.1"},                                                                          // nothing to believe
		{"127.0.0.1:1", "127.0.0.1,127.0.0.1", "127.0.0.1"},                                                                     // proxies all the way
		{"[2001:db8:1:2:3:4:5:6]:1", "", "2001:db8:1:2::/64"},                                                                   // what one customer owns
		{"[::ffff:203.0.113.9]:1", "", "203.0.113.9"},                                                                           // IPv4 in IPv6's clothes
		{"127.0.0.1:1", "1.1.1.1,10.1.1.1,10.1.1.1,10.1.1.1,10.1.1.1,10.1.1.1,10.1.1.1,10.1.1.1,10.1.1.1,10.1.1.1", "10.1.1.1"}, // no endless chain
	} {
		req := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/who", nil)
		req.RemoteAddr = c.peer
		if c.forwarded != "" {
			req.Header.Set("X-Forwarded-For", c.forwarded)
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if got := w.Body.String(); got != c.want {
			t.Errorf("%s forwarded for %q: %q, want %q", c.peer, c.forwarded, got, c.want)
		}
	}
}
