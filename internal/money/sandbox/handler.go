package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money"
)

// charge is the bank's row; txn is its own number for it.
type charge struct {
	PaymentID, Txn, Currency, State string
	Amount, Collected               int64
	faults                          Faults
}

const chargeColumns = `payment_id, txn, amount, collected, currency, state, faults`

func scanCharge(r db.Row) (charge, error) {
	var c charge
	var faults string
	if err := r.Scan(&c.PaymentID, &c.Txn, &c.Amount, &c.Collected, &c.Currency, &c.State, &faults); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(faults), &c.faults)
}

func (c charge) message() message {
	m := message{PaymentID: c.PaymentID, Txn: c.Txn, Currency: c.Currency, Amount: c.Collected, Status: string(money.StatusPending)}
	switch c.State {
	case "paid":
		m.Status = string(money.StatusPaid)
	case "closed":
		m.Status = string(money.StatusClosed)
	}
	return m
}

// Handler serves the bank under the path it is mounted at (strip the prefix first). Every request
// must be signed.
func (b *Bank) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /charges", b.signed(b.open))
	mux.HandleFunc("POST /charges/{id}/query", b.signed(func(ctx context.Context, r *http.Request, _ message) (message, error) {
		c, err := b.charge(ctx, r.PathValue("id"))
		return c.message(), err
	}))
	mux.HandleFunc("POST /charges/{id}/close", b.signed(b.close))
	mux.HandleFunc("POST /refunds", b.signed(b.refund))
	mux.HandleFunc("POST /refunds/{id}/query", b.signed(func(ctx context.Context, r *http.Request, _ message) (message, error) {
		return b.refundState(ctx, r.PathValue("id"))
	}))
	return mux
}

var (
	errMissing = errors.New("no such charge or refund")
	errRequest = errors.New("the request makes no sense")
)

func (b *Bank) signed(fn func(context.Context, *http.Request, message) (message, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
			return
		}
		if err := verify(b.d.Secret, clock.UnixMS(b.d.Clock), r.Header.Get, r.Method, r.URL.Path, body); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		var in message
		if len(body) > 0 {
			if err := json.Unmarshal(body, &in); err != nil {
				http.Error(w, "unreadable request", http.StatusBadRequest)
				return
			}
		}
		out, err := fn(r.Context(), r, in)
		switch {
		case errors.Is(err, errMissing):
			http.Error(w, err.Error(), http.StatusNotFound)
		case errors.Is(err, errRequest):
			http.Error(w, err.Error(), http.StatusBadRequest)
		case err != nil:
			b.d.Log.Error("sandbox bank failed", slog.Any("error", err))
			http.Error(w, "internal", http.StatusInternalServerError)
		default:
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(out)
		}
	}
}

func (b *Bank) open(ctx context.Context, _ *http.Request, in message) (message, error) {
	if in.PaymentID == "" || in.Amount <= 0 || in.Currency == "" {
		return message{}, errRequest
	}
	f, err := b.Faults(ctx)
	if err != nil {
		return message{}, err
	}
	faults, err := json.Marshal(f)
	if err != nil {
		return message{}, fmt.Errorf("write faults: %w", err)
	}
	now := clock.UnixMS(b.d.Clock)
	_, err = b.d.DB.Exec(ctx, `INSERT INTO money_sandbox_charges (payment_id, txn, amount, collected, currency, state, pay_at,
		faults, created_at) VALUES ($1, $2, $3, 0, $4, 'open', $5, $6, $7) ON CONFLICT DO NOTHING`,
		in.PaymentID, b.d.IDs.New("txn"), in.Amount, in.Currency, now+b.d.PayDelay.Milliseconds()+f.DelayMS, string(faults), now)
	if err != nil {
		return message{}, fmt.Errorf("open charge %s: %w", in.PaymentID, err)
	}
	b.stir()
	c, err := b.charge(ctx, in.PaymentID)
	if err == nil && (c.Amount != in.Amount || c.Currency != in.Currency) {
		err = errRequest // the number was used for another amount
	}
	return c.message(), err
}

