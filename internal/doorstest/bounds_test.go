package doorstest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// These bound any bound: a field may not be "bounded" by a number that protects nothing.
const (
	mostChars = 128 << 10 // a caption file
	mostItems = 2000      // a sheet of parcels
)

// unbounded lists every value inside an input schema that has no limit, or one that is none.
func unbounded(doc *huma.OpenAPI, s *huma.Schema, at string, inside []string) (gaps []string) {
	if s.Ref != "" {
		if slices.Contains(inside, s.Ref) {
			return []string{at + ": nests without end"}
		}
		inside, s = append(slices.Clip(inside), s.Ref), doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch s.Type {
	case huma.TypeString:
		if len(s.Enum) == 0 && (s.MaxLength == nil || *s.MaxLength > mostChars) {
			gaps = append(gaps, at+": a text without maxLength")
		}
	case huma.TypeInteger, huma.TypeNumber:
		if len(s.Enum) == 0 && (s.Minimum == nil || s.Maximum == nil) {
			gaps = append(gaps, at+": a number without minimum and maximum")
		}
	case huma.TypeArray:
		if s.MaxItems == nil || *s.MaxItems > mostItems {
			gaps = append(gaps, at+": a list without maxItems")
		}
		gaps = append(gaps, unbounded(doc, s.Items, at+"[]", inside)...)
	case huma.TypeObject:
		if open, ok := s.AdditionalProperties.(bool); !ok || open {
			gaps = append(gaps, at+": takes fields it does not name")
		}
		for name, field := range s.Properties {
			gaps = append(gaps, unbounded(doc, field, at+"."+name, inside)...)
		}
	case huma.TypeBoolean:
	default:
		gaps = append(gaps, fmt.Sprintf("%s: type %q is not one a door should take", at, s.Type))
	}
	return gaps
}

// inputs visits every schema of what comes in.
func inputs(doc *huma.OpenAPI, visit func(op *huma.Operation, at string, s *huma.Schema)) {
	each(doc, func(_, _ string, op *huma.Operation) {
		for _, p := range op.Parameters {
			visit(op, op.OperationID+" "+p.In+" "+p.Name, p.Schema)
		}
		if op.RequestBody != nil {
			for kind, media := range op.RequestBody.Content {
				visit(op, op.OperationID+" "+kind, media.Schema)
			}
		}
	})
}

// each visits the operations of the document.
func each(doc *huma.OpenAPI, visit func(method, path string, op *huma.Operation)) {
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				visit(method, path, op)
			}
		}
	}
}

func TestBounds_EveryFieldThatComesInHasALimit(t *testing.T) {
	var gaps []string
	seen := 0
	doc := door(t).OpenAPI()
	inputs(doc, func(_ *huma.Operation, at string, s *huma.Schema) {
		seen++
		gaps = append(gaps, unbounded(doc, s, at, nil)...)
	})
	slices.Sort(gaps)
	if len(gaps) > 0 {
		t.Errorf("Rule: every text, list and number that comes in has a limit in the schema. Reason: what has none is where memory, rows and pages grow at a stranger's wish.\n  %s", strings.Join(gaps, "\n  "))
	}
	if seen < 250 {
		t.Errorf("only %d inputs were looked at", seen)
	}
	t.Logf("%d parameters and bodies, %d without a limit", seen, len(gaps))
}

func TestBounds_SeesEveryKindOfHole(t *testing.T) {
	long, few := mostChars+1, 3
	text := &huma.Schema{Type: huma.TypeString, MaxLength: &few}
	for name, s := range map[string]*huma.Schema{
		"text": {Type: huma.TypeString}, "endless text": {Type: huma.TypeString, MaxLength: &long}, "number": {Type: huma.TypeInteger},
		"list": {Type: huma.TypeArray, Items: text}, "text in a list": {Type: huma.TypeArray, MaxItems: &few, Items: &huma.Schema{Type: huma.TypeString}},
		"open object": {Type: huma.TypeObject, AdditionalProperties: true}, "map": {Type: huma.TypeObject, AdditionalProperties: text},
		"deep": {Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{"a": {Type: huma.TypeString}}}, "anything": {},
	} {
		if gaps := unbounded(nil, s, name, nil); len(gaps) != 1 {
			t.Errorf("%s: %d gaps seen", name, len(gaps))
		}
	}
	if gaps := unbounded(nil, text, "bounded", nil); len(gaps) != 0 {
		t.Errorf("a bounded text is called unbounded: %v", gaps)
	}
}
