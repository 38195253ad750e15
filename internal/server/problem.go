package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hawker-live/hawker/internal/errs"
)

// Problem is the error answer of every operation (RFC 9457), with a stable Code that clients translate.
type Problem struct {
	Type      string              `json:"type" doc:"always about:blank"`
	Title     string              `json:"title"`
	Status    int                 `json:"status"`
	Detail    string              `json:"detail" doc:"English sentence that says the way out"`
	Code      string              `json:"code" doc:"stable code, translated by clients"`
	Field     string              `json:"field,omitempty"`
	Params    map[string]any      `json:"params,omitempty" doc:"values for the translated sentence"`
	Errors    []*huma.ErrorDetail `json:"errors,omitempty"`
	RequestID string              `json:"requestId,omitempty"`

	retryAfterMS int64
}

func (p *Problem) Error() string  { return p.Detail }
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfterMS > 0 {
		h.Set("Retry-After", strconv.FormatInt((p.retryAfterMS+999)/1000, 10))
	}
	return h
}

var statusOf = map[errs.Kind]int{
	errs.Invalid: http.StatusUnprocessableEntity, errs.Unauthorized: http.StatusUnauthorized, errs.Denied: http.StatusForbidden,
	errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict, errs.Gone: http.StatusGone,
	errs.Busy: http.StatusServiceUnavailable, errs.TooMany: http.StatusTooManyRequests,
	errs.Unsupported: http.StatusUnsupportedMediaType, errs.Internal: http.StatusInternalServerError,
}

// statusClientGone is what the field writes into logs for a request its client gave up (nginx's 499).
const statusClientGone = 499

// problemOf turns any error into its answer. Only *errs.Error shows its text; the rest is logged.
func problemOf(ctx context.Context, log *slog.Logger, err error) *Problem {
	var shown *Problem
	if errors.As(err, &shown) {
		return shown
	}
	p := &Problem{Type: "about:blank", RequestID: RequestID(ctx)}
	var e *errs.Error
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		// The client has gone: nobody reads this answer, and it is no fault of ours.
		p.Status, p.Code, p.Detail, p.Title = statusClientGone, "client_gone", "the client closed the request", "Client Closed Request"
		return p
	}
	if errors.As(err, &e) && e.Kind != errs.Internal {
		p.Status, p.Detail, p.Code, p.Field, p.Params, p.retryAfterMS = statusOf[e.Kind], e.Message, e.Code, e.Field, e.Params, e.RetryAfterMS
		if cause := errors.Unwrap(e); e.Kind == errs.Busy && cause != nil { // not the caller's doing: somebody must hear of it
			log.ErrorContext(ctx, "request refused for now", "code", e.Code, "err", cause, "request", p.RequestID)
		}
	} else {
		p.Status, p.Code = http.StatusInternalServerError, "internal"
		p.Detail = "something broke on our side; try again, and tell the operator the request id if it stays"
		log.ErrorContext(ctx, "request failed", "err", err, "request", p.RequestID)
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// WriteError answers a plain handler's request with the problem that stands for err.
func (r *Router) WriteError(w http.ResponseWriter, req *http.Request, err error) {
	p := problemOf(req.Context(), r.log, err)
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		r.log.DebugContext(req.Context(), "write problem", "err", err)
	}
}

// schemaProblem gives huma's own refusals (validation, body size) the shape of ours.
func schemaProblem(status int, msg string, causes ...error) huma.StatusError {
	p := &Problem{Type: "about:blank", Status: status, Title: http.StatusText(status), Detail: msg, Code: "request_invalid"}
	for _, c := range causes {
		var d huma.ErrorDetailer
		if errors.As(c, &d) {
			detail := *d.ErrorDetail()
			detail.Value = nil // never echo input: it may hold a password
			p.Errors = append(p.Errors, &detail)
		}
	}
	if len(p.Errors) > 0 {
		p.Field = p.Errors[0].Location
		p.Detail = msg + ": " + p.Errors[0].Location + " " + p.Errors[0].Message
	}
	return p
}
