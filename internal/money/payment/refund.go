package payment

import (
	"math/bits"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money/ledger"
)

// Reserve sets amount aside to be given back. It refuses more than is left.
func (c Core) Reserve(amount int64) (Core, error) {
	if amount <= 0 {
		return c, errs.New(errs.Invalid, "amount_invalid", "a refund gives back a positive amount").In("amount")
	}
	if amount > c.Received-c.Reserved {
		return c, ErrExceeds(c.Received - c.Reserved)
	}
	c.Reserved += amount
	return c, nil
}

// ErrExceeds: a refund of more than the left minor units that were not asked back yet.
func ErrExceeds(left int64) error {
	return errs.New(errs.Conflict, "refund_exceeds_payment", "this refund is more than is left of the payment").With("leftMinor", max(left, 0))
}

// Source says where the last amount reserved is taken from. Before settlement: escrow. After it: pro rata
// from merchant and fee, counted over all refunds of the payment so that they give back exactly what was
// settled; what the merchant's balance does not reach becomes a receivable.
func (c Core) Source(amount, merchantHas int64) (ledger.Source, error) {
	if !c.Accepted {
		return ledger.Source{Suspense: amount}, nil
	}
	if c.SettledOf == 0 {
		return ledger.Source{Escrow: amount}, nil
	}
	// Refunds made before settlement left SettledOf smaller than the payment; only later ones count.
	after := c.Reserved - (c.Due - c.SettledOf)
	feeBefore, err := Share(c.SettledFee, after-amount, c.SettledOf)
	if err != nil {
		return ledger.Source{}, err
	}
	feeAfter, err := Share(c.SettledFee, after, c.SettledOf)
	if err != nil {
		return ledger.Source{}, err
	}
	fee := feeAfter - feeBefore
	fromMerchant := min(amount-fee, max(merchantHas, 0))
	return ledger.Source{Fee: fee, Merchant: fromMerchant, Receivable: amount - fee - fromMerchant}, nil
}

// Arrived counts a refund the buyer has; when all is back the payment is refunded.
func (c Core) Arrived(amount int64) Core {
	c.Refunded += amount
	if c.Refunded == c.Received {
		c.State = Refunded
	}
	return c
}

// Share is the part of `of` that belongs to the first `upTo` minor units of whole, rounded down.
// Successive refunds take Share(after) - Share(before), so that refunds of the whole give back
// exactly `of`, however they were cut.
func Share(of, upTo, whole int64) (int64, error) {
	if of < 0 || upTo < 0 || whole <= 0 || upTo > whole {
		return 0, errs.ForProgram(errs.Invalid, "share_invalid", "cannot take %d/%d of %d", upTo, whole, of)
	}
	// A 128-bit product; upTo <= whole, so the quotient fits.
	hi, lo := bits.Mul64(uint64(of), uint64(upTo))
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(q), nil
}
