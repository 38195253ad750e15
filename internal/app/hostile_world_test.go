package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/server/servertest"
)

// site is the whole program behind its router, with an operator who has a channel, a shop and a room,
// so that hostile requests pass the gates and reach the domains.
type site struct {
	*App
	t     testing.TB
	token string
	ids   map[string]string // by prefix: one real id of each kind met so far
	ops   []operation
}

// operation is one line of the OpenAPI document that takes a body.
type operation struct {
	method, path string
	example      map[string]any // a body the schema allows, nil when the operation takes none
}

func newSite(t testing.TB, databaseURL string) *site {
	t.Helper()
	args := []string{"--data", t.TempDir(), "--addr", "127.0.0.1:0", "--rtmp-addr", "", "--sandbox-pay"}
	if databaseURL != "" {
		args = append(args, "--database-url", databaseURL)
	}
	cfg, _, err := config.Load("test", args, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	a, err := Build(t.Context(), cfg, Options{Offline: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	servertest.Serve(t, a) // orders and rooms need its lanes
	s := &site{App: a, t: t, ids: map[string]string{}}
	u, token, err := a.Identity.SignUp(t.Context(), identity.SignUp{Login: "hostile", Name: "Hostile", Password: "a long password", Locale: "en"}, identity.Browser{Agent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Identity.MakeOperator(t.Context(), "hostile"); err != nil {
		t.Fatal(err)
	}
	s.token, s.ids["usr"] = token, u.ID
	s.furnish()
	s.ops = s.operations()
	return s
}

// furnish makes one of everything a body or an address may name.
func (s *site) furnish() {
	s.t.Helper()
	must := func(method, path string, body any) {
		raw, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		if w := s.ask(method, path, raw, nil); w.Code >= 300 {
			s.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}
	type body = map[string]any
	must("POST", "/api/v1/channel/channels", body{"handle": "hostile", "name": "Hostile"})
	must("POST", "/api/v1/shop/shops", body{"name": "Hostile", "kind": "individual", "channelId": s.ids["chn"]})
	a, err := s.Media.AddImage(s.t.Context(), s.ids["usr"], bytes.NewReader(onePixel))
	if err != nil {
		s.t.Fatal(err)
	}
	s.ids["img"] = a.ID
	must("POST", "/api/v1/shop/shops/"+s.ids["shp"]+"/products", body{"category": "x", "description": "x", "freightMinor": 0, "imageAssetIds": []string{a.ID},
		"limitPerBuyer": 0, "options": []any{}, "skus": []any{body{"priceMinor": 100, "specs": []any{}, "stock": 1000}}, "state": "on", "subtitle": "", "title": "Tea"})
	must("GET", "/api/v1/shop/products/"+s.ids["prd"], nil)
	must("POST", "/api/v1/channel/channels/"+s.ids["chn"]+"/posts", body{"assetIds": []string{a.ID}, "kind": "pictures", "tags": []string{"tea"}, "text": "tea"})
	must("POST", "/api/v1/channel/posts/"+s.ids["pst"]+"/comments", body{"text": "good"})
	must("POST", "/api/v1/live/channels/"+s.ids["chn"]+"/rooms", body{"title": "Tea", "record": false})
	must("POST", "/api/v1/live/channels/"+s.ids["chn"]+"/notices", body{"title": "Tea", "startsAt": s.Clock.Now().Add(time.Hour).UnixMilli()})
	must("POST", "/api/v1/shop/addresses", body{"detail": "1 Tea Street", "name": "Hostile", "phone": "13800138000", "region": "Hangzhou"})
	must("POST", "/api/v1/shop/quotes", body{"lines": []any{body{"quantity": 1, "skuId": s.ids["sku"]}}, "addressId": s.ids["adr"]})
	must("POST", "/api/v1/shop/orders", body{"addressId": s.ids["adr"], "expectedTotalMinor": 100, "provider": "sandbox", "quoteId": s.ids["quo"]})
}

// onePixel is the smallest PNG.
var onePixel, _ = base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

var idPattern = regexp.MustCompile(`"([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}"`)

// ask sends a request as the operator and remembers the ids the answer names.
func (s *site) ask(method, path string, body []byte, header map[string]string) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, "/", bytes.NewReader(body))
	// The address is set apart: a fuzzed one need not be one that NewRequest takes.
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(path, "?")
	found := strings.Contains(path, "?")
	if !found {
		r.URL.Path = path
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Idempotency-Key", s.IDs.New("key"))
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	s.Router.ServeHTTP(&hangUp{w, cancel}, r)
	if w.Code < 300 {
		for _, m := range idPattern.FindAllString(w.Body.String(), 200) {
			id := strings.Trim(m, `"`)
			if prefix := id[:3]; s.ids[prefix] == "" {
				s.ids[prefix] = id
			}
		}
	}
	return w
}

// operations reads the document of the router that is running, not the committed one.
func (s *site) operations() []operation {
	doc := s.Router.OpenAPI()
	var out []operation
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch} {
			if op == nil || strings.HasPrefix(path, "/api/v1/demo") || strings.HasSuffix(path, "sign-out-everywhere") {
				continue // the one is off here, the other would end this test's own session
			}
			o := operation{method: method, path: path}
			if op.RequestBody != nil {
				if media := op.RequestBody.Content["application/json"]; media != nil {
					o.example, _ = s.example(doc, media.Schema, "", 0).(map[string]any)
				}
			}
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

// example is a value the schema allows, with real ids where a field's name asks for one.
func (s *site) example(doc *huma.OpenAPI, schema *huma.Schema, name string, depth int) any {
	if schema.Ref != "" {
		schema = doc.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	if depth > 6 {
		return nil
	}
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type == huma.TypeObject:
		out := map[string]any{}
		for field, sub := range schema.Properties {
			if field != "$schema" {
				out[field] = s.example(doc, sub, field, depth+1)
			}
		}
		return out
	case schema.Type == huma.TypeArray:
		return []any{s.example(doc, schema.Items, strings.TrimSuffix(name, "s"), depth+1)}
	case schema.Type == huma.TypeBoolean:
		return true
	case schema.Type == huma.TypeInteger, schema.Type == huma.TypeNumber:
		if schema.Minimum != nil && *schema.Minimum > 1 {
			return *schema.Minimum
		}
		return 1
	}
	if id := s.idFor(name); id != "" {
		return id
	}
	n := 1
	if schema.MinLength != nil {
		n = max(n, *schema.MinLength)
	}
	return strings.Repeat("x", n)
}

// prefixes tells which kind of id a field or the path segment before {id} asks for.
var prefixes = map[string]string{
	"channel": "chn", "post": "pst", "room": "rom", "shop": "shp", "product": "prd", "sku": "sku", "order": "ord", "refund": "rfd",
	"notice": "ntc", "comment": "cmt", "user": "usr", "address": "adr", "quote": "quo", "shipment": "run", "image": "img", "upload": "upl",
}

func (s *site) idFor(name string) string {
	name = strings.ToLower(name)
	for _, suffix := range []string{"id", "es", "s"} {
		if rest, ok := strings.CutSuffix(name, suffix); ok && prefixes[rest] != "" {
			return s.ids[prefixes[rest]]
		}
	}
	return s.ids[prefixes[name]]
}

// address fills the placeholders of a path: with real ids, or with what the caller wants there.
func (s *site) address(path, want string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if !strings.HasPrefix(p, "{") {
			continue
		}
		parts[i] = want
		if want == "" {
			parts[i] = "x"
			if id := s.idFor(parts[i-1]); id != "" {
				parts[i] = id
			}
		}
	}
	return strings.Join(parts, "/")
}

// honest fails the test when an answer is a fault of ours, or a refusal without the form of one.
func (s *site) honest(t testing.TB, what string, w *httptest.ResponseRecorder) {
	t.Helper()
	switch {
	case w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") != "":
		return // busy is an answer, when it says until when
	case w.Code >= 500:
		t.Errorf("%s: %d %s", what, w.Code, w.Body)
	case w.Code >= 400 && strings.Contains(what, " /api/"): // pages and media answer a browser, not a program
		var p struct{ Code, Detail string }
		if w.Header().Get("Content-Type") != "application/problem+json" || json.Unmarshal(w.Body.Bytes(), &p) != nil || p.Code == "" {
			t.Errorf("%s: %d without a problem: %s %s", what, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	if w.Body.Len() > mostAnswer {
		t.Errorf("%s: an answer of %d KB", what, w.Body.Len()>>10)
	}
}

// longest is how long a request may take before it counts as hanging.
const longest = 20 * time.Second

// hangUp is a client that leaves once it sees an answer that would never end.
type hangUp struct {
	*httptest.ResponseRecorder
	leave func()
}

func (w *hangUp) Flush() {
	if w.Header().Get("Content-Type") == "text/event-stream" {
		w.leave()
	}
	w.ResponseRecorder.Flush()
}

// mostAnswer is far above the largest page of any list.
const mostAnswer = 2 << 20
