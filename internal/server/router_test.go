package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hawker-live/hawker/internal/server"
)

func TestGates_LetInWhoTheRouteNames(t *testing.T) {
	s := alone(t)
	const public, signed, operator, plain = "/api/v1/test/public", "/api/v1/test/signed", "/api/v1/test/operator", "/api/v1/test/plain/x"
	for _, r := range []request{
		{name: "visitor on public", path: public, status: 200, want: `"text":""`, runs: 1},
		{name: "ended session on public is a visitor", path: public, token: "old", status: 200, want: `"text":""`, runs: 1},
		{name: "viewer on public", path: public, token: "viewer", status: 200, want: "usr_viewer", runs: 1},
		{name: "visitor on signed", path: signed, status: 401, code: "sign_in_required"},
		{name: "ended session on signed", path: signed, token: "old", status: 401, code: "sign_in_required"},
		{name: "viewer on signed", path: signed, token: "viewer", status: 200, want: "usr_viewer", runs: 1},
		{name: "viewer by cookie", path: signed, header: map[string]string{"Cookie": "hawker_session=viewer"}, status: 200, want: "usr_viewer", runs: 1},
		{name: "bearer before cookie", path: signed, token: "other", header: map[string]string{"Cookie": "hawker_session=viewer"}, status: 200, want: "usr_other", runs: 1},
		{name: "another cookie", path: signed, header: map[string]string{"Cookie": "session=viewer"}, status: 401, code: "sign_in_required"},
		{name: "visitor on operator", path: operator, status: 401, code: "sign_in_required"},
		{name: "viewer on operator", path: operator, token: "viewer", status: 403, code: "operator_only"},
		{name: "operator on operator", path: operator, token: "operator", status: 200, want: "usr_operator", runs: 1},
		{name: "visitor on a plain route", path: plain, status: 401, code: "sign_in_required"},
		{name: "viewer on a plain route", path: plain, token: "viewer", status: 403, code: "operator_only"},
		{name: "operator on a plain route", path: plain, token: "operator", status: 200, want: "plain", runs: 1},
		{name: "sessions cannot be read", path: signed, token: "broken", status: 500, code: "internal"},
		{name: "sessions cannot be read, plain route", path: plain, token: "broken", status: 500, code: "internal"},
	} {
		if body := s.check(r).Body.String(); strings.Contains(body, "hunter2") {
			t.Errorf("%s: a fault's text reached the client: %s", r.name, body)
		}
	}
}

func TestOrigin_ForeignPagesChangeNothing(t *testing.T) {
	s := alone(t)
	const say = "/api/v1/test/say/1"
	for _, r := range []request{
		{name: "a page of another site", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, status: 403, code: "foreign_origin"},
		{name: "a sister site", header: map[string]string{"Sec-Fetch-Site": "same-site"}, status: 403, code: "foreign_origin"},
		{name: "an old browser on another site", header: map[string]string{"Origin": "https://evil.example"}, status: 403, code: "foreign_origin"},
		{name: "a foreign page with a cookie", header: map[string]string{"Sec-Fetch-Site": "cross-site", "Cookie": "hawker_session=viewer"}, status: 403, code: "foreign_origin"},
		{name: "our own page", header: map[string]string{"Sec-Fetch-Site": "same-origin"}, status: 200, runs: 1},
		{name: "an old browser on our page", header: map[string]string{"Origin": "http://example.com"}, status: 200, runs: 1},
		{name: "a program", status: 200, runs: 1},
	} {
		r.method, r.path, r.body = http.MethodPost, say, `{"text":"hi"}`
		s.check(r)
	}
	s.check(request{name: "reading from elsewhere", path: "/api/v1/test/public", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, status: 200, runs: 1})
}

func TestProblem_EachKindHasItsStatusAndShape(t *testing.T) {
	s := alone(t)
	for kind, status := range map[string]int{
		"invalid": 422, "unauthorized": 401, "denied": 403, "not_found": 404, "conflict": 409, "gone": 410, "busy": 503, "too_many": 429, "unsupported": 415,
	} {
		w := s.check(request{name: kind, path: "/api/v1/test/fail/" + kind, status: status, code: "the_code", says: map[string]string{"Retry-After": "2"}})
		p := problemOf(w)
		if p.Type != "about:blank" || p.Status != status || p.Title != http.StatusText(status) || p.Detail != "the way out" || p.Field != "field" ||
			p.Params["left"] != 3.0 || p.RequestID != w.Header().Get("X-Request-Id") {
			t.Errorf("%s is told as %+v", kind, p)
		}
		if strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%s tells its cause: %s", kind, w.Body)
		}
	}
	s.check(request{name: "wrapped", path: "/api/v1/test/fail/wrapped", status: 409, code: "taken"})
	for _, kind := range []string{"fault", "internal", "panic"} {
		w := s.check(request{name: kind, path: "/api/v1/test/fail/" + kind, status: 500, code: "internal"})
		if body := w.Body.String(); strings.Contains(body, "secret") || strings.Contains(body, "hunter2") {
			t.Errorf("%s tells its text: %s", kind, body)
		}
	}
	s.check(request{name: "a panic in a plain handler", path: "/files/panic", status: 500, code: "internal", runs: 1})
	s.check(request{name: "and the next request", path: "/files/x", status: 200, want: "plain", runs: 1})
}

