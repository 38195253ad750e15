package whip

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
)

const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
	// maxSDP is for offers; browsers send 3 to 8 KiB.
	maxSDP = 64 << 10
	// maxFragment is for trickled candidates, some 150 bytes each.
	maxFragment = 16 << 10
	// maxKey is far above the 39 characters of a stream key.
	maxKey = 256
)

// statusError gives a refusal a status that no kind stands for: RFC 9725 demands 400, 405, 412, 413
// and 428 in places.
type statusError struct {
	status int
	err    *errs.Error
}

func (e statusError) Error() string { return e.err.Error() }
func (e statusError) Unwrap() error { return e.err }

func at(status int, code, message string) error {
	return statusError{status, errs.New(errs.Invalid, code, "%s", message)}
}

func notAllowed(w http.ResponseWriter, methods string) error {
	w.Header().Set("Allow", methods)
	return at(http.StatusMethodNotAllowed, "method_not_allowed", "use one of "+methods)
}

// refuse answers with problem+json (RFC 9457).
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var own statusError
	if !errors.As(err, &own) {
		h.deps.WriteError(w, r, err)
		return
	}
	body, err := json.Marshal(map[string]any{
		"type": "about:blank", "title": http.StatusText(own.status), "status": own.status,
		"detail": own.err.Message, "code": own.err.Code,
	})
	if err != nil {
		h.deps.WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(own.status)
	_, _ = w.Write(body) // the client may have left; there is nobody else to tell
}

// bearer reads the stream key or publish token (RFC 6750 2.1).
func bearer(w http.ResponseWriter, r *http.Request) (string, error) {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if key = strings.TrimSpace(key); strings.EqualFold(scheme, "Bearer") && key != "" && len(key) <= maxKey {
		return key, nil
	}
	w.Header().Set("WWW-Authenticate", "Bearer")
	return "", errs.ForProgram(errs.Unauthorized, "stream_key_missing", "send the stream key as a bearer token")
}

func readBody(w http.ResponseWriter, r *http.Request, mediaType string, limit int64) (string, error) {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != mediaType {
		return "", errs.ForProgram(errs.Unsupported, "whip_content_type", "send the body as %s", mediaType)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return "", at(http.StatusRequestEntityTooLarge, "whip_body_too_large", "the body is larger than any session description")
	case err != nil:
		return "", at(http.StatusBadRequest, "whip_body_torn", "the body did not arrive whole; send it again")
	}
	return string(body), nil
}
