package demo_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/demo"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/money/sandbox/sandboxtest"
	"github.com/hawker-live/hawker/internal/shop"
)

// fees of the sample world's shops, in basis points.
const fees = 200

// outbox refuses facts outside a transaction and hands paid orders to live after the commit.
type outbox struct {
	db *db.DB

	mu     sync.Mutex
	live   *live.Service
	facts  int
	failAt int // the fact that fails once, 0 for none
}

func (o *outbox) EmitAll(ctx context.Context, facts []event.Fact) error {
	if !o.db.InTx(ctx) {
		return errors.New("a fact outside a transaction")
	}
	for _, f := range facts {
		if err := o.count(); err != nil {
			return err
		}
		db.AfterCommit(ctx, func() { o.hear(f) })
	}
	return nil
}

var errInjected = errors.New("the outbox failed once")

func (o *outbox) count() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.facts++; o.facts == o.failAt {
		return errInjected
	}
	return nil
}

func (o *outbox) hear(f event.Fact) {
	o.mu.Lock()
	l := o.live
	o.mu.Unlock()
	if paid, ok := f.(event.OrderPaid); ok && l != nil {
		_ = l.OrderPaid(context.Background(), paid)
	}
}

func (o *outbox) Emit(ctx context.Context, fact event.Fact) error {
	return o.EmitAll(ctx, []event.Fact{fact})
}

func (o *outbox) Publish(string, []byte) error { return nil }

// goods joins shop to channel and live as the program does.
type goods struct{ shop *shop.Service }

func (g goods) ShelfItems(ctx context.Context, ids []string) (map[string]timeline.Item, error) {
	cards, err := g.shop.CardsByID(ctx, ids)
	out := map[string]timeline.Item{}
	for _, c := range cards {
		out[c.ID] = timeline.Item{ProductID: c.ID, Title: c.Title, Price: c.Price, ListPrice: c.ListPrice, Left: c.Left, Sold: c.Sold, State: c.State}
	}
	return out, err
}

func (g goods) Sellable(ctx context.Context, a identity.Actor, channelID string, ids []string) error {
	cards, err := g.shop.CardsByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, v := range ids {
		s, err := g.shop.Shop(ctx, cards[v].ShopID)
		if err != nil {
			return err
		}
		if s.ChannelID != channelID {
			if err := g.shop.Staffed(ctx, a, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g goods) Linkable(ctx context.Context, a identity.Actor, channelID, productID string) error {
	return g.Sellable(ctx, a, channelID, []string{productID})
}

// world is a wired program with a sample world to build in it.
type world struct {
	t     *testing.T
	ctx   context.Context
	db    *db.DB
	blobs blob.Store
	log   *slog.Logger
	box   *sandboxtest.Sandbox
	jobs  *job.Runner
	now   demo.Past
	out   *outbox
	demo  *demo.World
}

func migrate(ctx context.Context, d *db.DB) error {
	return errors.Join(job.Migrate(ctx, d), identity.Migrate(ctx, d), media.Migrate(ctx, d), money.Migrate(ctx, d), sandbox.Migrate(ctx, d),
		channel.Migrate(ctx, d), shop.Migrate(ctx, d), live.Migrate(ctx, d))
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) {
		blobs, err := blob.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		fn(t, newWorld(t, d, blobs))
	})
}

// newWorld wires a program on a database: again on the same one, as after a restart.
func newWorld(t *testing.T, d *db.DB, blobs blob.Store) *world {
	t.Helper()
	return newWorldAt(t, d, blobs, clock.Real{})
}

// newWorldAt is newWorld on another clock.
func newWorldAt(t *testing.T, d *db.DB, blobs blob.Store, c clock.Clock) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), db: d, blobs: blobs, log: slog.New(slog.DiscardHandler), out: &outbox{db: d}}
	if testing.Verbose() {
		w.log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	ids := id.NewSource(c.Now)
	w.box = sandboxtest.Start(t, d, c, ids)
	w.jobs = job.New(job.Deps{DB: d, Clock: c, IDs: ids, Log: w.log})
	w.now = w.domains(c, ids, w.jobs, w.box.Provider)
	w.out.live = w.now.Live
	w.box.Join(w.now.Money)
	w.demo = demo.New(demo.Deps{Identity: w.now.Identity, Channel: w.now.Channel, Shop: w.now.Shop, Live: w.now.Live, Media: w.now.Media, Money: w.now.Money,
		DB: d, Clock: c, IDs: ids, Log: w.log, TempDir: t.TempDir(), Build: func(c clock.Clock, pay money.Provider) (demo.Past, error) {
			ids := id.NewSource(c.Now)
			return w.domains(c, ids, job.New(job.Deps{DB: d, Clock: c, IDs: ids, Log: w.log}), pay), nil
		}})
	return w
}

