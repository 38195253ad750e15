package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/shop"
)

// world is what the sale needs to know of the site that was prepared.
type world struct {
	Sku    string
	Buyers []buyer
}

// buyer is a signed-in person with an address.
type buyer struct{ Token, Address string }

func open(ctx context.Context, data, url string) (*app.App, error) {
	cfg, _, err := config.Load("bench", []string{"--data", data, "--database-url", url, "--sandbox-pay", "--rtmp-addr="}, func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	return app.Build(ctx, cfg, app.Options{Offline: true})
}

// prepare makes a shop with one product and people with accounts, sessions and addresses. Their
// passwords are hashed cheaply: nobody signs in with them, and 22,000 honest hashes take minutes.
func prepare(ctx context.Context, data, url string, buyers int, stock int64) (*world, error) {
	a, err := open(ctx, data, url)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	people := identity.New(identity.Deps{DB: a.DB, Clock: a.Clock, IDs: a.IDs, Outbox: a.Bus, Log: a.Log,
		Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 64, Passes: 1}, 1, 8)})
	w := &world{Buyers: make([]buyer, buyers)}
	if w.Sku, err = product(ctx, a, people, stock); err != nil {
		return nil, err
	}
	const perCommit = 2_000
	for from := 0; from < buyers; from += perCommit {
		err := a.DB.Tx(ctx, func(ctx context.Context) error {
			for i := from; i < min(from+perCommit, buyers); i++ {
				name := fmt.Sprintf("buyer%06d", i)
				u, token, err := people.SignUp(ctx, identity.SignUp{Login: name, Name: name, Password: "correct horse battery"}, identity.Browser{Agent: "bench"})
				if err != nil {
					return err
				}
				adr, err := a.Shop.AddAddress(ctx, identity.Actor{UserID: u.ID, Name: name}, shop.Address{Name: name, Phone: "13800138000",
					Region: "浙江省 杭州市 西湖区", Detail: "文三路 1 号"})
				if err != nil {
					return err
				}
				w.Buyers[i] = buyer{token, adr.ID}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func product(ctx context.Context, a *app.App, people *identity.Service, stock int64) (sku string, err error) {
	u, err := people.CreateUser(ctx, identity.SignUp{Login: "seller", Name: "Seller", Password: "correct horse battery"})
	if err != nil {
		return "", err
	}
	seller := identity.Actor{UserID: u.ID, Name: u.Name}
	name := "Fruit"
	s, err := a.Shop.OpenShop(ctx, seller, shop.ShopInput{Name: &name})
	if err != nil {
		return "", err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		return "", err
	}
	shown, err := a.Media.AddImage(ctx, u.ID, &picture)
	if err != nil {
		return "", err
	}
	p, err := a.Shop.CreateProduct(ctx, seller, s.ID, shop.ProductInput{Title: "Oranges, 5 kg", State: shop.On, Images: []string{shown.ID},
		Skus: []shop.SkuInput{{Price: 1990, Stock: stock}}})
	if err != nil {
		return "", err
	}
	return p.Skus[0].ID, nil
}

// check compares what the buyers were told with what is stored, and audits the site.
func (w *world) check(ctx context.Context, data, url string, s *outcome) error {
	a, err := open(ctx, data, url)
	if err != nil {
		return err
	}
	defer a.Close()
	var available, held, sold, orders int64
	if err := a.DB.QueryRow(ctx, `SELECT available, held, sold FROM shop_skus WHERE id = $1`, w.Sku).Scan(&available, &held, &sold); err != nil {
		return err
	}
	if err := a.DB.QueryRow(ctx, `SELECT count(*) FROM shop_orders`).Scan(&orders); err != nil {
		return err
	}
	// A buyer may be gone before its answer; nobody else's order exists, and no unit is sold twice.
	if orders < int64(s.Sold) || orders > int64(s.Sold+s.Unanswered) || held+sold != orders || available+orders != int64(s.Stock) {
		s.Breaks++
		fmt.Fprintf(os.Stderr, "%d answers say sold; %d orders, %d held, %d sold, %d left of %d\n", s.Sold, orders, held, sold, available, s.Stock)
	}
	r, err := a.Audit(ctx)
	for _, b := range r.Breaks {
		fmt.Fprintln(os.Stderr, b)
	}
	s.Breaks += len(r.Breaks)
	return err
}
