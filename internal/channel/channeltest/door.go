package channeltest

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/server"
)

// Door is a router over the world. A bearer token is a user's id.
type Door struct {
	*server.Router
	w *World
}

// OpenDoor builds an empty router; server.Migrate must have prepared its table.
func (w *World) OpenDoor() *Door {
	return &Door{w: w, Router: server.NewRouter(server.Deps{DB: w.DB, Clock: clock.Real{}, Log: slog.New(slog.DiscardHandler), Sessions: w, Version: "test"})}
}

// Resolve implements server.Sessions.
func (w *World) Resolve(ctx context.Context, token string) (identity.Actor, error) {
	u, err := w.Identity.User(ctx, token)
	if err != nil {
		return identity.Actor{}, errs.New(errs.Unauthorized, "session_ended", "sign in again")
	}
	return identity.Actor{UserID: u.ID, Name: u.Name, Operator: u.Operator}, nil
}

// Call sends a JSON request as somebody and fails the test unless the answer has the status. It returns the
// answer, empty when there is none. A header is "Name: value".
func (d *Door) Call(a identity.Actor, method, path, body string, status int, headers ...string) map[string]any {
	d.w.T.Helper()
	req := httptest.NewRequestWithContext(d.w.Ctx, method, path, strings.NewReader(body))
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
		d.w.T.Errorf("%s %s %s: status %d, want %d: %s", method, path, body, rec.Code, status, rec.Body)
	}
	out := map[string]any{}
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			d.w.T.Errorf("%s %s answers no JSON: %s", method, path, rec.Body)
		}
	}
	return out
}

// Refuse is Call for an answer that carries a problem's code.
func (d *Door) Refuse(a identity.Actor, method, path, body string, status int, code string, headers ...string) {
	d.w.T.Helper()
	if p := d.Call(a, method, path, body, status, headers...); p["code"] != code {
		d.w.T.Errorf("%s %s %s: refused with %v, want %s", method, path, body, p["code"], code)
	}
}

// Gates checks that every route of the router under prefix asks a visitor, and a user who is no operator,
// for what it states. It sends empty bodies, so that nothing behind a gate runs.
func (d *Door) Gates(prefix string, user identity.Actor) {
	d.w.T.Helper()
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
			d.w.T.Errorf("%s lets a visitor in: %d", route.Pattern, got)
		}
		if got := d.status(user, method, path, body); route.Allow == server.Operator && got != http.StatusForbidden && got != http.StatusUnprocessableEntity {
			d.w.T.Errorf("%s lets anybody in: %d", route.Pattern, got)
		}
	}
	if checked == 0 {
		d.w.T.Errorf("no route under %s is gated", prefix)
	}
}

func (d *Door) status(a identity.Actor, method, path, body string) int {
	req := httptest.NewRequestWithContext(d.w.Ctx, method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "key-of-the-gate-test")
	if !a.Anonymous() {
		req.Header.Set("Authorization", "Bearer "+a.UserID)
	}
	rec := httptest.NewRecorder()
	d.ServeHTTP(rec, req)
	return rec.Code
}