func (w *world) domains(c clock.Clock, ids *id.Source, jobs *job.Runner, pay money.Provider) demo.Past {
	var p demo.Past
	p.Identity = identity.New(identity.Deps{DB: w.db, Clock: c, IDs: ids, Outbox: w.out, Log: w.log, Demo: true,
		Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 64, Passes: 1}, 2, 64)})
	p.Media = media.New(media.Deps{DB: w.db, Blobs: w.blobs, Clock: c, IDs: ids, Log: w.log})
	p.Money = money.New(money.Deps{DB: w.db, Facts: w.out, Jobs: jobs, Clock: c, IDs: ids, Log: w.log, Providers: []money.Provider{pay}})
	p.Shop = shop.New(shop.Deps{DB: w.db, Facts: w.out, Jobs: jobs, Clock: c, IDs: ids, Log: w.log, Identity: p.Identity, Money: p.Money, Images: p.Media, Hints: w.out, FeeBps: fees})
	p.Channel = channel.New(channel.Deps{DB: w.db, Clock: c, IDs: ids, Outbox: w.out, Identity: p.Identity, Media: p.Media, Products: goods{p.Shop}})
	p.Live = live.New(live.Deps{DB: w.db, Clock: c, IDs: ids, Log: w.log, Outbox: w.out, Identity: p.Identity, Media: p.Media, Products: goods{p.Shop}, Follows: p.Channel, Jobs: jobs, Hints: w.out,
		PictureURL: func(asset string) string { return "/media/img/" + asset }})
	p.Media.Listen(p.Live)
	return p
}

// start runs the program until the returned func is called.
func (w *world) start() (stop func()) {
	w.t.Helper()
	w.must(w.now.Media.CloseOrphans(w.ctx))
	w.must(w.now.Live.Recover(w.ctx))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{w.jobs.Run, w.now.Shop.Run, w.now.Live.Run, w.box.Bank.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				w.t.Errorf("run: %v", err)
			}
		})
	}
	stop = sync.OnceFunc(func() {
		w.now.Media.Close()
		cancel()
		running.Wait()
	})
	w.t.Cleanup(stop)
	return stop
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) seed() {
	w.t.Helper()
	began := time.Now()
	w.must(w.demo.Seed(w.ctx, nil))
	w.t.Logf("seeded in %s", time.Since(began).Round(time.Millisecond))
}

func (w *world) refuses(err error, code string) {
	w.t.Helper()
	if errs.CodeOf(err) != code {
		w.t.Fatalf("wanted %s, got %v", code, err)
	}
}

// count is for tables whose rows no method lists.
func (w *world) count(q string, args ...any) int64 {
	w.t.Helper()
	var n int64
	w.must(w.db.QueryRow(w.ctx, q, args...).Scan(&n))
	return n
}

// role signs in as a role of the sample world.
func (w *world) role(name string) identity.Actor {
	w.t.Helper()
	u, _, err := w.now.Identity.DemoSignIn(w.ctx, name, "test")
	w.must(err)
	return identity.Actor{UserID: u.ID, Name: u.Name, Operator: u.Operator}
}

// sound fails the test when any invariant of shop or money is broken.
func (w *world) sound() {
	w.t.Helper()
	for _, audit := range []func(context.Context) ([]money.Break, error){w.now.Shop.Audit, w.now.Money.Audit} {
		breaks, err := audit(w.ctx)
		w.must(err)
		for _, b := range breaks {
			w.t.Errorf("%s: %s: %s", b.Rule, b.Subject, b.Detail)
		}
	}
}

// tables whose rows the seed makes.
var tables = []string{"identity_users", "live_notices", "identity_members", "media_assets", "channel_channels", "channel_posts", "channel_likes", "channel_saves", "channel_follows",
	"channel_comments", "channel_comment_likes", "shop_shops", "shop_products", "shop_skus", "shop_addresses", "shop_orders", "shop_order_lines", "shop_order_log",
	"money_payments", "money_refunds", "money_transfers", "money_entries", "demo_things"}

func (w *world) census() map[string]int64 {
	out := map[string]int64{}
	for _, table := range tables {
		out[table] = w.count(`SELECT count(*) FROM ` + table)
	}
	return out
}
