package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

const itemsByID = `SELECT id, n FROM items WHERE id IN`

func scanItem(r db.Row) (id string, n int, err error) {
	err = r.Scan(&id, &n)
	return id, n, err
}

// gated is a loader whose rows can be held back, so that callers pile up behind its reads.
type gated struct {
	*db.Loader[string, int]
	open  chan struct{}
	scans atomic.Int64
}

func newGated(d *db.DB) *gated {
	g := &gated{open: make(chan struct{})}
	g.Loader = db.NewLoader(d, itemsByID, func(r db.Row) (string, int, error) {
		g.scans.Add(1)
		<-g.open
		return scanItem(r)
	})
	return g
}

// hold occupies every read of the loader with the item "held" and returns when they stand still.
func (g *gated) hold(t *testing.T, d *db.DB, wg *sync.WaitGroup) {
	t.Helper()
	reads := int64(2)
	if d.Engine() == db.Postgres {
		reads = 4
	}
	for range reads {
		wg.Go(func() {
			if n, ok, err := g.Load(context.Background(), "held"); n != 1 || !ok || err != nil {
				t.Errorf("held: %d %v %v", n, ok, err)
			}
		})
	}
	eventually(t, "the reads never were under way", func() bool { return g.scans.Load() == reads })
}

func TestLoader_CallersBehindARunningReadShareTheNextOne(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for i := range 300 {
			if err := insert(ctx, d, fmt.Sprintf("i%d", i), i); err != nil {
				t.Fatal(err)
			}
		}
		if err := insert(ctx, d, "held", 1); err != nil {
			t.Fatal(err)
		}
		g := newGated(d)
		var wg sync.WaitGroup
		g.hold(t, d, &wg)
		before := g.scans.Load()
		const each = 3 // callers of one key
		for i := range 300 * each {
			id := i % 330 // some are not there
			wg.Go(func() {
				n, ok, err := g.Load(ctx, fmt.Sprintf("i%d", id))
				if err != nil || ok != (id < 300) || ok && n != id {
					t.Errorf("i%d: %d %v %v", id, n, ok, err)
				}
			})
		}
		eventually(t, "not everybody waited", func() bool { return g.Waiting() == 300*each })
		close(g.open)
		wg.Wait()
		// 900 callers in at most four statements of 256; each reads a key at most once.
		if n := g.scans.Load() - before; n > 4*256 || n < 300 {
			t.Errorf("%d rows were read for 900 callers of 300 rows", n)
		}
	})
}

func TestLoader_SeesWhatWasCommittedBeforeTheCall(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := insert(ctx, d, "a", 0); err != nil {
			t.Fatal(err)
		}
		l := db.NewLoader(d, itemsByID, scanItem)
		var written atomic.Int64
		var wg sync.WaitGroup
		done := make(chan struct{})
		for range 32 {
			wg.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					floor := written.Load()
					n, ok, err := l.Load(ctx, "a")
					if err != nil || !ok || int64(n) < floor {
						t.Errorf("%d was committed before the call; it got %d %v %v", floor, n, ok, err)
						return
					}
				}
			})
		}
		for i := 1; i <= 200; i++ {
			if _, err := d.Exec(ctx, `UPDATE items SET n = $1 WHERE id = $2`, i, "a"); err != nil {
				t.Fatal(err)
			}
			written.Store(int64(i))
		}
		close(done)
		wg.Wait()
	})
}

func TestLoader_InsideATransactionSeesItsOwnWrites(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		l := db.NewLoader(d, itemsByID, scanItem)
		var inner context.Context
		err := d.Tx(context.Background(), func(ctx context.Context) error {
			inner = ctx
			if err := insert(ctx, d, "a", 7); err != nil {
				return err
			}
			if n, ok, err := l.Load(ctx, "a"); n != 7 || !ok || err != nil {
				t.Errorf("inside: %d %v %v", n, ok, err)
			}
			if _, ok, err := l.Load(context.Background(), "a"); ok || err != nil {
				t.Errorf("outside, before the commit: %v %v", ok, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := l.Load(inner, "a"); !errors.Is(err, db.ErrEnded) {
			t.Errorf("after its end: %v", err)
		}
	})
}

func TestLoader_WhoGivesUpLeavesAtOnceAndTheOthersAreServed(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := insert(ctx, d, "held", 1); err != nil {
			t.Fatal(err)
		}
		g := newGated(d)
		var wg sync.WaitGroup
		g.hold(t, d, &wg)
		impatient, leave := context.WithCancel(ctx)
		left := make(chan error, 1)
		go func() { _, _, err := g.Load(impatient, "held"); left <- err }()
		eventually(t, "the impatient one did not wait", func() bool { return g.Waiting() == 1 })
		wg.Go(func() {
			if n, ok, err := g.Load(ctx, "held"); n != 1 || !ok || err != nil { // the same key as who left
				t.Errorf("the other: %d %v %v", n, ok, err)
			}
		})
		eventually(t, "the two did not wait", func() bool { return g.Waiting() == 2 })
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
		close(g.open)
		wg.Wait()
		eventually(t, "the loader never came to rest", func() bool { return g.Waiting() == 0 })
	})
}

func TestLoader_AFailedReadIsToldToEverybodyInItAndHangsNobody(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for _, id := range []string{"bad", "good"} {
			if err := insert(ctx, d, id, 1); err != nil {
				t.Fatal(err)
			}
		}
		boom := errors.New("boom")
		for name, fail := range map[string]func() error{"error": func() error { return boom }, "panic": func() error { panic("boom") }} {
			var broken atomic.Bool
			broken.Store(true)
			l := db.NewLoader(d, itemsByID, func(r db.Row) (string, int, error) {
				id, n, err := scanItem(r)
				if id == "bad" && broken.Load() {
					err = fail()
				}
				return id, n, err
			})
			var wg sync.WaitGroup
			for range 100 {
				wg.Go(func() {
					defer func() { _ = recover() }() // who reads alone meets the panic itself
					if _, _, err := l.Load(ctx, "bad"); err == nil || !strings.Contains(err.Error(), "boom") {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			wg.Wait()
			broken.Store(false)
			if n, ok, err := l.Load(ctx, "good"); n != 1 || !ok || err != nil {
				t.Errorf("after the %s: %d %v %v", name, n, ok, err)
			}
		}
	})
}

func TestLoader_AFullQueueSaysBusy(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), items)
	if err := insert(context.Background(), d, "held", 1); err != nil {
		t.Fatal(err)
	}
	g := newGated(d)
	var wg sync.WaitGroup
	g.hold(t, d, &wg)
	ctx, leave := context.WithCancel(context.Background())
	for range db.MaxLoading {
		wg.Go(func() { _, _, _ = g.Load(ctx, "held") })
	}
	eventually(t, "the queue was never full", func() bool { return g.Waiting() == db.MaxLoading })
	if _, _, err := g.Load(context.Background(), "held"); err == nil || !strings.Contains(err.Error(), "keep up") {
		t.Errorf("one more got %v", err)
	}
	leave()
	close(g.open)
	wg.Wait()
}
