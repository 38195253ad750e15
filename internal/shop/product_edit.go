package shop

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// maxProducts bounds a shop's catalogue.
const maxProducts = 10_000

// CreateProduct adds a product with its variants and their first stock.
func (s *Service) CreateProduct(ctx context.Context, a identity.Actor, shopID string, in ProductInput) (Product, error) {
	if err := s.Staffed(ctx, a, shopID); err != nil {
		return Product{}, err
	}
	if err := in.check(); err != nil {
		return Product{}, err
	}
	if err := s.checkImages(ctx, a, in, nil); err != nil {
		return Product{}, err
	}
	now := s.now()
	p := Product{ID: s.IDs.New("prd"), ShopID: shopID, Version: 1, CreatedAt: now, UpdatedAt: now}
	p.take(in)
	for _, k := range in.Skus {
		if k.ID != "" {
			return Product{}, invalid("skus", "sku_unknown", "a new product has only new variants")
		}
		p.Skus = append(p.Skus, s.newSku(p, k))
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		n, _, err := db.Get(ctx, s.DB, scanInt, `SELECT count(*) FROM shop_products WHERE shop_id = $1 AND state <> 'gone'`, shopID)
		if err != nil {
			return fmt.Errorf("count products: %w", err)
		}
		if n >= maxProducts {
			return errs.New(errs.TooMany, "products_too_many", "a shop lists at most %d products", maxProducts).With("max", maxProducts)
		}
		if err := s.insertProduct(ctx, p); err != nil {
			return err
		}
		for i, k := range p.Skus {
			if err := s.insertSku(ctx, k, i); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

// UpdateProduct replaces a product's text, options and variants. version must be the one that was
// read: of two editors the second is refused. Variants that are left out are taken off sale.
func (s *Service) UpdateProduct(ctx context.Context, a identity.Actor, productID string, version int64, in ProductInput) (Product, error) {
	old, err := s.productForTeam(ctx, a, productID)
	if err != nil {
		return Product{}, err
	}
	if err := in.check(); err != nil {
		return Product{}, err
	}
	if err := s.checkImages(ctx, a, in, &old); err != nil {
		return Product{}, err
	}
	p := old
	p.Version, p.UpdatedAt = version+1, s.now()
	p.take(in)
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.updateProduct(ctx, p, version); err != nil {
			return err
		}
		if err := s.replaceSkus(ctx, p, old, in.Skus); err != nil {
			return err
		}
		if old.LimitPerBuyer == 0 && p.LimitPerBuyer > 0 {
			if err := s.recountBought(ctx, p.ID); err != nil {
				return err
			}
		}
		s.hintStock(ctx, []string{p.ID})
		return nil
	})
	if err != nil {
		return Product{}, err
	}
	return s.Product(ctx, productID)
}

func (s *Service) replaceSkus(ctx context.Context, p, old Product, in []SkuInput) error {
	kept := map[string]bool{}
	for i, k := range in {
		if k.ID == "" {
			if err := s.insertSku(ctx, s.newSku(p, k), i); err != nil {
				return err
			}
			continue
		}
		if !slices.ContainsFunc(old.Skus, func(o Sku) bool { return o.ID == k.ID }) {
			return invalid("skus", "sku_unknown", "a variant is not of this product")
		}
		kept[k.ID] = true
		if err := s.updateSku(ctx, s.skuOf(p, k), i); err != nil {
			return err
		}
	}
	for _, o := range old.Skus {
		if kept[o.ID] {
			continue
		}
		if _, err := s.DB.Exec(ctx, `UPDATE shop_skus SET removed = 1 WHERE id = $1`, o.ID); err != nil {
			return fmt.Errorf("take variant %s off: %w", o.ID, err)
		}
	}
	return nil
}

// recountBought fills the counters of a limit that is new: earlier purchases count too.
func (s *Service) recountBought(ctx context.Context, productID string) error {
	_, err := s.DB.Exec(ctx, `INSERT INTO shop_bought (buyer_id, product_id, quantity)
		SELECT o.buyer_id, l.product_id, CAST(sum(l.quantity) AS BIGINT) FROM `+allLines+` l
		JOIN shop_orders o ON o.id = l.order_id
		WHERE l.product_id = $1 AND o.state NOT IN ('closed', 'refunded') GROUP BY o.buyer_id, l.product_id
		ON CONFLICT (buyer_id, product_id) DO UPDATE SET quantity = excluded.quantity`, productID)
	if err != nil {
		return fmt.Errorf("recount buyers of %s: %w", productID, err)
	}
	return nil
}

// SetProductState puts a product on or off sale.
func (s *Service) SetProductState(ctx context.Context, a identity.Actor, productID, state string) (Product, error) {
	p, err := s.productForTeam(ctx, a, productID)
	if err != nil {
		return Product{}, err
	}
	if state != On && state != Off {
		return Product{}, invalid("state", "product_state_unknown", "put a product on or off sale")
	}
	if _, err := s.DB.Exec(ctx, `UPDATE shop_products SET state = $1, version = version + 1, updated_at = $2
		WHERE id = $3 AND shop_id = $4 AND state <> 'gone'`, state, s.now(), productID, p.ShopID); err != nil {
		return Product{}, fmt.Errorf("set state of %s: %w", productID, err)
	}
	s.hintStock(ctx, []string{productID})
	return s.Product(ctx, productID)
}

// DeleteProduct removes a draft or a product that is off sale. Orders keep naming it.
func (s *Service) DeleteProduct(ctx context.Context, a identity.Actor, productID string) error {
	p, err := s.productForTeam(ctx, a, productID)
	if err != nil {
		return err
	}
	n, err := s.DB.Exec(ctx, `UPDATE shop_products SET state = 'gone', version = version + 1, updated_at = $1
		WHERE id = $2 AND shop_id = $3 AND state IN ('draft', 'off')`, s.now(), productID, p.ShopID)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "product_on_sale", "take the product off sale first")
	}
	return err
}

