package money

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/infra/db"
)

const paymentColumns = `id, order_id, owner, shop_id, provider, subject, amount, currency, state, accepted, received,
	refund_reserved, refunded, settled_total, settled_fee, provider_ref, fail_code, polls, next_poll_at, expires_at,
	created_at, paid_at`

func (s *Service) scanPayment(r db.Row) (Payment, error) {
	var p Payment
	var accepted int64
	err := r.Scan(&p.ID, &p.OrderID, &p.Owner, &p.ShopID, &p.Provider, &p.Subject, &p.Amount.Minor, &p.Amount.Currency,
		&p.State, &accepted, &p.Received, &p.Reserved, &p.Refunded, &p.SettledOf, &p.SettledFee, &p.ProviderRef,
		&p.FailCode, &p.Polls, &p.NextPollAt, &p.ExpiresAt, &p.CreatedAt, &p.PaidAt)
	p.Accepted = accepted == 1
	if provider, ok := s.providers[p.Provider]; ok {
		p.Sandbox = provider.Sandbox()
	}
	return p, err
}

// Payment reads one payment, whoever owns it, also one that is still a promise.
func (s *Service) Payment(ctx context.Context, id string) (Payment, error) {
	p, ok, err := db.Get(ctx, s.db, s.scanPayment, `SELECT `+paymentColumns+` FROM money_payments WHERE id = $1`, id)
	if err != nil {
		return Payment{}, fmt.Errorf("read payment %s: %w", id, err)
	}
	if ok {
		return p, nil
	}
	in, err := s.promised(ctx, id)
	if err != nil {
		return Payment{}, err
	}
	if len(in) == 0 {
		return Payment{}, errNoPayment(id)
	}
	return s.ofPromise(in[0]), nil
}

// PaymentOf reads a payment of the owner; a foreign one is not found.
func (s *Service) PaymentOf(ctx context.Context, owner, id string) (Payment, error) {
	p, err := s.Payment(ctx, id)
	if err == nil && p.Owner != owner {
		return Payment{}, errNoPayment(id)
	}
	return p, err
}

// maxPaymentsPerOrder bounds a list that a buyer can only grow by failing to pay.
const maxPaymentsPerOrder = 100

// OrderPayments lists the payments of an order, newest first.
func (s *Service) OrderPayments(ctx context.Context, orderID string) ([]Payment, error) {
	list, err := db.List(ctx, s.db, s.scanPayment, `SELECT `+paymentColumns+` FROM money_payments
		WHERE order_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, orderID, int64(maxPaymentsPerOrder))
	if err != nil || len(list) > 0 { // whatever adds a second payment writes the first
		return list, err
	}
	in, err := s.promised(ctx, firstPaymentID(orderID))
	for _, req := range in {
		list = append(list, s.ofPromise(req))
	}
	return list, err
}

func (s *Service) paymentByKey(ctx context.Context, key string) (Payment, bool, error) {
	return db.Get(ctx, s.db, s.scanPayment, `SELECT `+paymentColumns+` FROM money_payments WHERE idem = $1`, key)
}

// paymentInsert writes payments nobody has paid into yet.
var paymentInsert = db.Insert{
	Into: `money_payments (id, idem, order_id, owner, shop_id, provider, subject, amount, currency, state,
		next_poll_at, expires_at, created_at, accepted, received, refund_reserved, refunded, settled_total, settled_fee,
		provider_ref, fail_code, polls, paid_at)`,
	Cols:  13,
	Fixed: `0, 0, 0, 0, 0, 0, '', '', 0, 0`,
	Tail:  `ON CONFLICT DO NOTHING`,
}

func paymentRow(p Payment, key string) []any {
	return []any{p.ID, key, p.OrderID, p.Owner, p.ShopID, p.Provider, p.Subject, p.Amount.Minor, p.Amount.Currency,
		string(p.State), p.NextPollAt, p.ExpiresAt, p.CreatedAt}
}

// insertPayment reports false when the key is taken.
func (s *Service) insertPayment(ctx context.Context, p Payment, key string) (bool, error) {
	n, err := s.db.InsertMany(ctx, paymentInsert, paymentRow(p, key))
	if err != nil {
		return false, fmt.Errorf("insert payment %s: %w", p.ID, err)
	}
	return n == 1, nil
}

// collected records that money came in. The guard lets it happen once, whatever raced.
func (s *Service) collected(ctx context.Context, p Payment) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE money_payments SET state = $1, received = $2, provider_ref = $3, paid_at = $4,
		fail_code = $5, next_poll_at = 0 WHERE id = $6 AND received = 0`,
		string(p.State), p.Received, p.ProviderRef, p.PaidAt, p.FailCode, p.ID)
	return n == 1, err
}

func (s *Service) setAccepted(ctx context.Context, p Payment) error {
	accepted := int64(0)
	if p.Accepted {
		accepted = 1
	}
	_, err := s.db.Exec(ctx, `UPDATE money_payments SET accepted = $1 WHERE id = $2`, accepted, p.ID)
	return err
}

