package doorstest

import (
	"bytes"
	"fmt"
	"testing"
)

// person behind a subject; nil is nobody.
func (w *world) of(s subject) *person {
	if s.role == "anonymous" {
		return nil
	}
	return w.people[s.role+s.of]
}

// populate makes both tenants, and everybody whose right has ended.
func (w *world) populate() {
	w.t.Helper()
	op := w.join("operator")
	if err := w.Identity.MakeOperator(w.t.Context(), op.login); err != nil {
		w.t.Fatal(err)
	}
	w.join("viewer")
	w.join("stranger") // becomes a member here and there
	w.join("quiet")    // is muted
	w.Sample = sampleOf(w.clip(op))
	a, b := w.found("A"), w.found("B")
	w.furnish(a)
	w.furnish(b)
	w.stockUp(ordersEach)
	for _, x := range w.tenant {
		for _, kind := range []string{"refund", "captioned"} {
			x.ids[kind] = w.fresh(x, kind).ids[kind]
		}
		x.ids["run"] = w.must(x.owner, "POST", "/api/v1/shop/shops/"+x.ids["shop"]+"/shipments",
			fields{"items": []any{fields{"orderId": w.takePaid(x), "carrier": x.kept, "trackingNo": x.kept}}}).get("id")
		for kind, id := range x.ids {
			if id == "" {
				w.t.Fatalf("tenant %s has no %s", x.letter, kind)
			}
		}
	}
	revoked := w.join("revoked")
	for _, scope := range []string{"channel", "shop"} {
		w.must(a.owner, "PUT", "/api/v1/identity/team", fields{"kind": scope, "id": a.ids[scope], "login": revoked.login, "role": "staff"})
		w.must(a.owner, "DELETE", "/api/v1/identity/team?kind="+scope+"&id="+a.ids[scope]+"&userId="+revoked.id, nil)
	}
	w.must(op, "POST", "/api/v1/moderation/users/"+w.join("suspended").id+"/suspend", fields{"reason": "x"})
	w.must(w.join("signedOut"), "POST", "/api/v1/identity/sign-out", nil)
}

// missing is a tenant of nothing: every id is well formed and nobody's.
func missing(like *tenant) *tenant {
	y := *like
	y.ids = map[string]string{}
	for kind, id := range like.ids {
		y.ids[kind] = id[:4] + "0000000000000000000000000z"
	}
	return &y
}

// cell is one square of the matrix.
type cell struct {
	o      op
	s      subject
	target string // "A", "B", "missing", or "" for operations about oneself
	status int
	code   string
}

// cells lists the matrix, refusals first: they change nothing, which the granted ones after them show.
func cells(ops []op) []cell {
	var refused, granted, late, last []cell
	for _, o := range ops {
		targets := []string{"A", "B", "missing"}
		if o.on == "" {
			targets = []string{""}
		}
		for _, s := range subjects {
			for _, target := range targets {
				c := cell{o: o, s: s, target: target}
				c.status, c.code = o.expect(s, target)
				switch {
				case target == "missing" || c.status == 401 || c.status == o.denied && c.status != o.done:
					refused = append(refused, c)
				case o.fresh == "last":
					late = append(late, c)
				case o.fresh == "end":
					last = append(last, c)
				default:
					granted = append(granted, c)
				}
			}
		}
	}
	return append(append(append(refused, granted...), late...), last...)
}

func TestDoors_OfAWholeSite(t *testing.T) {
	w := newWorld(t, "--metrics-addr", "127.0.0.1:0")
	w.populate()
	t.Run("no id of another tenant is of use", w.swapTenants)
	t.Run("every operation for every role", w.matrix)
	t.Run("no secret is said", w.keepsSecrets)
}

func (w *world) matrix(t *testing.T) {
	ops := operations(t, w.Router.OpenAPI())
	list := cells(ops)
	gaps, granted, counts := 0, map[string]int{}, map[int]int{}
	for _, c := range list {
		a := w.try(c)
		counts[a.status]++
		if a.status != c.status || c.code != "" && a.code() != c.code {
			gaps++
			if gaps <= 400 {
				t.Errorf("%s as %s%s about %s: want %d %s, got %s", c.o.id, c.s.role, c.s.of, c.target, c.status, c.code, a)
			}
		}
		if a.status == c.o.done {
			granted[c.o.id]++
		}
		if leak := w.foreign(c, a); leak != "" {
			t.Errorf("%s as %s%s about %s: the answer holds what is %s", c.o.id, c.s.role, c.s.of, c.target, leak)
		}
	}
	for _, o := range ops {
		if granted[o.id] == 0 {
			t.Errorf("%s was never granted to anybody: the matrix proves nothing about it", o.id)
		}
	}
	t.Logf("%d operations x %d subjects x targets = %d requests, %d gaps; answers by status: %s", len(ops), len(subjects), len(list), gaps, fmt.Sprint(counts))
}

// try asks one square.
func (w *world) try(c cell) answer {
	w.t.Helper()
	x := w.tenant["A"]
	switch c.target {
	case "B":
		x = w.tenant["B"]
	case "missing":
		x = missing(x)
	}
	p := w.of(c.s)
	if c.status == c.o.done && c.target != "missing" && c.o.fresh != "" && c.o.fresh != "last" && c.o.fresh != "end" {
		if c.o.fresh == "session" && c.o.on == "" {
			if p == nil || !c.s.live {
				return w.ask(p, w.request(c.o, p, x))
			}
			with := *p
			with.token = w.signIn(p)
			a := w.ask(&with, w.request(c.o, &with, x))
			if w.ask(p, call{method: "GET", path: "/api/v1/identity/me"}).status == 401 {
				p.token = w.signIn(p)
			}
			return a
		}
		kind := c.o.fresh
		if kind == "roomcomment" && c.s.role == "buyer" {
			kind = "ownroomcomment" // the buyer may take back its own words
		}
		x = w.fresh(x, kind)
	}
	return w.ask(p, w.request(c.o, p, x))
}

// foreign tells when an answer holds what only a tenant to whom the asker is a stranger may read.
func (w *world) foreign(c cell, a answer) string {
	for letter, x := range w.tenant {
		if c.s.relation(letter) == "stranger" && bytes.Contains(a.body, []byte(x.kept)) {
			return "kept by " + letter
		}
	}
	return ""
}
