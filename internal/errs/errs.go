package errs

import (
	"errors"
	"fmt"
)

// Kind is what a caller can do about an error. Doors map each kind to one HTTP status.
type Kind string

const (
	Invalid      Kind = "invalid"      // 422: the input breaks a rule; Field says where
	Unauthorized Kind = "unauthorized" // 401: sign in first
	Denied       Kind = "denied"       // 403: signed in, but this is not yours to do
	NotFound     Kind = "not_found"    // 404
	Conflict     Kind = "conflict"     // 409: the state moved on, or the name is taken
	Gone         Kind = "gone"         // 410: it was here and will not come back
	Busy         Kind = "busy"         // 503: try again after RetryAfterMS
	TooMany      Kind = "too_many"     // 429: rate or quantity limit
	Unsupported  Kind = "unsupported"  // 415: a format we do not take; the text names the way out
	Internal     Kind = "internal"     // 500
)

// Error is a refusal a person can act on. Code is stable and is what the web client translates;
// Message is the English sentence, saying the way out.
type Error struct {
	Kind         Kind
	Code         string // snake_case, stable, e.g. "out_of_stock"
	Message      string
	Field        string         // input field, when one is to blame
	Params       map[string]any // values for the translated sentence, e.g. {"left": 3}
	RetryAfterMS int64
	cause        error
}

func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.cause }

// New makes an error of a kind with a stable code that a person may meet: on a screen of the web app, whose
// locales have words for every one of them, or as the reason the host is told for a refused publisher.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// ForProgram makes an error that only a program meets, because the web app never sends what it refuses or
// answers it by itself: another client, an encoder, a payment provider, our own code. Message is all it says.
func ForProgram(kind Kind, code, format string, args ...any) *Error {
	return New(kind, code, format, args...)
}

// In names the input field that is to blame.
func (e *Error) In(field string) *Error { c := *e; c.Field = field; return &c }

// With adds a value for the translated sentence.
func (e *Error) With(key string, value any) *Error {
	c := *e
	c.Params = map[string]any{key: value}
	for k, v := range e.Params {
		if _, taken := c.Params[k]; !taken {
			c.Params[k] = v
		}
	}
	return &c
}

// After tells the caller how long to wait, in milliseconds.
func (e *Error) After(ms int64) *Error { c := *e; c.RetryAfterMS = ms; return &c }

// Because keeps the cause for logs; the cause is never shown to a client.
func (e *Error) Because(cause error) *Error { c := *e; c.cause = cause; return &c }

// KindOf reports the kind of err, Internal when it carries none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf reports the stable code of err, or "".
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