// moveState stores the state of a payment that has not collected anything, if it is still in from.
func (s *Service) moveState(ctx context.Context, p Payment, from PaymentState) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE money_payments SET state = $1, fail_code = $2, next_poll_at = $3
		WHERE id = $4 AND state = $5 AND received = 0`, string(p.State), p.FailCode, p.NextPollAt, p.ID, string(from))
	return n == 1, err
}

// reserveRefund guards that refunds never exceed what was collected, and gives the payment as it is then:
// refunds of one payment that run at once must each count what the others reserved.
func (s *Service) reserveRefund(ctx context.Context, id string, amount int64) (Payment, bool, error) {
	return db.Get(ctx, s.db, s.scanPayment, `UPDATE money_payments SET refund_reserved = refund_reserved + $1
		WHERE id = $2 AND received > 0 AND refund_reserved + $1 <= received RETURNING `+paymentColumns, amount, id)
}

func (s *Service) refundArrived(ctx context.Context, id string, amount int64) error {
	_, err := s.db.Exec(ctx, `UPDATE money_payments SET refunded = refunded + $1,
		state = CASE WHEN refunded + $1 = received THEN 'refunded' ELSE state END WHERE id = $2`, amount, id)
	return err
}

const refundColumns = `id, payment_id, order_id, shop_id, provider, amount, currency, reason, counts, from_merchant,
	from_fee, state, fail_code, tries, next_try_at, created_at, done_at`

func scanRefund(r db.Row) (Refund, error) {
	var f Refund
	var counts int64
	err := r.Scan(&f.ID, &f.PaymentID, &f.OrderID, &f.ShopID, &f.Provider, &f.Amount.Minor, &f.Amount.Currency,
		&f.Reason, &counts, &f.FromMerchant, &f.FromFee, &f.State, &f.FailCode, &f.Tries, &f.NextTryAt, &f.CreatedAt, &f.DoneAt)
	f.Counts = counts == 1
	return f, err
}

// Refund reads one refund.
func (s *Service) Refund(ctx context.Context, id string) (Refund, error) {
	f, ok, err := db.Get(ctx, s.db, scanRefund, `SELECT `+refundColumns+` FROM money_refunds WHERE id = $1`, id)
	if err != nil {
		return Refund{}, fmt.Errorf("read refund %s: %w", id, err)
	}
	if !ok {
		return Refund{}, errNoRefund(id)
	}
	return f, nil
}

func (s *Service) insertRefund(ctx context.Context, f Refund, key string) error {
	counts := int64(0)
	if f.Counts {
		counts = 1
	}
	_, err := s.db.Exec(ctx, `INSERT INTO money_refunds (id, idem, payment_id, order_id, shop_id, provider, amount, currency,
		reason, counts, from_merchant, from_fee, state, fail_code, tries, next_try_at, created_at, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', 0, $14, $15, 0)`,
		f.ID, key, f.PaymentID, f.OrderID, f.ShopID, f.Provider, f.Amount.Minor, f.Amount.Currency, f.Reason, counts,
		f.FromMerchant, f.FromFee, string(f.State), f.NextTryAt, f.CreatedAt)
	return err
}

// ShopBalance is a shop's money at a glance, in minor units.
type ShopBalance struct {
	Settled  int64 // its own, after receivables
	Escrow   int64 // paid by buyers, not settled
	Fees     int64 // platform fees taken from its sales, less what refunds gave back
	Refunded int64 // given back to its buyers
}

// Balance adds up a shop's money.
func (s *Service) Balance(ctx context.Context, shopID string) (ShopBalance, error) {
	accounts, err := s.Accounts(ctx, shopID)
	if err != nil {
		return ShopBalance{}, fmt.Errorf("accounts of %s: %w", shopID, err)
	}
	var b ShopBalance
	for _, a := range accounts {
		switch a.Kind {
		case "merchant", "receivable":
			b.Settled += a.Posted
		case "escrow":
			b.Escrow += a.Posted
		}
	}
	row := s.db.QueryRow(ctx, `SELECT COALESCE(CAST(sum(settled_fee) AS BIGINT), 0), COALESCE(CAST(sum(CASE WHEN accepted = 1
		THEN refunded ELSE 0 END) AS BIGINT), 0) FROM money_payments WHERE shop_id = $1`, shopID)
	if err := row.Scan(&b.Fees, &b.Refunded); err != nil {
		return ShopBalance{}, fmt.Errorf("sum payments of %s: %w", shopID, err)
	}
	var back int64
	row = s.db.QueryRow(ctx, `SELECT COALESCE(CAST(sum(from_fee) AS BIGINT), 0) FROM money_refunds
		WHERE shop_id = $1 AND state = 'done'`, shopID)
	if err := row.Scan(&back); err != nil {
		return ShopBalance{}, fmt.Errorf("sum refunds of %s: %w", shopID, err)
	}
	b.Fees -= back
	return b, nil
}

// AcceptedByOrder reads the payments that count for orders. There is at most one per order; a list is
// given so that an audit would see two.
func (s *Service) AcceptedByOrder(ctx context.Context, orderIDs []string) (map[string][]Payment, error) {
	if len(orderIDs) == 0 {
		return nil, nil
	}
	args := make([]any, len(orderIDs))
	for i, v := range orderIDs {
		args[i] = v
	}
	found, err := db.List(ctx, s.db, s.scanPayment, `SELECT `+paymentColumns+` FROM money_payments
		WHERE accepted = 1 AND order_id IN (`+db.Placeholders(1, len(args))+`)`, args...)
	out := map[string][]Payment{}
	for _, p := range found {
		out[p.OrderID] = append(out[p.OrderID], p)
	}
	return out, err
}
