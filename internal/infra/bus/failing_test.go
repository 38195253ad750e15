package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// hasten moves a fake clock until the test's condition holds.
func hasten(t *testing.T, c *clock.Fake, step time.Duration, until func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !until(); {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within 20 s")
		}
		c.Advance(step)
		time.Sleep(2 * time.Millisecond)
	}
}

func TestBus_ParksWhatAConsumerCannotTake(t *testing.T) {
	dbtest.Each(t, bus.Migrate, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), clock.NewFake(time.UnixMilli(1e12))
		b := open(t, d, c)
		var ok inbox
		var tries atomic.Int64
		var healed atomic.Bool
		b.Consume("c", nil, func(ctx context.Context, ev bus.Event) error {
			if ev.Seq == 2 && !healed.Load() {
				if tries.Add(1)%2 == 0 {
					panic("poison")
				}
				return errors.New("poison")
			}
			return ok.take(ctx, ev)
		})
		run(t, b)
		emit(t, d, b, sold{N: 1}, sold{N: 2}, sold{N: 3})
		hasten(t, c, 100*time.Millisecond, func() bool { return len(ok.events()) == 2 })
		settle(t, b)
		if got := numbers(t, ok.events()); fmt.Sprint(got) != "[1 3]" || tries.Load() != 9 {
			t.Errorf("took %v after %d tries of the bad one", got, tries.Load())
		}
		parked, err := b.Parked(ctx)
		if err != nil || len(parked) != 1 || parked[0].Consumer != "c" || parked[0].Event.Seq != 2 || parked[0].Error == "" {
			t.Fatalf("parked: %+v %v", parked, err)
		}
		evID := parked[0].Event.ID
		if err := b.Redeliver(ctx, "c", evID); err == nil {
			t.Error("a failing redelivery succeeded")
		}
		if p, err := b.ParkedEvent(ctx, "c", evID); err != nil || p.Event.Seq != 2 {
			t.Errorf("it waits as %+v %v", p, err)
		}
		if page, err := b.ParkedBefore(ctx, "", "", 9); err != nil || len(page) != 1 || page[0].Event.ID != evID {
			t.Errorf("the newest: %+v %v", page, err)
		}
		if page, err := b.ParkedBefore(ctx, "c", evID, 9); err != nil || len(page) != 0 {
			t.Errorf("older than the oldest: %+v %v", page, err)
		}
		healed.Store(true)
		if err := b.Redeliver(ctx, "c", evID); err != nil {
			t.Error(err)
		}
		if err := b.Redeliver(ctx, "c", evID); !errs.Is(err, errs.NotFound) {
			t.Errorf("second redelivery: %v", err)
		}
		if got := numbers(t, ok.events()); fmt.Sprint(got) != "[1 3 2]" {
			t.Errorf("in all %v", got)
		}
		if s, err := b.Status(ctx); err != nil || s != (bus.Status{}) {
			t.Errorf("status %+v %v", s, err)
		}
	})
}

func TestBus_TrimsWhatEverybodyPassed(t *testing.T) {
	dbtest.Each(t, bus.Migrate, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.UnixMilli(1e12))
		b := open(t, d, c)
		var got inbox
		b.Consume("c", nil, got.take)
		run(t, b)
		emit(t, d, b, sold{N: 1}, sold{N: 2})
		settle(t, b)
		rows := func() (n int) {
			if err := d.QueryRow(context.Background(), `SELECT count(*) FROM bus_outbox`).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		if rows() != 2 {
			t.Fatal("delivered rows are kept for a while")
		}
		hasten(t, c, 2*time.Hour, func() bool { return rows() == 0 })
		if c.Now().Sub(time.UnixMilli(1e12)) < 7*24*time.Hour {
			t.Error("trimmed before 7 days")
		}
		emit(t, d, b, sold{N: 3})
		hasten(t, c, time.Second, func() bool { return len(got.events()) == 3 })
		if seq := got.events()[2].Seq; seq != 3 {
			t.Errorf("numbering went on at %d, want 3", seq)
		}
	})
}

func TestConsume_RefusesMistakes(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), bus.Migrate)
	b := open(t, d, clock.Real{})
	nothing := func(context.Context, bus.Event) error { return nil }
	b.Consume("c", nil, nothing)
	for name, act := range map[string]func(){
		"same name":   func() { b.Consume("c", nil, nothing) },
		"bad subject": func() { b.Consume("d", []string{"shop.>"}, nothing) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was accepted", name)
				}
			}()
			act()
		}()
	}
}

func TestHints_ReachSubscribers(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), bus.Migrate)
	b := open(t, d, clock.Real{})
	got := make(chan string, 8)
	cancel, err := b.Subscribe("live.tick.*", func(subject string, data []byte) { got <- subject + "=" + string(data) })
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"live.other.r1", "live.tick.r1", "live.tick.r2"} {
		if err := b.Publish(s, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"live.tick.r1=x", "live.tick.r2=x"} {
		if s := <-got; s != want {
			t.Errorf("got %s, want %s", s, want)
		}
	}
	cancel()
	if err := b.Publish("live.tick.r3", nil); err != nil {
		t.Fatal(err)
	}
	select {
	case s := <-got:
		t.Errorf("after cancel: %s", s)
	case <-time.After(50 * time.Millisecond):
	}
	for _, s := range []string{"", "a..b", "a.*", "a b", "bus.head"} {
		if err := b.Publish(s, nil); err == nil {
			t.Errorf("published on %q", s)
		}
	}
	if err := b.Publish("live.big", make([]byte, 1<<20+1)); err == nil {
		t.Error("published more than 1 MiB")
	}
	if _, err := b.Subscribe("a.>.b", func(string, []byte) {}); err == nil {
		t.Error("subscribed to nonsense")
	}
}

func TestOpen_RefusesUnknownURLs(t *testing.T) {
	for _, url := range []string{"", "http://x", "redis://x", "nats://127.0.0.1:1"} {
		if b, err := bus.Open(context.Background(), url, bus.Deps{Clock: clock.Real{}, IDs: newIDs()}); err == nil {
			b.Close()
			t.Errorf("%q was opened", url)
		}
	}
}
