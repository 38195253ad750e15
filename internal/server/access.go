package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/id"
)

// Meter counts requests. Its calls must not wait.
type Meter interface {
	// Begin hears of a request that came in; Served follows.
	Begin()
	// Served hears of its end: route is the mux pattern, bytes are of the body.
	Served(method, route string, status int, bytes int64, took time.Duration)
}

// noRoute stands for every address that fits no pattern.
const noRoute = "none"

// Visit is one request under way, for its meter and its line in the log, whoever answers it.
type Visit struct {
	id     string
	method string
	began  time.Time
}

// ID is the request's X-Request-Id.
func (v *Visit) ID() string { return v.id }

// Arrive begins a request. Leave follows, in ServeHTTP or, for a connection that the web server has let go, where
// that is served.
func (r *Router) Arrive(method string) Visit {
	r.visits.Add(1)
	if r.deps.Meter != nil {
		r.deps.Meter.Begin()
	}
	return Visit{id: id.Secret(8), method: method, began: r.deps.Clock.Now()}
}

// visit is a request that this handler answers.
type visit struct {
	Visit
	r       *Router
	w       *statusWriter
	pattern string // "" until it is known, and when nothing fits
}

func (v *visit) end(ctx context.Context) {
	status := v.w.status
	switch {
	case v.w.hijacked:
		status = http.StatusSwitchingProtocols
	case status == 0 && ctx.Err() != nil: // the client left before an answer
		status = statusClientGone
	case status == 0: // net/http answers so for a handler that wrote nothing
		status = http.StatusOK
	}
	v.r.Leave(ctx, v.Visit, v.pattern, status, v.w.bytes)
}

// Leave counts the request and writes its line. The line holds the route's pattern ("" when none fits) and never
// the path or the query: those carry ids, stream keys and tokens. What a handler or a person sent is not in it
// either. bytes are of the body.
func (r *Router) Leave(ctx context.Context, v Visit, pattern string, status int, bytes int64) {
	defer r.visits.Done()
	took := r.deps.Clock.Now().Sub(v.began)
	_, route, ok := strings.Cut(pattern, " ")
	if !ok {
		route = noRoute
	}
	if r.deps.Meter != nil {
		r.deps.Meter.Served(v.method, route, status, bytes, took)
	}
	level := slog.LevelInfo
	if status == http.StatusInternalServerError { // 503 is an answer: busy, or a playlist that did not come in time
		level = slog.LevelWarn
	}
	if (!r.deps.AccessLog && level == slog.LevelInfo) || !r.log.Enabled(ctx, level) {
		return
	}
	r.log.LogAttrs(ctx, level, "request", slog.String("method", knownMethod(v.method)), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", bytes), slog.String("request", v.id))
}

// knownMethod keeps what a client made up out of the log.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
