package money

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/money/payment"
)

// Outcome says what an event did.
type Outcome string

const (
	Applied   Outcome = "applied"
	Duplicate Outcome = "duplicate" // nothing new in it
	Flagged   Outcome = "flagged"   // contradicts what is known; kept for a person
	Returned  Outcome = "returned"  // money came in that does not count; it goes back
)

// Apply is the only way news from a provider changes anything. Notify, poller and the answers of
// calls feed it in any order and any number of times; every news has its effect once.
func (s *Service) Apply(ctx context.Context, ev ProviderEvent) (Outcome, error) {
	if ev.Status == StatusPending || ev.Status == StatusUnknown {
		return Duplicate, nil
	}
	var out Outcome
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if ev.RefundID != "" {
			out, err = s.applyRefund(ctx, ev)
		} else {
			out, err = s.applyPayment(ctx, ev)
		}
		if err != nil {
			return err
		}
		return s.record(ctx, ev, out)
	})
	if err == nil && out == Flagged {
		s.log.Warn("provider event contradicts the payment", slog.String("provider", ev.Provider),
			slog.String("subject", ev.subject()), slog.String("status", string(ev.Status)), slog.Int64("amount", ev.Amount.Minor))
	}
	return out, err
}

func (s *Service) applyPayment(ctx context.Context, ev ProviderEvent) (Outcome, error) {
	if err := s.keep(ctx, ev.PaymentID); err != nil {
		return "", err
	}
	p, err := s.Payment(ctx, ev.PaymentID)
	if err != nil {
		return "", err
	}
	if p.Provider != ev.Provider {
		return Flagged, nil // one provider cannot speak for another
	}
	switch payment.Judge(p.core(), ev.news()) {
	case payment.Full:
		return s.paid(ctx, p, ev)
	case payment.Wrong:
		return s.giveBack(ctx, p, ev, FailWrongAmount)
	case payment.Decline:
		next, _ := p.core().Fail(orElse(ev.FailCode, "declined"))
		return s.moveOn(ctx, p, next)
	case payment.Shut:
		next, _ := p.core().Close(true)
		return s.moveOn(ctx, p, next)
	case payment.Flag:
		return Flagged, nil
	}
	return Duplicate, nil
}

// moveOn stores what became of a payment that has not collected anything, unless somebody was faster.
func (s *Service) moveOn(ctx context.Context, p Payment, next payment.Core) (Outcome, error) {
	from := p.State
	p.become(next, 0)
	moved, err := s.moveState(ctx, p, from)
	if err != nil {
		return "", fmt.Errorf("change payment %s: %w", p.ID, err)
	}
	if !moved {
		return Duplicate, nil
	}
	s.wakeAfterCommit(ctx, p.ID)
	return Applied, nil
}

// paid: the full amount came in. The Payee decides whether it counts.
func (s *Service) paid(ctx context.Context, p Payment, ev ProviderEvent) (Outcome, error) {
	next, _ := p.core().Collect(ev.news())
	p.become(next, 0)
	p.PaidAt = s.now()
	first, err := s.collected(ctx, p)
	if err != nil {
		return "", fmt.Errorf("collect payment %s: %w", p.ID, err)
	}
	if !first {
		return Duplicate, nil
	}
	verdict, err := s.payee.PaymentSettled(ctx, p)
	if err != nil {
		return "", fmt.Errorf("ask the payee about %s: %w", p.ID, err)
	}
	if verdict == Refuse {
		return s.returnMoney(ctx, p, ev, FailOrderClosed)
	}
	p.become(next.Accept(), 0)
	if err := s.setAccepted(ctx, p); err != nil {
		return "", fmt.Errorf("accept payment %s: %w", p.ID, err)
	}
	if err := s.Post(ctx, ledger.Paid(p.ID, p.OrderID, p.Provider, p.ShopID, p.Amount.Currency, p.Received)); err != nil {
		return "", err
	}
	s.wakeAfterCommit(ctx, p.ID)
	return Applied, s.facts.Emit(ctx, event.PaymentPaid{PaymentID: p.ID, OrderID: p.OrderID, ShopID: p.ShopID,
		BuyerID: p.Owner, AmountMinor: p.Amount.Minor, Currency: p.Amount.Currency})
}

// giveBack: another amount than asked for came in.
func (s *Service) giveBack(ctx context.Context, p Payment, ev ProviderEvent, code string) (Outcome, error) {
	next, _ := p.core().Collect(ev.news())
	p.become(next.GiveBack(code), 0)
	first, err := s.collected(ctx, p)
	if err != nil {
		return "", fmt.Errorf("collect payment %s: %w", p.ID, err)
	}
	if !first {
		return Duplicate, nil
	}
	return s.returnMoney(ctx, p, ev, code)
}

// returnMoney enters money that counts for no order and refunds it at once.
func (s *Service) returnMoney(ctx context.Context, p Payment, ev ProviderEvent, code string) (Outcome, error) {
	p.become(p.core().GiveBack(code), 0)
	if _, err := s.db.Exec(ctx, `UPDATE money_payments SET state = $1, fail_code = $2, paid_at = 0 WHERE id = $3`,
		string(p.State), p.FailCode, p.ID); err != nil {
		return "", fmt.Errorf("fail payment %s: %w", p.ID, err)
	}
	if err := s.Post(ctx, ledger.Received(p.ID, p.OrderID, p.Provider, ev.Amount.Currency, ev.Amount.Minor)); err != nil {
		return "", err
	}
	if _, err := s.RefundPayment(ctx, p.ID, ev.Amount, "return:"+p.ID, code); err != nil {
		return "", err
	}
	s.wakeAfterCommit(ctx, p.ID)
	return Returned, nil
}

