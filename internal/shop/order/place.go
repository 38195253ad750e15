package order

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// MaxUnpaid orders of one buyer: held units are kept from others, so a person may not hold a shop.
const MaxUnpaid = 5

// Wanted is one line a buyer asks for.
type Wanted struct {
	SkuID    string `json:"skuId"`
	Quantity int64  `json:"quantity"`
}

// Offer is a variant as it can be ordered now.
type Offer struct {
	SkuID, ProductID, ShopID string
	Title, Label, Image      string
	Price, Freight           int64 // fen
	Limit                    int64 // units of the product per buyer, 0 = none
	FeeBps                   int64
	Available                int64
	OnSale                   bool
}

// QuoteLine is a wanted line with what it costs now.
type QuoteLine struct {
	SkuID, ProductID    string
	Title, Label, Image string
	Price, Quantity     int64
	Left                int64
}

// Quote puts offers and wanted quantities together: all on sale, all of one shop. It does not judge
// stock; the caller does.
func Quote(wanted []Wanted, offers map[string]*Offer) (string, []QuoteLine, Total, error) {
	var shopID string
	lines := make([]QuoteLine, 0, len(wanted))
	priced := make([]Priced, 0, len(wanted))
	for _, w := range wanted {
		o := offers[w.SkuID]
		if o == nil || !o.OnSale {
			return "", nil, Total{}, errs.New(errs.Gone, "not_on_sale", "this is not on sale any more").In("lines").With("skuId", w.SkuID)
		}
		if shopID == "" {
			shopID = o.ShopID
		}
		if shopID != o.ShopID {
			return "", nil, Total{}, errs.New(errs.Invalid, "one_shop_per_order", "order from one shop at a time").In("lines")
		}
		lines = append(lines, QuoteLine{SkuID: o.SkuID, ProductID: o.ProductID, Title: o.Title, Label: o.Label, Image: o.Image,
			Price: o.Price, Quantity: w.Quantity, Left: o.Available})
		priced = append(priced, Priced{Price: o.Price, Quantity: w.Quantity, Freight: o.Freight})
	}
	total, err := Price(priced)
	return shopID, lines, total, err
}

// Floor is what one batch of new orders stands on: what the touched rows are now. Place changes it as
// orders are accepted, so that later commands of the batch see the earlier ones.
type Floor struct {
	Offers map[string]*Offer
	Bought map[Purchase]int64 // units of limited products
	Unpaid map[string]int64   // unpaid orders, per buyer
	Known  map[string]string  // idempotency key -> body, of stored orders and of this batch
}

// Purchase is a product that counts towards a buyer's limit.
type Purchase struct{ BuyerID, ProductID string }

// Placing is a command to place an order. At is unix ms; Expected is the total the buyer saw.
type Placing struct {
	Key, Body string
	BuyerID   string
	At        int64
	Wanted    []Wanted
	Expected  int64
}

// Placed is what an accepted command became.
type Placed struct {
	Core
	ShopID string
	Lines  []QuoteLine
	Total  Total
	FeeBps int64
}

// Place accepts or refuses one command; repeat says that its key is known with the same body.
func (f *Floor) Place(p *Placing) (out Placed, repeat bool, err error) {
	if body, ok := f.Known[p.Key]; ok {
		if body != p.Body {
			return out, false, ErrBodyChanged()
		}
		return out, true, nil
	}
	shopID, lines, total, err := Quote(p.Wanted, f.Offers)
	if err != nil {
		return out, false, err
	}
	if total.Total.Minor != p.Expected {
		return out, false, errs.New(errs.Conflict, "price_changed", "the price changed; look at the new total").
			With("totalMinor", total.Total.Minor)
	}
	for _, l := range lines {
		if l.Quantity > l.Left {
			return out, false, ErrOut(l.SkuID, l.Left)
		}
	}
	if f.Unpaid[p.BuyerID] >= MaxUnpaid {
		return out, false, errs.New(errs.TooMany, "unpaid_too_many", "pay or cancel one of your %d open orders first", MaxUnpaid).With("max", MaxUnpaid)
	}
	if err := f.checkLimits(p.BuyerID, lines); err != nil {
		return out, false, err
	}
	for _, l := range lines {
		f.Offers[l.SkuID].Available -= l.Quantity
		if f.Offers[l.SkuID].Limit > 0 {
			f.Bought[Purchase{p.BuyerID, l.ProductID}] += l.Quantity
		}
	}
	f.Unpaid[p.BuyerID]++
	f.Known[p.Key] = p.Body
	return Placed{Core: Core{State: Unpaid, HoldUntil: p.At + HoldFor.Milliseconds()}, ShopID: shopID, Lines: lines, Total: total,
		FeeBps: f.Offers[lines[0].SkuID].FeeBps}, false, nil
}

// checkLimits counts several variants of one product together.
func (f *Floor) checkLimits(buyer string, lines []QuoteLine) error {
	wants := map[string]int64{}
	for _, l := range lines {
		limit := f.Offers[l.SkuID].Limit
		wants[l.ProductID] += l.Quantity
		if bought := f.Bought[Purchase{buyer, l.ProductID}]; limit > 0 && bought+wants[l.ProductID] > limit {
			return ErrLimit(limit, max(limit-bought, 0))
		}
	}
	return nil
}

// ErrLimit: a person may have at most limit of it, and left more.
func ErrLimit(limit, left int64) error {
	return errs.New(errs.TooMany, "limit_per_buyer", "at most %d per person", limit).In("lines").With("limit", limit).With("left", left)
}

// ErrBodyChanged: the key was used for another order.
func ErrBodyChanged() error {
	return errs.New(errs.Conflict, "idempotency_key_reused", "this Idempotency-Key was used for another order").In("Idempotency-Key")
}

// ErrOut names the variant that ran out.
func ErrOut(skuID string, left int64) error {
	return stock.ErrOut(left).In("lines").With("skuId", skuID)
}
