package order

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money"
)

const (
	// MaxLines of an order: more than anyone puts into one parcel.
	MaxLines = 50
	// MaxQuantity of a line.
	MaxQuantity = 999
	// MaxPrice of a unit in fen, ten million yuan: MaxLines*MaxQuantity*MaxPrice stays far below int64.
	MaxPrice = 1_000_000_000
)

// Priced is one line with the price and freight it has now, in fen.
type Priced struct {
	Price, Quantity, Freight int64
}

// Total is what an order costs.
type Total struct {
	Goods, Freight, Discount, Total money.Amount
}

// Price adds an order up. Everything travels in one parcel, so the dearest freight of its lines is
// the freight of the order.
func Price(lines []Priced) (Total, error) {
	if len(lines) == 0 || len(lines) > MaxLines {
		return Total{}, errs.New(errs.Invalid, "lines_invalid", "an order has 1 to %d lines", MaxLines).In("lines").With("max", MaxLines)
	}
	t := Total{Goods: money.Yuan(0), Freight: money.Yuan(0), Discount: money.Yuan(0)}
	for _, l := range lines {
		if l.Quantity < 1 || l.Quantity > MaxQuantity {
			return Total{}, errs.New(errs.Invalid, "quantity_invalid", "order 1 to %d of one thing", MaxQuantity).In("quantity").With("max", MaxQuantity)
		}
		if l.Price < 1 || l.Price > MaxPrice || l.Freight < 0 || l.Freight > MaxPrice {
			return Total{}, errs.New(errs.Internal, "price_broken", "a stored price is out of range")
		}
		sum, err := money.Yuan(l.Price).Times(l.Quantity)
		if err != nil {
			return Total{}, err
		}
		if t.Goods, err = t.Goods.Add(sum); err != nil {
			return Total{}, err
		}
		t.Freight.Minor = max(t.Freight.Minor, l.Freight)
	}
	var err error
	if t.Total, err = t.Goods.Add(t.Freight); err != nil {
		return Total{}, err
	}
	t.Total, err = t.Total.Sub(t.Discount)
	return t, err
}
