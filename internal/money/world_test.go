package money_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/money/sandbox/sandboxtest"
)

// payee stands for the shop: it accepts the first payment of an order unless the order is closed.
type payee struct {
	mu       sync.Mutex
	closed   map[string]bool
	paid     map[string]int
	refunded map[string]int
	promised map[string]money.PaymentRequest // by payment id
}

func (p *payee) Promised(_ context.Context, paymentIDs []string) (out []money.PaymentRequest, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range paymentIDs {
		if in, ok := p.promised[id]; ok {
			out = append(out, in)
		}
	}
	return out, nil
}

func (p *payee) PaymentSettled(_ context.Context, pay money.Payment) (money.Verdict, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed[pay.OrderID] || p.paid[pay.OrderID] > 0 {
		return money.Refuse, nil
	}
	p.paid[pay.OrderID]++
	return money.Accept, nil
}

func (p *payee) RefundSettled(_ context.Context, r money.Refund) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refunded[r.OrderID]++
	return nil
}

// facts refuses to be written outside a transaction, as the outbox does.
type facts struct {
	db *db.DB
	mu sync.Mutex
	of []event.Fact
}

func (f *facts) Emit(ctx context.Context, fact event.Fact) error {
	if !f.db.InTx(ctx) {
		return errors.New("a fact outside a transaction")
	}
	db.AfterCommit(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.of = append(f.of, fact)
	})
	return nil
}

func (f *facts) count(subject string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, fact := range f.of {
		if fact.Subject() == subject {
			n++
		}
	}
	return n
}

type world struct {
	t     *testing.T
	ctx   context.Context
	db    *db.DB
	clock *clock.Fake
	jobs  *job.Runner
	money *money.Service
	box   *sandboxtest.Sandbox
	payee *payee
	facts *facts
}

func migrate(ctx context.Context, d *db.DB) error {
	return errors.Join(job.Migrate(ctx, d), money.Migrate(ctx, d), sandbox.Migrate(ctx, d))
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := idleWorld(t, d)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.jobs.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("jobs: %v", err)
		}
	})
	return w
}

// idleWorld runs no jobs and asks the bank nothing: what happens is what the test does.
func idleWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC))
	ids := id.NewSource(c.Now)
	log := slog.New(slog.DiscardHandler)
	w := &world{t: t, ctx: t.Context(), db: d, clock: c, payee: &payee{closed: map[string]bool{}, paid: map[string]int{}, refunded: map[string]int{}}, facts: &facts{db: d}}
	w.jobs = job.New(job.Deps{DB: d, Clock: c, IDs: ids, Log: log})
	w.box = sandboxtest.Start(t, d, c, ids)
	w.money = money.New(money.Deps{DB: d, Facts: w.facts, Jobs: w.jobs, Clock: c, IDs: ids, Log: log, Providers: []money.Provider{w.box.Provider}})
	w.money.JoinPayee(w.payee)
	w.box.Join(w.money)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// settle lets the jobs, the bank and the notifies that are due run.
func (w *world) settle() {
	w.t.Helper()
	w.must(w.jobs.Settle(w.ctx))
	w.must(w.box.Bank.Work(w.ctx))
	w.must(w.jobs.Settle(w.ctx))
}

// pass moves time and lets what fell due run.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	w.settle()
}

// until moves time in steps until the pollers, which run beside the test, have brought it about.
func (w *world) until(step time.Duration, done func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(deadline) {
			w.t.Fatal("it did not happen")
		}
		w.clock.Advance(step)
		time.Sleep(5 * time.Millisecond)
	}
	w.settle()
}

func (w *world) start(order string, fen int64) money.Payment {
	w.t.Helper()
	p, err := w.money.StartPayment(w.ctx, money.PaymentRequest{OrderID: order, Owner: "usr_buyer", ShopID: "shp_1", Amount: money.Yuan(fen),
		Provider: "sandbox", Subject: order, ExpiresAt: clock.UnixMS(w.clock) + 900_000, IdempotencyKey: "key-" + order})
	w.must(err)
	return p
}

func (w *world) paid(order string, fen int64) money.Payment {
	w.t.Helper()
	p := w.start(order, fen)
	w.settle()
	w.pass(time.Second)
	p = w.payment(p.ID)
	if p.State != money.Paid {
		w.t.Fatalf("payment is %s", p.State)
	}
	return p
}

func (w *world) payment(id string) money.Payment {
	w.t.Helper()
	p, err := w.money.Payment(w.ctx, id)
	w.must(err)
	return p
}

func (w *world) faults(f sandbox.Faults) { w.t.Helper(); w.must(w.box.Bank.SetFaults(w.ctx, f)) }

// sound fails the test when any invariant of the ledger is broken.
func (w *world) sound() {
	w.t.Helper()
	breaks, err := w.money.Audit(w.ctx)
	w.must(err)
	for _, b := range breaks {
		w.t.Errorf("%s: %s: %s", b.Rule, b.Subject, b.Detail)
	}
}

func (w *world) balance(owner, kind string) int64 {
	w.t.Helper()
	accounts, err := w.money.Accounts(w.ctx, owner)
	w.must(err)
	for _, a := range accounts {
		if a.Kind == kind {
			return a.Posted
		}
	}
	return 0
}
