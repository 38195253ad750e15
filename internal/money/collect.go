package money

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/money/payment"
)

// StartPayment writes the payment in ctx's transaction; the provider is called after the commit by a
// job. The same key with the same request gives the same payment, another request is refused.
func (s *Service) StartPayment(ctx context.Context, in PaymentRequest) (Payment, error) {
	p, err := s.newPayment(in)
	if err != nil {
		return Payment{}, err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		fresh, err := s.insertPayment(ctx, p, in.IdempotencyKey)
		if err != nil {
			return err
		}
		if !fresh {
			p, err = s.samePayment(ctx, in)
			return err
		}
		return s.enqueue(ctx, jobStart, p.ID)
	})
	return p, err
}

func (s *Service) samePayment(ctx context.Context, in PaymentRequest) (Payment, error) {
	p, ok, err := s.paymentByKey(ctx, in.IdempotencyKey)
	if err != nil || !ok {
		return Payment{}, fmt.Errorf("read payment by key (found %t): %w", ok, err)
	}
	if p.OrderID != in.OrderID || p.Owner != in.Owner || p.Amount != in.Amount || p.Provider != in.Provider {
		return Payment{}, ledger.ErrBodyChanged(in.IdempotencyKey)
	}
	return p, nil
}

// ClosePayments ends the pending payments of an order in ctx's transaction; the provider is told
// after the commit. A payment the buyer completes in that moment is judged as a late one.
func (s *Service) ClosePayments(ctx context.Context, orderID string) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.keep(ctx, firstPaymentID(orderID)); err != nil {
			return err
		}
		open, err := db.List(ctx, s.db, s.scanPayment, `SELECT `+paymentColumns+` FROM money_payments
			WHERE order_id = $1 AND state = $2 LIMIT $3`, orderID, string(Pending), int64(maxPaymentsPerOrder))
		if err != nil {
			return fmt.Errorf("list open payments of %s: %w", orderID, err)
		}
		for _, p := range open {
			// It stays on the poll list until the provider confirms that nothing was collected.
			next, _ := p.core().Close(false)
			p.become(next, s.now()+firstPoll.Milliseconds())
			moved, err := s.moveState(ctx, p, Pending)
			if err != nil {
				return fmt.Errorf("close payment %s: %w", p.ID, err)
			}
			if !moved {
				continue
			}
			if err := s.enqueue(ctx, jobClose, p.ID); err != nil {
				return err
			}
			s.wakeAfterCommit(ctx, p.ID)
		}
		return nil
	})
}

// Split asks to settle an order: Total leaves escrow, Fee of it goes to the platform.
type Split struct {
	OrderID, ShopID string
	Total, Fee      Amount
}

// Settle moves what is left of an order's escrow to merchant and fee, once. Total must be exactly
// the accepted payment less its refunds.
func (s *Service) Settle(ctx context.Context, in Split) error {
	if in.Fee.Currency != in.Total.Currency {
		return errs.ForProgram(errs.Invalid, "split_invalid", "a fee has the currency of its total")
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		p, ok, err := db.Get(ctx, s.db, s.scanPayment, `SELECT `+paymentColumns+` FROM money_payments
			WHERE order_id = $1 AND accepted = 1`, in.OrderID)
		if err != nil {
			return fmt.Errorf("read payment of %s: %w", in.OrderID, err)
		}
		if !ok || p.ShopID != in.ShopID || p.Amount.Currency != in.Total.Currency {
			return payment.ErrNotSettleable()
		}
		if p.SettledOf == in.Total.Minor && p.SettledFee == in.Fee.Minor && p.SettledOf > 0 {
			return nil // settled before
		}
		next, err := p.core().Settle(in.Total.Minor, in.Fee.Minor)
		if err != nil {
			return fmt.Errorf("settle order %s: %w", in.OrderID, err)
		}
		n, err := s.db.Exec(ctx, `UPDATE money_payments SET settled_total = $1, settled_fee = $2
			WHERE id = $3 AND settled_total = 0 AND received - refund_reserved = $1`, next.SettledOf, next.SettledFee, p.ID)
		if err != nil {
			return fmt.Errorf("mark order %s settled: %w", in.OrderID, err)
		}
		if n == 0 { // a refund or a settlement was faster
			return payment.ErrNotSettleable()
		}
		owed, err := s.posted(ctx, ledger.ReceivableOf(in.ShopID, in.Total.Currency))
		if err != nil {
			return err
		}
		return s.Post(ctx, ledger.Settled(in.OrderID, in.ShopID, in.Total.Currency, in.Total.Minor, in.Fee.Minor, max(-owed, 0)))
	})
}

