package shop_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/money/sandbox/sandboxtest"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// outbox refuses facts outside a transaction and keeps what was committed.
type outbox struct {
	db    *db.DB
	mu    sync.Mutex
	facts []event.Fact
	hints []string
}

func (o *outbox) EmitAll(ctx context.Context, facts []event.Fact) error {
	if !o.db.InTx(ctx) {
		return errors.New("a fact outside a transaction")
	}
	db.AfterCommit(ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.facts = append(o.facts, facts...)
	})
	return nil
}

func (o *outbox) Emit(ctx context.Context, fact event.Fact) error {
	return o.EmitAll(ctx, []event.Fact{fact})
}

func (o *outbox) Publish(subject string, data []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hints = append(o.hints, subject+" "+string(data))
	return nil
}

func (o *outbox) count(subject string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, f := range o.facts {
		if f.Subject() == subject {
			n++
		}
	}
	return n
}

// images knows one person's pictures.
type images struct{}

func (images) OwnImage(_ context.Context, _, asset string) error {
	if asset == "ast_foreign" {
		return errs.New(errs.NotFound, "asset_not_found", "no such picture")
	}
	return nil
}

type world struct {
	t      *testing.T
	ctx    context.Context
	db     *db.DB
	clock  *clock.Fake
	jobs   *job.Runner
	ident  *identity.Service
	money  *money.Service
	shop   *shop.Service
	box    *sandboxtest.Sandbox
	out    *outbox
	seller identity.Actor
	store  shop.Shop
	keys   int
}

func migrate(ctx context.Context, d *db.DB) error {
	return errors.Join(job.Migrate(ctx, d), identity.Migrate(ctx, d), money.Migrate(ctx, d), sandbox.Migrate(ctx, d), shop.Migrate(ctx, d))
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := newQuietWorld(t, d)
	w.startJobs()
	return w
}

// newQuietWorld has a shop whose jobs wait for startJobs.
func newQuietWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC))
	ids := id.NewSource(c.Now)
	log := slog.New(slog.DiscardHandler)
	w := &world{t: t, ctx: t.Context(), db: d, clock: c, out: &outbox{db: d}}
	w.jobs = job.New(job.Deps{DB: d, Clock: c, IDs: ids, Log: log})
	w.ident = identity.New(identity.Deps{DB: d, Clock: c, IDs: ids, Outbox: w.out, Log: log,
		Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 64, Passes: 1}, 1, 8)})
	w.box = sandboxtest.Start(t, d, c, ids)
	w.money = money.New(money.Deps{DB: d, Facts: w.out, Jobs: w.jobs, Clock: c, IDs: ids, Log: log, Providers: []money.Provider{w.box.Provider}})
	w.box.Join(w.money)
	w.shop = shop.New(shop.Deps{DB: d, Facts: w.out, Jobs: w.jobs, Clock: c, IDs: ids, Log: log, Identity: w.ident, Money: w.money,
		Images: images{}, Hints: w.out, FeeBps: 500})
	w.run(w.shop.Run)
	w.seller = w.user("seller")
	var err error
	w.store, err = w.shop.OpenShop(w.ctx, w.seller, shop.ShopInput{Name: ptr("Fruit")})
	w.must(err)
	return w
}

func (w *world) startJobs() { w.run(w.jobs.Run) }

func (w *world) run(run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			w.t.Errorf("run: %v", err)
		}
	})
}

// user opens an account: team members must have one.
func (w *world) user(login string) identity.Actor {
	w.t.Helper()
	u, err := w.ident.CreateUser(w.ctx, identity.SignUp{Login: login, Name: login, Password: "correct horse"})
	w.must(err)
	return identity.Actor{UserID: u.ID, Name: u.Name}
}

func ptr[T any](v T) *T { return &v }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) settle() {
	w.t.Helper()
	w.must(w.jobs.Settle(w.ctx))
	w.must(w.box.Bank.Work(w.ctx))
	w.must(w.jobs.Settle(w.ctx))
}

func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	w.settle()
}

// until moves time until the sweepers and pollers, which run beside the test, have brought it about.
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

// product lists one product with a single variant.
func (w *world) product(price, units, limit int64) shop.Product {
	w.t.Helper()
	p, err := w.shop.CreateProduct(w.ctx, w.seller, w.store.ID, shop.ProductInput{Title: "Orange", Images: []string{"ast_1"},
		Skus: []shop.SkuInput{{Price: price, Stock: units}}, LimitPerBuyer: limit, State: shop.On})
	w.must(err)
	return p
}

type buyer struct {
	identity.Actor
	address string
}

func (w *world) buyer(name string) buyer {
	w.t.Helper()
	b := buyer{Actor: identity.Actor{UserID: "usr_" + name, Name: name}}
	a, err := w.shop.AddAddress(w.ctx, b.Actor, shop.Address{Name: name, Phone: "13800138000", Region: "浙江省 杭州市 西湖区", Detail: "文三路 1 号"})
	w.must(err)
	b.address = a.ID
	return b
}

// input quotes a product and makes an order of it.
func (w *world) input(b buyer, skuID string, n int64) (shop.PlaceInput, error) {
	q, err := w.shop.CreateQuote(w.ctx, b.Actor, []shop.Wanted{{SkuID: skuID, Quantity: n}})
	if err != nil {
		return shop.PlaceInput{}, err
	}
	w.keys++
	return shop.PlaceInput{Key: fmt.Sprintf("key-%d", w.keys), QuoteID: q.ID, ExpectedMinor: q.Total.Total.Minor, AddressID: b.address, Provider: "sandbox"}, nil
}

func (w *world) order(b buyer, p shop.Product, n int64) shop.Placed {
	w.t.Helper()
	in, err := w.input(b, p.Skus[0].ID, n)
	w.must(err)
	placed, err := w.shop.PlaceOrder(w.ctx, b.Actor, in)
	w.must(err)
	return placed
}

// paid places an order and lets the imagined buyer confirm.
func (w *world) paid(b buyer, p shop.Product, n int64) shop.Order {
	w.t.Helper()
	placed := w.order(b, p, n)
	w.settle()
	w.pass(time.Second)
	return w.is(b, placed.Order.ID, order.Paid)
}

func (w *world) is(b buyer, id string, want order.State) shop.Order {
	w.t.Helper()
	o, _, err := w.shop.Order(w.ctx, b.Actor, id)
	w.must(err)
	if o.State != want {
		w.t.Fatalf("order is %s, not %s", o.State, want)
	}
	return o
}

func (w *world) stock(p shop.Product) [3]int64 {
	w.t.Helper()
	got, err := w.shop.Product(w.ctx, p.ID)
	w.must(err)
	c := got.Skus[0].Stock
	return [3]int64{c.Available, c.Held, c.Sold}
}

func (w *world) wantStock(p shop.Product, available, held, sold int64) {
	w.t.Helper()
	if got := w.stock(p); got != [3]int64{available, held, sold} {
		w.t.Fatalf("available, held, sold = %v", got)
	}
}

// sound fails the test when any invariant of shop or money is broken.
func (w *world) sound() {
	w.t.Helper()
	for _, audit := range []func(context.Context) ([]money.Break, error){w.shop.Audit, w.money.Audit} {
		breaks, err := audit(w.ctx)
		w.must(err)
		for _, b := range breaks {
			w.t.Errorf("%s: %s: %s", b.Rule, b.Subject, b.Detail)
		}
	}
}

func (w *world) refuses(err error, code string) {
	w.t.Helper()
	if errs.CodeOf(err) != code {
		w.t.Fatalf("wanted %s, got %v", code, err)
	}
}
