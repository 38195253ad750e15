package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"sync"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/shop"
)

// perBuyer is how many orders one buyer places: below the limit of open orders per person.
const perBuyer = 4

// world is a site with one product on sale and buyers who have seen its price.
type world struct {
	app    *app.App
	sku    string
	units  int64
	buyers []buyer
	close  func()
}

type buyer struct {
	actor         identity.Actor
	address, hold string
	total         int64
}

// open builds the program as `hawker serve` does, without its sockets, and runs the order lanes.
func open(ctx context.Context, data, url string) (*app.App, func(), error) {
	cfg, _, err := config.Load("bench", []string{"--data", data, "--database-url", url, "--sandbox-pay", "--rtmp-addr="}, func(string) string { return "" })
	if err != nil {
		return nil, nil, err
	}
	a, err := app.Build(ctx, cfg, app.Options{Offline: true})
	if err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { _ = a.Shop.Run(ctx) })
	return a, func() { stop(); running.Wait(); a.Close() }, nil
}

func sqliteURL(data string) string { return "sqlite:" + filepath.Join(data, "hawker.db") }

// newWorld opens a shop with units of one product, and buyers enough for the orders.
func newWorld(ctx context.Context, data, url string, units int64, orders int) (*world, error) {
	a, stop, err := open(ctx, data, url)
	if err != nil {
		return nil, err
	}
	w := &world{app: a, units: units, close: stop}
	if err := w.stockUp(ctx, (orders+perBuyer-1)/perBuyer); err != nil {
		stop()
		return nil, err
	}
	return w, nil
}

func (w *world) stockUp(ctx context.Context, buyers int) error {
	seller := identity.SignUp{Login: "seller", Name: "Seller", Password: "correct horse battery"}
	u, err := w.app.Identity.CreateUser(ctx, seller)
	if err != nil {
		return err
	}
	a := identity.Actor{UserID: u.ID, Name: u.Name}
	name := "Fruit"
	s, err := w.app.Shop.OpenShop(ctx, a, shop.ShopInput{Name: &name})
	if err != nil {
		return err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		return err
	}
	shown, err := w.app.Media.AddImage(ctx, u.ID, &picture)
	if err != nil {
		return err
	}
	p, err := w.app.Shop.CreateProduct(ctx, a, s.ID, shop.ProductInput{Title: "Oranges, 5 kg", State: shop.On, Images: []string{shown.ID},
		Skus: []shop.SkuInput{{Price: 1990, Stock: w.units}}})
	if err != nil {
		return err
	}
	w.sku = p.Skus[0].ID
	return w.invite(ctx, buyers)
}

// invite gives buyers an address and a quote each. Addresses of 5,000 buyers share a commit: how
// they came to be is not measured.
func (w *world) invite(ctx context.Context, n int) error {
	w.buyers = make([]buyer, n)
	for from := 0; from < n; from += 5_000 {
		part := w.buyers[from:min(from+5_000, n)]
		err := w.app.DB.Tx(ctx, func(ctx context.Context) error {
			for i := range part {
				b := identity.Actor{UserID: w.app.IDs.New("usr"), Name: fmt.Sprintf("Buyer %d", from+i)}
				adr, err := w.app.Shop.AddAddress(ctx, b, shop.Address{Name: b.Name, Phone: "13800138000", Region: "浙江省 杭州市 西湖区", Detail: "文三路 1 号"})
				if err != nil {
					return err
				}
				part[i] = buyer{actor: b, address: adr.ID}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return each(200, n, func(i int) error {
		b := &w.buyers[i]
		q, err := w.app.Shop.CreateQuote(ctx, b.actor, []shop.Wanted{{SkuID: w.sku, Quantity: 1}})
		b.hold, b.total = q.ID, q.Total.Total.Minor
		return err
	})
}

// place is the n-th order of the run; the same n is the same order again.
func (w *world) place(ctx context.Context, n int) (shop.Placed, error) {
	b := &w.buyers[n/perBuyer]
	return w.app.Shop.PlaceOrder(ctx, b.actor, shop.PlaceInput{Key: fmt.Sprintf("bench-%08d", n), QuoteID: b.hold, ExpectedMinor: b.total,
		AddressID: b.address, Provider: "sandbox"})
}

// counters of the hot SKU.
func (w *world) counters(ctx context.Context) (available, held, sold int64, err error) {
	err = w.app.DB.QueryRow(ctx, `SELECT available, held, sold FROM shop_skus WHERE id = $1`, w.sku).Scan(&available, &held, &sold)
	return
}

// each calls fn for 0 to n-1 from so many goroutines and returns the first error.
func each(workers, n int, fn func(i int) error) error {
	var wg sync.WaitGroup
	var first error
	var once sync.Once
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				if err := fn(i); err != nil {
					once.Do(func() { first = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return first
}

func scanID(r db.Row) (id string, err error) { err = r.Scan(&id); return id, err }