// posted is the balance less holds of one account, 0 when it was never used.
func (s *Service) posted(ctx context.Context, a ledger.Account) (int64, error) {
	v, _, err := db.Get(ctx, s.db, scanInt, `SELECT posted - held FROM money_accounts WHERE id = $1`, a.ID())
	if err != nil {
		return 0, fmt.Errorf("read account %s: %w", a.ID(), err)
	}
	return v, nil
}

// RefundPayment reserves a refund of a payment in ctx's transaction and has the provider pay it back
// after the commit. Refunds of a payment never exceed what it collected. The same key gives the same
// refund.
func (s *Service) RefundPayment(ctx context.Context, paymentID string, amount Amount, key, reason string) (Refund, error) {
	var out Refund
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		old, ok, err := db.Get(ctx, s.db, scanRefund, `SELECT `+refundColumns+` FROM money_refunds WHERE idem = $1`, key)
		if err != nil {
			return fmt.Errorf("read refund by key: %w", err)
		}
		if ok {
			if old.PaymentID != paymentID || old.Amount != amount {
				return ledger.ErrBodyChanged(key)
			}
			out = old
			return nil
		}
		p, err := s.Payment(ctx, paymentID)
		if err != nil {
			return err
		}
		out, err = s.openRefund(ctx, p, amount, key, reason)
		return err
	})
	return out, err
}

func (s *Service) openRefund(ctx context.Context, p Payment, amount Amount, key, reason string) (Refund, error) {
	if amount.Currency != p.Amount.Currency {
		return Refund{}, errs.New(errs.Invalid, "amount_invalid", "a refund gives back the currency of the payment").In("amount")
	}
	if _, err := p.core().Reserve(amount.Minor); err != nil {
		return Refund{}, err
	}
	now, ok, err := s.reserveRefund(ctx, p.ID, amount.Minor)
	switch {
	case err != nil:
		return Refund{}, fmt.Errorf("reserve refund of %s: %w", p.ID, err)
	case !ok: // another refund was faster
		return Refund{}, payment.ErrExceeds(p.Received - p.Reserved)
	}
	p = now
	var has int64
	if p.SettledOf > 0 {
		if has, err = s.posted(ctx, ledger.MerchantOf(p.ShopID, amount.Currency)); err != nil {
			return Refund{}, err
		}
	}
	from, err := p.core().Source(amount.Minor, has)
	if err != nil {
		return Refund{}, err
	}
	at := s.now()
	r := Refund{
		ID: s.ids.New("rfd"), PaymentID: p.ID, OrderID: p.OrderID, ShopID: p.ShopID, Provider: p.Provider, Amount: amount,
		Reason: reason, Counts: p.Accepted, FromMerchant: from.Merchant + from.Receivable, FromFee: from.Fee,
		State: RefundPending, NextTryAt: at + firstPoll.Milliseconds(), CreatedAt: at,
	}
	if err := s.insertRefund(ctx, r, key); err != nil {
		return Refund{}, fmt.Errorf("insert refund of %s: %w", p.ID, err)
	}
	if err := s.Post(ctx, ledger.RefundHeld(r.ID, r.OrderID, r.Provider, r.ShopID, amount.Currency, from)); err != nil {
		return Refund{}, err
	}
	return r, s.enqueue(ctx, jobRefund, r.ID)
}
