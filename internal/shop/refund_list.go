package shop

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// RefundQuery narrows a shop's refund queue to one state; Cursor is the id of the last refund seen.
type RefundQuery struct {
	State  order.RefundState
	Cursor string
	Limit  int
}

func (q RefundQuery) check() error {
	switch q.State {
	case order.Asked, order.Refunding, order.Refused, order.Done:
		return checkPage(q.Limit)
	}
	return invalid("state", "refund_state_unknown", "choose a state of refunds")
}

// ShopRefunds pages the orders whose latest refund is in a state, for the shop's team, with the number of
// orders in each state. Open refunds come oldest first, because who waits longest stands first; decided
// ones newest first.
func (s *Service) ShopRefunds(ctx context.Context, a identity.Actor, shopID string, q RefundQuery) ([]Order, map[order.RefundState]int64, error) {
	if err := s.Staffed(ctx, a, shopID); err != nil {
		return nil, nil, err
	}
	if err := q.check(); err != nil {
		return nil, nil, err
	}
	from, way := q.Cursor, `refund_id > $3 ORDER BY refund_id`
	if q.State == order.Refused || q.State == order.Done {
		from, way = beyond(q.Cursor, "ref"), `refund_id < $3 ORDER BY refund_id DESC`
	}
	orders, err := db.List(ctx, s.DB, scanOrder, `SELECT `+orderColumns+` FROM shop_orders
		WHERE shop_id = $1 AND refund_id <> '' AND refund_state = $2 AND `+way+` LIMIT $4`, shopID, string(q.State), from, int64(q.Limit))
	if err != nil {
		return nil, nil, fmt.Errorf("list refunds of %s: %w", shopID, err)
	}
	if err := s.loadLines(ctx, orders); err != nil {
		return nil, nil, fmt.Errorf("read lines of refunded orders: %w", err)
	}
	if err := s.loadRefunds(ctx, orders); err != nil {
		return nil, nil, fmt.Errorf("read refunds of %s: %w", shopID, err)
	}
	counts, err := s.countRefunds(ctx, shopID)
	return orders, counts, err
}

func (s *Service) countRefunds(ctx context.Context, shopID string) (map[order.RefundState]int64, error) {
	type row struct {
		state order.RefundState
		n     int64
	}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (row, error) {
		var v row
		err := r.Scan(&v.state, &v.n)
		return v, err
	}, `SELECT refund_state, count(*) FROM shop_orders WHERE shop_id = $1 AND refund_id <> '' GROUP BY refund_state`, shopID)
	if err != nil {
		return nil, fmt.Errorf("count refunds of %s: %w", shopID, err)
	}
	out := map[order.RefundState]int64{}
	for _, r := range rows {
		out[r.state] = r.n
	}
	return out, nil
}
