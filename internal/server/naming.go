package server

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemaName names schemas in the OpenAPI document. Wire types keep their Go name, which the web's types
// share; the unnamed bodies of one operation are named after the operation, since many doors call their
// inputs alike.
func (r *Router) schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() != "" {
		return huma.DefaultSchemaNamer(t, hint)
	}
	op := pascal(r.naming)
	if t == r.answer {
		return op + "Answer"
	}
	if _, rest, ok := strings.Cut(hint, "Body"); ok {
		return op + "Request" + rest
	}
	return op + pascal(hint)
}

// pascal turns room-comment-add into RoomCommentAdd.
func pascal(s string) string {
	var b strings.Builder
	for part := range strings.FieldsFuncSeq(s, func(c rune) bool { return c == '-' || c == '_' || c == ' ' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}
