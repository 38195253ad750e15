package doorstest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// sample is a value that a schema allows.
func sample(doc *huma.OpenAPI, s *huma.Schema) any {
	if s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == huma.TypeObject:
		out := fields{}
		for name, field := range s.Properties {
			out[name] = sample(doc, field)
		}
		return out
	case s.Type == huma.TypeArray:
		return []any{sample(doc, s.Items)}
	case s.Type == huma.TypeBoolean:
		return true
	case s.Type == huma.TypeString:
		n := 1
		if s.MinLength != nil {
			n = *s.MinLength
		}
		return strings.Repeat("x", n)
	}
	return *s.Minimum
}

// beyond are values a schema does not allow, by what they break.
func beyond(doc *huma.OpenAPI, s *huma.Schema) map[string]any {
	if s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	out := map[string]any{}
	switch {
	case len(s.Enum) > 0:
		out["another word"] = "no-such-word"
	case s.Type == huma.TypeString:
		out["a letter too many"] = strings.Repeat("x", *s.MaxLength+1)
		if *s.MaxLength < 30_000 {
			out["a book"] = strings.Repeat("长", 30_000)
		}
	case s.Type == huma.TypeArray:
		list := make([]any, *s.MaxItems+1)
		for i := range list {
			list[i] = sample(doc, s.Items)
		}
		out["an item too many"] = list
		for name, v := range beyond(doc, s.Items) {
			out["an item with "+name] = []any{v}
		}
	case s.Type == huma.TypeInteger, s.Type == huma.TypeNumber:
		out["one too many"], out["one too few"] = *s.Maximum+2, *s.Minimum-1
	case s.Type == huma.TypeObject:
		for name, field := range s.Properties {
			for what, v := range beyond(doc, field) {
				whole, _ := sample(doc, s).(fields)
				whole[name] = v
				out[name+" with "+what] = whole
			}
		}
		whole, _ := sample(doc, s).(fields)
		whole["unheardOf"] = 1
		out["a field nobody named"] = whole
	}
	return out
}

func TestLimits_WhatIsTooLargeIsRefused(t *testing.T) {
	w := newWorld(t)
	p := w.join("owner")
	doc := w.Router.OpenAPI()
	sent := 0
	refused := func(what string, c call) {
		t.Helper()
		rec := w.direct(p, c, "key-"+itoa(int(w.serial.Add(1)))+"-long")
		if rec.Code != http.StatusUnprocessableEntity && rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d %.200s", what, rec.Code, rec.Body)
		}
		sent++
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	each(doc, func(method, path string, o *huma.Operation) {
		at := w.plainAddress(path)
		if o.RequestBody != nil && o.RequestBody.Content["application/json"] != nil {
			for what, body := range beyond(doc, o.RequestBody.Content["application/json"].Schema) {
				refused(o.OperationID+": "+what, call{method: method, path: at, body: body})
			}
		}
		for _, q := range o.Parameters {
			if q.In != "query" || o.RequestBody != nil {
				continue
			}
			for what, v := range beyond(doc, q.Schema) {
				text, _ := json.Marshal(v) // numbers and texts always marshal
				refused(o.OperationID+": "+q.Name+" with "+what, call{method: method, path: at + "?" + q.Name + "=" + url.QueryEscape(strings.Trim(string(text), `"`))})
			}
		}
	})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
		t.Errorf("%d requests left %d MB behind", sent, grown>>20)
	}
	t.Logf("%d requests with one thing too large, all refused", sent)
	if sent < 400 {
		t.Errorf("only %d were sent", sent)
	}
}

// endless is a body that goes on until somebody stops reading, and counts how far it was read.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	if e.read > 1<<30 {
		return 0, io.EOF
	}
	for i := range b {
		b[i] = ' '
	}
	e.read += int64(len(b))
	return len(b), nil
}

func TestLimits_ABodyWithoutEndIsNotReadToIt(t *testing.T) {
	w := newWorld(t)
	p := w.join("owner")
	most, doors := int64(0), 0
	for _, r := range changing(w.Router.Routes) {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if strings.HasSuffix(path, "/ws") || strings.HasSuffix(path, "/sign-out") || strings.HasSuffix(path, "/sign-out-everywhere") {
			continue
		}
		body := &endless{}
		req := httptest.NewRequestWithContext(t.Context(), method, w.plainAddress(path), body)
		for k, v := range map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + p.token, "Idempotency-Key": "key-" + itoa(int(w.serial.Add(1))) + "-endless"} {
			req.Header.Set(k, v)
		}
		rec := httptest.NewRecorder()
		w.Router.ServeHTTP(rec, req)
		if rec.Code == http.StatusInternalServerError || body.read > 9<<20 {
			t.Errorf("%s: %d after %d MB: %.200s", r.Pattern, rec.Code, body.read>>20, rec.Body)
		}
		most, doors = max(most, body.read), doors+1
	}
	t.Logf("%d doors, the most that was read of 1 GB is %d KB", doors, most>>10)
}

func TestLimits_ATamperedCursorIsAnswered(t *testing.T) {
	w := newWorld(t)
	p := w.join("owner")
	if err := w.Identity.MakeOperator(t.Context(), p.login); err != nil {
		t.Fatal(err)
	}
	sent := 0
	each(w.Router.OpenAPI(), func(method, path string, o *huma.Operation) {
		for _, q := range o.Parameters {
			if q.Name != "cursor" && q.Name != "after" {
				continue
			}
			for _, v := range []string{"", "x", "ord_", "ord_0000", "-1", "9999999999999999999", "1:2:3", "' OR 1=1 --", "%", "_", "~", "zzz", strings.Repeat("z", 64), "AAAA", "eyJhIjoxfQ==", "\x00", "é"} {
				rec := w.direct(p, call{method: method, path: w.plainAddress(path) + "?" + q.Name + "=" + url.QueryEscape(v)}, "none")
				if rec.Code >= 500 {
					t.Errorf("%s with %s=%q: %d %.200s", o.OperationID, q.Name, v, rec.Code, rec.Body)
				}
				sent++
			}
		}
	})
	t.Logf("%d tampered cursors, none a fault", sent)
}
