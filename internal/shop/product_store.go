package shop

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

func (s *Service) insertProduct(ctx context.Context, p Product) error {
	images, options := asJSON(p.Images), asJSON(p.Options)
	_, err := s.DB.Exec(ctx, `INSERT INTO shop_products (id, shop_id, title, subtitle, description, category, images, options,
		price_min, price_max, list_price, limit_per_buyer, freight, state, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		p.ID, p.ShopID, p.Title, p.Subtitle, p.Description, p.Category, images, options,
		p.priceFrom, p.priceTo, p.listPrice, p.LimitPerBuyer, p.Freight, p.State, p.Version, p.CreatedAt, p.UpdatedAt)
	if err != nil {
		return fmt.Errorf("insert product: %w", err)
	}
	return nil
}

func (s *Service) updateProduct(ctx context.Context, p Product, version int64) error {
	n, err := s.DB.Exec(ctx, `UPDATE shop_products SET title = $1, subtitle = $2, description = $3, category = $4, images = $5,
		options = $6, price_min = $7, price_max = $8, list_price = $9, limit_per_buyer = $10, freight = $11, state = $12,
		version = version + 1, updated_at = $13 WHERE id = $14 AND shop_id = $15 AND version = $16 AND state <> 'gone'`,
		p.Title, p.Subtitle, p.Description, p.Category, asJSON(p.Images), asJSON(p.Options), p.priceFrom, p.priceTo, p.listPrice,
		p.LimitPerBuyer, p.Freight, p.State, p.UpdatedAt, p.ID, p.ShopID, version)
	if err != nil {
		return fmt.Errorf("update product %s: %w", p.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "product_changed", "somebody changed this product meanwhile; reload and edit again").In("version")
	}
	return nil
}

func (s *Service) insertSku(ctx context.Context, k Sku, pos int) error {
	_, err := s.DB.Exec(ctx, `INSERT INTO shop_skus (id, product_id, shop_id, pos, specs, label, image, price, list_price, code,
		available, held, sold, removed, stocked) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, $11)`,
		k.ID, k.ProductID, k.ShopID, int64(pos), asJSON(k.Specs), k.Label, k.Image, k.Price, k.ListPrice, k.Code, k.Stock.Available)
	if err != nil {
		return fmt.Errorf("insert variant: %w", err)
	}
	return nil
}

func (s *Service) updateSku(ctx context.Context, k Sku, pos int) error {
	_, err := s.DB.Exec(ctx, `UPDATE shop_skus SET pos = $1, specs = $2, label = $3, image = $4, price = $5, list_price = $6,
		code = $7 WHERE id = $8 AND product_id = $9 AND removed = 0`,
		int64(pos), asJSON(k.Specs), k.Label, k.Image, k.Price, k.ListPrice, k.Code, k.ID, k.ProductID)
	if err != nil {
		return fmt.Errorf("update variant %s: %w", k.ID, err)
	}
	return nil
}

const skuColumns = `id, product_id, shop_id, specs, label, image, price, list_price, code, available, held, sold`

func scanSku(r db.Row) (Sku, error) {
	var k Sku
	var specs string
	if err := r.Scan(&k.ID, &k.ProductID, &k.ShopID, &specs, &k.Label, &k.Image, &k.Price, &k.ListPrice, &k.Code,
		&k.Stock.Available, &k.Stock.Held, &k.Stock.Sold); err != nil {
		return k, err
	}
	return k, json.Unmarshal([]byte(specs), &k.Specs)
}

func (s *Service) sku(ctx context.Context, id string) (Sku, error) {
	k, ok, err := db.Get(ctx, s.DB, scanSku, `SELECT `+skuColumns+` FROM shop_skus WHERE id = $1`, id)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "sku_not_found", "there is no such variant")
	}
	return k, err
}

// Product reads a product with its variants, whatever its state unless it was deleted. Who may see a
// product that is not on sale is ProductFor's decision.
func (s *Service) Product(ctx context.Context, id string) (Product, error) {
	p, ok, err := db.Get(ctx, s.DB, scanProduct, `SELECT id, shop_id, title, subtitle, description, category, images, options,
		price_min, price_max, list_price, limit_per_buyer, freight, state, version, created_at, updated_at,
		(SELECT COALESCE(CAST(sum(k.sold) AS BIGINT), 0) FROM shop_skus k WHERE k.product_id = shop_products.id AND k.removed = 1)
		FROM shop_products WHERE id = $1 AND state <> 'gone'`, id)
	if err != nil {
		return Product{}, fmt.Errorf("read product %s: %w", id, err)
	}
	if !ok {
		return Product{}, errs.New(errs.NotFound, "product_not_found", "there is no such product")
	}
	p.Skus, err = db.List(ctx, s.DB, scanSku, `SELECT `+skuColumns+` FROM shop_skus WHERE product_id = $1 AND removed = 0
		ORDER BY pos, id LIMIT $2`, id, int64(MaxSkus))
	return p, err
}

func scanProduct(r db.Row) (Product, error) {
	var p Product
	var images, options string
	if err := r.Scan(&p.ID, &p.ShopID, &p.Title, &p.Subtitle, &p.Description, &p.Category, &images, &options, &p.priceFrom,
		&p.priceTo, &p.listPrice, &p.LimitPerBuyer, &p.Freight, &p.State, &p.Version, &p.CreatedAt, &p.UpdatedAt, &p.goneSold); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(images), &p.Images); err != nil {
		return p, fmt.Errorf("images of %s: %w", p.ID, err)
	}
	return p, json.Unmarshal([]byte(options), &p.Options)
}

// asJSON writes values that always can be written: strings, slices and structs of them.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("shop: value cannot be written as JSON: " + err.Error())
	}
	return string(b)
}
