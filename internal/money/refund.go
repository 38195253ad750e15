package money

import (
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money/ledger"
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

// sourceOf says where a refund of amount is taken from. Before settlement: escrow. After it: pro
// rata from merchant and fee, counted over all refunds of the payment so that they give back exactly
// what was settled; what the merchant's balance does not reach becomes a receivable.
func sourceOf(p Payment, amount, merchantHas int64) (ledger.Source, error) {
	if !p.Accepted {
		return ledger.Source{Suspense: amount}, nil
	}
	if p.SettledOf == 0 {
		return ledger.Source{Escrow: amount}, nil
	}
	// Refunds made before settlement left SettledOf smaller than the payment; only later ones count.
	before := p.Reserved - (p.Amount.Minor - p.SettledOf)
	feeBefore, err := Share(p.SettledFee, before, p.SettledOf)
	if err != nil {
		return ledger.Source{}, err
	}
	feeAfter, err := Share(p.SettledFee, before+amount, p.SettledOf)
	if err != nil {
		return ledger.Source{}, err
	}
	fee := feeAfter - feeBefore
	fromMerchant := min(amount-fee, max(merchantHas, 0))
	return ledger.Source{Fee: fee, Merchant: fromMerchant, Receivable: amount - fee - fromMerchant}, nil
}

func errNoRefund(id string) error {
	return errs.New(errs.NotFound, "refund_not_found", "there is no refund %s", id)
}
