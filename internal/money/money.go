package money

import (
	"context"
	"embed"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the money tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "money", schema) }

// Payee judges payments of its orders. Its methods are called inside money's transaction and must not
// call the network.
type Payee interface {
	// Promised gives the requests of those payments that its orders began with ("pay_" and what follows
	// the prefix in the order's id); ids of other payments are left out.
	Promised(ctx context.Context, paymentIDs []string) ([]PaymentRequest, error)
	// PaymentSettled is asked when a payment of its order was collected in full, possibly late.
	PaymentSettled(ctx context.Context, p Payment) (Verdict, error)
	// RefundSettled is told when an accepted payment's refund reached the buyer.
	RefundSettled(ctx context.Context, r Refund) error
}

// Facts writes a fact into the outbox of the running transaction.
type Facts interface {
	Emit(ctx context.Context, fact event.Fact) error
}

// Deps of the service.
type Deps struct {
	DB        *db.DB
	Facts     Facts
	Jobs      *job.Runner
	Clock     clock.Clock
	IDs       *id.Source
	Log       *slog.Logger
	Providers []Provider
}

// Service is payments, refunds and the ledger.
type Service struct {
	db        *db.DB
	facts     Facts
	jobs      *job.Runner
	clock     clock.Clock
	ids       *id.Source
	log       *slog.Logger
	providers map[string]Provider
	payee     Payee

	ledgerFaults atomic.Int64 // see LedgerFaults

	mu      sync.Mutex
	waiting map[string][]chan struct{} // payment id -> callers of WaitPayment on this node
}

// New builds the service and registers its job kinds and pollers; JoinPayee must follow before the
// job runner runs.
func New(d Deps) *Service {
	s := &Service{
		db: d.DB, facts: d.Facts, jobs: d.Jobs, clock: d.Clock, ids: d.IDs, log: d.Log,
		providers: map[string]Provider{}, waiting: map[string][]chan struct{}{},
	}
	for _, p := range d.Providers {
		s.providers[p.Name()] = p
	}
	s.registerJobs()
	return s
}

// JoinPayee names the domain that owns the orders. It exists because the shop holds this service.
func (s *Service) JoinPayee(p Payee) { s.payee = p }

func (s *Service) provider(name string) (Provider, error) {
	p, ok := s.providers[name]
	if !ok {
		return nil, errs.New(errs.Invalid, "provider_unknown", "payment provider %q is not set up", name).In("provider")
	}
	return p, nil
}

func (s *Service) now() int64 { return clock.UnixMS(s.clock) }
