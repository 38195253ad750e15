package shop

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop/order"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

var _ money.Payee = (*Service)(nil)

// PaymentSettled judges a collected payment inside money's transaction: the order becomes paid and
// its units sold, or the money goes back. A payment for a closed order takes units again when there
// are enough.
func (s *Service) PaymentSettled(ctx context.Context, p money.Payment) (money.Verdict, error) {
	o, err := s.order(ctx, p.OrderID)
	if errs.Is(err, errs.NotFound) {
		return money.Refuse, nil
	}
	if err != nil {
		return money.Refuse, err
	}
	if p.Amount.Minor != o.Total || p.Amount.Currency != money.CNY || p.Owner != o.BuyerID {
		return money.Refuse, nil
	}
	next, effects, err := order.Decide(o.Core, order.Pay, s.now())
	if err != nil {
		return money.Refuse, nil // paid before by another payment
	}
	if effects.SellLate {
		enough, err := s.enough(ctx, o)
		if err != nil || !enough {
			return money.Refuse, err
		}
	}
	err = s.carryOut(ctx, &o, next, effects, map[string]string{"provider": p.Provider}, func(o *Order) {
		o.PaymentID, o.ClosedReason = p.ID, ""
	})
	if err != nil {
		// Somebody else moved the order or took the units after they were read. The transaction ends;
		// the notify or the poller comes again and is judged on what is there then.
		return money.Refuse, fmt.Errorf("order %s: %w", o.ID, err)
	}
	return money.Accept, nil
}

// Promised gives money the payments that orders began with, as their rows tell them.
func (s *Service) Promised(ctx context.Context, paymentIDs []string) ([]money.PaymentRequest, error) {
	ids := make([]string, 0, len(paymentIDs))
	for _, paymentID := range paymentIDs {
		if rest, ok := strings.CutPrefix(paymentID, "pay_"); ok {
			ids = append(ids, "ord_"+rest)
		}
	}
	var out []money.PaymentRequest
	err := inChunks(unique(ids), func(part []string) error {
		found, err := db.List(ctx, s.DB, func(r db.Row) (money.PaymentRequest, error) {
			var o Order
			var provider string
			err := r.Scan(&o.ID, &o.BuyerID, &o.ShopID, &o.Total, &o.Number, &o.CreatedAt, &provider)
			return s.firstPayment(o, provider), err
		}, `SELECT id, buyer_id, shop_id, total, number, created_at, promised_provider FROM shop_orders
			WHERE promised_provider <> '' AND id IN (`+db.Placeholders(1, len(part))+`)`, anys(part)...)
		out = append(out, found...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read promised payments: %w", err)
	}
	return out, nil
}

// enough reports whether every line's units can be taken from what is available now.
func (s *Service) enough(ctx context.Context, o Order) (bool, error) {
	need := map[string]int64{}
	for _, l := range o.Lines {
		need[l.SkuID] += l.Quantity
	}
	for skuID, n := range need {
		k, err := s.sku(ctx, skuID)
		if err != nil {
			return false, err
		}
		if _, err := k.Stock.Apply(stock.SellLate(n)); err != nil {
			return false, nil
		}
	}
	return true, nil
}

// RefundSettled ends an order whose money is back, inside money's transaction.
func (s *Service) RefundSettled(ctx context.Context, r money.Refund) error {
	o, err := s.order(ctx, r.OrderID)
	if err != nil {
		return err
	}
	if err := s.change(ctx, &o, order.FinishRefund, nil, nil); err != nil {
		return fmt.Errorf("finish refund of order %s: %w", o.ID, err)
	}
	return s.setRefund(ctx, o.RefundID, order.Done, "")
}

// PayAgain starts another payment of an unpaid order. While one is pending it is given back: two
// open payments could both be completed.
func (s *Service) PayAgain(ctx context.Context, a identity.Actor, orderID, provider, key string) (Placed, error) {
	var out Placed
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		o, err := s.buyerOrder(ctx, a, orderID)
		if err != nil {
			return err
		}
		current, err := s.Money.Payment(ctx, o.PaymentID)
		if err != nil {
			return err
		}
		next, effects, err := order.Decide(o.Core, order.Repay, s.now())
		if err != nil {
			return err
		}
		if current.State != money.Pending || current.Provider != provider {
			if err := s.Money.ClosePayments(ctx, o.ID); err != nil {
				return err
			}
			current, err = s.Money.StartPayment(ctx, s.paymentRequest(o, provider, o.ID+":"+key))
			if err != nil {
				return err
			}
			if err := s.carryOut(ctx, &o, next, effects, map[string]string{"provider": provider}, func(o *Order) { o.PaymentID = current.ID }); err != nil {
				return err
			}
		}
		if err := s.loadDetails(ctx, &o); err != nil {
			return err
		}
		out = Placed{Order: o, Payment: current}
		return nil
	})
	return out, err
}

// Cancel closes an unpaid order, or gives a paid one that was not shipped its money back at once.
func (s *Service) Cancel(ctx context.Context, a identity.Actor, orderID, reason string) (Order, error) {
	reason, err := shortText("reason", reason, MaxNote)
	if err != nil {
		return Order{}, err
	}
	return s.inTx(ctx, func(ctx context.Context) (Order, error) { return s.buyerOrder(ctx, a, orderID) },
		func(ctx context.Context, o *Order) error {
			if o.State == order.Paid {
				if err := s.openRefund(ctx, o, reason, nil, order.Refunding); err != nil {
					return err
				}
			}
			return s.change(ctx, o, order.Cancel, params("reason", reason), func(o *Order) {
				if o.State == order.Closed {
					o.ClosedReason = "cancelled"
				}
			})
		})
}

func params(key, value string) map[string]string {
	if value == "" {
		return nil
	}
	return map[string]string{key: value}
}

// ignoreMoved treats an order that somebody else moved first as done.
func ignoreMoved(err error) error {
	var e *errs.Error
	if errors.As(err, &e) && e.Code == "order_moved_on" {
		return nil
	}
	return err
}
