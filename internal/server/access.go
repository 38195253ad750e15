package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"
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

// visit is one request under way, for its meter and its line in the log.
type visit struct {
	r       *Router
	w       *statusWriter
	method  string
	pattern string // "" until it is known, and when nothing fits
	id      string
	began   time.Time
}

func (r *Router) visit(w *statusWriter, req *http.Request, id string) *visit {
	r.visits.Add(1)
	if r.deps.Meter != nil {
		r.deps.Meter.Begin()
	}
	return &visit{r: r, w: w, method: req.Method, id: id, began: r.deps.Clock.Now()}
}

// end counts the request and writes its line. The line holds the route's pattern and never the path or the query:
// those carry ids, stream keys and tokens. What a handler or a person sent is not in it either.
func (v *visit) end(ctx context.Context) {
	defer v.r.visits.Done()
	took := v.r.deps.Clock.Now().Sub(v.began)
	_, route, ok := strings.Cut(v.pattern, " ")
	if !ok {
		route = noRoute
	}
	status := v.w.status
	switch {
	case v.w.hijacked:
		status = http.StatusSwitchingProtocols
	case status == 0 && ctx.Err() != nil: // the client left before an answer
		status = statusClientGone
	case status == 0: // net/http answers so for a handler that wrote nothing
		status = http.StatusOK
	}
	if v.r.deps.Meter != nil {
		v.r.deps.Meter.Served(v.method, route, status, v.w.bytes, took)
	}
	level := slog.LevelInfo
	if status == http.StatusInternalServerError { // 503 is an answer: busy, or a playlist that did not come in time
		level = slog.LevelWarn
	}
	if (!v.r.deps.AccessLog && level == slog.LevelInfo) || !v.r.log.Enabled(ctx, level) {
		return
	}
	v.r.log.LogAttrs(ctx, level, "request", slog.String("method", knownMethod(v.method)), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", v.w.bytes), slog.String("request", v.id))
}

// knownMethod keeps what a client made up out of the log.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
