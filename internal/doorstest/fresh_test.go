package doorstest

import (
	"context"
	"maps"
	"strconv"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/money/sandbox"
)

func itoa(n int) string { return strconv.Itoa(n) }

func sampleOf(asset string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return asset, nil }
}

// never is a delay after which the sandbox pays: beyond any test.
const never = 30 * 60_000

// ordersEach tenant needs paid for the matrix: what the operations of policy.txt use up, and a few.
const ordersEach = 14

// atOnce unpaid orders are fewer than one buyer may have open.
const atOnce = 3

// stockUp places orders of both tenants and waits until they are paid; whatever is ordered later stays unpaid.
func (w *world) stockUp(each int) {
	w.t.Helper()
	paid := func(x *tenant, id string) {
		w.until("payment of "+id, func() bool { return w.must(x.buyer, "GET", "/api/v1/shop/orders/"+id, nil).get("state") == "paid" })
	}
	for i := range each {
		for _, x := range w.tenant {
			id, _ := w.order(x)
			x.paid = append(x.paid, id)
		}
		if i%atOnce != atOnce-1 {
			continue
		}
		for _, x := range w.tenant {
			paid(x, x.paid[i])
		}
	}
	for _, x := range w.tenant {
		for _, id := range append(x.paid, x.ids["order"]) {
			if id != "" {
				paid(x, id)
			}
		}
	}
	if err := w.Bank.SetFaults(w.t.Context(), sandbox.Faults{DelayMS: never}); err != nil {
		w.t.Fatal(err)
	}
}

// deadJob is work of a kind nobody does, which gave up.
func (w *world) deadJob() string {
	w.t.Helper()
	id := w.IDs.New("job")
	if _, err := w.DB.Exec(w.t.Context(), `INSERT INTO job_jobs (id, kind, payload, state, unique_key, asked, run_at, tries, owner, lease_until, error, created_at)
		VALUES ($1, 'tests.nobody', 'null', 'dead', NULL, 1, 0, 9, '', 0, 'it gave up', 0)`, id); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// fresh gives a copy of the tenant in which the thing of a kind is new, so that an operation may use it up.
func (w *world) fresh(x *tenant, kind string) *tenant {
	w.t.Helper()
	y := *x
	y.ids = maps.Clone(x.ids)
	channels, orders := "/api/v1/channel/", "/api/v1/shop/orders/"
	switch kind {
	case "post":
		y.ids["post"] = w.post(x)
	case "hiddenpost":
		y.ids["post"] = w.post(x)
		w.must(w.people["operator"], "POST", "/api/v1/moderation/posts/"+y.ids["post"]+"/hide", fields{"reason": "x"})
	case "captioned":
		y.ids["captioned"] = w.must(x.owner, "POST", channels+"channels/"+x.ids["channel"]+"/posts",
			fields{"assetIds": []string{x.ids["video"]}, "kind": "video", "tags": []string{}, "text": x.shown}).get("id")
		w.must(x.owner, "PUT", channels+"posts/"+y.ids["captioned"]+"/captions/en", fields{"vtt": captions(x)})
	case "comment":
		y.ids["comment"] = w.comment(x)
	case "hiddencomment":
		y.ids["comment"] = w.comment(x)
		w.must(w.people["operator"], "POST", "/api/v1/moderation/comments/"+y.ids["comment"]+"/hide", fields{"reason": "x"})
	case "roomcomment":
		y.ids["roomcomment"] = w.must(x.staff, "POST", "/api/v1/live/rooms/"+x.ids["room"]+"/comments", fields{"text": x.shown}).get("id")
	case "ownroomcomment":
		y.ids["roomcomment"] = w.must(x.buyer, "POST", "/api/v1/live/rooms/"+x.ids["room"]+"/comments", fields{"text": x.shown}).get("id")
	case "streamkey":
		w.must(x.owner, "POST", "/api/v1/live/channels/"+x.ids["channel"]+"/ingest/key", nil)
	case "prepared":
		y.ids["prepared"] = w.room(x)
	case "notice":
		y.ids["notice"] = w.notice(x)
	case "upload":
		y.ids["upload"] = w.upload(x)
	case "draft":
		y.ids["draft"], _ = w.product(x, "off", x.kept)
	case "address":
		y.ids["address"] = w.address(x)
	case "quote":
		y.ids["quote"] = w.quote(x)
	case "unpaid":
		y.ids["order"], _ = w.order(x)
	case "paid":
		y.ids["order"] = w.takePaid(x)
	case "shipped":
		y.ids["order"] = w.takePaid(x)
		w.must(x.staff, "POST", orders+y.ids["order"]+"/ship", fields{"carrier": "SF", "trackingNo": x.kept})
	case "refund":
		a := w.must(x.buyer, "POST", orders+w.takePaid(x)+"/refunds", fields{"reason": x.kept})
		y.ids["refund"] = a.get("refund.id")
	case "user", "suspended", "member":
		p := w.join("spare")
		y.ids["user"], y.ids["member"] = p.id, p.id
		if kind == "suspended" {
			w.must(w.people["operator"], "POST", "/api/v1/moderation/users/"+p.id+"/suspend", fields{"reason": "x"})
		}
		if kind == "member" {
			w.must(x.owner, "PUT", "/api/v1/identity/team", fields{"kind": "channel", "id": x.ids["channel"], "login": p.login, "role": "staff"})
		}
	case "deadjob":
		y.ids["deadjob"] = w.deadJob()
	case "session":
		w.signIn(x.buyer)
		y.ids["session"] = w.otherSession(x.buyer)
	default:
		w.t.Fatalf("policy.txt: nobody knows how to make a fresh %q", kind)
	}
	return &y
}

func (w *world) takePaid(x *tenant) string {
	w.t.Helper()
	if x.paidAt == len(x.paid) {
		w.t.Fatal("no paid order is left: stock up more")
	}
	x.paidAt++
	return x.paid[x.paidAt-1]
}

// signIn opens another session of a person and gives its token.
func (w *world) signIn(p *person) string {
	w.t.Helper()
	_, token, err := w.Identity.SignIn(w.t.Context(), p.login, p.password, identity.Browser{Agent: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// otherSession of a person than the one it asks with.
func (w *world) otherSession(p *person) string {
	a := w.must(p, "GET", "/api/v1/identity/sessions", nil)
	for i := range 20 {
		if id := a.get("items." + itoa(i) + ".id"); id != "" && !isCurrent(a, i) {
			return id
		}
	}
	w.t.Fatalf("%s has one session only", p.name)
	return ""
}

func captions(x *tenant) string { return "WEBVTT\n\n00:00.000 --> 00:01.000\n" + x.shown + "\n" }