func (s *Service) applyRefund(ctx context.Context, ev ProviderEvent) (Outcome, error) {
	r, err := s.Refund(ctx, ev.RefundID)
	if err != nil {
		return "", err
	}
	if r.Provider != ev.Provider {
		return Flagged, nil
	}
	if r.State == RefundDone {
		return Duplicate, nil
	}
	if ev.Status == StatusFailed {
		return Applied, s.refundRefused(ctx, r, orElse(ev.FailCode, "refund_failed"))
	}
	if ev.Status != StatusDone {
		return Duplicate, nil
	}
	if ev.Amount != r.Amount {
		return Flagged, nil
	}
	return s.refundDone(ctx, r)
}

func (s *Service) refundDone(ctx context.Context, r Refund) (Outcome, error) {
	n, err := s.db.Exec(ctx, `UPDATE money_refunds SET state = $1, fail_code = '', next_try_at = 0, done_at = $2
		WHERE id = $3 AND state <> $1`, string(RefundDone), s.now(), r.ID)
	if err != nil {
		return "", fmt.Errorf("finish refund %s: %w", r.ID, err)
	}
	if n == 0 {
		return Duplicate, nil
	}
	if err := s.refundArrived(ctx, r.PaymentID, r.Amount.Minor); err != nil {
		return "", fmt.Errorf("count refund %s: %w", r.ID, err)
	}
	if err := s.Post(ctx, ledger.RefundDone(r.ID, r.OrderID)); err != nil {
		return "", err
	}
	s.wakeAfterCommit(ctx, r.PaymentID)
	if !r.Counts {
		return Applied, nil
	}
	r.State, r.DoneAt = RefundDone, s.now()
	if err := s.payee.RefundSettled(ctx, r); err != nil {
		return "", fmt.Errorf("tell the payee about refund %s: %w", r.ID, err)
	}
	return Applied, s.facts.Emit(ctx, event.RefundDone{RefundID: r.ID, PaymentID: r.PaymentID, OrderID: r.OrderID,
		ShopID: r.ShopID, AmountMinor: r.Amount.Minor, Currency: r.Amount.Currency})
}

// refundRefused schedules another try. The money stays reserved: the buyer is owed it either way.
func (s *Service) refundRefused(ctx context.Context, r Refund, code string) error {
	state, next := RefundPending, s.now()+retryDelay(r.Tries).Milliseconds()
	if r.Tries+1 >= maxRefundTries {
		state, next = RefundStuck, 0
		s.log.Error("a refund needs a person", slog.String("refund", r.ID), slog.String("code", code))
	}
	_, err := s.db.Exec(ctx, `UPDATE money_refunds SET state = $1, fail_code = $2, tries = tries + 1, next_try_at = $3
		WHERE id = $4 AND state <> 'done'`, string(state), code, next, r.ID)
	if err != nil {
		return fmt.Errorf("put off refund %s: %w", r.ID, err)
	}
	return nil
}

// record keeps one row per distinct news, with a count: replays cannot grow the table.
func (s *Service) record(ctx context.Context, ev ProviderEvent, out Outcome) error {
	key := ev.Provider + ":" + ev.subject() + ":" + string(ev.Status) + ":" + ev.Txn
	_, err := s.db.Exec(ctx, `INSERT INTO money_provider_events (id, provider, kind, subject_id, status, amount, outcome,
		seen, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)
		ON CONFLICT (id) DO UPDATE SET seen = money_provider_events.seen + 1, last_at = excluded.last_at`,
		key, ev.Provider, ev.kind(), ev.subject(), string(ev.Status), ev.Amount.Minor, string(out), s.now())
	if err != nil {
		return fmt.Errorf("record provider event %s: %w", key, err)
	}
	return nil
}

// forgedWindow folds forged callbacks into one row per provider and minute, so that an attacker
// cannot fill the table.
const forgedWindow = 60_000

// Notified takes a provider's callback. A forged one is refused with errs.Unauthorized and recorded.
func (s *Service) Notified(ctx context.Context, provider string, n Notify) (Outcome, error) {
	p, ok := s.providers[provider]
	if !ok {
		return "", errs.New(errs.NotFound, "provider_unknown", "payment provider %q is not set up", provider)
	}
	ev, err := p.ParseNotify(ctx, n)
	if err != nil {
		if errs.Is(err, errs.Unauthorized) {
			s.recordForged(ctx, provider)
		}
		return "", err
	}
	ev.Provider = provider
	return s.Apply(ctx, ev)
}

func (s *Service) recordForged(ctx context.Context, provider string) {
	now := s.now()
	ev := ProviderEvent{Provider: provider, PaymentID: "forged", Status: StatusUnknown, Txn: fmt.Sprint(now / forgedWindow)}
	s.log.Warn("forged payment callback refused", slog.String("provider", provider))
	if err := s.record(ctx, ev, Flagged); err != nil {
		s.log.Error("could not record a forged callback", slog.Any("error", err))
	}
}

func orElse(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}
