package money

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
)

// Job kinds: the calls to providers, each keyed by our own id, so that a repeat is one charge.
const (
	jobPromise = "money.promise" // of up to promiseChunk payments
	jobStart   = "money.start"
	jobClose   = "money.close"
	jobRefund  = "money.refund"
)

// callTimeout bounds a provider call; the lease is longer so that a slow call is not run twice.
const (
	callTimeout = 15 * time.Second
	callLease   = time.Minute
	callTries   = 8
	callWorkers = 8 // provider calls wait on the network; more would only queue at the provider
	// promiseLease covers promiseChunk calls that all take their whole time, eight at once.
	promiseLease = 2 * time.Minute
)

// pollEvery is how often the poller looks for due rows; pollBatch bounds one look.
const (
	pollEvery = time.Second
	pollBatch = 100
)

func (s *Service) registerJobs() {
	options := job.Options{Attempts: callTries, Lease: callLease, Workers: callWorkers}
	s.jobs.Handle(jobPromise, job.Options{Lease: promiseLease, Workers: 1}, s.startPromised)
	s.jobs.Handle(jobStart, options, s.startCharge)
	s.jobs.Handle(jobClose, options, s.closeCharge)
	s.jobs.Handle(jobRefund, options, s.sendRefund)
	s.jobs.Every("money.poll_payments", pollEvery, s.PollPayments)
	s.jobs.Every("money.poll_refunds", pollEvery, s.PollRefunds)
}

func (s *Service) enqueue(ctx context.Context, kind, subject string) error {
	err := s.jobs.Enqueue(ctx, job.Job{Kind: kind, Payload: subject, UniqueKey: kind + ":" + subject})
	if err != nil {
		return fmt.Errorf("enqueue %s of %s: %w", kind, subject, err)
	}
	return nil
}

func (s *Service) startCharge(ctx context.Context, payload []byte) error {
	return s.withPayment(ctx, payload, func(ctx context.Context, p Payment, provider Provider) error {
		if p.State != Pending {
			return nil
		}
		ev, err := provider.Start(ctx, p)
		return s.applyAnswer(ctx, ev, err)
	})
}

func (s *Service) closeCharge(ctx context.Context, payload []byte) error {
	return s.withPayment(ctx, payload, func(ctx context.Context, p Payment, provider Provider) error {
		if p.State != Closed {
			return nil
		}
		ev, err := provider.Close(ctx, p.ID)
		return s.applyAnswer(ctx, closedWhenUnknown(ev), err)
	})
}

// closedWhenUnknown: closing a charge the provider never heard of has succeeded.
func closedWhenUnknown(ev ProviderEvent) ProviderEvent {
	if ev.Status == StatusUnknown {
		ev.Status = StatusClosed
	}
	return ev
}

func (s *Service) withPayment(ctx context.Context, payload []byte, fn func(context.Context, Payment, Provider) error) error {
	var paymentID string
	if err := json.Unmarshal(payload, &paymentID); err != nil {
		return fmt.Errorf("read job payload: %w", err)
	}
	p, err := s.Payment(ctx, paymentID)
	if err != nil {
		return err
	}
	provider, err := s.provider(p.Provider)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return fn(ctx, p, provider)
}

func (s *Service) applyAnswer(ctx context.Context, ev ProviderEvent, err error) error {
	if err != nil {
		return err
	}
	// The answer is applied even when the call used up its time: it is news already paid for.
	_, err = s.Apply(context.WithoutCancel(ctx), ev)
	return err
}

func (s *Service) sendRefund(ctx context.Context, payload []byte) error {
	var refundID string
	if err := json.Unmarshal(payload, &refundID); err != nil {
		return fmt.Errorf("read job payload: %w", err)
	}
	r, err := s.Refund(ctx, refundID)
	if err != nil || r.State == RefundDone {
		return err
	}
	provider, err := s.provider(r.Provider)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ev, err := provider.Refund(ctx, r)
	return s.applyAnswer(ctx, ev, err)
}

// PollPayments asks the provider about payments whose time has come: the twin of the notify, which
// may be lost. One failing call does not stop the others.
func (s *Service) PollPayments(ctx context.Context) error {
	due, err := db.List(ctx, s.db, s.scanPayment, `SELECT `+paymentColumns+` FROM money_payments
		WHERE next_poll_at > 0 AND next_poll_at <= $1 ORDER BY next_poll_at LIMIT $2`, s.now(), int64(pollBatch))
	if err != nil {
		return fmt.Errorf("list payments to poll: %w", err)
	}
	var failed error
	for _, p := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		// The next time is set before the call, so that a crash or a slow provider cannot make a busy loop.
		if _, err := s.db.Exec(ctx, `UPDATE money_payments SET polls = polls + 1, next_poll_at = $1
			WHERE id = $2 AND next_poll_at > 0`, s.now()+pollDelay(p.Polls).Milliseconds(), p.ID); err != nil {
			return fmt.Errorf("schedule poll of %s: %w", p.ID, err)
		}
		if err := s.pollPayment(ctx, p); err != nil {
			failed = errors.Join(failed, fmt.Errorf("poll payment %s: %w", p.ID, err))
		}
	}
	if failed != nil {
		s.log.Warn("some payments could not be polled", slog.Any("error", failed))
	}
	return nil
}

func (s *Service) pollPayment(ctx context.Context, p Payment) error {
	provider, err := s.provider(p.Provider)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if p.State == Closed {
		ev, err := provider.Close(call, p.ID)
		return s.applyAnswer(call, closedWhenUnknown(ev), err)
	}
	ev, err := provider.Query(call, p.ID)
	if err == nil && ev.Status == StatusUnknown {
		ev, err = provider.Start(call, p) // the start was lost as well
	}
	return s.applyAnswer(call, ev, err)
}

// PollRefunds tries refunds again whose time has come.
func (s *Service) PollRefunds(ctx context.Context) error {
	due, err := db.List(ctx, s.db, scanRefund, `SELECT `+refundColumns+` FROM money_refunds
		WHERE next_try_at > 0 AND next_try_at <= $1 ORDER BY next_try_at LIMIT $2`, s.now(), int64(pollBatch))
	if err != nil {
		return fmt.Errorf("list refunds to poll: %w", err)
	}
	var failed error
	for _, r := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := s.db.Exec(ctx, `UPDATE money_refunds SET next_try_at = $1 WHERE id = $2 AND next_try_at > 0`,
			s.now()+max(retryDelay(r.Tries), firstPoll).Milliseconds(), r.ID); err != nil {
			return fmt.Errorf("schedule refund %s: %w", r.ID, err)
		}
		if err := s.pollRefund(ctx, r); err != nil {
			failed = errors.Join(failed, fmt.Errorf("poll refund %s: %w", r.ID, err))
		}
	}
	if failed != nil {
		s.log.Warn("some refunds could not be polled", slog.Any("error", failed))
	}
	return nil
}

func (s *Service) pollRefund(ctx context.Context, r Refund) error {
	provider, err := s.provider(r.Provider)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ev, err := provider.QueryRefund(call, r.ID)
	if err == nil && (ev.Status == StatusUnknown || ev.Status == StatusFailed) {
		ev, err = provider.Refund(call, r) // same number again: the provider answers it once
	}
	return s.applyAnswer(call, ev, err)
}
