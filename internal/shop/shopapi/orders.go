package shopapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/money/moneyapi"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

func (h *door) mountOrders(r *server.Router) {
	server.Register(r, op("quote-create", http.MethodPost, "/quotes", "What the lines cost now; order with it within 15 minutes"), h.quote)
	place := pays("order-place", "/orders", "Order what a quote showed: holds the units and starts a payment")
	place.Idempotent, place.DomainIdempotent = false, true // the order lane remembers keys itself
	server.Register(r, place, h.place)
	server.Register(r, get("order-mine", "/orders", "My orders, newest first", server.SignedIn), h.myOrders)
	server.Register(r, get("order-get", "/orders/{id}", "An order, for its buyer, its shop's team or an operator", server.SignedIn), h.getOrder)
	server.Register(r, pays("order-pay", "/orders/{id}/pay", "Pay an unpaid order again"), h.payAgain)
	server.Register(r, pays("order-cancel", "/orders/{id}/cancel", "Close an unpaid order, or refund one that was not shipped"), h.cancel)
	server.Register(r, pays("order-receive", "/orders/{id}/receive", "I have it; the merchant is paid"), h.receive)
	server.Register(r, pays("refund-ask", "/orders/{id}/refunds", "Ask for the money back"), h.askRefund)
}

type quoteIn struct {
	Body struct {
		Lines []struct {
			SkuID    string `json:"skuId" maxLength:"64"`
			Quantity int64  `json:"quantity" minimum:"1" maximum:"999"`
		} `json:"lines" minItems:"1" maxItems:"50"`
		AddressID string `json:"addressId,omitempty" maxLength:"64" doc:"accepted and checked when ordering; freight is the same everywhere"`
	}
}

func (h *door) quote(ctx context.Context, in *quoteIn) (*struct{ Body Quote }, error) {
	wanted := make([]shop.Wanted, 0, len(in.Body.Lines))
	for _, l := range in.Body.Lines {
		wanted = append(wanted, shop.Wanted(l))
	}
	q, err := h.Shop.CreateQuote(ctx, server.ActorFrom(ctx), wanted)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Quote }{renderQuote(q)}, nil
}

type placeIn struct {
	Body struct {
		QuoteID            string `json:"quoteId" maxLength:"64"`
		ExpectedTotalMinor int64  `json:"expectedTotalMinor" minimum:"1" maximum:"9007199254740991"`
		AddressID          string `json:"addressId" maxLength:"64"`
		RoomID             string `json:"roomId,omitempty" maxLength:"64"`
		PostID             string `json:"postId,omitempty" maxLength:"64"`
		Note               string `json:"note,omitempty" maxLength:"400"`
		Provider           string `json:"provider" maxLength:"32"`
	}
}

type placedOut struct{ Body PlacedOrder }

func (h *door) placed(ctx context.Context, p shop.Placed, err error) (*placedOut, error) {
	if err != nil {
		return nil, err
	}
	o, err := h.render.placed(ctx, server.ActorFrom(ctx), p)
	if err != nil {
		return nil, err
	}
	return &placedOut{PlacedOrder{Order: o, Payment: moneyapi.Render(p.Payment)}}, nil
}

func (h *door) place(ctx context.Context, in *placeIn) (*placedOut, error) {
	b := in.Body
	p, err := h.Shop.PlaceOrder(ctx, server.ActorFrom(ctx), shop.PlaceInput{Key: server.IdempotencyKey(ctx), QuoteID: b.QuoteID,
		ExpectedMinor: b.ExpectedTotalMinor, AddressID: b.AddressID, RoomID: b.RoomID, PostID: b.PostID, Note: b.Note, Provider: b.Provider})
	return h.placed(ctx, p, err)
}

// OrderCounts of a list by state.
type OrderCounts struct {
	Unpaid   int64 `json:"unpaid"`
	Paid     int64 `json:"paid"`
	Shipped  int64 `json:"shipped"`
	Received int64 `json:"received"`
	Closed   int64 `json:"closed"`
	Refunded int64 `json:"refunded"`
}

