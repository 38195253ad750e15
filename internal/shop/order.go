package shop

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// Order is what a buyer bought from one shop. Amounts are fen, times unix ms.
type Order struct {
	ID, Number        string
	ShopID, BuyerID   string
	BuyerName         string
	order.Core        // state, refund state and the times that decide
	Lines             []Line
	Goods, Freight    int64
	Discount, Total   int64
	FeeBps            int64
	Address           Address
	Note              string
	RoomID, PostID    string // where it was bought, "" elsewhere
	PaymentID         string // the latest payment
	Carrier, Tracking string
	ClosedReason      string
	CreatedAt         int64
	SettledAt         int64
	RefundID          string  // the latest refund, "" for none
	After             *Refund // the latest refund, when read with details
	Log               []Event // when read with details
}

// Line is one thing of an order, with its price frozen.
type Line struct {
	ID, ProductID, SkuID string
	Title, Label, Image  string
	Price, Quantity      int64
}

// Event is one row of an order's timeline; the web translates the code.
type Event struct {
	At     int64
	Code   string
	Params map[string]string
}

const orderColumns = `id, number, shop_id, buyer_id, buyer_name, state, refund_state, refund_id, address, note, room_id, post_id,
	goods, freight, discount, total, fee_bps, payment_id, carrier, tracking_no, closed_reason, hold_until, receive_by,
	created_at, paid_at, shipped_at, received_at, settled_at`

func scanOrder(r db.Row) (Order, error) {
	var o Order
	var address string
	if err := r.Scan(&o.ID, &o.Number, &o.ShopID, &o.BuyerID, &o.BuyerName, &o.State, &o.Refund, &o.RefundID, &address, &o.Note,
		&o.RoomID, &o.PostID, &o.Goods, &o.Freight, &o.Discount, &o.Total, &o.FeeBps, &o.PaymentID, &o.Carrier, &o.Tracking,
		&o.ClosedReason, &o.HoldUntil, &o.ReceiveBy, &o.CreatedAt, &o.PaidAt, &o.ShippedAt, &o.ReceivedAt, &o.SettledAt); err != nil {
		return o, err
	}
	return o, json.Unmarshal([]byte(address), &o.Address)
}

// allLines reads as a table of every order's lines: the only line of an order stands in the order's own row,
// several stand in shop_order_lines.
const allLines = `(SELECT id, order_id, product_id, sku_id, title, label, image, price, quantity FROM shop_order_lines
	UNION ALL SELECT 'oln' || substr(id, 4), id, line_product_id, line_sku_id, line_title, line_label, line_image, line_price,
	line_quantity FROM shop_orders WHERE line_quantity > 0)`

func errNoOrder() error { return errs.New(errs.NotFound, "order_not_found", "there is no such order") }

// order reads one order with its lines, whoever it belongs to. Callers decide who may.
func (s *Service) order(ctx context.Context, id string) (Order, error) {
	o, ok, err := db.Get(ctx, s.DB, scanOrder, `SELECT `+orderColumns+` FROM shop_orders WHERE id = $1`, id)
	if err != nil {
		return Order{}, fmt.Errorf("read order %s: %w", id, err)
	}
	if !ok {
		return Order{}, errNoOrder()
	}
	one := []Order{o}
	err = s.loadLines(ctx, one)
	return one[0], err
}

// buyerOrder reads an order of its buyer; a foreign one does not exist.
func (s *Service) buyerOrder(ctx context.Context, a identity.Actor, id string) (Order, error) {
	if a.Anonymous() {
		return Order{}, identity.ErrSignIn
	}
	o, err := s.order(ctx, id)
	if err == nil && o.BuyerID != a.UserID {
		err = errNoOrder()
	}
	return o, err
}

// teamOrder reads an order of a shop for its team; a foreign one does not exist.
func (s *Service) teamOrder(ctx context.Context, a identity.Actor, id string) (Order, error) {
	if a.Anonymous() {
		return Order{}, identity.ErrSignIn
	}
	o, err := s.order(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if err := s.Staffed(ctx, a, o.ShopID); err != nil {
		return Order{}, notFoundIfDenied(err, "order_not_found")
	}
	return o, nil
}

// Viewer says as whom an order is read; the merchant's view shows the fee.
type Viewer int

const (
	AsBuyer Viewer = iota
	AsTeam
	AsOperator
)

// Order reads an order with its timeline for its buyer, its shop's team or an operator.
func (s *Service) Order(ctx context.Context, a identity.Actor, id string) (Order, Viewer, error) {
	if a.Anonymous() {
		return Order{}, AsBuyer, identity.ErrSignIn
	}
	o, err := s.order(ctx, id)
	if err != nil {
		return Order{}, AsBuyer, err
	}
	viewer := AsBuyer
	if o.BuyerID != a.UserID {
		viewer = AsTeam
		if err := s.Staffed(ctx, a, o.ShopID); err != nil {
			if !a.Operator || !errs.Is(err, errs.Denied) {
				return Order{}, AsBuyer, notFoundIfDenied(err, "order_not_found")
			}
			viewer = AsOperator
		}
	}
	return o, viewer, s.loadDetails(ctx, &o)
}

// placedCode begins every timeline.
const placedCode = "placed"

// maxLog bounds a timeline; an order has about ten events, refused refunds may add some.
const maxLog = 200

func (s *Service) loadDetails(ctx context.Context, o *Order) error {
	log, err := db.List(ctx, s.DB, func(r db.Row) (Event, error) {
		var e Event
		var params string
		if err := r.Scan(&e.At, &e.Code, &params); err != nil {
			return e, err
		}
		return e, json.Unmarshal([]byte(params), &e.Params)
	}, `SELECT at, code, params FROM shop_order_log WHERE order_id = $1 ORDER BY id LIMIT $2`, o.ID, int64(maxLog))
	if err != nil {
		return fmt.Errorf("read timeline of %s: %w", o.ID, err)
	}
	if len(log) == 0 || log[0].Code != placedCode { // an order's row itself tells when it was placed
		log = append([]Event{{At: o.CreatedAt, Code: placedCode, Params: map[string]string{}}}, log...)
	}
	o.Log = log
	one := []Order{*o}
	if err := s.loadRefunds(ctx, one); err != nil {
		return err
	}
	o.After = one[0].After
	return nil
}

func (s *Service) loadLines(ctx context.Context, orders []Order) error {
	at := make(map[string]int, len(orders))
	ids := make([]string, len(orders))
	for i, o := range orders {
		at[o.ID], ids[i] = i, o.ID
	}
	return inChunks(unique(ids), func(part []string) error {
		type row struct {
			orderID string
			line    Line
		}
		rows, err := db.List(ctx, s.DB, func(r db.Row) (row, error) {
			var v row
			l := &v.line
			err := r.Scan(&l.ID, &v.orderID, &l.ProductID, &l.SkuID, &l.Title, &l.Label, &l.Image, &l.Price, &l.Quantity)
			return v, err
		}, `SELECT id, order_id, product_id, sku_id, title, label, image, price, quantity FROM `+allLines+` l
			WHERE order_id IN (`+db.Placeholders(1, len(part))+`) ORDER BY order_id, id`, anys(part)...)
		for _, v := range rows {
			o := &orders[at[v.orderID]]
			o.Lines = append(o.Lines, v.line)
		}
		return err
	})
}
