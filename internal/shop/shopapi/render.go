package shopapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// RenderCard shows a product at a glance; other doors use it too.
func RenderCard(c shop.Card) ProductCard {
	return ProductCard{ID: c.ID, ShopID: c.ShopID, Title: c.Title, ImageURL: identityapi.ImageURL(c.Image), PriceMinor: c.Price,
		ListPriceMinor: c.ListPrice, MaxPriceMinor: c.MaxPrice, Sold: c.Sold, Left: c.Left, State: c.State, Currency: money.CNY}
}

// RenderShopCard shows a shop at a glance; other doors use it too.
func RenderShopCard(s shop.Shop) ShopCard {
	return ShopCard{ID: s.ID, Name: s.Name, LogoURL: identityapi.ImageURL(s.Logo), Kind: s.Kind, ChannelID: s.ChannelID, State: s.State}
}

func renderShop(s shop.Shop, role identity.Role) Shop {
	return Shop{ShopCard: RenderShopCard(s), Role: string(role), FeeBps: s.FeeBps, Products: s.Products, CreatedAt: s.CreatedAt, Announcement: s.Announcement}
}

func renderSku(k shop.Sku, team bool) Sku {
	out := Sku{ID: k.ID, Specs: make([]Spec, 0, len(k.Specs)), Label: k.Label, ImageURL: identityapi.ImageURL(k.Image), PriceMinor: k.Price,
		ListPriceMinor: k.ListPrice, Left: k.Stock.Available, Sold: k.Stock.Sold, Held: k.Stock.Held}
	for _, sp := range k.Specs {
		out.Specs = append(out.Specs, Spec(sp))
	}
	if team {
		out.Code, out.ImageAssetID = k.Code, k.Image
	}
	return out
}

func renderProduct(p shop.Product, s shop.Shop, team bool) Product {
	out := Product{ProductCard: RenderCard(p.Card()), Subtitle: p.Subtitle, Description: p.Description, Images: []string{},
		Options: make([]ProductOption, 0, len(p.Options)), Skus: make([]Sku, 0, len(p.Skus)), Category: p.Category,
		LimitPerBuyer: p.LimitPerBuyer, FreightMinor: p.Freight, Shop: RenderShopCard(s), Version: p.Version}
	for _, asset := range p.Images {
		out.Images = append(out.Images, identityapi.ImageURL(asset))
	}
	for _, o := range p.Options {
		out.Options = append(out.Options, ProductOption{Name: o.Name, Values: o.Values})
	}
	for _, k := range p.Skus {
		out.Skus = append(out.Skus, renderSku(k, team))
	}
	if team {
		out.ImageAssetIDs = p.Images
	}
	return out
}

func renderAddress(a shop.Address) Address { return Address(a) }

func renderQuote(q shop.Quote) Quote {
	out := Quote{ID: q.ID, ShopID: q.ShopID, Lines: make([]QuoteLine, 0, len(q.Lines)), GoodsMinor: q.Total.Goods.Minor,
		FreightMinor: q.Total.Freight.Minor, DiscountMinor: q.Total.Discount.Minor, TotalMinor: q.Total.Total.Minor,
		Currency: money.CNY, ExpiresAt: q.ExpiresAt}
	for _, l := range q.Lines {
		out.Lines = append(out.Lines, QuoteLine{SkuID: l.SkuID, ProductID: l.ProductID, Title: l.Title, Label: l.Label,
			ImageURL: identityapi.ImageURL(l.Image), PriceMinor: l.Price, Quantity: l.Quantity, TotalMinor: l.Price * l.Quantity, Left: l.Left})
	}
	return out
}

