package doorstest

import (
	_ "embed"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed policy.txt
var policyText string

// op is one operation and who may use it: a line of policy.txt beside the document's own words.
type op struct {
	id, method, path, allow string

	who             []string
	on              string // kind of thing, "" for none
	denied, missing int
	done            int
	doneCode        string // of the refusal, when that is the best there is
	fresh           string
}

// policy reads policy.txt.
func policy(t testing.TB) map[string]op {
	t.Helper()
	out := map[string]op{}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // "-" is none
	for line := range strings.Lines(policyText) {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if len(f) != 6 && len(f) != 7 {
			t.Fatalf("policy.txt: %q has %d columns", line, len(f))
		}
		o := op{id: f[0], who: strings.Split(f[1], ","), on: strings.Trim(f[2], "-"), denied: number(f[3]), missing: number(f[4])}
		done, code, _ := strings.Cut(f[5], ":")
		o.done, o.doneCode = number(done), code
		if len(f) == 7 {
			o.fresh = f[6]
		}
		if _, twice := out[o.id]; twice {
			t.Fatalf("policy.txt: %s has two lines", o.id)
		}
		out[o.id] = o
	}
	return out
}

// operations joins the document with the policy. An operation without a line, or a line without an
// operation, fails the test: nobody may mount a door without saying who may use it.
func operations(t testing.TB, doc *huma.OpenAPI) []op {
	t.Helper()
	var out []op
	lines := policy(t)
	each(doc, func(method, path string, o *huma.Operation) {
		line, ok := lines[o.OperationID]
		if !ok {
			t.Errorf("%s (%s %s) has no line in policy.txt: say who may use it", o.OperationID, method, path)
			return
		}
		delete(lines, o.OperationID)
		line.method, line.path = method, path
		line.allow, _ = o.Extensions["x-allow"].(string)
		out = append(out, line)
	})
	for id := range lines {
		t.Errorf("policy.txt speaks of %s, which no door offers", id)
	}
	slices.SortFunc(out, func(a, b op) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

func (o op) may(relation string) bool { return slices.Contains(o.who, relation) }

// gate is the outer gate that the line asks for.
func (o op) gate() string {
	switch {
	case o.may("anyone"):
		return "public"
	case len(o.who) == 1 && o.may("operator"):
		return "operator"
	}
	return "signed-in"
}

func TestPolicy_AgreesWithEveryOuterGate(t *testing.T) {
	list := operations(t, door(t).OpenAPI())
	for _, o := range list {
		if o.gate() != o.allow {
			t.Errorf("%s: the policy asks for the gate %q, the door is registered with %q", o.id, o.gate(), o.allow)
		}
		if o.on != "" && !o.may("anyone") && !o.may("signed") && o.denied == 0 {
			t.Errorf("%s: the policy does not say how others are refused", o.id)
		}
	}
	t.Logf("%d operations, one line each", len(list))
}

func TestPolicy_NoticesAnOperationNobodySpokeOf(t *testing.T) {
	doc := &huma.OpenAPI{Paths: map[string]*huma.PathItem{"/api/v1/x": {Post: &huma.Operation{OperationID: "backdoor"}}}}
	silent := &silentT{TB: t}
	if operations(silent, doc); silent.errors < 2 { // the backdoor has no line, and no line has its door
		t.Errorf("an operation without a line went unnoticed")
	}
}

// silentT counts errors instead of failing.
type silentT struct {
	testing.TB
	errors int
}

func (s *silentT) Errorf(string, ...any) { s.errors++ }
func (s *silentT) Helper()               {}

// expect is the answer that the policy asks for.
func (o op) expect(p subject, target string) (status int, code string) {
	switch {
	case !p.live && !o.may("anyone"):
		return http.StatusUnauthorized, ""
	case o.gate() == "operator" && p.role != "operator":
		return http.StatusForbidden, ""
	case target == "missing":
		return o.missing, ""
	case o.may("anyone"), o.may("signed"), o.may(p.relation(target)):
		return o.done, o.doneCode
	}
	return o.denied, ""
}

// subject is a role of the matrix.
type subject struct {
	role string
	live bool // has a session
	of   string
}

// relation is what the subject is to a tenant: its role there, operator everywhere, or a stranger.
func (s subject) relation(tenant string) string {
	if s.role == "operator" || s.of == tenant {
		return s.role
	}
	return "stranger"
}

// subjects of the matrix. The revoked were staff of A until an owner took them out of the team.
var subjects = []subject{
	{role: "anonymous"}, {role: "signedOut"}, {role: "suspended"},
	{role: "viewer", live: true}, {role: "revoked", live: true}, {role: "operator", live: true},
	{role: "owner", live: true, of: "A"}, {role: "staff", live: true, of: "A"}, {role: "moderator", live: true, of: "A"}, {role: "buyer", live: true, of: "A"},
	{role: "owner", live: true, of: "B"}, {role: "staff", live: true, of: "B"}, {role: "buyer", live: true, of: "B"},
}