func (b *Bank) charge(ctx context.Context, paymentID string) (charge, error) {
	c, ok, err := db.Get(ctx, b.d.DB, scanCharge, `SELECT `+chargeColumns+` FROM money_sandbox_charges WHERE payment_id = $1`, paymentID)
	if err == nil && !ok {
		err = errMissing
	}
	return c, err
}

func (b *Bank) close(ctx context.Context, r *http.Request, _ message) (message, error) {
	paymentID := r.PathValue("id")
	if _, err := b.d.DB.Exec(ctx, `UPDATE money_sandbox_charges SET state = 'closed'
		WHERE payment_id = $1 AND state = 'open'`, paymentID); err != nil {
		return message{}, fmt.Errorf("close charge %s: %w", paymentID, err)
	}
	c, err := b.charge(ctx, paymentID)
	return c.message(), err
}

// failedTries is how often a charge with FailRefund refuses a refund before it works.
const failedTries = 2

func (b *Bank) refund(ctx context.Context, _ *http.Request, in message) (message, error) {
	if in.RefundID == "" || in.Amount <= 0 {
		return message{}, errRequest
	}
	var out message
	err := b.d.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := b.charge(ctx, in.PaymentID)
		if err != nil {
			return err
		}
		if _, err := b.d.DB.Exec(ctx, `INSERT INTO money_sandbox_refunds (refund_id, payment_id, amount, currency, state, tries, created_at)
			VALUES ($1, $2, $3, $4, 'open', 0, $5) ON CONFLICT DO NOTHING`,
			in.RefundID, in.PaymentID, in.Amount, in.Currency, clock.UnixMS(b.d.Clock)); err != nil {
			return fmt.Errorf("open refund %s: %w", in.RefundID, err)
		}
		var refunded, tries int64
		if err := b.d.DB.QueryRow(ctx, `SELECT COALESCE(CAST(sum(amount) AS BIGINT), 0) FROM money_sandbox_refunds
			WHERE payment_id = $1`, in.PaymentID).Scan(&refunded); err != nil {
			return fmt.Errorf("sum refunds of %s: %w", in.PaymentID, err)
		}
		if c.State != "paid" || refunded > c.Collected {
			return errRequest // the transaction ends, so the refund row goes with it
		}
		if err := b.d.DB.QueryRow(ctx, `UPDATE money_sandbox_refunds SET tries = tries + 1 WHERE refund_id = $1 RETURNING tries`,
			in.RefundID).Scan(&tries); err != nil {
			return fmt.Errorf("count refund %s: %w", in.RefundID, err)
		}
		state := "done"
		if c.faults.FailRefund && tries <= failedTries {
			state = "failed"
		}
		if _, err := b.d.DB.Exec(ctx, `UPDATE money_sandbox_refunds SET state = $1 WHERE refund_id = $2 AND state <> 'done'`,
			state, in.RefundID); err != nil {
			return fmt.Errorf("decide refund %s: %w", in.RefundID, err)
		}
		out, err = b.refundState(ctx, in.RefundID)
		return err
	})
	return out, err
}

func (b *Bank) refundState(ctx context.Context, refundID string) (message, error) {
	m, ok, err := db.Get(ctx, b.d.DB, func(r db.Row) (message, error) {
		var m message
		var state string
		err := r.Scan(&m.RefundID, &m.PaymentID, &m.Amount, &m.Currency, &state)
		switch state {
		case "done":
			m.Status = string(money.StatusDone)
		case "failed":
			m.Status, m.FailCode = string(money.StatusFailed), "bank_refused"
		default:
			m.Status = string(money.StatusPending)
		}
		return m, err
	}, `SELECT refund_id, payment_id, amount, currency, state FROM money_sandbox_refunds WHERE refund_id = $1`, refundID)
	if err == nil && !ok {
		err = errMissing
	}
	return m, err
}
