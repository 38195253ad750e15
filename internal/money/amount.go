package money

import (
	"math"
	"math/bits"

	"github.com/hawker-live/hawker/internal/errs"
)

// CNY is the currency of the shop; a minor unit is one fen.
const CNY = "CNY"

// Amount is money in whole minor units of one currency. The zero Amount has no currency and is not
// a valid price.
type Amount struct {
	Minor    int64
	Currency string
}

// Yuan makes an Amount of CNY from fen.
func Yuan(fen int64) Amount { return Amount{Minor: fen, Currency: CNY} }

// IsZero reports whether nothing is owed.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Add returns a + b; it refuses mixed currencies and overflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, errMixed(a, b)
	}
	sum := a.Minor + b.Minor
	if (b.Minor > 0 && sum < a.Minor) || (b.Minor < 0 && sum > a.Minor) {
		return Amount{}, errOverflow()
	}
	return Amount{sum, a.Currency}, nil
}

// Sub returns a - b; it refuses mixed currencies and overflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b.Minor == math.MinInt64 {
		return Amount{}, errOverflow()
	}
	return a.Add(Amount{-b.Minor, b.Currency})
}

// Times returns a * n for a quantity n >= 0; it refuses overflow and negative quantities.
func (a Amount) Times(n int64) (Amount, error) {
	if n < 0 {
		return Amount{}, errs.ForProgram(errs.Invalid, "negative_quantity", "a quantity cannot be negative")
	}
	if a.Minor == math.MinInt64 {
		return Amount{}, errOverflow()
	}
	abs, negative := a.Minor, a.Minor < 0
	if negative {
		abs = -abs
	}
	hi, lo := bits.Mul64(uint64(abs), uint64(n))
	if hi != 0 || lo > math.MaxInt64 {
		return Amount{}, errOverflow()
	}
	if negative {
		return Amount{-int64(lo), a.Currency}, nil
	}
	return Amount{int64(lo), a.Currency}, nil
}

func errMixed(a, b Amount) error {
	return errs.ForProgram(errs.Invalid, "currency_mixed", "cannot combine %s and %s", a.Currency, b.Currency)
}

func errOverflow() error {
	return errs.New(errs.Invalid, "amount_overflow", "the amount is too large")
}
