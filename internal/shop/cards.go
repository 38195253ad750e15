package shop

import (
	"context"
	"fmt"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Card is a product at a glance.
type Card struct {
	ID, ShopID, Title, Image, State, Category string
	Price, MaxPrice, ListPrice                int64 // fen, over the variants; ListPrice 0 = none
	Left, Held, Sold, Skus                    int64 // units, number of variants
	UpdatedAt                                 int64
}

// LowStock is when a merchant is told that a product runs out.
const LowStock = 5

const cardSelect = `SELECT p.id, p.shop_id, p.title, p.images, p.state, p.category, p.price_min, p.price_max, p.list_price,
	p.updated_at, COALESCE(CAST(sum(CASE WHEN k.removed = 0 THEN k.available ELSE 0 END) AS BIGINT), 0),
	COALESCE(CAST(sum(k.held) AS BIGINT), 0), COALESCE(CAST(sum(k.sold) AS BIGINT), 0),
	COALESCE(CAST(sum(1 - k.removed) AS BIGINT), 0)
	FROM shop_products p LEFT JOIN shop_skus k ON k.product_id = p.id `

func scanCard(r db.Row) (Card, error) {
	var c Card
	var images string
	err := r.Scan(&c.ID, &c.ShopID, &c.Title, &images, &c.State, &c.Category, &c.Price, &c.MaxPrice, &c.ListPrice, &c.UpdatedAt,
		&c.Left, &c.Held, &c.Sold, &c.Skus)
	c.Image = firstOf(images)
	return c, err
}

// firstOf takes the first asset id of a stored JSON list; ids hold no character that JSON escapes.
func firstOf(list string) string {
	if _, rest, ok := strings.Cut(list, `"`); ok {
		first, _, _ := strings.Cut(rest, `"`)
		return first
	}
	return ""
}

// CardsByID reads many products at once, also ones off sale (State says so); unknown and deleted
// ones are left out.
func (s *Service) CardsByID(ctx context.Context, ids []string) (map[string]Card, error) {
	out := make(map[string]Card, len(ids))
	err := inChunks(unique(ids), func(part []string) error {
		cards, err := db.List(ctx, s.DB, scanCard, cardSelect+`WHERE p.id IN (`+db.Placeholders(1, len(part))+`)
			AND p.state <> 'gone' GROUP BY p.id`, anys(part)...)
		for _, c := range cards {
			out[c.ID] = c
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read product cards: %w", err)
	}
	return out, nil
}

// PageSize bounds a page of a list.
const PageSize = 100

func checkPage(limit int) error {
	if limit < 1 || limit > PageSize {
		return invalid("limit", "limit_invalid", "a page holds 1 to %d", PageSize)
	}
	return nil
}

// beyond sorts after every id of the prefix, so that the first page needs no other statement.
func beyond(cursor, prefix string) string {
	if cursor == "" {
		return prefix + "_zzzzzzzzzzzzzzzzzzzzzzzzzzz"
	}
	return cursor
}

// ShopProducts pages the products of a shop that are on sale, newest first.
func (s *Service) ShopProducts(ctx context.Context, shopID, cursor string, limit int) ([]Card, error) {
	if err := checkPage(limit); err != nil {
		return nil, err
	}
	return db.List(ctx, s.DB, scanCard, cardSelect+`WHERE p.shop_id = $1 AND p.state = 'on' AND p.id < $2
		GROUP BY p.id ORDER BY p.id DESC LIMIT $3`, shopID, beyond(cursor, "prd"), int64(limit))
}

// Counts of a shop's products by state; Low counts those on sale with LowStock units or fewer.
type Counts struct {
	On, Off, Draft, Low int64
}

// ManageProducts pages a shop's whole catalogue for its team. state "" is all, "low" is on sale and
// nearly out; query looks into title and category.
func (s *Service) ManageProducts(ctx context.Context, a identity.Actor, shopID, state, query, cursor string, limit int) ([]Card, Counts, error) {
	if err := s.Staffed(ctx, a, shopID); err != nil {
		return nil, Counts{}, err
	}
	if err := checkPage(limit); err != nil {
		return nil, Counts{}, err
	}
	low, only := int64(1<<60), state
	switch state {
	case "low":
		low, only = LowStock, On
	case "", On, Off, Draft:
	default:
		return nil, Counts{}, invalid("state", "product_state_unknown", "choose on, off, draft or low")
	}
	cards, err := db.List(ctx, s.DB, scanCard, cardSelect+`WHERE p.shop_id = $1 AND p.state <> 'gone'
		AND ($2 = '' OR p.state = $2) AND ($3 = '' OR lower(p.title) LIKE $3 OR lower(p.category) LIKE $3) AND p.id < $4
		GROUP BY p.id HAVING COALESCE(sum(CASE WHEN k.removed = 0 THEN k.available ELSE 0 END), 0) <= $5
		ORDER BY p.id DESC LIMIT $6`, shopID, only, likePattern(query), beyond(cursor, "prd"), low, int64(limit))
	if err != nil {
		return nil, Counts{}, fmt.Errorf("list products of %s: %w", shopID, err)
	}
	counts, err := s.productCounts(ctx, shopID)
	return cards, counts, err
}

func (s *Service) productCounts(ctx context.Context, shopID string) (Counts, error) {
	var c Counts
	err := s.DB.QueryRow(ctx, `SELECT COALESCE(CAST(sum(CASE WHEN p.state = 'on' THEN 1 ELSE 0 END) AS BIGINT), 0),
		COALESCE(CAST(sum(CASE WHEN p.state = 'off' THEN 1 ELSE 0 END) AS BIGINT), 0),
		COALESCE(CAST(sum(CASE WHEN p.state = 'draft' THEN 1 ELSE 0 END) AS BIGINT), 0),
		COALESCE(CAST(sum(CASE WHEN p.state = 'on' AND (SELECT COALESCE(sum(k.available), 0) FROM shop_skus k
			WHERE k.product_id = p.id AND k.removed = 0) <= $1 THEN 1 ELSE 0 END) AS BIGINT), 0)
		FROM shop_products p WHERE p.shop_id = $2`, int64(LowStock), shopID).Scan(&c.On, &c.Off, &c.Draft, &c.Low)
	return c, err
}

// likePattern is "" for no query; the wildcards of LIKE are taken out of what was typed.
func likePattern(query string) string {
	query = strings.ToLower(strings.NewReplacer("%", "", "_", "", `\`, "").Replace(strings.TrimSpace(query)))
	if query == "" {
		return ""
	}
	return "%" + query + "%"
}

// ProductFor reads a product for somebody: on sale for everyone, otherwise for its team.
func (s *Service) ProductFor(ctx context.Context, a identity.Actor, id string) (Product, error) {
	p, err := s.Product(ctx, id)
	if err != nil || p.State == On {
		return p, err
	}
	if s.Staffed(ctx, a, p.ShopID) != nil {
		return Product{}, errs.New(errs.NotFound, "product_not_found", "there is no such product")
	}
	return p, nil
}

// Card makes the glance of a whole product.
func (p Product) Card() Card {
	c := Card{ID: p.ID, ShopID: p.ShopID, Title: p.Title, State: p.State, Category: p.Category, Price: p.priceFrom,
		MaxPrice: p.priceTo, ListPrice: p.listPrice, Skus: int64(len(p.Skus)), UpdatedAt: p.UpdatedAt, Sold: p.goneSold}
	if len(p.Images) > 0 {
		c.Image = p.Images[0]
	}
	for _, k := range p.Skus {
		c.Left += k.Stock.Available
		c.Held += k.Stock.Held
		c.Sold += k.Stock.Sold
	}
	return c
}
