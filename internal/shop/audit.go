package shop

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money"
)

// maxBreaks bounds the list per rule.
const maxBreaks = 100

// overdueMS is how long after its end a hold may still wait for the sweeper: ten of its rounds and a
// restart.
const overdueMS = 5 * 60 * 1000

// rules find subjects for which an invariant is broken: (subject, detail). Only shop's own tables;
// what an order owes money is asked from money.
var rules = []struct{ name, query string }{
	{"stock.not_negative", `SELECT id, 'available ' || CAST(available AS TEXT) || ', held ' || CAST(held AS TEXT) || ', sold ' || CAST(sold AS TEXT)
		FROM shop_skus WHERE available < 0 OR held < 0 OR sold < 0 LIMIT $1`},
	{"stock.nothing_appears_or_vanishes", `SELECT id, 'available ' || CAST(available AS TEXT) || ' + held ' || CAST(held AS TEXT) || ' + sold ' || CAST(sold AS TEXT)
		|| ', counted in ' || CAST(stocked AS TEXT) FROM shop_skus WHERE available + held + sold <> stocked LIMIT $1`},
	{"stock.line_has_sku", `SELECT l.order_id, 'line ' || l.id || ' of ' || l.sku_id FROM ` + allLines + ` l
		LEFT JOIN shop_skus k ON k.id = l.sku_id LEFT JOIN shop_orders o ON o.id = l.order_id WHERE k.id IS NULL OR o.id IS NULL LIMIT $1`},
	{"stock.held_equals_unpaid_lines", `SELECT k.id, 'held ' || CAST(k.held AS TEXT) || ', lines ' || CAST(COALESCE(CAST(sum(l.quantity) AS BIGINT), 0) AS TEXT)
		FROM shop_skus k LEFT JOIN (SELECT l.sku_id, l.quantity FROM ` + allLines + ` l JOIN shop_orders o ON o.id = l.order_id
			WHERE o.state = 'unpaid') l ON l.sku_id = k.id
		GROUP BY k.id, k.held HAVING k.held <> COALESCE(sum(l.quantity), 0) LIMIT $1`},
	{"stock.sold_equals_paid_lines", `SELECT k.id, 'sold ' || CAST(k.sold AS TEXT) || ', lines ' || CAST(COALESCE(CAST(sum(l.quantity) AS BIGINT), 0) AS TEXT)
		FROM shop_skus k LEFT JOIN (SELECT l.sku_id, l.quantity FROM ` + allLines + ` l JOIN shop_orders o ON o.id = l.order_id
			WHERE o.state IN ('paid', 'shipped', 'received') OR (o.state = 'refunded' AND o.shipped_at > 0)) l ON l.sku_id = k.id
		GROUP BY k.id, k.sold HAVING k.sold <> COALESCE(sum(l.quantity), 0) LIMIT $1`},
	{"order.total_adds_up", `SELECT o.id, 'total ' || CAST(o.total AS TEXT) FROM shop_orders o
		LEFT JOIN ` + allLines + ` l ON l.order_id = o.id
		GROUP BY o.id, o.goods, o.freight, o.discount, o.total
		HAVING o.goods <> COALESCE(sum(l.price * l.quantity), 0) OR o.total <> o.goods + o.freight - o.discount OR o.total <= 0 LIMIT $1`},
	{"order.times_fit_state", `SELECT id, state FROM shop_orders WHERE
		(state IN ('paid', 'shipped', 'received', 'refunded')) <> (paid_at > 0)
		OR (state IN ('shipped', 'received') AND shipped_at = 0) OR (state = 'received' AND (received_at = 0 OR settled_at = 0))
		OR (state NOT IN ('unpaid', 'paid', 'shipped', 'received', 'closed', 'refunded')) LIMIT $1`},
	{"order.refund_fits_state", `SELECT o.id, o.state || '/' || o.refund_state FROM shop_orders o LEFT JOIN shop_refunds r ON r.id = o.refund_id
		WHERE (o.state = 'refunded') <> (o.refund_state = 'done') OR (o.refund_state <> '' AND (r.id IS NULL OR r.state <> o.refund_state)) LIMIT $1`},
	{"order.timeline_goes_on", `SELECT o.id, o.state FROM shop_orders o WHERE o.state <> 'unpaid' AND NOT EXISTS (SELECT 1
		FROM shop_order_log g WHERE g.order_id = o.id AND g.code <> 'placed') LIMIT $1`},
	{"order.lines_in_one_place", `SELECT o.id, CAST(o.line_quantity AS TEXT) FROM shop_orders o WHERE (o.line_quantity > 0) =
		EXISTS (SELECT 1 FROM shop_order_lines l WHERE l.order_id = o.id) LIMIT $1`},
	{"address.one_default", `SELECT user_id, CAST(count(*) AS TEXT) FROM shop_addresses WHERE is_default = 1
		GROUP BY user_id HAVING count(*) > 1 LIMIT $1`},
}

