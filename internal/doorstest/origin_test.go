package doorstest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/server"
)

// foreign are the ways in which a page of another site can make a browser send a request; HOST stands for
// our own.
var foreign = map[string]map[string]string{
	"a foreign origin":                           {"Origin": "https://evil.example"},
	"our name inside a foreign origin":           {"Origin": "http://HOST.evil.example"},
	"our host at another port":                   {"Origin": "http://127.0.0.1:1"},
	"a sandboxed frame":                          {"Origin": "null"},
	"an empty origin":                            {"Origin": " "},
	"cross-site":                                 {"Sec-Fetch-Site": "cross-site"},
	"cross-site under our own name":              {"Sec-Fetch-Site": "cross-site", "Origin": "http://HOST"},
	"a sibling site":                             {"Sec-Fetch-Site": "same-site", "Origin": "http://sibling.HOST"},
	"a browser that says nothing but its cookie": {},
}

// ours are requests that must go on working.
var ours = map[string]map[string]string{
	"our own page":                       {"Origin": "http://HOST", "Sec-Fetch-Site": "same-origin"},
	"our own page in an old browser":     {"Origin": "http://HOST"},
	"a typed address":                    {"Sec-Fetch-Site": "none"},
	"a program with its session in hand": {"Cookie": "", "Authorization": "Bearer TOKEN"},
	"a program with both":                {"Authorization": "Bearer TOKEN"},
}

// filled puts the host, the token and the cookie into a request's headers.
func (w *world) filled(h map[string]string, p *person) map[string]string {
	out := map[string]string{"Cookie": server.SessionCookie + "=" + p.token}
	for k, v := range h {
		out[k] = strings.NewReplacer("HOST", strings.TrimPrefix(w.base, "http://"), "TOKEN", p.token).Replace(v)
	}
	return out
}

// changing are the routes whose method may change something, and the sockets.
func changing(routes []server.Route) (out []server.Route) {
	for _, r := range routes {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if strings.HasSuffix(path, "/ws") || method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions {
			out = append(out, r)
		}
	}
	return out
}

// borderless are the routes that pages of other sites may use: a stream key is in the request, never a cookie.
var borderless = map[string]bool{
	"POST /api/v1/media/whip": true, "PATCH /api/v1/media/whip/{session}": true, "DELETE /api/v1/media/whip/{session}": true,
}

func TestOrigin_NoOtherSiteChangesAnything(t *testing.T) {
	w := newWorld(t)
	p := w.join("owner")
	nobody := &person{}
	refused, let := 0, 0
	for _, r := range changing(w.Router.Routes) {
		method, path, _ := strings.Cut(r.Pattern, " ")
		ask := func(h map[string]string) answer {
			c := call{method: method, path: w.plainAddress(path), body: []byte("{}"), header: w.filled(h, p)}
			if strings.HasSuffix(path, "/ws") {
				c.body = nil
				for k, v := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
					c.header[k] = v
				}
			}
			return w.ask(nobody, c)
		}
		for name, h := range foreign {
			a := ask(h)
			if got := a.status == http.StatusForbidden && a.code() == "foreign_origin"; got == borderless[r.Pattern] {
				t.Errorf("%s from %s: %s", r.Pattern, name, a)
			}
			refused++
		}
		if strings.HasSuffix(path, "/sign-out") || strings.HasSuffix(path, "/sign-out-everywhere") {
			continue // they would end this test's own session
		}
		for name, h := range ours {
			if a := ask(h); a.code() == "foreign_origin" {
				t.Errorf("%s from %s: %s", r.Pattern, name, a)
			}
			let++
		}
	}
	if a := w.ask(p, call{method: "GET", path: "/api/v1/identity/me"}); a.status != 200 {
		t.Errorf("a refused request ended the session: %s", a)
	}
	t.Logf("%d requests from elsewhere to %d routes refused, %d of our own let in", refused, len(changing(w.Router.Routes)), let)
}

// plainAddress fills a pattern with names of nothing.
func (w *world) plainAddress(path string) string {
	steps := strings.Split(strings.TrimSuffix(path, "{$}"), "/")
	for i, s := range steps {
		if strings.HasPrefix(s, "{") {
			steps[i] = "nosuch"
		}
	}
	return strings.Join(steps, "/")
}
