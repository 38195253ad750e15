package money

import (
	"math/bits"

	"github.com/hawker-live/hawker/internal/errs"
)

// MaxFeeBps is 100 %: a fee above the total would make the merchant pay to sell.
const MaxFeeBps = 10_000

// SplitFee divides total into the merchant's part and the platform fee of bps basis points. The fee
// is rounded down, so the remainder of a fen always goes to the merchant and both sum to total.
func SplitFee(total Amount, bps int64) (merchant, fee Amount, err error) {
	if total.Minor < 0 || bps < 0 || bps > MaxFeeBps {
		return Amount{}, Amount{}, errs.New(errs.Invalid, "split_invalid", "cannot split %d at %d basis points", total.Minor, bps)
	}
	cut := muldiv(total.Minor, bps, MaxFeeBps)
	return Amount{total.Minor - cut, total.Currency}, Amount{cut, total.Currency}, nil
}

// Share is the part of `of` that belongs to the first `upTo` minor units of whole, rounded down.
// Successive refunds take Share(after) - Share(before), so that refunds of the whole give back
// exactly `of`, however they were cut.
func Share(of, upTo, whole int64) (int64, error) {
	if of < 0 || upTo < 0 || whole <= 0 || upTo > whole {
		return 0, errs.New(errs.Invalid, "share_invalid", "cannot take %d/%d of %d", upTo, whole, of)
	}
	return muldiv(of, upTo, whole), nil
}

// muldiv is a*b/c rounded down with a 128-bit product; callers keep 0 <= b <= c, so it fits.
func muldiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(q)
}
