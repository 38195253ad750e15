package money

import (
	"context"

	"github.com/hawker-live/hawker/internal/money/payment"
)

// Provider is a way to collect money and give it back: an adapter to a payment company. Every call
// is keyed by our own ids, so repeating one has no second effect. Calls are made outside any
// transaction and must end within ctx.
type Provider interface {
	Name() string
	// Sandbox reports whether the money is simulated; every screen that shows it says so.
	Sandbox() bool
	// Start opens the charge at the provider.
	Start(ctx context.Context, p Payment) (ProviderEvent, error)
	// Query tells the charge's state now.
	Query(ctx context.Context, paymentID string) (ProviderEvent, error)
	// Close ends an unpaid charge; when the buyer was faster it answers StatusPaid.
	Close(ctx context.Context, paymentID string) (ProviderEvent, error)
	// Refund gives money back; an accepted refund may still be pending or fail afterwards.
	Refund(ctx context.Context, r Refund) (ProviderEvent, error)
	QueryRefund(ctx context.Context, refundID string) (ProviderEvent, error)
	// ParseNotify checks the callback's signature and reads it. A callback that is not genuine is
	// errs.Unauthorized.
	ParseNotify(ctx context.Context, n Notify) (ProviderEvent, error)
}

// Notify is a provider's callback as it came in. Header is case-insensitive.
type Notify struct {
	Method, Path string
	Header       func(name string) string
	Body         []byte
}

// Status is a provider's word about a charge or a refund.
type Status = payment.Status

// The words.
const (
	StatusPending = payment.StatusPending
	StatusPaid    = payment.StatusPaid
	StatusFailed  = payment.StatusFailed
	StatusClosed  = payment.StatusClosed
	StatusUnknown = payment.StatusUnknown
	StatusDone    = payment.StatusDone
)

// ProviderEvent is one piece of news. Exactly one of PaymentID and RefundID is set. Txn is the
// provider's own number for it; Amount is what was truly collected or returned.
type ProviderEvent struct {
	Provider  string
	PaymentID string
	RefundID  string
	Txn       string
	Status    Status
	Amount    Amount
	FailCode  string
}

func (e ProviderEvent) subject() string {
	if e.RefundID != "" {
		return e.RefundID
	}
	return e.PaymentID
}

func (e ProviderEvent) kind() string {
	if e.RefundID != "" {
		return "refund"
	}
	return "payment"
}

func (e ProviderEvent) news() payment.News {
	return payment.News{Status: e.Status, Amount: e.Amount.Minor, Unit: e.Amount.Currency, Txn: e.Txn}
}
