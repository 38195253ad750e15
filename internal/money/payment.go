package money

import (
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

// PaymentState is what a payment is to the buyer.
type PaymentState string

const (
	Pending  PaymentState = "pending"
	Paid     PaymentState = "paid"
	Failed   PaymentState = "failed"   // declined; or collected money that does not count and is on its way back
	Closed   PaymentState = "closed"   // not wanted any more; a late success is judged by the Payee
	Refunded PaymentState = "refunded" // everything that was collected went back
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

// act is what an event does to a payment.
type act int

const (
	actNothing act = iota
	actPaid        // collected in full: ask the Payee
	actWrong       // collected another amount: give it back
	actFailed
	actClosed
	actFlag // contradicts what is known; recorded for a person to look at
)

// judge decides what news about a charge means. It is pure, and idempotent: applied again after its
// own effect it answers actNothing. Money once received is final; a failure or a closing that arrives
// after it is old news, and success after failure or closing is late but true.
func judge(p Payment, ev ProviderEvent) act {
	switch ev.Status {
	case StatusPaid:
		if p.Received > 0 {
			if p.ProviderRef != "" && ev.Txn != "" && ev.Txn != p.ProviderRef {
				return actFlag
			}
			return actNothing
		}
		if ev.Amount != p.Amount {
			if ev.Amount.Minor <= 0 || ev.Amount.Currency != p.Amount.Currency {
				return actFlag
			}
			return actWrong
		}
		return actPaid
	case StatusFailed:
		if p.State == Pending {
			return actFailed
		}
	case StatusClosed:
		if p.State == Pending || (p.State == Closed && p.NextPollAt > 0) {
			return actClosed
		}
	}
	return actNothing
}

func errNoPayment(id string) error {
	return errs.New(errs.NotFound, "payment_not_found", "there is no payment %s", id)
}