func TestProblem_WrongInputNamesItsPlaceAndEchoesNothing(t *testing.T) {
	s := alone(t)
	const say = "/api/v1/test/say/1"
	for _, r := range []request{
		{name: "a word too long", body: `{"text":"hunter2 hunter2"}`, status: 422, want: `"field":"body.text"`},
		{name: "a word missing", body: `{}`, status: 422, want: "text"},
		{name: "a word of another type", body: `{"text":7}`, status: 422, want: "body.text"},
		{name: "an unknown word", body: `{"text":"x","hunter":1}`, status: 422, want: "body.hunter"},
		{name: "no JSON", body: `{"text":`, status: 400},
		{name: "too large", body: `{"text":"` + strings.Repeat("x", 300<<10) + `"}`, status: 413},
	} {
		r.method, r.path, r.code = http.MethodPost, say, "request_invalid"
		w := s.check(r)
		if strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%s: the input came back: %s", r.name, w.Body)
		}
	}
	s.check(request{name: "a path too long", method: http.MethodPost, path: "/api/v1/test/say/" + strings.Repeat("x", 21), body: `{"text":"x"}`, status: 422, code: "request_invalid"})
	s.check(request{name: "the right one", method: http.MethodPost, path: say, body: `{"text":"吆喝"}`, status: 200, want: "吆喝", runs: 1})
}

func TestUnknownRoutes(t *testing.T) {
	s := alone(t)
	for _, r := range []request{
		{name: "an unknown operation", path: "/api/v1/none", status: 404, code: "route_not_found"},
		{name: "an unknown object", path: "/media/vod/none", status: 404, code: "route_not_found"},
		{name: "a known address with another method", method: http.MethodDelete, path: "/api/v1/test/public", status: 405, code: "method_not_allowed", says: map[string]string{"Allow": "GET, HEAD"}},
		{name: "an unknown change", method: http.MethodPost, path: "/api/v1/none", status: 405, code: "method_not_allowed"},
		{name: "a page of the viewer", path: "/p/pst_1", status: 200, want: "viewer"},
		{name: "a page that only looks like the API", path: "/apitizer", status: 200, want: "viewer"},
	} {
		s.check(r)
	}
	bare := emptyRouter(s)
	(&site{Router: bare, t: t}).check(request{name: "without a web app", path: "/", status: 404, code: "route_not_found"})
}

func TestWeb_PagesAreFreshAndAssetsForever(t *testing.T) {
	s := alone(t)
	fresh, forever := map[string]string{"Cache-Control": "no-cache", "Content-Type": "text/html; charset=utf-8"}, map[string]string{"Cache-Control": "public, max-age=31536000, immutable"}
	for _, r := range []request{
		{name: "home", path: "/", status: 200, want: "viewer", says: fresh},
		{name: "a deep page", path: "/live/rom_1", status: 200, want: "viewer", says: fresh},
		{name: "the page by name", path: "/index.html", status: 200, want: "viewer", says: fresh},
		{name: "console", path: "/console", status: 200, want: "console", says: fresh},
		{name: "a deep console page", path: "/console/shop/orders", status: 200, want: "console", says: fresh},
		{name: "not the console", path: "/consoles", status: 200, want: "viewer", says: fresh},
		{name: "an asset", path: "/assets/app-1a2b.js", status: 200, want: "run()", says: forever},
		{name: "an asset of an older build", path: "/assets/app-old.js", status: 404, says: map[string]string{"Cache-Control": ""}},
		{name: "a file that may change", path: "/favicon.ico", status: 200, want: "icon", says: map[string]string{"Cache-Control": ""}},
		{name: "a way out of the folder", path: "/assets/../../etc/passwd", status: 307},
	} {
		s.check(r)
	}
	empty := &site{Router: emptyRouter(s), t: t}
	empty.MountWeb(fstest.MapFS{})
	empty.check(request{name: "a program without a web build", path: "/", status: 200, want: "make run"})
}