func renderOrder(o shop.Order, front shop.Shop, buyer identityapi.UserCard, viewer shop.Viewer) Order {
	out := Order{ID: o.ID, Number: o.Number, State: string(o.State), Shop: RenderShopCard(front), Buyer: buyer,
		Lines: make([]OrderLine, 0, len(o.Lines)), GoodsMinor: o.Goods, FreightMinor: o.Freight, DiscountMinor: o.Discount,
		TotalMinor: o.Total, Currency: money.CNY, Address: renderAddress(o.Address), Note: o.Note, RoomID: o.RoomID, PostID: o.PostID,
		PaymentID: o.PaymentID, Timeline: make([]OrderEvent, 0, len(o.Log)), ClosedReason: o.ClosedReason, CreatedAt: o.CreatedAt,
		PaidAt: o.PaidAt, ReceivedAt: o.ReceivedAt, SettledAt: o.SettledAt}
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, OrderLine{ID: l.ID, ProductID: l.ProductID, SkuID: l.SkuID, Title: l.Title, Label: l.Label,
			ImageURL: identityapi.ImageURL(l.Image), PriceMinor: l.Price, Quantity: l.Quantity, TotalMinor: l.Price * l.Quantity})
	}
	for _, e := range o.Log {
		out.Timeline = append(out.Timeline, OrderEvent(e))
	}
	switch o.State {
	case order.Unpaid:
		out.HoldUntil = o.HoldUntil
	case order.Shipped:
		out.ReceiveBy = o.ReceiveBy
	}
	if o.ShippedAt > 0 {
		out.Shipment = &OrderShipment{o.Carrier, o.Tracking, o.ShippedAt}
	}
	if r := o.After; r != nil {
		out.Refund = &OrderRefund{ID: r.ID, State: string(r.State), Reason: r.Reason, Reply: r.Reply, AmountMinor: r.Amount, CreatedAt: r.CreatedAt}
		for _, asset := range r.Proofs {
			out.Refund.ProofURLs = append(out.Refund.ProofURLs, identityapi.ImageURL(asset))
		}
	}
	if viewer != shop.AsBuyer {
		if _, fee, err := money.SplitFee(money.Yuan(o.Total), o.FeeBps); err == nil {
			out.FeeMinor = &fee.Minor
		}
	}
	return out
}

// Renderer joins orders with their shops and buyers, with one read of each kind.
type Renderer struct {
	Shop     *shop.Service
	Identity *identity.Service
}

// Orders renders orders as somebody may see them; the operator's door uses it too.
func (r Renderer) Orders(ctx context.Context, orders []shop.Order, viewer shop.Viewer) ([]Order, error) {
	shopIDs, buyerIDs := make([]string, 0, len(orders)), make([]string, 0, len(orders))
	for _, o := range orders {
		shopIDs, buyerIDs = append(shopIDs, o.ShopID), append(buyerIDs, o.BuyerID)
	}
	shops, err := r.Shop.ShopsByID(ctx, shopIDs)
	if err != nil {
		return nil, err
	}
	buyers, err := r.Identity.CardsByID(ctx, buyerIDs)
	if err != nil {
		return nil, err
	}
	out := make([]Order, 0, len(orders))
	for _, o := range orders {
		out = append(out, renderOrder(o, shops[o.ShopID], buyerCard(o, buyers), viewer))
	}
	return out, nil
}

// placed renders a fresh order for its buyer, who asked for it. Its shop comes with it, the same for everybody in a
// rush, so that nothing is read for an answer.
func (r Renderer) placed(ctx context.Context, buyer identity.Actor, p shop.Placed) (Order, error) {
	if p.Front == nil || buyer.UserID != p.Order.BuyerID {
		out, err := r.one(ctx, p.Order, shop.AsBuyer)
		if err != nil {
			return Order{}, err
		}
		return out.Body, nil
	}
	return renderOrder(p.Order, *p.Front, identityapi.Card(buyer.Card()), shop.AsBuyer), nil
}

func buyerCard(o shop.Order, known map[string]identity.Card) identityapi.UserCard {
	if c, ok := known[o.BuyerID]; ok {
		return identityapi.Card(c)
	}
	return identityapi.UserCard{ID: o.BuyerID, Name: o.BuyerName}
}

func (r Renderer) one(ctx context.Context, o shop.Order, viewer shop.Viewer) (*orderOut, error) {
	out, err := r.Orders(ctx, []shop.Order{o}, viewer)
	if err != nil {
		return nil, err
	}
	return &orderOut{Body: out[0]}, nil
}

type orderOut struct{ Body Order }
