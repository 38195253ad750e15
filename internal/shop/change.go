package shop

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// change applies one command to an order in ctx's transaction: the pure core decides, the row is
// updated only while it is still in the state that was decided on, and every effect follows in the
// same transaction. edit fills in what the command brought (a waybill, a reason).
func (s *Service) change(ctx context.Context, o *Order, c order.Command, params map[string]string, edit func(*Order)) error {
	next, effects, err := order.Decide(o.Core, c, s.now())
	if err != nil {
		return err
	}
	return s.carryOut(ctx, o, next, effects, params, edit)
}

func (s *Service) carryOut(ctx context.Context, o *Order, next order.Core, effects order.Effects, params map[string]string, edit func(*Order)) error {
	before := o.Core
	o.Core = next
	if edit != nil {
		edit(o)
	}
	if effects.Settle {
		o.SettledAt = s.now()
	}
	n, err := s.DB.Exec(ctx, `UPDATE shop_orders SET state = $1, refund_state = $2, refund_id = $3, payment_id = $4, carrier = $5,
		tracking_no = $6, closed_reason = $7, hold_until = $8, receive_by = $9, paid_at = $10, shipped_at = $11,
		received_at = $12, settled_at = $13 WHERE id = $14 AND state = $15 AND refund_state = $16`,
		string(o.State), string(o.Refund), o.RefundID, o.PaymentID, o.Carrier, o.Tracking, o.ClosedReason, o.HoldUntil,
		o.ReceiveBy, o.PaidAt, o.ShippedAt, o.ReceivedAt, o.SettledAt, o.ID, string(before.State), string(before.Refund))
	if err != nil {
		return fmt.Errorf("change order %s: %w", o.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "order_moved_on", "the order changed meanwhile; look again").With("state", string(before.State))
	}
	if err := s.moveUnits(ctx, o, effects); err != nil {
		return err
	}
	if err := s.moveMoney(ctx, o, effects); err != nil {
		return err
	}
	if _, err := s.DB.Exec(ctx, `INSERT INTO shop_order_log (id, order_id, at, code, params) VALUES ($1, $2, $3, $4, $5)`,
		s.IDs.New("olg"), o.ID, s.now(), effects.Log, asJSON(orEmpty(params))); err != nil {
		return fmt.Errorf("log order %s: %w", o.ID, err)
	}
	s.hintOrder(ctx, *o)
	if fact := factOf(o, before, s.now()); fact != nil {
		return s.Facts.EmitAll(ctx, []event.Fact{fact})
	}
	return nil
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// moveUnits changes the counters of every line, in SKU order so that two orders cannot wait for each
// other, and what counts towards the buyer's limits.
func (s *Service) moveUnits(ctx context.Context, o *Order, e order.Effects) error {
	if _, moves := e.Units(1); moves {
		if err := s.moveLines(ctx, o, e); err != nil {
			return err
		}
	}
	switch {
	case e.ForgetBought: // shipped units stay sold, but no longer count for the buyer
		return s.forgetPurchases(ctx, o)
	case e.CountBought:
		return s.rememberPurchases(ctx, o)
	}
	return nil
}

func (s *Service) moveLines(ctx context.Context, o *Order, e order.Effects) error {
	sums := map[string]int64{}
	ids, products := make([]string, 0, len(o.Lines)), make([]string, 0, len(o.Lines))
	for _, l := range o.Lines {
		sums[l.SkuID] += l.Quantity
		ids, products = append(ids, l.SkuID), append(products, l.ProductID)
	}
	for _, skuID := range unique(ids) {
		move, _ := e.Units(sums[skuID])
		if err := s.moveStock(ctx, skuID, move); err != nil {
			return err
		}
	}
	s.hintStock(ctx, products)
	return nil
}

// forgetPurchases takes a closed or refunded order out of the buyer's limits.
func (s *Service) forgetPurchases(ctx context.Context, o *Order) error {
	return s.countPurchases(ctx, o, `UPDATE shop_bought SET quantity = CASE WHEN quantity > $1 THEN quantity - $1 ELSE 0 END
		WHERE buyer_id = $2 AND product_id = $3`)
}

// rememberPurchases puts a late paid order back; the buyer had it within the limit when it was placed.
func (s *Service) rememberPurchases(ctx context.Context, o *Order) error {
	return s.countPurchases(ctx, o, `UPDATE shop_bought SET quantity = quantity + $1 WHERE buyer_id = $2 AND product_id = $3`)
}

func (s *Service) countPurchases(ctx context.Context, o *Order, update string) error {
	sums := map[string]int64{}
	ids := make([]string, 0, len(o.Lines))
	for _, l := range o.Lines {
		sums[l.ProductID] += l.Quantity
		ids = append(ids, l.ProductID)
	}
	for _, productID := range unique(ids) {
		if _, err := s.DB.Exec(ctx, update, sums[productID], o.BuyerID, productID); err != nil {
			return fmt.Errorf("count purchases of %s: %w", productID, err)
		}
	}
	return nil
}

func (s *Service) moveMoney(ctx context.Context, o *Order, e order.Effects) error {
	if e.ClosePayment {
		if err := s.Money.ClosePayments(ctx, o.ID); err != nil {
			return fmt.Errorf("close payments of %s: %w", o.ID, err)
		}
	}
	if e.Settle {
		_, fee, err := money.SplitFee(money.Yuan(o.Total), o.FeeBps)
		if err != nil {
			return err
		}
		if err := s.Money.Settle(ctx, money.Split{OrderID: o.ID, ShopID: o.ShopID, Total: money.Yuan(o.Total), Fee: fee}); err != nil {
			return fmt.Errorf("settle %s: %w", o.ID, err)
		}
	}
	if e.StartRefund {
		if _, err := s.Money.RefundPayment(ctx, o.PaymentID, money.Yuan(o.Total), "order-refund:"+o.RefundID, o.Number); err != nil {
			return fmt.Errorf("refund %s: %w", o.ID, err)
		}
	}
	return nil
}

// factOf is the fact a change of state is told as; nil when only the refund's state moved.
func factOf(o *Order, before order.Core, now int64) event.Fact {
	if o.State == before.State {
		return nil
	}
	switch o.State {
	case order.Paid:
		lines := make([]event.OrderLine, len(o.Lines))
		for i, l := range o.Lines {
			lines[i] = event.OrderLine{ProductID: l.ProductID, SkuID: l.SkuID, Title: l.Title, Quantity: l.Quantity, AmountMinor: l.Price * l.Quantity}
		}
		return event.OrderPaid{OrderID: o.ID, ShopID: o.ShopID, BuyerID: o.BuyerID, BuyerName: o.BuyerName, RoomID: o.RoomID,
			PostID: o.PostID, Lines: lines, TotalMinor: o.Total, At: now}
	case order.Closed:
		return event.OrderClosed{OrderID: o.ID, ShopID: o.ShopID, BuyerID: o.BuyerID, Reason: o.ClosedReason, At: now}
	case order.Shipped:
		return event.OrderShipped{OrderID: o.ID, ShopID: o.ShopID, BuyerID: o.BuyerID, Carrier: o.Carrier, TrackingNo: o.Tracking, At: now}
	case order.Received:
		return event.OrderReceived{OrderID: o.ID, ShopID: o.ShopID, BuyerID: o.BuyerID, At: now}
	case order.Refunded:
		return event.OrderRefunded{OrderID: o.ID, ShopID: o.ShopID, BuyerID: o.BuyerID, RoomID: o.RoomID, AmountMinor: o.Total, At: now}
	}
	return nil
}

// inTx runs fn on a fresh read of the order inside one transaction and gives back what it became.
func (s *Service) inTx(ctx context.Context, read func(ctx context.Context) (Order, error), fn func(ctx context.Context, o *Order) error) (Order, error) {
	var out Order
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		o, err := read(ctx)
		if err != nil {
			return err
		}
		if err := fn(ctx, &o); err != nil {
			return err
		}
		if err := s.loadDetails(ctx, &o); err != nil {
			return err
		}
		out = o
		return nil
	})
	return out, err
}

// scanID is for lists of ids.
func scanID(r db.Row) (string, error) { return scanText(r) }
