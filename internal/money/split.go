package money

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money/payment"
)

// MaxFeeBps is 100 %: a fee above the total would make the merchant pay to sell.
const MaxFeeBps = 10_000

// SplitFee divides total into the merchant's part and the platform fee of bps basis points. The fee
// is rounded down, so the remainder of a fen always goes to the merchant and both sum to total.
func SplitFee(total Amount, bps int64) (merchant, fee Amount, err error) {
	cut, err := payment.Share(total.Minor, bps, MaxFeeBps)
	if err != nil {
		return Amount{}, Amount{}, errs.ForProgram(errs.Invalid, "split_invalid", "cannot split %d at %d basis points", total.Minor, bps)
	}
	return Amount{total.Minor - cut, total.Currency}, Amount{cut, total.Currency}, nil
}
