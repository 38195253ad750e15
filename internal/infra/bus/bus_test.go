package bus_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

type sold struct {
	N int `json:"n"`
}

func (sold) Subject() string { return "shop.test_sold" }

type joined struct{ Name string }

func (joined) Subject() string { return "live.test_joined" }

type odd struct{ subject string }

func (o odd) Subject() string { return o.subject }

func newIDs() *id.Source { return id.NewSource(time.Now) }

func open(t *testing.T, d *db.DB, c clock.Clock) *bus.Bus {
	t.Helper()
	b, err := bus.Open(context.Background(), "embedded", bus.Deps{DB: d, Clock: c, IDs: id.NewSource(time.Now)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// run runs b until the returned function is called or the test ends.
func run(t *testing.T, b *bus.Bus) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func emit(t *testing.T, d *db.DB, b *bus.Bus, facts ...event.Fact) {
	t.Helper()
	if err := d.Tx(context.Background(), func(ctx context.Context) error { return b.EmitAll(ctx, facts) }); err != nil {
		t.Fatal(err)
	}
}

func settle(t *testing.T, b *bus.Bus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := b.Settle(ctx); err != nil {
		t.Fatal(err)
	}
}

// inbox is a consumer that remembers.
type inbox struct {
	mu  sync.Mutex
	got []bus.Event
}

func (i *inbox) take(_ context.Context, ev bus.Event) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.got = append(i.got, ev)
	return nil
}

func (i *inbox) events() []bus.Event {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]bus.Event(nil), i.got...)
}

func numbers(t *testing.T, evs []bus.Event) (out []int) {
	t.Helper()
	for _, ev := range evs {
		var s sold
		if err := json.Unmarshal(ev.Payload, &s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s.N)
	}
	return out
}

func TestBus_DeliversCommittedFactsInOrder(t *testing.T) {
	dbtest.Each(t, bus.Migrate, func(t *testing.T, d *db.DB) {
		b := open(t, d, clock.Real{})
		var all, shop, live inbox
		b.Consume("all", nil, all.take)
		b.Consume("shop", []string{"shop.*"}, shop.take)
		b.Consume("live", []string{"live.test_joined", "live.other"}, live.take)
		run(t, b)
		const rounds = 700 // more than one batch
		for n := range rounds {
			emit(t, d, b, sold{N: 2 * n}, sold{N: 2*n + 1})
		}
		emit(t, d, b, joined{Name: "店主"})
		refused := errors.New("no")
		if err := d.Tx(context.Background(), func(ctx context.Context) error {
			if err := b.Emit(ctx, sold{N: -1}); err != nil {
				return err
			}
			return refused
		}); !errors.Is(err, refused) {
			t.Fatal(err)
		}
		settle(t, b)
		evs := all.events()
		if len(evs) != 2*rounds+1 || len(shop.events()) != 2*rounds || len(live.events()) != 1 {
			t.Fatalf("all %d, shop %d, live %d", len(evs), len(shop.events()), len(live.events()))
		}
		for i, ev := range evs {
			if ev.Seq != int64(i)+1 || ev.At == 0 || !id.Valid("evt", ev.ID) {
				t.Fatalf("event %d: %+v", i, ev)
			}
		}
		for i, n := range numbers(t, shop.events()) {
			if n != i {
				t.Fatalf("place %d holds fact %d", i, n)
			}
		}
	})
}

func TestEmit_Refuses(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), bus.Migrate)
	b := open(t, d, clock.Real{})
	if err := b.Emit(context.Background(), sold{}); err == nil {
		t.Error("emitted outside a transaction")
	}
	for name, f := range map[string]event.Fact{
		"empty subject": odd{""}, "no domain": odd{"sold"}, "space": odd{"shop.a b"}, "wildcard": odd{"shop.*"},
		"reserved": odd{"bus.head"}, "big": joined{Name: string(make([]byte, 300<<10))},
	} {
		if err := d.Tx(context.Background(), func(ctx context.Context) error { return b.Emit(ctx, f) }); err == nil {
			t.Errorf("%s: emitted", name)
		}
	}
}

