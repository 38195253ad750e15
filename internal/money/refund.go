package money

import (
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

// RefundState of a refund. A refund is never given up: a provider's refusal is retried, and after
// maxRefundTries it is flagged for a person while the ledger keeps the money reserved.
type RefundState string

const (
	RefundPending RefundState = "pending"
	RefundDone    RefundState = "done"
	RefundStuck   RefundState = "stuck"
)

// Refund gives part of a payment back to the buyer.
type Refund struct {
	ID, PaymentID, OrderID string
	ShopID, Provider       string
	Amount                 Amount
	Reason                 string
	Counts                 bool  // false: it returns money that never counted for the order
	FromMerchant           int64 // taken from the settled parts, for the next refund's pro rata
	FromFee                int64
	State                  RefundState
	FailCode               string
	Tries                  int64
	NextTryAt              int64
	CreatedAt, DoneAt      int64
}

// maxRefundTries spans about four hours with the delays below; longer outages need a person anyway.
const maxRefundTries = 12

const (
	firstRetry = time.Second
	maxRetry   = 30 * time.Minute
)

func retryDelay(tries int64) time.Duration {
	return min(firstRetry<<min(tries, 20), maxRetry)
}

func errNoRefund(id string) error {
	return errs.New(errs.NotFound, "refund_not_found", "there is no refund %s", id)
}
