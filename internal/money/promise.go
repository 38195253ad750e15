package money

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money/ledger"
)

// The first payment of an order is promised: the order's own row says everything about it, and its
// row here is written by a job, or by whatever changes it first. In a rush an order costs one row in
// place of four; a payment that nobody has touched reads the same either way.

// promiseChunk payments are written and started by one job: a few milliseconds of writing, and calls
// that end well within the lease.
const promiseChunk = 32

// firstPaymentID is the id of the payment that an order began with.
func firstPaymentID(orderID string) string {
	_, rest, ok := strings.Cut(orderID, "_")
	if !ok {
		rest = orderID
	}
	return "pay_" + rest
}

// KnowsProvider refuses a provider that is not set up.
func (s *Service) KnowsProvider(name string) error {
	_, err := s.provider(name)
	return err
}

func (in PaymentRequest) check() error {
	if in.Amount.Minor <= 0 || in.Amount.Minor > ledger.MaxAmount || in.Amount.Currency == "" {
		return errs.New(errs.Invalid, "amount_invalid", "a payment collects a positive amount").In("amount")
	}
	if in.OrderID == "" || in.Owner == "" || in.ShopID == "" || in.IdempotencyKey == "" {
		return errs.ForProgram(errs.Invalid, "payment_incomplete", "a payment needs an order, an owner, a shop and a key")
	}
	return nil
}

func (s *Service) newPayment(in PaymentRequest) (Payment, error) {
	provider, err := s.provider(in.Provider)
	if err != nil {
		return Payment{}, err
	}
	if err := in.check(); err != nil {
		return Payment{}, err
	}
	now := s.now()
	return Payment{
		ID: s.ids.New("pay"), OrderID: in.OrderID, Owner: in.Owner, ShopID: in.ShopID, Provider: in.Provider,
		Sandbox: provider.Sandbox(), Subject: in.Subject, Amount: in.Amount, State: Pending,
		NextPollAt: now + firstPoll.Milliseconds(), ExpiresAt: in.ExpiresAt, CreatedAt: now,
	}, nil
}

// ofPromise is the payment a promise stands for.
func (s *Service) ofPromise(in PaymentRequest) Payment {
	p := Payment{
		ID: firstPaymentID(in.OrderID), OrderID: in.OrderID, Owner: in.Owner, ShopID: in.ShopID, Provider: in.Provider,
		Subject: in.Subject, Amount: in.Amount, State: Pending, NextPollAt: s.now() + firstPoll.Milliseconds(),
		ExpiresAt: in.ExpiresAt, CreatedAt: in.CreatedAt,
	}
	if provider, ok := s.providers[in.Provider]; ok {
		p.Sandbox = provider.Sandbox()
	}
	return p
}

// PromisePayments takes the first payments of orders that are being written in ctx's transaction. The
// Payee must answer for them from then on (Promised). The provider is called after the commit.
func (s *Service) PromisePayments(ctx context.Context, in []PaymentRequest) ([]Payment, error) {
	out := make([]Payment, len(in))
	jobs := make([]job.Job, 0, len(in)/promiseChunk+1)
	ids := make([]string, len(in))
	for i, req := range in {
		if err := req.check(); err != nil {
			return nil, err
		}
		if _, err := s.provider(req.Provider); err != nil {
			return nil, err
		}
		out[i] = s.ofPromise(req)
		ids[i] = out[i].ID
	}
	for len(ids) > 0 {
		n := min(promiseChunk, len(ids))
		jobs = append(jobs, job.Job{Kind: jobPromise, Payload: ids[:n]})
		ids = ids[n:]
	}
	if len(jobs) == 0 {
		return out, nil
	}
	return out, s.jobs.EnqueueAll(ctx, jobs)
}

// promised asks the Payee for payments that may not have a row.
func (s *Service) promised(ctx context.Context, paymentIDs ...string) ([]PaymentRequest, error) {
	in, err := s.payee.Promised(ctx, paymentIDs)
	if err != nil {
		return nil, fmt.Errorf("ask the payee what was promised: %w", err)
	}
	return in, nil
}

// keep writes the row of a promised payment in ctx's transaction, unless it is there.
func (s *Service) keep(ctx context.Context, paymentID string) error {
	_, ok, err := db.Get(ctx, s.db, scanText, `SELECT id FROM money_payments WHERE id = $1`, paymentID)
	if err != nil || ok {
		return err
	}
	in, err := s.promised(ctx, paymentID)
	if err != nil {
		return err
	}
	return s.write(ctx, in)
}

func (s *Service) write(ctx context.Context, in []PaymentRequest) error {
	rows := make([]any, 0, len(in)*paymentInsert.Cols)
	for _, req := range in {
		rows = append(rows, paymentRow(s.ofPromise(req), req.IdempotencyKey)...)
	}
	if _, err := s.db.InsertMany(ctx, paymentInsert, rows); err != nil {
		return fmt.Errorf("write %d promised payments: %w", len(in), err)
	}
	return nil
}

// startPromised writes the payments of one job and has their providers start them. One that fails is
// left to a job of its own.
func (s *Service) startPromised(ctx context.Context, payload []byte) error {
	var ids []string
	if err := json.Unmarshal(payload, &ids); err != nil {
		return fmt.Errorf("read job payload: %w", err)
	}
	in, err := s.promised(ctx, ids...)
	if err != nil {
		return err
	}
	if err := s.write(ctx, in); err != nil {
		return err
	}
	var calls sync.WaitGroup
	failed := make([]error, len(ids))
	free := make(chan struct{}, callWorkers)
	for i, paymentID := range ids {
		free <- struct{}{}
		calls.Go(func() {
			defer func() { <-free }()
			one, _ := json.Marshal(paymentID) // a string always marshals
			if err := s.startCharge(ctx, one); err != nil {
				failed[i] = s.enqueue(context.WithoutCancel(ctx), jobStart, paymentID)
			}
		})
	}
	calls.Wait()
	return errors.Join(failed...)
}
