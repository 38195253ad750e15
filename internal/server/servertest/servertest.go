package servertest

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/server"
)

// Door is a router without routes yet, and a client of it.
type Door struct {
	*server.Router
	t testing.TB
}

// Open builds a door over a database that server.Migrate has prepared. Call signs in with the user's id as
// bearer token, which sessions must resolve.
func Open(t testing.TB, d *db.DB, sessions server.Sessions) *Door {
	return &Door{t: t, Router: server.NewRouter(server.Deps{DB: d, Clock: clock.Real{}, Log: slog.New(slog.DiscardHandler), Sessions: sessions, Version: "test"})}
}

// Call sends a JSON request as somebody and fails the test unless the answer has the status. It returns the
// answer, empty when there is none. A header is "Name: value".
func (d *Door) Call(a identity.Actor, method, path, body string, status int, headers ...string) map[string]any {
	d.t.Helper()
	req := httptest.NewRequestWithContext(d.t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if !a.Anonymous() {
		req.Header.Set("Authorization", "Bearer "+a.UserID)
	}
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	d.ServeHTTP(rec, req)
	if rec.Code != status {
		d.t.Errorf("%s %s %s: status %d, want %d: %s", method, path, body, rec.Code, status, rec.Body)
	}
	out := map[string]any{}
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			d.t.Errorf("%s %s answers no JSON: %s", method, path, rec.Body)
		}
	}
	return out
}

// Refuse is Call for an answer that carries a problem's code.
func (d *Door) Refuse(a identity.Actor, method, path, body string, status int, code string, headers ...string) {
	d.t.Helper()
	if p := d.Call(a, method, path, body, status, headers...); p["code"] != code {
		d.t.Errorf("%s %s %s: refused with %v, want %s", method, path, body, p["code"], code)
	}
}

// Gates checks that every route of the router under prefix asks a visitor, and a user who is no operator,
// for what it states. It sends empty bodies, so that nothing behind a gate runs.
func (d *Door) Gates(prefix string, user identity.Actor) {
	d.t.Helper()
	checked := 0
	for _, route := range d.Routes {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if !strings.HasPrefix(path, prefix) || route.Allow == server.Public {
			continue
		}
		checked++
		path = strings.NewReplacer("{", "", "}", "").Replace(path)
		body := ""
		if method == http.MethodPost || method == http.MethodPatch || method == http.MethodPut {
			body = "{}"
		}
		if got := d.status(identity.Actor{}, method, path, body); got != http.StatusUnauthorized && got != http.StatusUnprocessableEntity {
			d.t.Errorf("%s lets a visitor in: %d", route.Pattern, got)
		}
		if got := d.status(user, method, path, body); route.Allow == server.Operator && got != http.StatusForbidden && got != http.StatusUnprocessableEntity {
			d.t.Errorf("%s lets anybody in: %d", route.Pattern, got)
		}
	}
	if checked == 0 {
		d.t.Errorf("no route under %s is gated", prefix)
	}
}

func (d *Door) status(a identity.Actor, method, path, body string) int {
	req := httptest.NewRequestWithContext(d.t.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "key-of-the-gate-test")
	if !a.Anonymous() {
		req.Header.Set("Authorization", "Bearer "+a.UserID)
	}
	rec := httptest.NewRecorder()
	d.ServeHTTP(rec, req)
	return rec.Code
}