func TestBus_ARestartGoesOnWhereItStopped(t *testing.T) {
	dbtest.Each(t, bus.Migrate, func(t *testing.T, d *db.DB) {
		var before, after inbox
		first := open(t, d, clock.Real{})
		first.Consume("c", nil, before.take)
		stop := run(t, first)
		emit(t, d, first, sold{N: 1}, sold{N: 2})
		settle(t, first)
		stop()
		emit(t, d, first, sold{N: 3}) // nobody runs: the fact waits in SQL, not in the broker
		first.Close()
		second := open(t, d, clock.Real{})
		second.Consume("c", nil, after.take)
		run(t, second)
		settle(t, second)
		if got := numbers(t, before.events()); fmt.Sprint(got) != "[1 2]" {
			t.Errorf("before: %v", got)
		}
		if got := numbers(t, after.events()); fmt.Sprint(got) != "[3]" {
			t.Errorf("after: %v", got)
		}
	})
}

func TestBus_AStoppedHandlerGetsItsEventAgain(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), bus.Migrate)
	first := open(t, d, clock.Real{})
	reached := make(chan struct{})
	first.Consume("c", nil, func(ctx context.Context, ev bus.Event) error {
		if ev.Seq == 1 {
			return nil
		}
		close(reached)
		<-ctx.Done() // a shutdown in the middle
		return ctx.Err()
	})
	stop := run(t, first)
	emit(t, d, first, sold{N: 1}, sold{N: 2})
	<-reached
	stop()
	var got inbox
	second := open(t, d, clock.Real{})
	second.Consume("c", nil, got.take)
	run(t, second)
	settle(t, second)
	if n := numbers(t, got.events()); fmt.Sprint(n) != "[2]" {
		t.Errorf("after the restart: %v, want only the interrupted one", n)
	}
}

func TestBus_TwoNodesShareTheWork(t *testing.T) {
	dbtest.Each(t, bus.Migrate, func(t *testing.T, d *db.DB) {
		a, b := open(t, d, clock.Real{}), open(t, d, clock.Real{})
		var got inbox // of both nodes
		a.Consume("c", nil, got.take)
		b.Consume("c", nil, got.take)
		stopA := run(t, a)
		run(t, b)
		const each = 300
		var wg sync.WaitGroup
		for k, node := range []*bus.Bus{a, b} {
			wg.Go(func() {
				for n := range each {
					emit(t, d, node, sold{N: k*each + n})
				}
			})
		}
		time.Sleep(20 * time.Millisecond)
		stopA() // its leases pass on at once
		wg.Wait()
		settle(t, b)
		seen := map[int]int{}
		for _, n := range numbers(t, got.events()) {
			seen[n]++
		}
		for n := range 2 * each {
			if seen[n] != 1 {
				t.Errorf("fact %d came %d times", n, seen[n])
			}
		}
	})
}

// A lane batch emits thousands of facts at once; they share rows, and a consumer sees none of it: every
// fact comes once, in order, under a name of its own, also when one of them is refused for a while.
func TestBus_FactsOfABatchShareRows(t *testing.T) {
	dbtest.Each(t, bus.Migrate, func(t *testing.T, d *db.DB) {
		b := open(t, d, clock.Real{})
		var got inbox
		refused := false
		b.Consume("c", []string{"shop.*"}, func(ctx context.Context, ev bus.Event) error {
			if s := string(ev.Payload); !refused && strings.Contains(s, ":700") {
				refused = true
				return errors.New("not now")
			}
			return got.take(ctx, ev)
		})
		facts := make([]event.Fact, 1_000)
		for n := range facts {
			facts[n] = sold{N: n}
		}
		facts[500] = joined{Name: "of another subject"}
		emit(t, d, b, facts...)
		var rows int
		if err := d.QueryRow(context.Background(), `SELECT count(*) FROM bus_outbox`).Scan(&rows); err != nil || rows > 20 {
			t.Errorf("%d rows for a thousand facts, %v", rows, err)
		}
		run(t, b)
		settle(t, b)
		seen := map[string]bool{}
		for i, n := range numbers(t, got.events()) {
			want := i
			if i >= 500 {
				want++
			}
			if n != want {
				t.Fatalf("fact %d came at place %d", n, i)
			}
			seen[got.events()[i].ID] = true
		}
		if len(seen) != 999 || !refused {
			t.Errorf("%d names of 999 facts, refused %v", len(seen), refused)
		}
	})
}