// Audit checks the shop's invariants against the stored rows, and each paid order against money.
func (s *Service) Audit(ctx context.Context) ([]money.Break, error) {
	var out []money.Break
	collect := func(name, query string, args ...any) error {
		found, err := db.List(ctx, s.DB, func(r db.Row) (money.Break, error) {
			b := money.Break{Rule: name}
			err := r.Scan(&b.Subject, &b.Detail)
			return b, err
		}, query, args...)
		if err != nil {
			return fmt.Errorf("audit %s: %w", name, err)
		}
		out = append(out, found...)
		return nil
	}
	for _, r := range rules {
		if err := collect(r.name, r.query, int64(maxBreaks)); err != nil {
			return nil, err
		}
	}
	if err := collect("order.hold_not_overdue", `SELECT id, CAST(hold_until AS TEXT) FROM shop_orders
		WHERE state = 'unpaid' AND hold_until < $1 LIMIT $2`, clock.UnixMS(s.Clock)-overdueMS, int64(maxBreaks)); err != nil {
		return nil, err
	}
	unpaid, err := s.auditPayments(ctx)
	return append(out, unpaid...), err
}

// auditPage is how many orders are compared with their payments at once.
const auditPage = 500

// auditPayments compares every order with the payments money has for it.
func (s *Service) auditPayments(ctx context.Context) ([]money.Break, error) {
	var out []money.Break
	last := ""
	for {
		orders, err := db.List(ctx, s.DB, scanOrder, `SELECT `+orderColumns+` FROM shop_orders WHERE id > $1
			ORDER BY id LIMIT $2`, last, int64(auditPage))
		if err != nil {
			return nil, fmt.Errorf("audit orders: %w", err)
		}
		if len(orders) == 0 {
			return out, nil
		}
		last = orders[len(orders)-1].ID
		ids := make([]string, len(orders))
		for i, o := range orders {
			ids[i] = o.ID
		}
		accepted, err := s.Money.AcceptedByOrder(ctx, ids)
		if err != nil {
			return nil, fmt.Errorf("audit payments: %w", err)
		}
		for _, o := range orders {
			out = append(out, auditOrder(o, accepted[o.ID])...)
		}
		if len(out) > maxBreaks {
			return out, nil
		}
	}
}

func auditOrder(o Order, paid []money.Payment) []money.Break {
	bad := func(rule, format string, args ...any) []money.Break {
		return []money.Break{{Rule: rule, Subject: o.ID, Detail: fmt.Sprintf(format, args...)}}
	}
	if (o.PaidAt > 0) != (len(paid) == 1) {
		return bad("order.paid_has_one_payment", "%s with %d accepted payments", o.State, len(paid))
	}
	if len(paid) == 0 {
		return nil
	}
	p := paid[0]
	_, fee, err := money.SplitFee(money.Yuan(o.Total), o.FeeBps)
	switch {
	case p.Amount != money.Yuan(o.Total) || p.Owner != o.BuyerID || p.ShopID != o.ShopID || p.ID != o.PaymentID:
		return bad("order.payment_fits", "payment %s of %d", p.ID, p.Amount.Minor)
	case (o.SettledAt > 0) != (p.SettledOf > 0):
		return bad("order.settled_in_money", "settled at %d, payment settled %d", o.SettledAt, p.SettledOf)
	case p.SettledOf > 0 && (err != nil || p.SettledFee != fee.Minor):
		return bad("order.fee_fits", "fee %d, should be %d", p.SettledFee, fee.Minor)
	case (o.State == "refunded") != (p.Refunded == p.Amount.Minor):
		return bad("order.refunded_in_money", "%s, refunded %d of %d", o.State, p.Refunded, p.Amount.Minor)
	}
	return nil
}
