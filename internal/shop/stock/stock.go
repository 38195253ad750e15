package stock

import "github.com/hawker-live/hawker/internal/errs"

// MaxUnits bounds a counter; a warehouse with more than a billion of one thing is a typing error.
const MaxUnits = 1_000_000_000

// Counter is one SKU's units.
type Counter struct {
	Available, Held, Sold int64
}

// Stocked is every unit that is accounted for.
func (c Counter) Stocked() int64 { return c.Available + c.Held + c.Sold }

// Move is a change of the counters. Only Adjust changes Stocked.
type Move struct {
	Available, Held, Sold int64
}

// The moves of n units.
func Hold(n int64) Move    { return Move{Available: -n, Held: n} } // order placed
func Release(n int64) Move { return Move{Available: n, Held: -n} } // order closed unpaid
func Sell(n int64) Move    { return Move{Held: -n, Sold: n} }      // order paid in time
func SellLate(n int64) Move { // order paid after it was closed: taken straight from what is left
	return Move{Available: -n, Sold: n}
}
func Return(n int64) Move     { return Move{Available: n, Sold: -n} } // refunded before shipping
func Adjust(delta int64) Move { return Move{Available: delta} }       // merchant counted again

// Apply makes the move or refuses it; a refusal changes nothing.
func (c Counter) Apply(m Move) (Counter, error) {
	next := Counter{c.Available + m.Available, c.Held + m.Held, c.Sold + m.Sold}
	if next.Available < 0 {
		return c, ErrOut(c.Available)
	}
	if next.Held < 0 || next.Sold < 0 {
		return c, errs.New(errs.Internal, "stock_broken", "held or sold units would be negative")
	}
	if next.Stocked() > c.Stocked() && next.Available > MaxUnits {
		return c, errs.New(errs.Invalid, "stock_too_large", "a variant holds at most %d units", MaxUnits).With("max", MaxUnits)
	}
	return next, nil
}

// ErrOut: not enough units; left is how many there are.
func ErrOut(left int64) *errs.Error {
	return errs.New(errs.Conflict, "out_of_stock", "only %d left", left).With("left", left)
}
