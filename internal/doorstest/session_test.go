package doorstest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/server"
)

// sessionOf is the session that an answer starts, "" when it starts none.
func sessionOf(a answer) *http.Cookie {
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == server.SessionCookie {
			return c
		}
	}
	return &http.Cookie{}
}

// byCookie asks as a browser of our own site that holds a cookie.
func (w *world) byCookie(token, method, path string, body any) answer {
	w.t.Helper()
	return w.ask(nil, call{method: method, path: path, body: body, header: map[string]string{"Cookie": server.SessionCookie + "=" + token, "Origin": w.base}})
}

// alive reports whether a token is somebody's session.
func (w *world) alive(token string) bool {
	w.t.Helper()
	bearer := w.ask(&person{token: token}, call{method: "GET", path: "/api/v1/identity/me"}).status
	if cookie := w.byCookie(token, "GET", "/api/v1/identity/me", nil).status; cookie != bearer {
		w.t.Errorf("a token is worth %d as a bearer and %d as a cookie", bearer, cookie)
	}
	return bearer == http.StatusOK
}

func TestSession_IsNewAtEverySignInAndDeadAfterItsEnd(t *testing.T) {
	w := newWorld(t)
	p := w.join("owner")
	signIn := fields{"login": p.login, "password": p.password}
	const planted = "planted-by-somebody-else-000000000000"
	c := sessionOf(w.byCookie(planted, "POST", "/api/v1/identity/sign-in", signIn))
	first := c.Value
	if first == planted || len(first) < 32 || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("the session cookie: %s", c)
	}
	if w.alive(planted) || !w.alive(first) {
		t.Error("a planted token became a session, or the real one did not")
	}
	second := sessionOf(w.byCookie(first, "POST", "/api/v1/identity/sign-in", signIn)).Value
	if second == first || !w.alive(second) || w.alive(first) {
		t.Error("signing in again left the browser's old session alive")
	}
	if a := w.byCookie(second, "POST", "/api/v1/identity/sign-in", fields{"login": p.login, "password": "wrong password"}); a.status != 401 || sessionOf(a).Value != "" || !w.alive(second) {
		t.Errorf("a wrong password: %s", a)
	}
	programs := w.must(p, "POST", "/api/v1/identity/sign-in", signIn)
	if !w.alive(p.token) || !w.alive(sessionOf(programs).Value) {
		t.Error("a program's session ended when it opened another")
	}
	if out := sessionOf(w.byCookie(second, "POST", "/api/v1/identity/sign-out", nil)); out.MaxAge >= 0 || w.alive(second) {
		t.Error("signing out left the token alive, or the cookie in the browser")
	}
	w.must(p, "POST", "/api/v1/identity/sign-out-everywhere", nil)
	if w.alive(p.token) || w.alive(sessionOf(programs).Value) {
		t.Error("signing out everywhere left a session alive")
	}
}

func TestPassword_IsBoundedAtBothEnds(t *testing.T) {
	w := newWorld(t)
	for n, want := range map[int]int{0: 422, 7: 422, 8: 200, 128: 200, 129: 422, 100_000: 422} {
		for _, letter := range []string{"x", "密"} {
			a := w.ask(nil, call{method: "POST", path: "/api/v1/identity/sign-up",
				body: fields{"login": "bounds-" + itoa(int(w.serial.Add(1))), "name": "bounds", "password": strings.Repeat(letter, n)}})
			if a.status != want && (n != 100_000 || a.status != 413) {
				t.Errorf("%d times %s: %s", n, letter, a)
			}
			if n > 8 && strings.Contains(string(a.body), strings.Repeat(letter, 8)) {
				t.Errorf("the answer repeats the password")
			}
		}
	}
}

func TestSignIn_GuessingMeetsAWaitOverHTTP(t *testing.T) {
	w := newWorld(t)
	p := w.join("owner")
	guess := func(from, login, password string) answer {
		return w.ask(nil, call{method: "POST", path: "/api/v1/identity/sign-in", body: fields{"login": login, "password": password}, header: map[string]string{"X-Forwarded-For": from}})
	}
	for _, login := range []string{p.login, "nobody-of-this-name"} {
		for range 8 {
			if a := guess("192.0.2.7", login, "wrong password"); a.status != 401 || a.code() != "sign_in_failed" {
				t.Fatalf("%s: %s", login, a)
			}
		}
		if a := guess("192.0.2.7", login, "wrong password"); a.status != 429 || a.code() != "sign_in_rate" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s, the ninth: %s", login, a)
		}
	}
	if a := guess("192.0.2.7", p.login, p.password); a.status != 429 {
		t.Errorf("the right password during the wait tells that it is right: %s", a)
	}
	if a := guess("198.51.100.9", p.login, p.password); a.status != 200 {
		t.Errorf("its owner elsewhere: %s", a)
	}
}

func TestSignIn_AFullQueueSaysWhenToComeBack(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), identity.Migrate)
	log := slog.New(slog.DiscardHandler)
	// One slot, two waiters, and a hash that takes long enough for the crowd to meet.
	s := identity.New(identity.Deps{DB: d, Clock: clock.Real{}, IDs: id.NewSource(clock.Real{}.Now), Log: log, Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 32 << 10, Passes: 3}, 1, 2)})
	r := server.NewRouter(server.Deps{DB: d, Clock: clock.Real{}, Log: log, Sessions: s, Version: "test"})
	identityapi.Mount(r, identityapi.Deps{Identity: s})
	var mu sync.Mutex
	got := map[int]int{}
	var crowd sync.WaitGroup
	for i := range 40 {
		crowd.Go(func() {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/identity/sign-in", strings.NewReader(`{"login":"name-`+itoa(i)+`","password":"wrong password"}`))
			req.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			r.ServeHTTP(w, req)
			mu.Lock()
			defer mu.Unlock()
			got[w.Code]++
			if w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Error("busy, and not until when")
			}
		})
	}
	crowd.Wait()
	if got[401] < 3 || got[503] < 1 || got[401]+got[503] != 40 {
		t.Errorf("forty at once with room for three: %v", got)
	}
}