func TestMeta_TellsHealthReadinessAndTheAPI(t *testing.T) {
	s := alone(t)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ok", "/docs": "<html", "/docs/docs.js": "openapi.json", "/openapi.json": `"openapi": "3.1`} {
		s.check(request{name: path, path: path, status: 200, want: want})
	}
	ill := &site{Router: emptyRouter(s), t: t}
	ill.MountMeta(func(context.Context) error { return errors.New("the database does not answer") })
	ill.check(request{name: "alive", path: "/healthz", status: 200})
	ill.check(request{name: "not ready", path: "/readyz", status: 503, want: "not ready"})
}

func TestOpenAPI_HoldsEveryRouteOfTheAPIWithItsGate(t *testing.T) {
	s := alone(t)
	text, err := s.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Allow       string `json:"x-allow"`
			Security    []any  `json:"security"`
			Parameters  []struct {
				Name     string
				In       string
				Required bool
			}
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, route := range s.Routes {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if !strings.HasPrefix(path, "/api/") {
			continue
		}
		seen++
		op, ok := doc.Paths[path][strings.ToLower(method)]
		if !ok || op.Allow != route.Allow.String() || op.OperationID == "" {
			t.Errorf("%s stands in the document as %+v", route.Pattern, op)
		}
		named := 0
		for _, p := range op.Parameters {
			if p.In == "path" && p.Required && strings.Contains(path, "{"+p.Name+"}") {
				named++
			}
		}
		if named != strings.Count(path, "{") {
			t.Errorf("%s has the parameters %+v", route.Pattern, op.Parameters)
		}
	}
	if seen != 8 {
		t.Errorf("%d API routes were compared, want 8", seen)
	}
	if op := doc.Paths["/api/v1/test/once/{id}"]["post"]; len(op.Security) != 2 || len(op.Parameters) != 2 {
		t.Errorf("the idempotent operation is described as %+v", op)
	}
	if doc.Components.Schemas["Problem"] == nil {
		t.Error("the problem has no schema")
	}
	again, err := s.Document()
	if err != nil || string(again) != string(text) {
		t.Error("the document is not stable")
	}
}

func TestRoutes_MustSayWhoAndWhy(t *testing.T) {
	s := alone(t)
	for name, mount := range map[string]func(){
		"who": func() { s.Handle("GET /a", 0, "why", http.NotFoundHandler()) },
		"why": func() { s.Handle("GET /b", server.Public, "", http.NotFoundHandler()) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a route without %s was mounted", name)
				}
			}()
			mount()
		}()
	}
}

func TestSessionCookie_IsKeptFromScriptsAndOtherSites(t *testing.T) {
	s := alone(t)
	c := s.SessionCookieFor("token")
	if c.Name != "__Host-hawker_session" || c.Domain != "" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 30*24*3600 || c.Value != "token" {
		t.Errorf("cookie %+v", c)
	}
	if c = s.SessionCookieFor(""); c.Name != "__Host-hawker_session" || !c.Secure || c.MaxAge >= 0 || c.Value != "" {
		t.Errorf("the ending cookie is %+v", c)
	}
	if c = emptyRouter(s).SessionCookieFor("token"); c.Name != "hawker_session" || c.Secure {
		t.Errorf("without HTTPS the cookie is %+v", c) // a browser would refuse the other name
	}
}

// A cookie under the guarded name cannot come from another host of the domain; one under the plain name can.
func TestSessionCookie_OneThatAnotherHostMayHaveSetNeverWins(t *testing.T) {
	s := alone(t)
	for cookies, want := range map[string]string{
		"__Host-hawker_session=viewer":                       "usr_viewer",
		"hawker_session=viewer":                              "usr_viewer", // signed in before the site had HTTPS
		"hawker_session=other; __Host-hawker_session=viewer": "usr_viewer",
		"__Host-hawker_session=viewer; hawker_session=other": "usr_viewer",
	} {
		s.check(request{name: cookies, path: "/api/v1/test/signed", header: map[string]string{"Cookie": cookies}, status: 200, want: want, runs: 1})
	}
	s.check(request{name: "an ended session does not fall back", path: "/api/v1/test/signed", header: map[string]string{"Cookie": "__Host-hawker_session=ended; hawker_session=viewer"}, status: 401, code: "sign_in_required"})
	s.check(request{name: "a change by a program that says no origin", method: http.MethodPost, path: "/api/v1/test/say/1", body: `{"text":"hi"}`, header: map[string]string{"Cookie": "__Host-hawker_session=viewer"}, status: 403, code: "foreign_origin"})
}
