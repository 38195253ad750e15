package shop

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/lane"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// quoteLife is how long a quote can be ordered with: a buyer filling in an address takes minutes,
// and the price is computed again anyway.
const quoteLife = 15 * time.Minute

// Wanted is one line a buyer asks for.
type Wanted = order.Wanted

// QuoteLine is a wanted line with what it costs now.
type QuoteLine = order.QuoteLine

// Quote is a price a buyer was shown.
type Quote struct {
	ID        string
	ShopID    string
	Lines     []QuoteLine
	Total     order.Total
	ExpiresAt int64
}

// mergeWanted adds up lines of the same variant and sorts them by id.
func mergeWanted(in []Wanted) ([]Wanted, error) {
	if len(in) == 0 || len(in) > order.MaxLines {
		return nil, invalid("lines", "lines_invalid", "an order has 1 to %d lines", order.MaxLines).With("max", order.MaxLines)
	}
	sums := map[string]int64{}
	for _, l := range in {
		if l.SkuID == "" || l.Quantity < 1 || l.Quantity > order.MaxQuantity {
			return nil, invalid("quantity", "quantity_invalid", "order 1 to %d of one thing", order.MaxQuantity).With("max", order.MaxQuantity)
		}
		sums[l.SkuID] += l.Quantity
	}
	out := make([]Wanted, 0, len(sums))
	for skuID, n := range sums {
		if n > order.MaxQuantity {
			return nil, invalid("quantity", "quantity_invalid", "order 1 to %d of one thing", order.MaxQuantity).With("max", order.MaxQuantity)
		}
		out = append(out, Wanted{SkuID: skuID, Quantity: n})
	}
	slices.SortFunc(out, func(a, b Wanted) int { return cmp.Compare(a.SkuID, b.SkuID) })
	return out, nil
}

// offers reads variants with what an order needs to know of their product and shop.
func (s *Service) offers(ctx context.Context, skuIDs []string) (map[string]*order.Offer, error) {
	out := make(map[string]*order.Offer, len(skuIDs))
	err := inChunks(unique(skuIDs), func(part []string) error {
		found, err := db.List(ctx, s.DB, func(r db.Row) (*order.Offer, error) {
			var o order.Offer
			var images, image string
			var onSale int64
			err := r.Scan(&o.SkuID, &o.ProductID, &o.ShopID, &o.Title, &o.Label, &image, &images, &o.Price, &o.Freight,
				&o.Limit, &o.FeeBps, &o.Available, &onSale)
			if o.Image = image; image == "" {
				o.Image = firstOf(images)
			}
			o.OnSale = onSale == 1
			return &o, err
		}, `SELECT k.id, k.product_id, k.shop_id, p.title, k.label, k.image, p.images, k.price, p.freight, p.limit_per_buyer,
			f.fee_bps, k.available, CASE WHEN p.state = 'on' AND k.removed = 0 AND f.state = 'open' THEN 1 ELSE 0 END
			FROM shop_skus k JOIN shop_products p ON p.id = k.product_id JOIN shop_shops f ON f.id = k.shop_id
			WHERE k.id IN (`+db.Placeholders(1, len(part))+`)`, anys(part)...)
		for _, o := range found {
			out[o.SkuID] = o
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read offers: %w", err)
	}
	return out, nil
}

// CreateQuote computes what the lines cost now and remembers that the buyer saw it.
func (s *Service) CreateQuote(ctx context.Context, a identity.Actor, in []Wanted) (Quote, error) {
	if a.Anonymous() {
		return Quote{}, identity.ErrSignIn
	}
	wanted, err := mergeWanted(in)
	if err != nil {
		return Quote{}, err
	}
	skuIDs := make([]string, len(wanted))
	for i, w := range wanted {
		skuIDs[i] = w.SkuID
	}
	offers, err := s.offers(ctx, skuIDs)
	if err != nil {
		return Quote{}, err
	}
	q := Quote{ID: s.IDs.New("quo"), ExpiresAt: s.now() + quoteLife.Milliseconds()}
	if q.ShopID, q.Lines, q.Total, err = order.Quote(wanted, offers); err != nil {
		return Quote{}, err
	}
	for _, l := range q.Lines {
		if l.Quantity > l.Left {
			return Quote{}, order.ErrOut(l.SkuID, l.Left)
		}
	}
	s.shown.Add(1)
	if _, err = s.quotes.Submit(ctx, quoteRow{q.ID, a.UserID, asJSON(wanted), q.Total.Total.Minor, q.ExpiresAt}); err == nil {
		s.seen.put(q.ID, seenQuote{a.UserID, wanted, q.ExpiresAt})
	}
	return q, err
}

// quoteRow is a quote as it is stored.
type quoteRow struct {
	id, buyerID, lines string
	total, expiresAt   int64
}

// writeQuotes is the quote lane's work. In a flash sale everybody asks for a quote before the order;
// a transaction for each would hold the order lane up.
func (s *Service) writeQuotes(ctx context.Context, batch []quoteRow) ([]lane.Result[struct{}], error) {
	args := make([]any, 0, 5*len(batch))
	for _, q := range batch {
		args = append(args, q.id, q.buyerID, q.lines, q.total, q.expiresAt)
	}
	_, err := s.DB.InsertMany(ctx, db.Insert{Into: `shop_quotes (id, buyer_id, lines, total, expires_at)`, Cols: 5}, args)
	return make([]lane.Result[struct{}], len(batch)), err
}

// quoted reads the lines of the buyer's own quote.
func (s *Service) quoted(ctx context.Context, buyerID, id string) ([]Wanted, error) {
	if q, ok := s.seen.get(id); ok && q.buyerID == buyerID && s.now() < q.expires {
		return q.wanted, nil
	}
	type stored struct {
		lines   string
		expires int64
	}
	q, ok, err := db.Get(ctx, s.DB, func(r db.Row) (stored, error) {
		var v stored
		err := r.Scan(&v.lines, &v.expires)
		return v, err
	}, `SELECT lines, expires_at FROM shop_quotes WHERE id = $1 AND buyer_id = $2`, id, buyerID)
	if err != nil {
		return nil, fmt.Errorf("read quote: %w", err)
	}
	if !ok {
		return nil, errs.New(errs.NotFound, "quote_not_found", "there is no such quote").In("quoteId")
	}
	if s.now() >= q.expires {
		return nil, errs.New(errs.Gone, "quote_expired", "the price was shown too long ago; look again").In("quoteId")
	}
	var wanted []Wanted
	if err := json.Unmarshal([]byte(q.lines), &wanted); err != nil {
		return nil, fmt.Errorf("read quote lines: %w", err)
	}
	return wanted, nil
}

// ForgetQuotes removes quotes nobody can use any more.
func (s *Service) ForgetQuotes(ctx context.Context) error {
	_, err := s.DB.Exec(ctx, `DELETE FROM shop_quotes WHERE expires_at < $1`, s.now()-quoteLife.Milliseconds())
	return err
}
