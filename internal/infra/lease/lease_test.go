package lease_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/lease"
)

func keeper(d *db.DB, c clock.Clock, owner string) *lease.Keeper {
	return lease.New(lease.Deps{DB: d, Clock: c, Log: slog.New(slog.DiscardHandler), Owner: owner})
}

func fence(d *db.DB, l *lease.Lease) error {
	return d.Tx(context.Background(), func(ctx context.Context) error { return l.Fence(ctx) })
}

func TestLease_PassesOnWhenItsHolderDies(t *testing.T) {
	dbtest.Each(t, lease.Migrate, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), clock.NewFake(time.UnixMilli(1e12))
		a, b := keeper(d, c, "node_a"), keeper(d, c, "node_b")
		la, ok, err := a.Acquire(ctx, "x")
		if err != nil || !ok {
			t.Fatalf("first: %v %v", ok, err)
		}
		if _, ok, err := b.Acquire(ctx, "x"); ok || err != nil {
			t.Fatalf("a held lease was given away: %v %v", ok, err)
		}
		if err := fence(d, la); err != nil {
			t.Fatalf("fence of the holder: %v", err)
		}
		c.Advance(lease.TTL + time.Millisecond)
		if held, err := la.Held(ctx); held || err != nil {
			t.Errorf("expired lease: held=%v %v", held, err)
		}
		lb, ok, err := b.Acquire(ctx, "x")
		if err != nil || !ok || lb.Epoch <= la.Epoch {
			t.Fatalf("successor: %v %v %v", lb, ok, err)
		}
		if err := fence(d, la); !errors.Is(err, lease.ErrLost) {
			t.Errorf("the old holder passed the fence: %v", err)
		}
		if err := la.Release(ctx); err != nil {
			t.Error(err)
		}
		if err := fence(d, lb); err != nil {
			t.Errorf("the old holder's release took the lease from the new one: %v", err)
		}
		if err := lb.Release(ctx); err != nil {
			t.Error(err)
		}
		if _, ok, err := a.Acquire(ctx, "x"); !ok || err != nil {
			t.Errorf("a released lease was not free: %v %v", ok, err)
		}
	})
}

func TestLease_FenceNeedsATransaction(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), lease.Migrate)
	l, _, err := keeper(d, clock.Real{}, "node_a").Acquire(context.Background(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Fence(context.Background()); err == nil || errors.Is(err, lease.ErrLost) {
		t.Errorf("fence outside a transaction: %v", err)
	}
}

func TestLease_OneWinnerOfMany(t *testing.T) {
	dbtest.Each(t, lease.Migrate, func(t *testing.T, d *db.DB) {
		var won atomic.Int64
		var wg sync.WaitGroup
		for _, owner := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			wg.Go(func() {
				_, ok, err := keeper(d, clock.Real{}, owner).Acquire(context.Background(), "x")
				if err != nil {
					t.Error(err)
				}
				if ok {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d nodes hold one lease", won.Load())
		}
	})
}

func TestKeeper_RunRenews(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), lease.Migrate)
	c := clock.NewFake(time.UnixMilli(1e12))
	k := keeper(d, c, "node_a")
	l, _, err := k.Acquire(context.Background(), "x")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- k.Run(ctx) }()
	for range 10 { // 20 s in all, renewed on the way
		deadline := time.Now().Add(5 * time.Second)
		for before := until(t, d); until(t, d) == before; {
			c.Advance(lease.TTL / 3)
			time.Sleep(5 * time.Millisecond)
			if time.Now().After(deadline) {
				t.Fatal("the lease was not renewed")
			}
		}
	}
	if held, err := l.Held(context.Background()); !held || err != nil {
		t.Errorf("held=%v %v", held, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func until(t *testing.T, d *db.DB) (ms int64) {
	t.Helper()
	if err := d.QueryRow(context.Background(), `SELECT until FROM lease_holders`).Scan(&ms); err != nil {
		t.Fatal(err)
	}
	return ms
}
