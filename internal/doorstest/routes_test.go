package doorstest

import (
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/server"
)

// door is the whole program's router; nothing runs behind it.
func door(t testing.TB) *server.Router {
	t.Helper()
	a := built(t, &transcript{})
	t.Cleanup(a.Close)
	return a.Router
}

// aside are the routes that are not of the API, each with the reason why anybody may ask it. HEAD and
// OPTIONS of an API path answer with what its other methods may do, and tus counts its bytes by HEAD.
var aside = map[string]string{
	"GET /":                                  "the web app: files of the binary",
	"GET /healthz":                           "says ok, for who restarts the process",
	"GET /readyz":                            "says ok or not ready, for who sends traffic here",
	"GET /metrics":                           "figures for the operator's own network; no person, no id, no secret stands in them",
	"GET /openapi.json":                      "the document these tests are made from",
	"GET /docs":                              "its reader",
	"GET /docs/docs.css":                     "its reader's looks",
	"GET /docs/docs.js":                      "its reader's script",
	"GET /demo/as/{role}":                    "a browser link into the sample world; answers demo_off on a real site",
	"GET /media/img/{asset}":                 "pictures are public by their unguessable name",
	"GET /media/vod/{asset}/{name}":          "videos are public by their unguessable name",
	"GET /media/rec/{recordings}/{name}":     "recordings are public by their unguessable name",
	"GET /media/live/{session}/{name}":       "live pictures are public by their unguessable name",
	"OPTIONS /media/img/{asset}":             "any page may show our pictures",
	"OPTIONS /media/vod/{asset}/{name}":      "any page may play our media",
	"OPTIONS /media/rec/{recordings}/{name}": "any page may play our media",
	"OPTIONS /media/live/{session}/{name}":   "any page may play our media",
	"OPTIONS /api/v1/media/uploads":          "tus capabilities",
	"OPTIONS /api/v1/media/uploads/{id}":     "tus capabilities",
	"HEAD /api/v1/media/uploads/{id}":        "how much of my upload has arrived; owner only, tested beside its PATCH",
	"OPTIONS /api/v1/media/whip":             "WHIP capabilities",
	"OPTIONS /api/v1/media/whip/{session}":   "WHIP capabilities",
	"POST /sandbox-bank/":                    "the simulated bank; every request is signed",
	"GET /sandbox-bank/":                     "the simulated bank; every request is signed",
}

// unlisted are the routes that neither the document nor the list above knows.
func unlisted(routes []server.Route, documented map[string]bool) (gaps []string) {
	for _, r := range routes {
		method, path, _ := strings.Cut(r.Pattern, " ")
		plain := strings.ReplaceAll(strings.TrimSuffix(path, "{$}"), "...}", "}")
		if !documented[method+" "+plain] && aside[r.Pattern] == "" {
			gaps = append(gaps, r.Pattern)
		}
	}
	return gaps
}

func TestRoutes_EachIsInTheDocumentOrOnTheList(t *testing.T) {
	r := door(t)
	documented := map[string]bool{}
	for _, o := range operations(t, r.OpenAPI()) {
		documented[o.method+" "+o.path] = true
	}
	for _, gap := range unlisted(r.Routes, documented) {
		t.Errorf("%s is neither an operation of the document nor on the list of routes aside: it would escape every test of this package", gap)
	}
	t.Logf("%d routes", len(r.Routes))
	if gaps := unlisted([]server.Route{{Pattern: "POST /api/v1/shop/backdoor"}}, documented); len(gaps) != 1 {
		t.Errorf("a planted route was not noticed")
	}
}

func TestUpload_HeadTellsOnlyItsOwner(t *testing.T) {
	w := newWorld(t)
	mine, other := w.join("owner"), w.join("viewer")
	at := w.ask(mine, call{method: "POST", path: "/api/v1/media/uploads", header: tusHeader}).header.Get("Location")
	for _, c := range []struct {
		p      *person
		status int
	}{{mine, 200}, {other, 404}, {nil, 401}} {
		if a := w.ask(c.p, call{method: "HEAD", path: at, header: map[string]string{"Tus-Resumable": "1.0.0"}}); a.status != c.status {
			t.Errorf("HEAD of an upload as %+v: %d, want %d", c.p, a.status, c.status)
		}
	}
}
