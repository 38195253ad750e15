package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/server"
)

// sessions knows three tokens; "broken" stands for a store that does not answer.
type sessions struct{}

func (sessions) Resolve(_ context.Context, token string) (identity.Actor, error) {
	switch token {
	case "viewer", "other", "operator":
		return identity.Actor{UserID: "usr_" + token, SessionID: "ses", Operator: token == "operator"}, nil
	case "broken":
		return identity.Actor{}, errors.New("dial tcp 10.0.0.7: password=hunter2")
	}
	return identity.Actor{}, errs.New(errs.Unauthorized, "session_ended", "your session has ended; sign in again")
}

// site is a router with one operation of each sort, and counters of what ran.
type site struct {
	*server.Router
	t    *testing.T
	db   *db.DB
	runs atomic.Int64 // of every operation
	// once is what the idempotent operation does.
	once func(ctx context.Context, text string) (string, error)
}

type textIn struct {
	ID   string `path:"id" maxLength:"20"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"10"`
	}
}

type textOut struct {
	Body struct {
		Text string `json:"text" maxLength:"100"`
	}
}

func answer(text string) *textOut {
	var out textOut
	out.Body.Text = text
	return &out
}

// emptyRouter is a door without routes.
func emptyRouter(s *site) *server.Router {
	return server.NewRouter(server.Deps{DB: s.db, Clock: clock.Real{}, Log: slog.New(slog.DiscardHandler), Sessions: sessions{}, Version: "test"})
}

func newSite(t *testing.T, d *db.DB, c clock.Clock) *site {
	t.Helper()
	s := &site{t: t, db: d}
	s.Router = server.NewRouter(server.Deps{DB: d, Clock: c, Log: slog.New(slog.DiscardHandler), Sessions: sessions{}, Version: "test", Node: "a", Secure: true})
	s.once = func(_ context.Context, text string) (string, error) { return "did " + text, nil }
	who := func(ctx context.Context, _ *struct{}) (*textOut, error) {
		s.runs.Add(1)
		return answer(server.ActorFrom(ctx).UserID), nil
	}
	op := func(id, method, path string, allow server.Allow) server.Op {
		return server.Op{ID: id, Method: method, Path: "/api/v1/test/" + path, Tag: "test", Summary: "for the tests", Allow: allow}
	}
	server.Register(s.Router, op("public", http.MethodGet, "public", server.Public), who)
	server.Register(s.Router, op("signed", http.MethodGet, "signed", server.SignedIn), who)
	server.Register(s.Router, op("operator", http.MethodGet, "operator", server.Operator), who)
	server.Register(s.Router, op("say", http.MethodPost, "say/{id}", server.Public), func(_ context.Context, in *textIn) (*textOut, error) {
		s.runs.Add(1)
		return answer(in.Body.Text), nil
	})
	server.Register(s.Router, op("fail", http.MethodGet, "fail/{id}", server.Public), func(_ context.Context, in *struct {
		ID string `path:"id" maxLength:"20"`
	}) (*textOut, error) {
		return nil, failure(in.ID)
	})
	once := op("once", http.MethodPost, "once/{id}", server.SignedIn)
	once.Idempotent, once.Status = true, http.StatusCreated
	server.Register(s.Router, once, func(ctx context.Context, in *textIn) (*textOut, error) {
		s.runs.Add(1)
		text, err := s.once(ctx, in.Body.Text)
		return answer(text), err
	})
	hot := op("hot", http.MethodPost, "hot/{id}", server.SignedIn)
	hot.DomainIdempotent = true
	server.Register(s.Router, hot, func(ctx context.Context, _ *textIn) (*textOut, error) {
		s.runs.Add(1)
		return answer(server.IdempotencyKey(ctx)), nil
	})
	plain := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s.runs.Add(1)
		if req.PathValue("do") == "panic" {
			panic("a secret in a panic")
		}
		_, _ = io.WriteString(w, "plain")
	})
	s.Handle("GET /api/v1/test/plain/{do}", server.Operator, "a plain handler", plain)
	s.Handle("GET /files/{do}", server.Public, "a plain handler outside the API", plain)
	s.MountMeta(func(context.Context) error { return nil })
	s.MountWeb(fstest.MapFS{
		"index.html": {Data: []byte("<p>viewer")}, "console.html": {Data: []byte("<p>console")},
		"assets/app-1a2b.js": {Data: []byte("run()")}, "favicon.ico": {Data: []byte("icon")},
	})
	return s
}

