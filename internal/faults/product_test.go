package faults

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// ledger of what buyers were told over HTTP.
type told struct {
	mu     sync.Mutex
	orders []string
	refuse map[string]int // answers that were no order, by status and code; "0" broke off
}

func (o *told) hear(b *shopper, _ string, a answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if id := orderOf(a); a.status/100 == 2 && id != "" {
		o.orders = append(o.orders, id)
		b.open = append(b.open, id)
		return
	}
	if o.refuse == nil {
		o.refuse = map[string]int{}
	}
	o.refuse[strings.TrimSpace(fmt.Sprint(a.status, " ", a.field("code")))]++
}

func (o *told) count() int { o.mu.Lock(); defer o.mu.Unlock(); return len(o.orders) }

// lost counts acknowledged orders that are not stored exactly once.
func (s *site) lost(orders []string) int {
	s.t.Helper()
	d, err := db.Open(s.t.Context(), s.database, db.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer d.Close()
	lost := 0
	for _, id := range orders {
		n, _, err := db.Get(context.Background(), d, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT count(*) FROM shop_orders WHERE id = $1`, id)
		if err != nil {
			s.t.Fatal(err)
		}
		if n != 1 {
			lost++
		}
	}
	return lost
}

func (s *site) shoppers() []*shopper {
	out := make([]*shopper, len(s.tokens))
	for n := range out {
		out[n] = &shopper{s: s, n: n}
	}
	return out
}

// The whole product is killed in a flash sale over HTTP: every acknowledged order is there, an order whose answer
// was lost is found again under its key, the audit is clean, and it sells again within seconds.
func TestKill_TheWholeProductLosesNothing(t *testing.T) {
	for name, url := range map[string]string{"sqlite": "", "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, t.TempDir(), url, crowd)
			limit := busyMachine * firstOrderWithin
			r, seed := chance(t)
			people, o := s.shoppers(), &told{}
			var slowest time.Duration
			c := count(t, "kill -9 in a flash sale, whole product over HTTP, "+name, seed)
			for range c.rounds(scale(3, 40)) {
				begun, had := time.Now(), o.count()
				s.start()
				stop := make(chan struct{})
				var rushing sync.WaitGroup
				rushing.Go(func() { rush(people, stop, o.hear) })
				for o.count() == had {
					if time.Since(begun) > limit || !s.alive() {
						t.Fatalf("no order: %v\n%s", o.statuses(), s.dump())
					}
					time.Sleep(time.Millisecond)
				}
				slowest = max(slowest, time.Since(begun))
				time.Sleep(between(r, time.Duration(scale(600, 2000))*time.Millisecond))
				close(stop)
				s.kill()
				rushing.Wait()
				if n := s.lost(o.orders); n > 0 {
					t.Fatalf("%d of %d acknowledged orders are lost", n, len(o.orders))
				}
				s.audit()
			}
			c.say("%d acknowledged, 0 lost; slowest start to first order %d ms", len(o.orders), slowest.Milliseconds())
		})
	}
}

func (o *told) statuses() map[string]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := map[string]int{}
	for k, v := range o.refuse {
		out[k] = v
	}
	return out
}

// onlyBusy reports whether every answer that was no order was a 503: it says when to come back, and is no lie.
func onlyBusy(refused map[string]int) bool {
	for what := range refused {
		if !strings.HasPrefix(what, "503 ") {
			return false
		}
	}
	return true
}
