package shop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/lane"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// errStale fails a whole batch when another node changed a row after it was read; the lane then runs
// the members one by one on fresh rows.
var errStale = errors.New("a row changed while the batch was decided")

// placeBatch is the lane's work: read the touched rows once, decide every command on them, write
// what was accepted in one transaction.
func (s *Service) placeBatch(ctx context.Context, batch []*placing) ([]lane.Result[*Placed], error) {
	var results []lane.Result[*Placed]
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		results = make([]lane.Result[*Placed], len(batch))
		floor, err := s.readFloor(ctx, batch)
		if err != nil {
			return err
		}
		accepted := make([]*Order, 0, len(batch))
		at := make([]int, 0, len(batch))
		for i, c := range batch {
			out, err := decide(floor, c)
			switch {
			case err != nil:
				results[i].Err = err
			case !out.repeat: // a repeat is answered from the stored order, after this commit
				accepted, at = append(accepted, out.order), append(at, i)
			}
		}
		if len(accepted) == 0 {
			return nil
		}
		if err := s.takeUnits(ctx, accepted, len(batch) == 1); err != nil {
			return err
		}
		if err := s.takeLimits(ctx, accepted, floor, len(batch) == 1); err != nil {
			return err
		}
		return s.writePlaced(ctx, batch, accepted, at, results)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// readFloor loads every row the batch needs, each once. Keys and buyers are looked up one by one inside their
// statement: for IN with a long list PostgreSQL may plan to read the whole table, above all on the plan it made
// while the table was small.
func (s *Service) readFloor(ctx context.Context, batch []*placing) (*order.Floor, error) {
	var skus, buyers, keys []string
	for _, c := range batch {
		keys = append(keys, c.Key)
		buyers = append(buyers, c.BuyerID)
		for _, w := range c.Wanted {
			skus = append(skus, w.SkuID)
		}
	}
	offers, err := s.offers(ctx, skus)
	if err != nil {
		return nil, err
	}
	f := &order.Floor{Offers: offers, Bought: map[order.Purchase]int64{}, Unpaid: map[string]int64{}, Known: map[string]string{}}
	type pair struct {
		a, b string
		n    int64
	}
	err = inChunks(unique(keys), func(part []string) error {
		rows, err := db.List(ctx, s.DB, func(r db.Row) (pair, error) {
			var v pair
			err := r.Scan(&v.a, &v.b)
			return v, err
		}, `SELECT k, body FROM (SELECT v.column1 AS k, (SELECT idem_body FROM shop_orders WHERE idem = v.column1) AS body
			FROM (VALUES `+db.Values(len(part), 1, 1)+`) AS v) AS found WHERE body IS NOT NULL`, anys(part)...)
		for _, v := range rows {
			f.Known[v.a] = v.b
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read used keys: %w", err)
	}
	limited := false
	for _, o := range offers {
		limited = limited || o.Limit > 0
	}
	err = inChunks(unique(buyers), func(part []string) error {
		rows, err := db.List(ctx, s.DB, func(r db.Row) (pair, error) {
			var v pair
			err := r.Scan(&v.a, &v.n)
			return v, err
		}, `SELECT b, n FROM (SELECT v.column1 AS b, (SELECT count(*) FROM shop_orders WHERE buyer_id = v.column1
			AND state = 'unpaid') AS n FROM (VALUES `+db.Values(len(part), 1, 1)+`) AS v) AS found WHERE n > 0`, anys(part)...)
		for _, v := range rows {
			f.Unpaid[v.a] = v.n
		}
		if err != nil || !limited {
			return err
		}
		bought, err := db.List(ctx, s.DB, func(r db.Row) (pair, error) {
			var v pair
			err := r.Scan(&v.a, &v.b, &v.n)
			return v, err
		}, `SELECT buyer_id, product_id, quantity FROM shop_bought WHERE buyer_id IN (`+db.Placeholders(1, len(part))+`)`, anys(part)...)
		for _, v := range bought {
			f.Bought[order.Purchase{BuyerID: v.a, ProductID: v.b}] = v.n
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read buyers: %w", err)
	}
	return f, nil
}

// takeUnits makes one conditional decrement per SKU for the whole batch, in id order.
func (s *Service) takeUnits(ctx context.Context, orders []*Order, alone bool) error {
	sums := map[string]int64{}
	ids := make([]string, 0, len(orders))
	for _, o := range orders {
		for _, l := range o.Lines {
			sums[l.SkuID] += l.Quantity
			ids = append(ids, l.SkuID)
		}
	}
	for _, skuID := range unique(ids) {
		n, err := s.DB.Exec(ctx, `UPDATE shop_skus SET available = available - $1, held = held + $1
			WHERE id = $2 AND available >= $1`, sums[skuID], skuID)
		switch {
		case err != nil:
			return fmt.Errorf("hold units of %s: %w", skuID, err)
		case n == 0 && alone:
			left, err := s.sku(ctx, skuID)
			if err != nil {
				return err
			}
			return order.ErrOut(skuID, left.Stock.Available)
		case n == 0:
			return errStale
		}
	}
	return nil
}

// takeLimits counts purchases of limited products; the limit stands in the statement.
func (s *Service) takeLimits(ctx context.Context, orders []*Order, f *order.Floor, alone bool) error {
	for product, buyers := range limitedUnits(orders, f.Offers) {
		rows := make([]any, 0, 3*len(buyers))
		for _, buyerID := range slices.Sorted(maps.Keys(buyers)) { // two nodes lock in one order
			rows = append(rows, buyerID, product.id, buyers[buyerID])
		}
		n, err := s.DB.InsertMany(ctx, db.Insert{Into: `shop_bought (buyer_id, product_id, quantity)`, Cols: 3,
			Tail: `ON CONFLICT (buyer_id, product_id) DO UPDATE SET quantity = shop_bought.quantity + excluded.quantity
				WHERE shop_bought.quantity + excluded.quantity <= ` + strconv.FormatInt(product.limit, 10)}, rows)
		switch {
		case err != nil:
			return fmt.Errorf("count purchases of %s: %w", product.id, err)
		case n == int64(len(buyers)):
		case alone:
			return order.ErrLimit(product.limit, 0)
		default:
			return errStale
		}
	}
	return nil
}

type limitedProduct struct {
	id    string
	limit int64
}

// limitedUnits sums up what each buyer takes of each limited product: a statement meets a row once.
func limitedUnits(orders []*Order, offers map[string]*order.Offer) map[limitedProduct]map[string]int64 {
	out := map[limitedProduct]map[string]int64{}
	for _, o := range orders {
		for _, l := range o.Lines {
			limit := offers[l.SkuID].Limit
			if limit <= 0 {
				continue
			}
			p := limitedProduct{l.ProductID, limit}
			if out[p] == nil {
				out[p] = map[string]int64{}
			}
			out[p][o.BuyerID] += l.Quantity
		}
	}
	return out
}

// maxHints of new orders are told to a shop's open screens per batch: a screen reads its list again at any of
// them, and a thousand in a second are more than it could show.
const maxHints = 16

// writePlaced inserts orders, payments and facts with few statements: rows decide what an order costs.
func (s *Service) writePlaced(ctx context.Context, batch []*placing, orders []*Order, at []int, results []lane.Result[*Placed]) error {
	payments := make([]money.PaymentRequest, len(orders))
	for i, o := range orders {
		payments[i] = s.firstPayment(*o, batch[at[i]].provider)
	}
	started, err := s.Money.PromisePayments(ctx, payments)
	if err != nil {
		return err
	}
	rows := make([]any, 0, len(orders)*orderInsert.Cols)
	fronts, err := s.ShopsByID(ctx, shopsOf(orders))
	if err != nil {
		return fmt.Errorf("read shops: %w", err)
	}
	var lines []any
	told := map[string]int{} // hints per shop
	facts := make([]event.Fact, 0, len(orders))
	products := make([]string, 0, len(orders))
	for i, o := range orders {
		o.PaymentID = started[i].ID
		c := batch[at[i]]
		lines = append(lines, s.nameLines(o)...)
		for j := range o.Lines {
			products = append(products, o.Lines[j].ProductID)
		}
		rows = appendOrder(rows, o, c)
		o.Log = []Event{{At: o.CreatedAt, Code: placedCode}}
		facts = append(facts, event.OrderPlaced{OrderID: o.ID, ShopID: o.ShopID, BuyerID: o.BuyerID, RoomID: o.RoomID,
			PostID: o.PostID, TotalMinor: o.Total, At: o.CreatedAt})
		front := fronts[o.ShopID]
		results[at[i]].Value = &Placed{Order: *o, Payment: started[i], Front: &front}
		if told[o.ShopID]++; told[o.ShopID] <= maxHints {
			s.hintOrder(ctx, *o)
		}
	}
	if _, err := s.DB.InsertMany(ctx, orderInsert, rows); err != nil {
		return fmt.Errorf("insert orders: %w", err)
	}
	if _, err := s.DB.InsertMany(ctx, orderLineInsert, lines); err != nil {
		return fmt.Errorf("insert order lines: %w", err)
	}
	s.hintStock(ctx, products)
	return s.Facts.EmitAll(ctx, facts)
}

func (s *Service) paymentRequest(o Order, provider, key string) money.PaymentRequest {
	return money.PaymentRequest{OrderID: o.ID, Owner: o.BuyerID, ShopID: o.ShopID, Amount: money.Yuan(o.Total), Provider: provider,
		Subject: o.Number, ExpiresAt: o.HoldUntil, IdempotencyKey: "order:" + key}
}

func shopsOf(orders []*Order) []string {
	ids := make([]string, len(orders))
	for i, o := range orders {
		ids[i] = o.ShopID
	}
	return ids
}

// nameLines gives an order's lines their ids. The only line of an order stands in the order's row and is
// named after it; several are returned as rows of shop_order_lines.
func (s *Service) nameLines(o *Order) (rows []any) {
	if len(o.Lines) == 1 {
		o.Lines[0].ID = "oln" + o.ID[len("ord"):]
		return nil
	}
	for j := range o.Lines {
		l := &o.Lines[j]
		l.ID = s.IDs.New("oln")
		rows = append(rows, l.ID, o.ID, l.ProductID, l.SkuID, l.Title, l.Label, l.Image, l.Price, l.Quantity)
	}
	return rows
}

// firstPayment is what the payment an order begins with is asked for. It is also read back from the
// order's row (Promised), so it depends on nothing else.
func (s *Service) firstPayment(o Order, provider string) money.PaymentRequest {
	in := s.paymentRequest(o, provider, o.ID+":1")
	in.CreatedAt, in.ExpiresAt = o.CreatedAt, o.CreatedAt+order.HoldFor.Milliseconds()
	return in
}

// orderInsert writes orders that wait for their payment: what they all have in common is in the text.
var orderInsert = db.Insert{
	Into: `shop_orders (id, idem, idem_body, number, shop_id, buyer_id, buyer_name, address, note, room_id, post_id, goods,
		freight, discount, total, fee_bps, payment_id, hold_until, created_at, line_product_id, line_sku_id, line_title,
		line_label, line_image, line_price, line_quantity, promised_provider, state, refund_state, refund_id, carrier,
		tracking_no, closed_reason, receive_by, paid_at, shipped_at, received_at, settled_at)`,
	Cols:  27,
	Fixed: `'` + string(order.Unpaid) + `', '', '', '', '', '', 0, 0, 0, 0, 0`,
}

var orderLineInsert = db.Insert{
	Into: `shop_order_lines (id, order_id, product_id, sku_id, title, label, image, price, quantity)`,
	Cols: 9,
}

func appendOrder(rows []any, o *Order, c *placing) []any {
	var only Line
	if len(o.Lines) == 1 {
		only = o.Lines[0]
	}
	return append(rows, o.ID, c.Key, c.Body, o.Number, o.ShopID, o.BuyerID, o.BuyerName, c.address, o.Note, o.RoomID, o.PostID,
		o.Goods, o.Freight, o.Discount, o.Total, o.FeeBps, o.PaymentID, o.HoldUntil, o.CreatedAt, only.ProductID, only.SkuID,
		only.Title, only.Label, only.Image, only.Price, only.Quantity, c.provider)
}
