package faults

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money"
)

// acks is what a child had the answer to.
type acks struct {
	mu       sync.Mutex
	orders   map[string]string // idempotency key -> order
	cancels  []string
	complain []string
}

func (a *acks) hear(line string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch f := strings.Fields(line); {
	case len(f) == 3 && f[0] == "P":
		a.orders[f[1]] = f[2]
	case len(f) == 2 && f[0] == "C":
		a.cancels = append(a.cancels, f[1])
	}
}

func (a *acks) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.orders) + len(a.cancels)
}

// keep forgets what is heard from now on: what comes after a cut was perhaps never on the disk.
func (a *acks) seal() *acks {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := &acks{orders: map[string]string{}, cancels: append([]string{}, a.cancels...), complain: a.complain}
	for k, v := range a.orders {
		out.orders[k] = v
	}
	return out
}

// shopProcess is a bare shop in a process of its own.
type shopProcess struct {
	cmd   *exec.Cmd
	heard *acks
	ended chan struct{} // closed when all it said was heard
	errs  *strings.Builder
}

func startShop(t *testing.T, url, sku string) *shopProcess {
	t.Helper()
	p := &shopProcess{cmd: exec.Command(os.Args[0]), heard: &acks{orders: map[string]string{}}, ended: make(chan struct{}), errs: &strings.Builder{}}
	p.cmd.Env = append(os.Environ(), childURL+"="+url, childSKU+"="+sku, "GORACE=atexit_sleep_ms=0")
	p.cmd.Stderr = p.errs
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.heard.hear(lines.Text())
		}
	}()
	return p
}

// warm waits for the first acknowledged order and returns how long that took.
func (p *shopProcess) warm(t *testing.T, limit time.Duration) time.Duration {
	t.Helper()
	begun := time.Now()
	for p.heard.count() == 0 {
		if time.Since(begun) > limit {
			p.kill()
			t.Fatalf("no order within %s: %s", limit, p.errs)
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(begun)
}

// kill ends the process as the kernel does, and waits until all it said is heard.
func (p *shopProcess) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
	_ = p.cmd.Wait()
}

// ground is a database that survives its processes.
type ground struct {
	url, sku string
	sold     int
}

func prepare(t *testing.T, url string) *ground {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{})
	if err == nil {
		err = errors.Join(migrateFloor(t.Context(), d), d.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{url: url}
	g.with(t, func(ctx context.Context, f *floor) error {
		ctx, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- f.shop.Run(ctx) }()
		g.sku, err = f.stockUp(ctx)
		stop()
		return errors.Join(err, <-ended)
	})
	return g
}

func (g *ground) with(t *testing.T, fn func(ctx context.Context, f *floor) error) {
	t.Helper()
	f, err := openFloor(t.Context(), g.url)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(fn(t.Context(), f), f.close()); err != nil {
		t.Fatal(err)
	}
}

// judge looks for every acknowledged answer. whole also runs every rule of the audits.
func (g *ground) judge(t *testing.T, told *acks, whole bool) {
	t.Helper()
	g.with(t, func(ctx context.Context, f *floor) error {
		lost := 0
		for key, order := range told.orders {
			got, found, err := db.Get(ctx, f.db, func(r db.Row) (s string, err error) { err = r.Scan(&s); return s, err }, `SELECT id FROM shop_orders WHERE idem = $1`, key)
			if err != nil {
				return err
			}
			if !found || got != order {
				lost++
				t.Errorf("order %s was acknowledged under %s, and %q is stored", order, key, got)
			}
		}
		for _, order := range told.cancels {
			got, _, err := db.Get(ctx, f.db, func(r db.Row) (s string, err error) { err = r.Scan(&s); return s, err }, `SELECT state FROM shop_orders WHERE id = $1`, order)
			if err != nil {
				return err
			}
			if got != "closed" {
				lost++
				t.Errorf("the cancel of %s was acknowledged, and it is %q", order, got)
			}
		}
		g.sold += len(told.orders)
		if lost > 0 {
			return fmt.Errorf("%d acknowledged answers are lost", lost)
		}
		if !whole {
			return f.counted(ctx, t)
		}
		return f.audit(ctx, t)
	})
}

// counted is the part of the audit that costs nothing: the sum of the units.
func (f *floor) counted(ctx context.Context, t *testing.T) error {
	var sum, held, lines int64
	if err := f.db.QueryRow(ctx, `SELECT CAST(sum(available + held + sold) AS BIGINT), CAST(sum(held) AS BIGINT),
		(SELECT count(*) FROM shop_orders WHERE state = 'unpaid') FROM shop_skus`).Scan(&sum, &held, &lines); err != nil {
		return err
	}
	if sum != floorStock || held != lines {
		t.Errorf("%d units of %d, %d held for %d open orders", sum, floorStock, held, lines)
	}
	return nil
}

func (f *floor) audit(ctx context.Context, t *testing.T) error {
	return f.db.Snapshot(ctx, func(ctx context.Context) error {
		for _, area := range []func(context.Context) ([]money.Break, error){f.shop.Audit, f.money.Audit} {
			breaks, err := area(ctx)
			if err != nil {
				return err
			}
			for _, b := range breaks {
				if b.Rule != "order.hold_not_overdue" { // nobody sweeps between two cycles
					t.Errorf("BREAK %s %s %s", b.Rule, b.Subject, b.Detail)
				}
			}
		}
		breaks, err := f.bus.Audit(ctx)
		for _, b := range breaks {
			t.Errorf("BREAK %s %s %s", b.Rule, b.Subject, b.Detail)
		}
		return err
	})
}

// between is a random time up to most.
func between(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(most)))
}