// AdjustStock adds delta units to what is available, or takes them away; never below zero.
func (s *Service) AdjustStock(ctx context.Context, a identity.Actor, skuID string, delta int64) (Sku, error) {
	if delta == 0 || delta > stock.MaxUnits || delta < -stock.MaxUnits {
		return Sku{}, invalid("delta", "delta_invalid", "change the stock by a whole number that is not zero")
	}
	var out Sku
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		k, err := s.sku(ctx, skuID)
		if err != nil {
			return err
		}
		if err := s.Staffed(ctx, a, k.ShopID); err != nil {
			return notFoundIfDenied(err, "sku_not_found")
		}
		if _, err := k.Stock.Apply(stock.Adjust(delta)); err != nil {
			return err
		}
		if err := s.moveStock(ctx, skuID, stock.Adjust(delta)); err != nil {
			return err
		}
		if out, err = s.sku(ctx, skuID); err != nil {
			return err
		}
		s.hintStock(ctx, []string{k.ProductID})
		return nil
	})
	return out, err
}

// moveStock changes one SKU's counters; the guard is in the statement. stocked follows a count and nothing
// else: every other move leaves the sum as it was.
func (s *Service) moveStock(ctx context.Context, skuID string, m stock.Move) error {
	n, err := s.DB.Exec(ctx, `UPDATE shop_skus SET available = available + $1, held = held + $2, sold = sold + $3,
			stocked = stocked + $1 + $2 + $3
		WHERE id = $4 AND available + $1 >= 0 AND held + $2 >= 0 AND sold + $3 >= 0`,
		m.Available, m.Held, m.Sold, skuID)
	if err != nil {
		return fmt.Errorf("move stock of %s: %w", skuID, err)
	}
	if n == 1 {
		return nil
	}
	k, err := s.sku(ctx, skuID)
	if err != nil {
		return err
	}
	if _, err := k.Stock.Apply(m); err != nil {
		return err
	}
	return errs.New(errs.Busy, "stock_busy", "the stock is changing, try again")
}

// productForTeam reads a product for its shop's team; to others it does not exist.
func (s *Service) productForTeam(ctx context.Context, a identity.Actor, productID string) (Product, error) {
	p, err := s.Product(ctx, productID)
	if err != nil {
		return Product{}, err
	}
	if err := s.Staffed(ctx, a, p.ShopID); err != nil {
		return Product{}, notFoundIfDenied(err, "product_not_found")
	}
	return p, nil
}

// notFoundIfDenied hides the existence of other people's things.
func notFoundIfDenied(err error, code string) error {
	if errs.Is(err, errs.Denied) {
		return errs.New(errs.NotFound, code, "there is no such thing here")
	}
	return err
}

// checkImages asks only about pictures that were not shown before, so that staff may edit what the
// owner uploaded.
func (s *Service) checkImages(ctx context.Context, a identity.Actor, in ProductInput, old *Product) error {
	known := map[string]bool{"": true}
	if old != nil {
		for _, v := range old.Images {
			known[v] = true
		}
		for _, k := range old.Skus {
			known[k.Image] = true
		}
	}
	assets := slices.Clone(in.Images)
	for _, k := range in.Skus {
		assets = append(assets, k.Image)
	}
	for _, asset := range assets {
		if known[asset] {
			continue
		}
		known[asset] = true
		if err := s.Images.OwnImage(ctx, a.UserID, asset); err != nil {
			return fmt.Errorf("picture %s: %w", asset, err)
		}
	}
	return nil
}

func (p *Product) take(in ProductInput) {
	p.Title, p.Subtitle, p.Description, p.Category = in.Title, in.Subtitle, in.Description, in.Category
	p.Images, p.Options, p.LimitPerBuyer, p.Freight, p.State = in.Images, in.Options, in.LimitPerBuyer, in.Freight, in.State
	if p.Options == nil {
		p.Options = []Option{}
	}
	p.priceFrom, p.priceTo, p.listPrice = 0, 0, 0
	for _, k := range in.Skus {
		if p.priceFrom == 0 || k.Price < p.priceFrom {
			p.priceFrom, p.listPrice = k.Price, k.ListPrice
		}
		p.priceTo = max(p.priceTo, k.Price)
	}
}

func (s *Service) newSku(p Product, in SkuInput) Sku {
	k := s.skuOf(p, in)
	k.ID = s.IDs.New("sku")
	k.Stock = stock.Counter{Available: in.Stock}
	return k
}

func (s *Service) skuOf(p Product, in SkuInput) Sku {
	labels := make([]string, len(in.Specs))
	for i, sp := range in.Specs {
		labels[i] = sp.Value
	}
	return Sku{ID: in.ID, ProductID: p.ID, ShopID: p.ShopID, Specs: in.Specs, Label: strings.Join(labels, " / "),
		Image: in.Image, Price: in.Price, ListPrice: in.ListPrice, Code: in.Code}
}
