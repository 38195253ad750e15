package shop

import "github.com/hawker-live/hawker/internal/shop/order"

// outcome of one command: an order to write, or a repeat of a stored or earlier one.
type outcome struct {
	order  *Order
	repeat bool
}

// decide accepts or refuses one command on the floor of its batch: order.Floor decides, and what it says is
// filled into the order the command brought.
func decide(f *order.Floor, p *placing) (outcome, error) {
	placed, repeat, err := f.Place(&p.Placing)
	if err != nil || repeat {
		return outcome{repeat: repeat}, err
	}
	o := p.fresh
	o.ShopID, o.Core, o.FeeBps = placed.ShopID, placed.Core, placed.FeeBps
	total := placed.Total
	o.Goods, o.Freight, o.Discount, o.Total = total.Goods.Minor, total.Freight.Minor, total.Discount.Minor, total.Total.Minor
	o.Lines = make([]Line, 0, len(placed.Lines))
	for _, l := range placed.Lines {
		o.Lines = append(o.Lines, Line{ProductID: l.ProductID, SkuID: l.SkuID, Title: l.Title, Label: l.Label, Image: l.Image,
			Price: l.Price, Quantity: l.Quantity})
	}
	return outcome{order: &o}, nil
}
