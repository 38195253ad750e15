package faults

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
)

const (
	childURL = "HAWKER_FAULT_CHILD"
	childSKU = "HAWKER_FAULT_SKU"
	// crowd is how many buyers order at once.
	crowd = 64
	// keepOpen is how many unpaid orders a buyer keeps before cancelling the oldest: below order.MaxUnpaid.
	keepOpen = 3
	// floorStock is more than all cycles of a round sell, and its sum never changes.
	floorStock = 1_000_000
)

// floor is a bare shop: orders, stock, payments and the outbox on one database, no doors.
type floor struct {
	db    *db.DB
	bus   *bus.Bus
	ident *identity.Service
	money *money.Service
	shop  *shop.Service
}

func migrateFloor(ctx context.Context, d *db.DB) error {
	return errors.Join(bus.Migrate(ctx, d), job.Migrate(ctx, d), identity.Migrate(ctx, d), money.Migrate(ctx, d), shop.Migrate(ctx, d))
}

func openFloor(ctx context.Context, url string) (*floor, error) {
	d, err := db.Open(ctx, url, db.Options{MaxConns: 10})
	if err != nil {
		return nil, err
	}
	f := &floor{db: d}
	clk, log := clock.Real{}, slog.New(slog.DiscardHandler)
	ids := id.NewSource(clk.Now)
	if f.bus, err = bus.Open(ctx, "embedded", bus.Deps{DB: d, Clock: clk, IDs: ids}); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	jobs := job.New(job.Deps{DB: d, Clock: clk, IDs: ids})
	f.ident = identity.New(identity.Deps{DB: d, Clock: clk, IDs: ids, Outbox: f.bus, Log: log, Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 64, Passes: 1}, 1, 8)})
	f.money = money.New(money.Deps{DB: d, Facts: f.bus, Jobs: jobs, Clock: clk, IDs: ids, Log: log, Providers: []money.Provider{silent{}}})
	f.shop = shop.New(shop.Deps{DB: d, Facts: f.bus, Jobs: jobs, Clock: clk, IDs: ids, Log: log, Identity: f.ident, Money: f.money, Images: anyImage{}, Hints: f.bus})
	return f, nil
}

func (f *floor) close() error { f.bus.Close(); return f.db.Close() }

// silent is a provider nobody talks to: the bare shop runs no jobs.
type silent struct{ money.Provider }

func (silent) Name() string  { return "silent" }
func (silent) Sandbox() bool { return true }

type anyImage struct{}

func (anyImage) OwnImage(context.Context, string, string) error { return nil }

// stockUp opens a shop with one product and an address for every buyer, and names the product's variant.
func (f *floor) stockUp(ctx context.Context) (string, error) {
	u, err := f.ident.CreateUser(ctx, identity.SignUp{Login: "seller", Name: "Seller", Password: "correct horse"})
	if err != nil {
		return "", err
	}
	seller := identity.Actor{UserID: u.ID, Name: u.Name}
	name := "Fruit"
	store, err := f.shop.OpenShop(ctx, seller, shop.ShopInput{Name: &name})
	if err != nil {
		return "", err
	}
	p, err := f.shop.CreateProduct(ctx, seller, store.ID, shop.ProductInput{Title: "Orange", Images: []string{"img_1"}, State: shop.On,
		Skus: []shop.SkuInput{{Price: 100, Stock: floorStock}}})
	if err != nil {
		return "", err
	}
	for n := range crowd {
		if _, err := f.shop.AddAddress(ctx, buyerNo(n), addressOf()); err != nil {
			return "", err
		}
	}
	return p.Skus[0].ID, nil
}

func addressOf() shop.Address {
	return shop.Address{Name: "B", Phone: "13800138000", Region: "浙江省 杭州市", Detail: "文三路 1 号"}
}

func buyerNo(n int) identity.Actor {
	return identity.Actor{UserID: fmt.Sprintf("usr_buyer%d", n), Name: "B"}
}

// runChild sells until it is killed, and says each order and each cancel once it has its answer.
func runChild(url string) int {
	ctx := context.Background()
	f, err := openFloor(ctx, url)
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		return 1
	}
	go func() { _ = f.shop.Run(ctx) }()
	go func() { _ = f.bus.Run(ctx) }()
	var wg sync.WaitGroup
	for n := range crowd {
		wg.Go(func() {
			err := f.buy(ctx, n, os.Getenv(childSKU))
			for errs.Is(err, errs.Busy) { // before its first order: the database was away when it looked
				err = f.buy(ctx, n, os.Getenv(childSKU))
			}
			fmt.Fprintln(os.Stderr, "child:", err)
		})
	}
	wg.Wait()
	return 1
}

// buy orders without end. It goes on when the shop is busy or the database is away: that is no answer.
func (f *floor) buy(ctx context.Context, n int, sku string) error {
	a := buyerNo(n)
	addresses, err := f.shop.Addresses(ctx, a)
	if err != nil {
		return err
	}
	open, err := db.List(ctx, f.db, func(r db.Row) (s string, err error) { err = r.Scan(&s); return s, err },
		`SELECT id FROM shop_orders WHERE buyer_id = $1 AND state = 'unpaid' ORDER BY id LIMIT 100`, a.UserID)
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		for len(open) >= keepOpen {
			_, err := f.shop.Cancel(ctx, a, open[0], "no")
			switch {
			case errs.Is(err, errs.Busy):
				continue
			case err == nil:
				say("C " + open[0])
			case !errs.Is(err, errs.Conflict): // the cancel before was carried out, and its answer was lost
				return fmt.Errorf("cancel: %w", err)
			}
			open = open[1:]
		}
		q, err := f.shop.CreateQuote(ctx, a, []shop.Wanted{{SkuID: sku, Quantity: 1}})
		if errs.Is(err, errs.Busy) {
			continue
		}
		if err != nil {
			return fmt.Errorf("quote: %w", err)
		}
		key := fmt.Sprintf("k-%d-%d-%d", os.Getpid(), n, try)
		placed, err := f.shop.PlaceOrder(ctx, a, shop.PlaceInput{Key: key, QuoteID: q.ID, ExpectedMinor: q.Total.Total.Minor, AddressID: addresses[0].ID, Provider: "silent"})
		if errs.Is(err, errs.Busy) {
			continue
		}
		if err != nil {
			return fmt.Errorf("order: %w", err)
		}
		say("P " + a.UserID + ":" + key + " " + placed.Order.ID)
		open = append(open, placed.Order.ID)
	}
}

// say writes a line with one call: nothing is buffered when the process is killed.
func say(line string) { _, _ = os.Stdout.WriteString(strings.TrimSpace(line) + "\n") }
