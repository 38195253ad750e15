package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

var errNo = errors.New("no")

func TestTx_AllOrNothing(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := d.Tx(ctx, func(ctx context.Context) error { return insert(ctx, d, "kept", 1) }); err != nil || count(t, d) != 1 {
			t.Fatalf("commit: %v", err)
		}
		endings := map[string]func(ctx context.Context) error{
			"error":   func(context.Context) error { return errNo },
			"panic":   func(context.Context) error { panic("boom") },
			"goexit":  func(context.Context) error { runtime.Goexit(); return nil },
			"refused": func(ctx context.Context) error { return insert(ctx, d, "kept", 2) },
		}
		for name, end := range endings {
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer func() { _ = recover() }()
				if err := d.Tx(ctx, func(ctx context.Context) error {
					if err := insert(ctx, d, "lost", 1); err != nil {
						t.Error(err)
					}
					return end(ctx)
				}); err == nil {
					t.Errorf("%s: no error", name)
				}
			}()
			<-done
			if count(t, d) != 1 {
				t.Fatalf("%s: something was kept", name)
			}
		}
		ended, cancel := context.WithCancel(ctx)
		err := d.Tx(ended, func(ctx context.Context) error { defer cancel(); return insert(ctx, d, "lost", 1) })
		if !errors.Is(err, context.Canceled) || count(t, d) != 1 {
			t.Errorf("a caller that gave up: %v", err)
		}
	})
}

func TestTx_ReadsItsOwnWritesAndJoins(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var order []string
		err := d.Tx(ctx, func(ctx context.Context) error {
			if !d.InTx(ctx) {
				t.Error("not in a transaction")
			}
			db.AfterCommit(ctx, func() { order = append(order, "outer") })
			if err := insert(ctx, d, "a", 1); err != nil {
				return err
			}
			if err := d.Tx(ctx, func(ctx context.Context) error {
				db.AfterCommit(ctx, func() { order = append(order, "inner") })
				return insert(ctx, d, "b", 2)
			}); err != nil {
				return err
			}
			all, err := db.List(ctx, d, scanID, `SELECT id FROM items ORDER BY id`)
			if err != nil || !slices.Equal(all, []string{"a", "b"}) || len(order) != 0 {
				t.Errorf("inside: %v %v, after-commit ran %v", all, err, order)
			}
			if count(t, d) != 0 { // read with the outer ctx: another connection
				t.Error("an uncommitted row is seen from outside")
			}
			return nil
		})
		if err != nil || count(t, d) != 2 || !slices.Equal(order, []string{"outer", "inner"}) {
			t.Errorf("%v, after-commit ran %v", err, order)
		}
		_ = d.Tx(ctx, func(ctx context.Context) error {
			db.AfterCommit(ctx, func() { t.Error("ran after a rollback") })
			return errNo
		})
		ran := false
		db.AfterCommit(ctx, func() { ran = true })
		if !ran {
			t.Error("outside a transaction it runs at once")
		}
	})
}

func TestTx_ASwallowedFailureCommitsNothing(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		swallow := map[string]func(ctx context.Context){
			"statement": func(ctx context.Context) { _ = insert(ctx, d, "a", 1) },
			"row":       func(ctx context.Context) { _ = d.QueryRow(ctx, `SELECT nothing FROM items`).Scan(new(int)) },
			"joined":    func(ctx context.Context) { _ = d.Tx(ctx, func(context.Context) error { return errNo }) },
			"panic": func(ctx context.Context) {
				defer func() { _ = recover() }()
				_ = d.Tx(ctx, func(context.Context) error { panic("boom") })
			},
		}
		for name, act := range swallow {
			err := d.Tx(ctx, func(ctx context.Context) error {
				if err := insert(ctx, d, "a", 1); err != nil {
					return err
				}
				act(ctx)
				if err := insert(ctx, d, "b", 1); err == nil {
					t.Errorf("%s: the transaction went on", name)
				}
				return nil
			})
			if err == nil || count(t, d) != 0 || (name == "joined" && !errors.Is(err, errNo)) {
				t.Errorf("%s: %v, %d rows", name, err, count(t, d))
			}
		}
		missing := d.Tx(ctx, func(ctx context.Context) error { // no row is an answer, not a failure
			_, _, err := db.Get(ctx, d, scanID, `SELECT id FROM items WHERE id = $1`, "none")
			return errors.Join(err, insert(ctx, d, "a", 1))
		})
		if missing != nil || count(t, d) != 1 {
			t.Errorf("after a missing row: %v", missing)
		}
	})
}

