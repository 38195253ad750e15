package tus

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/hawker-live/hawker/internal/errs"
)

// statusChecksum is the protocol's own "460 Checksum Mismatch".
const statusChecksum = 460

// statusError gives an error a status that its kind does not imply: the protocol demands 409, 412,
// 413, 415, 423 and 460 in places of its own.
type statusError struct {
	status int
	err    *errs.Error
}

func (e statusError) Error() string { return e.err.Error() }
func (e statusError) Unwrap() error { return e.err }

func at(status int, err *errs.Error) error { return statusError{status, err} }

func notFound() error {
	return errs.New(errs.NotFound, "upload_not_found", "there is no such upload; start it again")
}

func notAllowed(w http.ResponseWriter, methods string) error {
	w.Header().Set("Allow", methods)
	return at(http.StatusMethodNotAllowed, errs.ForProgram(errs.Invalid, "method_not_allowed", "use one of %s", methods))
}

func malformed(header, message string) error {
	return at(http.StatusBadRequest, errs.New(errs.Invalid, "request_invalid", "%s", message).In(header))
}

var statusOf = map[errs.Kind]int{
	errs.Invalid: http.StatusUnprocessableEntity, errs.Unauthorized: http.StatusUnauthorized, errs.Denied: http.StatusForbidden,
	errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict, errs.Gone: http.StatusGone,
	errs.Busy: http.StatusServiceUnavailable, errs.TooMany: http.StatusTooManyRequests,
	errs.Unsupported: http.StatusUnsupportedMediaType,
}

// refuse answers with problem+json (RFC 9457). Faults are logged and shown as "internal".
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	shown := errs.New(errs.Internal, "internal", "something broke on our side; the upload can be resumed")
	var e *errs.Error
	if errors.As(err, &e) && e.Kind != errs.Internal {
		status, shown = statusOf[e.Kind], e
	} else if !errors.Is(err, context.Canceled) {
		h.Log.ErrorContext(r.Context(), "upload request failed", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	var own statusError
	if errors.As(err, &own) {
		status = own.status
	}
	body, marshalErr := json.Marshal(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status,
		"detail": shown.Message, "code": shown.Code, "field": shown.Field, "params": shown.Params,
	})
	if marshalErr != nil {
		body = []byte(`{"code":"internal"}`) // a parameter that is no JSON; the status still tells
	}
	if shown.RetryAfterMS > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt((shown.RetryAfterMS+999)/1000, 10))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may have left; there is nobody else to tell
	}
}
