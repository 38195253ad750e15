package money

import (
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money/payment"
)

// PaymentState is what a payment is to the buyer.
type PaymentState = payment.State

// The states; package payment says what each means.
const (
	Pending  = payment.Pending
	Paid     = payment.Paid
	Failed   = payment.Failed
	Closed   = payment.Closed
	Refunded = payment.Refunded
)

// Codes of payments that failed although money came in; the money is returned at once.
const (
	FailWrongAmount = "wrong_amount"
	FailOrderClosed = "order_closed"
)

// Payment is one try to collect an order's total.
type Payment struct {
	ID, OrderID string
	Owner       string // the buyer
	ShopID      string // whose escrow receives it
	Provider    string
	Sandbox     bool
	Subject     string // a short line for the provider's bill
	Amount      Amount
	State       PaymentState
	Accepted    bool   // counts for its order; at most one payment of an order does
	Received    int64  // minor units truly collected
	Reserved    int64  // refunds asked for, done or not
	Refunded    int64  // refunds done
	SettledOf   int64  // minor units settled to merchant and fee
	SettledFee  int64  // the fee part of SettledOf
	ProviderRef string // the provider's own number once known
	FailCode    string
	Polls       int64
	NextPollAt  int64 // unix ms; 0 = nothing left to ask
	ExpiresAt   int64
	CreatedAt   int64
	PaidAt      int64
}

// PaymentRequest asks for a payment. The same IdempotencyKey gives the same payment.
type PaymentRequest struct {
	OrderID        string
	Owner          string
	ShopID         string
	Amount         Amount
	Provider       string
	Subject        string
	ExpiresAt      int64 // unix ms, the order's hold
	IdempotencyKey string
	CreatedAt      int64 // unix ms; of a promise only, when its order was placed
}

// Verdict is the Payee's judgement about a payment that turned paid.
type Verdict int

const (
	Refuse Verdict = iota // the order cannot take it: the money goes back at once
	Accept
)

// Poll spacing: quick while the buyer watches, then once a minute. A lost notify therefore costs a
// watching buyer a few seconds, and an abandoned payment 25 calls until its 15-minute hold ends.
const (
	firstPoll = 3 * time.Second
	maxPoll   = time.Minute
)

func pollDelay(polls int64) time.Duration {
	d := firstPoll << min(polls, 5)
	return min(d, maxPoll)
}

// core is the part of the payment that decides.
func (p Payment) core() payment.Core {
	return payment.Core{Due: p.Amount.Minor, Unit: p.Amount.Currency, State: p.State, Accepted: p.Accepted, Received: p.Received,
		Reserved: p.Reserved, Refunded: p.Refunded, SettledOf: p.SettledOf, SettledFee: p.SettledFee, Txn: p.ProviderRef,
		FailCode: p.FailCode, Asking: p.NextPollAt > 0}
}

// become takes over what the core decided; nextPollAt is when to ask again if it says so.
func (p *Payment) become(c payment.Core, nextPollAt int64) {
	p.State, p.Accepted, p.Received, p.ProviderRef, p.FailCode = c.State, c.Accepted, c.Received, c.Txn, c.FailCode
	if p.NextPollAt = 0; c.Asking {
		p.NextPollAt = nextPollAt
	}
}

func errNoPayment(id string) error {
	return errs.New(errs.NotFound, "payment_not_found", "there is no payment %s", id)
}