func TestTx_ItsCtxEndsWithIt(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		var leaked context.Context
		if err := d.Tx(context.Background(), func(ctx context.Context) error { leaked = ctx; return nil }); err != nil {
			t.Fatal(err)
		}
		_, err := d.Query(leaked, `SELECT id FROM items`)
		for act, err := range map[string]error{
			"exec": insert(leaked, d, "a", 1), "query": err, "row": d.QueryRow(leaked, `SELECT 1`).Scan(new(int)),
			"tx": d.Tx(leaked, func(context.Context) error { return nil }),
		} {
			if !errors.Is(err, db.ErrEnded) {
				t.Errorf("%s: %v", act, err)
			}
		}
	})
}

func TestTx_TheOuterCtxInsideDoesNotHang(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), items)
	err := d.Tx(context.Background(), func(context.Context) error {
		outer, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		return insert(outer, d, "a", 1) // waits for the connection this very function holds
	})
	if !errors.Is(err, context.DeadlineExceeded) || count(t, d) != 0 {
		t.Errorf("%v", err)
	}
	if err := insert(context.Background(), d, "b", 1); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestTx_GuardedDecrementNeverOversells(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := insert(ctx, d, "sku", 50); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for i := range 10 {
					err := d.Tx(ctx, func(ctx context.Context) error {
						n, err := d.Exec(ctx, `UPDATE items SET n = n - 1 WHERE id = $1 AND n >= 1`, "sku")
						if err != nil || n == 0 {
							return err
						}
						return insert(ctx, d, fmt.Sprintf("order-%d-%d", w, i), 1)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var left int
		if err := d.QueryRow(ctx, `SELECT n FROM items WHERE id = $1`, "sku").Scan(&left); err != nil {
			t.Fatal(err)
		}
		if sold := count(t, d) - 1; sold != 50 || left != 0 {
			t.Errorf("sold %d, left %d", sold, left)
		}
	})
}

// Two transactions take two rows in opposite order: PostgreSQL stops one of them (40P01), and it
// runs again.
func TestTx_ADeadlockIsTriedAgain(t *testing.T) {
	d := dbtest.Open(t, dbtest.PostgresURL(t), items)
	ctx := context.Background()
	if err := errors.Join(insert(ctx, d, "a", 0), insert(ctx, d, "b", 0)); err != nil {
		t.Fatal(err)
	}
	var met sync.WaitGroup
	met.Add(2)
	var runs, after atomic.Int64
	var wg sync.WaitGroup
	for _, rows := range [][2]string{{"a", "b"}, {"b", "a"}} {
		wg.Go(func() {
			first := true
			if err := d.Tx(ctx, func(ctx context.Context) error {
				runs.Add(1)
				db.AfterCommit(ctx, func() { after.Add(1) })
				for i, id := range rows {
					if _, err := d.Exec(ctx, `UPDATE items SET n = n + 1 WHERE id = $1`, id); err != nil {
						return fmt.Errorf("hide the code: %v", err)
					}
					if i == 0 && first {
						first = false
						met.Done()
						met.Wait()
					}
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	total, _, err := db.Get(ctx, d, func(r db.Row) (n int, err error) { err = r.Scan(&n); return n, err },
		`SELECT CAST(sum(n) AS BIGINT) FROM items`)
	if err != nil || total != 4 || runs.Load() != 3 || after.Load() != 2 {
		t.Errorf("sum %d, %d runs, %d after-commits, %v", total, runs.Load(), after.Load(), err)
	}
}

func TestStatements_ManyTextsStayBounded(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), items)
	ctx := context.Background()
	for round := range 2 {
		for i := range 600 { // more than the cache holds, so that texts are evicted and come back
			id := fmt.Sprintf("%d-%d", round, i)
			if _, err := d.Exec(ctx, fmt.Sprint(`/* `, i, ` */ INSERT INTO items (id, n) VALUES ($1, $2)`), id, i); err != nil {
				t.Fatal(err)
			}
			if got, ok, err := db.Get(ctx, d, scanID, fmt.Sprint(`/* `, i, ` */ SELECT id FROM items WHERE id = $1`), id); got != id || !ok || err != nil {
				t.Fatalf("%s: %q %v %v", id, got, ok, err)
			}
		}
	}
}

// BenchmarkTx_LaneBatch is one commit of 2,000 single inserts, the unit of a lane.
func BenchmarkTx_LaneBatch(b *testing.B) {
	d := dbtest.Open(b, dbtest.SQLiteURL(b), items)
	n := 0
	for b.Loop() {
		if err := d.Tx(context.Background(), func(ctx context.Context) error {
			for range 2000 {
				n++
				if err := insert(ctx, d, fmt.Sprintf("id%09d", n), n); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
