package doorstest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/server"
)

// moneyWords in an address mark what moves money; each POST with one is a money operation, or says here why not.
var moneyWords = []string{"/orders", "/refunds", "/pay", "/payout", "/withdraw", "/transfer", "/stock", "/ship", "/wallet", "/balance", "/coupon", "/gift", "/bean"}

var moneyFree = map[string]string{
	"ship-run-steer":             "pauses and resumes a sheet; each line of it ships once by its own state",
	"get-shop-shops-id-stream":   "reads",
	"post-money-notify-provider": "a provider's signed callback; repeats are told apart by the provider's own event id",
}

func TestOnce_EveryOperationThatMovesMoneyTakesAKey(t *testing.T) {
	n := 0
	each(door(t).OpenAPI(), func(method, path string, o *huma.Operation) {
		if method == http.MethodGet || moneyFree[o.OperationID] != "" {
			return
		}
		money, _ := o.Extensions["x-money"].(bool)
		for _, word := range moneyWords {
			if strings.Contains(path, word) && !money && method == http.MethodPost {
				t.Errorf("%s %s moves money by its address (%s) and is not marked Money", method, path, word)
			}
		}
		if !money {
			return
		}
		n++
		if len(o.Parameters) == 0 || o.Parameters[0].Name != "Idempotency-Key" || !o.Parameters[0].Required {
			t.Errorf("%s moves money without an Idempotency-Key", o.OperationID)
		}
	})
	if n < 10 {
		t.Errorf("only %d operations move money", n)
	}
	t.Logf("%d operations move money", n)
	defer func() {
		if recover() == nil {
			t.Error("a money operation without a key was mounted")
		}
	}()
	server.Register(door(t), server.Op{ID: "planted", Method: http.MethodPost, Path: "/api/v1/money/planted", Tag: "money", Summary: "planted", Allow: server.SignedIn, Money: true},
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
}

// rows counts what an order's life writes. The sandbox's own book-keeping goes on by itself and is left out,
// and so are accounts: whoever comes first opens them.
func (w *world) rows() map[string]int64 {
	w.t.Helper()
	out := map[string]int64{}
	count := func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }
	names, err := db.List(w.t.Context(), w.DB, func(r db.Row) (s string, err error) { err = r.Scan(&s); return s, err },
		`SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'shop_%' OR name LIKE 'money_%') AND name NOT LIKE 'money_sandbox%' AND name <> 'money_accounts'`)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, name := range names {
		if out[name], _, err = db.Get(w.t.Context(), w.DB, count, `SELECT count(*) FROM `+name); err != nil {
			w.t.Fatal(err)
		}
	}
	out["units"], _, err = db.Get(w.t.Context(), w.DB, count, `SELECT COALESCE(CAST(sum(available + 3 * held + 7 * sold) AS BIGINT), 0) FROM shop_skus`)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// change since an earlier count.
func (w *world) change(before map[string]int64) map[string]int64 {
	after := w.rows()
	maps.DeleteFunc(after, func(name string, n int64) bool { return n == before[name] })
	for name := range after {
		after[name] -= before[name]
	}
	return after
}

// direct asks the router without a socket: a thousand at once.
func (w *world) direct(p *person, c call, key string) *httptest.ResponseRecorder {
	raw, err := json.Marshal(c.body)
	if err != nil {
		w.t.Fatal(err)
	}
	if c.body == nil {
		raw = nil
	}
	req := httptest.NewRequestWithContext(w.t.Context(), c.method, c.path, bytes.NewReader(raw))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Idempotency-Key", key)
	rec := httptest.NewRecorder()
	w.Router.ServeHTTP(rec, req)
	return rec
}

func TestOnce_DuplicatesHaveOneEffect(t *testing.T) {
	w := newWorld(t)
	a, b := w.found("A"), w.found("B")
	w.openShop(a)
	w.openShop(b)
	w.stockUp(2 * ordersEach)
	who := func(o op, x *tenant) *person {
		if o.may("buyer") {
			return x.buyer
		}
		return x.owner
	}
	sent := 0
	for _, o := range operations(t, w.Router.OpenAPI()) {
		if !w.movesMoney(o.id) {
			continue
		}
		anew := func(x *tenant) call {
			kind := o.fresh
			if kind == "" && o.id != "sku-stock" {
				kind = "paid" // a sheet of parcels
			}
			if kind != "" {
				x = w.fresh(x, kind)
			}
			return w.request(o, who(o, x), x)
		}
		one := anew(a)
		w.settle(a, o)
		before := w.rows()
		if rec := w.direct(who(o, a), one, "one-"+o.id); rec.Code != o.done {
			t.Fatalf("%s once: %d %s", o.id, rec.Code, rec.Body)
		}
		w.settle(a, o)
		want := w.change(before)

		many := anew(a)
		w.settle(a, o)
		before = w.rows()
		answers := w.crowd(who(o, a), many, "many-"+o.id)
		w.settle(a, o)
		sent += duplicates
		if got := w.change(before); !maps.Equal(got, want) {
			t.Errorf("%s: %d duplicates changed %v, one request changes %v", o.id, duplicates, got, want)
		}
		if len(answers) != 1 {
			t.Errorf("%s: %d different answers to one request: %.300v", o.id, len(answers), answers)
		}
		for answer := range answers {
			if again := w.direct(who(o, a), many, "many-"+o.id); fmt.Sprint(again.Code)+again.Body.String() != answer {
				t.Errorf("%s: the answer that was stored is replayed as another: %d %s", o.id, again.Code, again.Body)
			}
		}
		w.refusesReuse(t, o, who(o, a), many)
		other := anew(b)
		w.settle(b, o)
		before = w.rows()
		if rec := w.direct(who(o, b), other, "many-"+o.id); rec.Code != o.done || rec.Header().Get("Idempotent-Replay") != "" || len(w.change(before)) == 0 && len(want) > 0 {
			t.Errorf("%s: another person's equal key is not their own: %d %s", o.id, rec.Code, rec.Body)
		}
		w.settle(b, o)
	}
	if sent < 10*duplicates {
		t.Errorf("only %d requests were sent", sent)
	}
	t.Logf("%d duplicates of %d operations, one effect each", sent, sent/duplicates)
}

// settle waits for what an operation leaves to others: the sheet of parcels, and a refund on its way back.
func (w *world) settle(x *tenant, o op) {
	w.t.Helper()
	w.untilShipped(x)
	last := w.rows()
	w.until("what was begun is written", func() bool {
		time.Sleep(100 * time.Millisecond)
		now := w.rows()
		same := maps.Equal(now, last)
		last = now
		return same
	})
	if o.id != "order-cancel" && o.id != "refund-approve" {
		return
	}
	w.until("every refund came back", func() bool {
		n, _, err := db.Get(w.t.Context(), w.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT count(*) FROM money_refunds WHERE state = 'pending'`)
		return err == nil && n == 0
	})
	w.untilShipped(x)
}

// crowd sends the same request many times at once and gives the different answers.
func (w *world) crowd(p *person, c call, key string) map[string]int {
	var mu sync.Mutex
	answers := map[string]int{}
	start := make(chan struct{})
	var all sync.WaitGroup
	for range duplicates {
		all.Go(func() {
			<-start
			rec := w.direct(p, c, key)
			mu.Lock()
			defer mu.Unlock()
			answers[fmt.Sprint(rec.Code)+rec.Body.String()]++
		})
	}
	close(start)
	all.Wait()
	return answers
}

// refusesReuse: a key that was used stands for that request only, and has its bounds.
func (w *world) refusesReuse(t *testing.T, o op, p *person, used call) {
	t.Helper()
	changed := used
	if body, ok := used.body.(fields); ok {
		body = maps.Clone(body)
		for name, v := range body {
			switch v := v.(type) {
			case string:
				if name == "note" || name == "reason" || name == "reply" || name == "trackingNo" {
					body[name] = v + "2"
				}
			case int:
				body[name] = v + 1
			}
		}
		if o.id == "order-pay" {
			body["provider"] = "sandbox2"
		}
		if items, ok := body["items"].([]any); ok {
			body["items"] = append(items, items[0])
		}
		changed.body = body
	} else {
		changed.path = strings.Replace(used.path, "ord_0", "ord_1", 1)
	}
	before := w.rows()
	if rec := w.direct(p, changed, "many-"+o.id); rec.Code != http.StatusUnprocessableEntity && rec.Code != http.StatusConflict {
		t.Errorf("%s: the key of another request was taken: %d %s", o.id, rec.Code, rec.Body)
	}
	for _, key := range []string{"", "1234567", strings.Repeat("k", 129)} {
		if rec := w.direct(p, used, key); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: a key of %d characters was taken: %d", o.id, len(key), rec.Code)
		}
	}
	if got := w.change(before); len(got) != 0 {
		t.Errorf("%s: a refused key changed %v", o.id, got)
	}
}

// movesMoney reads the document's mark.
func (w *world) movesMoney(id string) (money bool) {
	each(w.Router.OpenAPI(), func(_, _ string, o *huma.Operation) {
		if o.OperationID == id {
			money, _ = o.Extensions["x-money"].(bool)
		}
	})
	return money
}
