package app

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// hostileValues take the place of every field of every body, as they stand on the wire.
var hostileValues = []json.RawMessage{
	[]byte(`null`), []byte(`true`), []byte(`[]`), []byte(`{}`), []byte(`""`), []byte(`0`), []byte(`-1`), []byte(`1e400`), []byte(`9223372036854775807`),
	[]byte(`9223372036854775808`), []byte(`0.5`), []byte(`"a\u0000b"`), []byte(`"\ud800"`), []byte("\"\xff\xfe\""), []byte(`"\u202e\u200b"`),
	[]byte(`"../../etc/passwd"`), []byte(`"' OR 1=1 --"`), []byte(`"%s%n$1"`), []byte(`[[[[[[[[[[]]]]]]]]]]`), []byte(`[null]`), []byte(`[{}]`),
	[]byte(`"` + strings.Repeat("长", 20_000) + `"`), []byte(`[` + strings.Repeat(`"x",`, 20_000) + `"x"]`),
}

// hostileBodies take the place of whole bodies.
var hostileBodies = []string{
	"", "null", "[]", "{", "0", `"x"`, "\xff\xfe{}", "{}{}", `{"a":1,"a":2}`, strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 40_000),
	"{}" + strings.Repeat(" ", 300_000),
}

// hostileNames take the place of every name in an address.
var hostileNames = []string{"\x00", "a\x00b", "\xff\xfe", "..", "' OR '1'='1", strings.Repeat("x", 5000), "chn_zzzzzzzzzzzzzzzzzzzzzzzzzz", "é", "-1",
	"9223372036854775808-1", "1-2-3", "~", "~~~", "\u202e", "%", "*"}

// doorCost: a body of at most 256 KiB is decoded, checked against its schema and decoded again; the
// fixed part is a page of the largest list.
var doorCost = fuzztest.Cost{Fixed: 24 << 20, PerByte: 256}

func TestDoors_AnswerHostileBodiesWithARefusal(t *testing.T) {
	dbtestEach(t, func(t *testing.T, s *site) {
		sent := 0
		for _, o := range s.ops {
			send := func(what string, body []byte) {
				t.Helper()
				path := s.address(o.path, "")
				fuzztest.Within(t, len(body), doorCost, func() {
					s.honest(t, o.method+" "+path+" with "+what, s.ask(o.method, path, body, nil))
				})
				sent++
			}
			for i, b := range hostileBodies {
				if every(3, i+sent) {
					send(short(b), []byte(b))
				}
			}
			if o.example == nil {
				continue
			}
			places(o.example, "", func(name string, set func(any) (undo func())) {
				for i, v := range hostileValues {
					// The NUL goes everywhere: it is what PostgreSQL cannot keep.
					if !every(7, i+sent) && !bytes.Contains(v, []byte("u0000")) {
						continue
					}
					undo := set(v)
					body, err := onWire(o.example)
					undo()
					if err != nil {
						t.Fatal(err)
					}
					send(name+" = "+short(string(v)), body)
				}
			})
		}
		t.Logf("%d hostile bodies at %d operations", sent, len(s.ops))
		if sent < 600 {
			t.Errorf("only %d bodies were sent", sent)
		}
	})
}

func TestDoors_AnswerHostileAddressesWithARefusal(t *testing.T) {
	dbtestEach(t, func(t *testing.T, s *site) {
		sent := 0
		for place, route := range s.Router.Routes {
			method, path, ok := strings.Cut(route.Pattern, " ")
			if !ok || method != http.MethodGet && method != http.MethodDelete || strings.Contains(path, "{$}") {
				continue
			}
			for i, name := range hostileNames {
				if !every(5, i+place) {
					continue
				}
				asks := []string{s.address(path, name)}
				if method == http.MethodGet {
					at := s.address(path, "")
					asks = append(asks, at+"?cursor="+name, at+"?q="+name+"&limit="+name, at+"?_HLS_msn="+name)
				}
				for _, ask := range asks {
					s.honest(t, method+" "+short(ask), s.ask(method, ask, nil, map[string]string{"Range": "bytes=" + name, "User-Agent": name}))
					sent++
				}
			}
		}
		t.Logf("%d hostile addresses at %d routes", sent, len(s.Router.Routes))
		if sent < 600 {
			t.Errorf("only %d addresses were asked", sent)
		}
	})
}

// every takes one pair of place and value in n, so that each place meets some values and each value many
// places: all pairs are 22,000 requests, minutes under the race detector. HAWKER_TEST_ALL=1 sends them all.
func every(n, i int) bool { return i%n == 0 || os.Getenv("HAWKER_TEST_ALL") != "" }

// dbtestEach runs fn on both engines: they differ in which text they take.
func dbtestEach(t *testing.T, fn func(t *testing.T, s *site)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, newSite(t, "")) })
	t.Run("postgres", func(t *testing.T) { fn(t, newSite(t, dbtest.PostgresURL(t))) })
}

// places visits every value inside v, the innermost too, with a setter for it.
func places(v any, name string, visit func(name string, set func(any) (undo func()))) {
	switch v := v.(type) {
	case map[string]any:
		for k, old := range v {
			visit(name+"."+k, func(x any) func() { v[k] = x; return func() { v[k] = old } })
			places(old, name+"."+k, visit)
		}
	case []any:
		for i, old := range v {
			visit(name+"[]", func(x any) func() { v[i] = x; return func() { v[i] = old } })
			places(old, name+"[]", visit)
		}
	}
}

// onWire writes a body without encoding/json's care for what is no valid JSON: hostile values go out as
// they stand.
func onWire(v any) ([]byte, error) {
	switch v := v.(type) {
	case json.RawMessage:
		return v, nil
	case map[string]any:
		out := []byte{'{'}
		for k, e := range v {
			b, err := onWire(e)
			if err != nil {
				return nil, err
			}
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(append(append(append(out, '"'), k...), '"', ':'), b...)
		}
		return append(out, '}'), nil
	case []any:
		out := []byte{'['}
		for i, e := range v {
			b, err := onWire(e)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, b...)
		}
		return append(out, ']'), nil
	}
	return json.Marshal(v)
}

// short keeps a failure's line readable.
func short(s string) string {
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return strings.ToValidUTF8(s, "?")
}
