package money

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money/ledger"
)

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
		return errs.New(errs.Invalid, "payment_incomplete", "a payment needs an order, an owner, a shop and a key")
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

// StartPayments is StartPayment for a lane batch of orders that are new in ctx's transaction, with
// few statements. Their keys must be fresh; a used key fails the whole batch.
func (s *Service) StartPayments(ctx context.Context, in []PaymentRequest) ([]Payment, error) {
	out := make([]Payment, 0, len(in))
	rows := make([]any, 0, len(in)*paymentInsertColumns)
	jobs := make([]job.Job, 0, len(in))
	for _, req := range in {
		p, err := s.newPayment(req)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
		rows = append(rows, paymentRow(p, req.IdempotencyKey)...)
		jobs = append(jobs, job.Job{Kind: jobStart, Payload: p.ID, UniqueKey: jobStart + ":" + p.ID})
	}
	if len(in) == 0 {
		return out, nil
	}
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.db.InsertMany(ctx, paymentInsert, paymentInsertColumns, "", rows); err != nil {
			return fmt.Errorf("insert %d payments: %w", len(in), err)
		}
		return s.jobs.EnqueueAll(ctx, jobs)
	})
	return out, err
}