// OrderList is a page of orders, newest first.
type OrderList struct {
	Items  []Order     `json:"items" maxItems:"100"`
	Counts OrderCounts `json:"counts"`
	Next   string      `json:"next,omitempty" maxLength:"64"`
}

// OrderListIn narrows a list of orders.
type OrderListIn struct {
	Page
	State  string `query:"state" enum:",unpaid,paid,shipped,received,closed,refunded,refund" doc:"refund: with an open refund"`
	Query  string `query:"query" maxLength:"60" doc:"number, buyer, title or waybill"`
	Source string `query:"source" enum:",live,post,shop" doc:"where the buyer came from"`
	FromMS int64  `query:"fromMs" minimum:"0" maximum:"9007199254740991" doc:"paid (or, unpaid, placed) at or after; unix ms, 0 is open"`
	ToMS   int64  `query:"toMs" minimum:"0" maximum:"9007199254740991" doc:"paid (or, unpaid, placed) before; unix ms, 0 is open"`
}

func (in OrderListIn) domain() shop.OrderQuery {
	return shop.OrderQuery{State: in.State, Query: in.Query, Source: in.Source, FromMS: in.FromMS, ToMS: in.ToMS, Cursor: in.Cursor, Limit: in.Limit}
}

func (h *door) list(ctx context.Context, orders []shop.Order, counts map[order.State]int64, limit int, viewer shop.Viewer, err error) (*struct{ Body OrderList }, error) {
	if err != nil {
		return nil, err
	}
	items, err := h.render.Orders(ctx, orders, viewer)
	if err != nil {
		return nil, err
	}
	return &struct{ Body OrderList }{OrderList{Items: items, Next: next(items, limit, func(o Order) string { return o.ID }),
		Counts: OrderCounts{counts[order.Unpaid], counts[order.Paid], counts[order.Shipped], counts[order.Received], counts[order.Closed], counts[order.Refunded]}}}, nil
}

func (h *door) myOrders(ctx context.Context, in *OrderListIn) (*struct{ Body OrderList }, error) {
	orders, counts, err := h.Shop.MyOrders(ctx, server.ActorFrom(ctx), in.domain())
	return h.list(ctx, orders, counts, in.Limit, shop.AsBuyer, err)
}

func (h *door) getOrder(ctx context.Context, in *ByID) (*orderOut, error) {
	o, viewer, err := h.Shop.Order(ctx, server.ActorFrom(ctx), in.ID)
	return h.order(ctx, o, viewer, err)
}

func (h *door) order(ctx context.Context, o shop.Order, viewer shop.Viewer, err error) (*orderOut, error) {
	if err != nil {
		return nil, err
	}
	return h.render.one(ctx, o, viewer)
}

type payIn struct {
	ByID
	Body struct {
		Provider string `json:"provider" maxLength:"32"`
	}
}

func (h *door) payAgain(ctx context.Context, in *payIn) (*placedOut, error) {
	p, err := h.Shop.PayAgain(ctx, server.ActorFrom(ctx), in.ID, in.Body.Provider, server.IdempotencyKey(ctx))
	return h.placed(ctx, p, err)
}

type cancelIn struct {
	ByID
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"400"`
	}
}

func (h *door) cancel(ctx context.Context, in *cancelIn) (*orderOut, error) {
	o, err := h.Shop.Cancel(ctx, server.ActorFrom(ctx), in.ID, in.Body.Reason)
	return h.order(ctx, o, shop.AsBuyer, err)
}

func (h *door) receive(ctx context.Context, in *ByID) (*orderOut, error) {
	o, err := h.Shop.Receive(ctx, server.ActorFrom(ctx), in.ID)
	return h.order(ctx, o, shop.AsBuyer, err)
}

type askIn struct {
	ByID
	Body struct {
		Reason        string     `json:"reason" minLength:"1" maxLength:"400"`
		ProofAssetIDs server.IDs `json:"proofAssetIds,omitempty" maxItems:"6"`
	}
}

func (h *door) askRefund(ctx context.Context, in *askIn) (*orderOut, error) {
	o, err := h.Shop.AskRefund(ctx, server.ActorFrom(ctx), in.ID, in.Body.Reason, in.Body.ProofAssetIDs)
	return h.order(ctx, o, shop.AsBuyer, err)
}
