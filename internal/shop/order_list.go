package shop

import (
	"context"
	"fmt"
	"math"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// OrderQuery narrows a list of orders. State is an order state, "" for all, or "refund" for orders
// with an open refund. Query finds a number's beginning, a buyer's name, a title or a waybill. Source
// is where the buyer came from: SourceLive, SourcePost, SourceShop, or "" for all. FromMS and ToMS
// (unix ms, ToMS outside) bound the payment, or the placing of an order nobody paid; 0 leaves them open.
type OrderQuery struct {
	State, Query, Cursor string
	Source               string
	FromMS, ToMS         int64
	Limit                int
}

// Sources of an order. An order that names a room counts as live even if a post led there.
const (
	SourceLive = "live"
	SourcePost = "post"
	SourceShop = "shop"
)

const openRefund = "refund"

func (q OrderQuery) check() error {
	if q.State != "" && q.State != openRefund {
		known := false
		for _, st := range order.States {
			known = known || string(st) == q.State
		}
		if !known {
			return invalid("state", "order_state_unknown", "choose a state of orders")
		}
	}
	switch q.Source {
	case "", SourceLive, SourcePost, SourceShop:
	default:
		return invalid("source", "order_source_unknown", "choose a source of orders")
	}
	return checkPage(q.Limit)
}

// until is ToMS, or after every order when it is open.
func (q OrderQuery) until() int64 {
	if q.ToMS == 0 {
		return math.MaxInt64
	}
	return q.ToMS
}

// orderFilter is shared by the three lists; each puts its owner predicate before it. $1 is the owner.
const orderFilter = ` AND ($2 = '' OR state = $2 OR ($2 = 'refund' AND refund_state IN ('asked', 'refunding')))
	AND ($3 = '' OR number LIKE $3 OR lower(buyer_name) LIKE $3 OR lower(tracking_no) LIKE $3 OR lower(line_title) LIKE $3 OR EXISTS (SELECT 1
		FROM shop_order_lines l WHERE l.order_id = shop_orders.id AND lower(l.title) LIKE $3))
	AND ($4 = '' OR ($4 = 'live' AND room_id <> '') OR ($4 = 'post' AND room_id = '' AND post_id <> '') OR ($4 = 'shop' AND room_id = '' AND post_id = ''))
	AND (CASE WHEN paid_at > 0 THEN paid_at ELSE created_at END) >= $5 AND (CASE WHEN paid_at > 0 THEN paid_at ELSE created_at END) < $6
	AND id < $7 ORDER BY id DESC LIMIT $8`

func (s *Service) listOrders(ctx context.Context, owner, predicate string, q OrderQuery) ([]Order, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	orders, err := db.List(ctx, s.DB, scanOrder, `SELECT `+orderColumns+` FROM shop_orders WHERE `+predicate+orderFilter,
		owner, q.State, likePattern(q.Query), q.Source, q.FromMS, q.until(), beyond(q.Cursor, "ord"), int64(q.Limit))
	if err != nil {
		return nil, fmt.Errorf("list orders: %w", err)
	}
	if err := s.loadLines(ctx, orders); err != nil {
		return nil, fmt.Errorf("read order lines: %w", err)
	}
	return orders, s.loadRefunds(ctx, orders)
}

// MyOrders pages the actor's orders, newest first.
func (s *Service) MyOrders(ctx context.Context, a identity.Actor, q OrderQuery) ([]Order, map[order.State]int64, error) {
	if a.Anonymous() {
		return nil, nil, identity.ErrSignIn
	}
	orders, err := s.listOrders(ctx, a.UserID, `buyer_id = $1`, q)
	if err != nil {
		return nil, nil, err
	}
	counts, err := s.countOrders(ctx, `buyer_id = $1`, a.UserID)
	return orders, counts, err
}

// ShopOrders pages a shop's orders for its team, newest first.
func (s *Service) ShopOrders(ctx context.Context, a identity.Actor, shopID string, q OrderQuery) ([]Order, map[order.State]int64, error) {
	if err := s.Staffed(ctx, a, shopID); err != nil {
		return nil, nil, err
	}
	orders, err := s.listOrders(ctx, shopID, `shop_id = $1`, q)
	if err != nil {
		return nil, nil, err
	}
	counts, err := s.countOrders(ctx, `shop_id = $1`, shopID)
	return orders, counts, err
}

// AllOrders pages every order for an operator.
func (s *Service) AllOrders(ctx context.Context, a identity.Actor, q OrderQuery) ([]Order, error) {
	if err := identity.RequireOperator(a); err != nil {
		return nil, err
	}
	return s.listOrders(ctx, "", `$1 = ''`, q)
}

func (s *Service) countOrders(ctx context.Context, predicate, owner string) (map[order.State]int64, error) {
	type row struct {
		state order.State
		n     int64
	}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (row, error) {
		var v row
		err := r.Scan(&v.state, &v.n)
		return v, err
	}, `SELECT state, count(*) FROM shop_orders WHERE `+predicate+` GROUP BY state`, owner)
	if err != nil {
		return nil, fmt.Errorf("count orders: %w", err)
	}
	out := make(map[order.State]int64, len(order.States))
	for _, st := range order.States {
		out[st] = 0
	}
	for _, r := range rows {
		out[r.state] = r.n
	}
	return out, nil
}
