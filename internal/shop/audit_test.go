package shop_test

import (
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// Every rule of the audit is broken in turn, named, and mended again.
func TestAudit_EachRuleBreaks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 5, 0), w.buyer("ann")
		paid, unpaid := w.paid(ann, p, 1), w.order(ann, p, 1).Order
		w.sound()
		for _, q := range []string{`DROP INDEX shop_addresses_one_default`} {
			_, err := w.db.Exec(w.ctx, q)
			w.must(err)
		}
		sku := p.Skus[0].ID
		for _, c := range []struct{ rule, subject, plant, mend string }{
			{"stock.sold_equals_paid_lines", sku, `UPDATE shop_skus SET sold = sold + 1`, `UPDATE shop_skus SET sold = sold - 1`},
			{"stock.held_equals_unpaid_lines", sku, `UPDATE shop_skus SET held = held + 1`, `UPDATE shop_skus SET held = held - 1`},
			{"stock.nothing_appears_or_vanishes", sku, `UPDATE shop_skus SET available = available - 1`, `UPDATE shop_skus SET available = available + 1`},
			{"stock.line_has_sku", paid.ID, `UPDATE shop_orders SET line_sku_id = 'sku_none' WHERE id = '` + paid.ID + `'`, `UPDATE shop_orders SET line_sku_id = '` + sku + `'`},
			{"order.total_adds_up", paid.ID, `UPDATE shop_orders SET total = total + 1`, `UPDATE shop_orders SET total = total - 1`},
			{"order.times_fit_state", paid.ID, `UPDATE shop_orders SET state = 'shipped' WHERE id = '` + paid.ID + `'`, `UPDATE shop_orders SET state = 'paid' WHERE id = '` + paid.ID + `'`},
			{"order.refund_fits_state", paid.ID, `UPDATE shop_orders SET refund_state = 'asked'`, `UPDATE shop_orders SET refund_state = ''`},
			{"order.timeline_goes_on", paid.ID, `UPDATE shop_order_log SET order_id = 'x-' || order_id`, `UPDATE shop_order_log SET order_id = substr(order_id, 3)`},
			{"order.lines_in_one_place", paid.ID, `INSERT INTO shop_order_lines (id, order_id, product_id, sku_id, title, label, image, price, quantity)
				VALUES ('oln_x', '` + paid.ID + `', '` + p.ID + `', '` + sku + `', '', '', '', 0, 0)`, `DELETE FROM shop_order_lines WHERE id = 'oln_x'`},
			{"order.hold_not_overdue", unpaid.ID, `UPDATE shop_orders SET hold_until = hold_until - 86400000`, `UPDATE shop_orders SET hold_until = hold_until + 86400000`},
			{"order.paid_has_one_payment", paid.ID, `UPDATE money_payments SET accepted = 0 WHERE order_id = '` + paid.ID + `'`, `UPDATE money_payments SET accepted = 1 WHERE order_id = '` + paid.ID + `'`},
			{"order.payment_fits", paid.ID, `UPDATE money_payments SET owner = owner || 'x'`, `UPDATE money_payments SET owner = substr(owner, 1, length(owner) - 1)`},
			{"order.settled_in_money", paid.ID, `UPDATE money_payments SET settled_total = 1`, `UPDATE money_payments SET settled_total = 0`},
			{"order.refunded_in_money", paid.ID, `UPDATE money_payments SET refunded = amount`, `UPDATE money_payments SET refunded = 0`},
			{"address.one_default", ann.UserID, `INSERT INTO shop_addresses SELECT id || 'b', user_id, name, phone, region, detail, 1, created_at FROM shop_addresses`, `DELETE FROM shop_addresses WHERE id LIKE '%b'`},
		} {
			_, err := w.db.Exec(w.ctx, c.plant)
			w.must(err)
			breaks, err := w.shop.Audit(w.ctx)
			w.must(err)
			found := false
			for _, b := range breaks {
				found = found || b.Rule == c.rule && b.Subject == c.subject && b.Detail != ""
			}
			if !found {
				t.Errorf("%s of %s was not found in %v", c.rule, c.subject, breaks)
			}
			_, err = w.db.Exec(w.ctx, c.mend)
			w.must(err)
		}
		w.sound()
	})
}

// Placing, cancelling, paying, refunding and counting again leave the sum of a variant's units what was counted in.
func TestStock_OnlyACountChangesTheSum(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 9, 0), w.buyer("ann")
		stocked := func(want int64) {
			t.Helper()
			got, _, err := db.Get(w.ctx, w.db, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err },
				`SELECT stocked FROM shop_skus WHERE id = $1`, p.Skus[0].ID)
			w.must(err)
			if got != want {
				t.Fatalf("%d units are counted in, not %d", got, want)
			}
			w.sound()
		}
		held := w.order(ann, p, 2)
		_, err := w.shop.Cancel(w.ctx, ann.Actor, held.Order.ID, "no")
		w.must(err)
		stocked(9)
		paid := w.paid(ann, p, 3)
		_, err = w.shop.Cancel(w.ctx, ann.Actor, paid.ID, "no")
		w.must(err)
		w.pass(time.Minute)
		stocked(9)
		_, err = w.shop.AdjustStock(w.ctx, w.seller, p.Skus[0].ID, -4)
		w.must(err)
		stocked(5)
		_, err = w.shop.AdjustStock(w.ctx, w.seller, p.Skus[0].ID, 20)
		w.must(err)
		stocked(25)
	})
}
