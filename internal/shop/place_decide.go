package shop

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/shop/order"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// counter is the floor the lane stands on for one batch: what the touched rows are now. decide
// changes it as orders are accepted, so that later commands of the batch see the earlier ones.
type counter struct {
	offers map[string]*offer
	bought map[boughtKey]int64 // units of limited products, per buyer
	unpaid map[string]int64    // unpaid orders, per buyer
	known  map[string]string   // idempotency key -> body, of stored orders and of this batch
}

type boughtKey struct{ buyerID, productID string }

// outcome of one command: an order to write, or a repeat of a stored or earlier one.
type outcome struct {
	order  *Order
	repeat bool
}

// decide accepts or refuses one command. It is pure: time and ids came with the command.
func (c *counter) decide(p *placing) (outcome, error) {
	if body, ok := c.known[p.idem]; ok {
		if body != p.body {
			return outcome{}, errBodyChanged()
		}
		return outcome{repeat: true}, nil
	}
	shopID, lines, total, err := price(p.wanted, c.offers)
	if err != nil {
		return outcome{}, err
	}
	if total.Total.Minor != p.expected {
		return outcome{}, errs.New(errs.Conflict, "price_changed", "the price changed; look at the new total").
			With("totalMinor", total.Total.Minor)
	}
	for _, l := range lines {
		if l.Quantity > l.Left {
			return outcome{}, outOf(stock.ErrOut(l.Left), l.SkuID)
		}
	}
	buyer := p.fresh.BuyerID
	if c.unpaid[buyer] >= MaxUnpaid {
		return outcome{}, errs.New(errs.TooMany, "unpaid_too_many", "pay or cancel one of your %d open orders first", MaxUnpaid).With("max", MaxUnpaid)
	}
	if err := c.checkLimits(buyer, lines); err != nil {
		return outcome{}, err
	}
	for _, l := range lines {
		c.offers[l.SkuID].available -= l.Quantity
		if c.offers[l.SkuID].limit > 0 {
			c.bought[boughtKey{buyer, l.ProductID}] += l.Quantity
		}
	}
	c.unpaid[buyer]++
	c.known[p.idem] = p.body
	o := p.fresh
	o.ShopID = shopID
	o.Core = order.Core{State: order.Unpaid, HoldUntil: o.CreatedAt + order.HoldFor.Milliseconds()}
	o.Goods, o.Freight, o.Discount, o.Total = total.Goods.Minor, total.Freight.Minor, total.Discount.Minor, total.Total.Minor
	o.FeeBps = c.offers[lines[0].SkuID].feeBps
	for _, l := range lines {
		o.Lines = append(o.Lines, Line{ProductID: l.ProductID, SkuID: l.SkuID, Title: l.Title, Label: l.Label, Image: l.Image,
			Price: l.Price, Quantity: l.Quantity})
	}
	return outcome{order: &o}, nil
}

// checkLimits counts several variants of one product together.
func (c *counter) checkLimits(buyer string, lines []QuoteLine) error {
	wants := map[string]int64{}
	for _, l := range lines {
		limit := c.offers[l.SkuID].limit
		wants[l.ProductID] += l.Quantity
		if limit > 0 && c.bought[boughtKey{buyer, l.ProductID}]+wants[l.ProductID] > limit {
			return errLimit(limit, max(limit-c.bought[boughtKey{buyer, l.ProductID}], 0))
		}
	}
	return nil
}

func errLimit(limit, left int64) error {
	return errs.New(errs.TooMany, "limit_per_buyer", "at most %d per person", limit).In("lines").With("limit", limit).With("left", left)
}
