package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hawker-live/hawker/internal/errs"
)

// storable reports whether a text can be kept on both engines: PostgreSQL takes UTF-8 without NUL and
// answers anything else with an error of its own, which would be a fault of ours.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

var errText = errs.New(errs.Invalid, "request_invalid", "the address holds bytes that are no text; send UTF-8 without NUL")

// checkAddress refuses a path or query whose names no list or row could have.
func checkAddress(u *url.URL) error {
	query := u.RawQuery
	if strings.IndexByte(query, '%') >= 0 {
		if plain, err := url.QueryUnescape(query); err == nil {
			query = plain // one that does not unescape is left to Query, which drops the broken pairs
		}
	}
	if !storable(u.Path) || !storable(query) {
		return errText
	}
	return nil
}

// agentOf is the User-Agent as text: it is kept with the session and shown to its owner.
func agentOf(req *http.Request) string { return strings.ToValidUTF8(req.UserAgent(), "") }

// formats are huma's, with a JSON reader that refuses the one escape that is text to JSON and none to
// PostgreSQL. Bytes that are no UTF-8 need no check: the reader itself replaces them.
func formats() map[string]huma.Format {
	read := huma.DefaultJSONFormat
	read.Unmarshal = func(data []byte, v any) error {
		if hasNUL(data) {
			return errors.New(`a text holds \u0000`)
		}
		return json.Unmarshal(data, v)
	}
	return map[string]huma.Format{"application/json": read, "json": read}
}

// hasNUL looks for the escape \u0000, which an even number of backslashes before it would make plain text.
func hasNUL(data []byte) bool {
	escape := []byte(`\u0000`)
	for from := 0; ; {
		i := bytes.Index(data[from:], escape)
		if i < 0 {
			return false
		}
		at := from + i
		backslashes := 0
		for at-backslashes > 0 && data[at-backslashes-1] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return true
		}
		from = at + len(escape)
	}
}