// failure makes the errors a domain may return.
func failure(kind string) error {
	switch kind {
	case "wrapped":
		return errors.Join(errors.New("outer"), errs.New(errs.Conflict, "taken", "it is taken"))
	case "fault":
		return errors.New("pq: password authentication failed for hunter2")
	case "internal":
		return errs.New(errs.Internal, "broken_invariant", "row usr_secret is missing")
	case "panic":
		panic("a secret in a panic")
	}
	return errs.New(errs.Kind(kind), "the_code", "the way out").In("field").With("left", 3).After(1500).Because(errors.New("hunter2"))
}

func each(t *testing.T, c clock.Clock, fn func(t *testing.T, s *site)) {
	t.Helper()
	dbtest.Each(t, server.Migrate, func(t *testing.T, d *db.DB) { fn(t, newSite(t, d, c)) })
}

// alone is a site on SQLite, for what does not touch the database.
func alone(t *testing.T) *site {
	t.Helper()
	return newSite(t, dbtest.Open(t, dbtest.SQLiteURL(t), server.Migrate), clock.Real{})
}

// request is a request and what becomes of it.
type request struct {
	name, method, path, body string
	token                    string // bearer
	header                   map[string]string

	status int
	code   string            // of the problem
	want   string            // part of the body
	says   map[string]string // answer headers
	runs   int64             // operations that ran
}

func (s *site) send(r request) *httptest.ResponseRecorder {
	var body io.Reader = http.NoBody
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	if r.method == "" {
		r.method = http.MethodGet
	}
	req := httptest.NewRequestWithContext(s.t.Context(), r.method, r.path, body)
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	return w
}

// check sends the request and compares what came back, and what ran.
func (s *site) check(r request) *httptest.ResponseRecorder {
	s.t.Helper()
	before := s.runs.Load()
	w := s.send(r)
	if w.Code != r.status {
		s.t.Errorf("%s: status %d, want %d: %s", r.name, w.Code, r.status, w.Body)
	}
	if code := problemOf(w).Code; code != r.code {
		s.t.Errorf("%s: code %q, want %q: %s", r.name, code, r.code, w.Body)
	}
	if r.want != "" && !strings.Contains(w.Body.String(), r.want) {
		s.t.Errorf("%s: %q is not in the answer %s", r.name, r.want, w.Body)
	}
	for k, v := range r.says {
		if got := w.Header().Get(k); got != v {
			s.t.Errorf("%s: %s is %q, want %q", r.name, k, got, v)
		}
	}
	if ran := s.runs.Load() - before; ran != r.runs {
		s.t.Errorf("%s: %d operations ran, want %d", r.name, ran, r.runs)
	}
	part := w.Code == http.StatusOK && strings.HasPrefix(r.path, "/assets/") // its page's policy governs it
	if id := w.Header().Get("X-Request-Id"); len(id) < 8 || w.Header().Get("X-Content-Type-Options") != "nosniff" || (w.Header().Get("Content-Security-Policy") == "") != part {
		s.t.Errorf("%s: the answer's headers are %v", r.name, w.Header())
	}
	return w
}

// problemOf reads a problem, zero when the answer is none.
func problemOf(w *httptest.ResponseRecorder) (p server.Problem) {
	if w.Header().Get("Content-Type") == "application/problem+json" {
		_ = json.NewDecoder(bytes.NewReader(w.Body.Bytes())).Decode(&p) // a broken one has no code, which the caller reports
	}
	return p
}
