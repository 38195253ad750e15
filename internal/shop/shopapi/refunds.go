package shopapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

type shopRefundsIn struct {
	ByID
	Page
	State string `query:"state" enum:"asked,refunding,refused,done" default:"asked"`
}

// RefundCounts are a shop's orders by the state of their latest refund.
type RefundCounts struct {
	Asked     int64 `json:"asked"`
	Refunding int64 `json:"refunding"`
	Refused   int64 `json:"refused"`
	Done      int64 `json:"done"`
}

// RefundList is a page of orders with a refund; open refunds come oldest first, decided ones newest first.
type RefundList struct {
	Items  []Order      `json:"items" maxItems:"100"`
	Counts RefundCounts `json:"counts"`
	Next   string       `json:"next,omitempty" maxLength:"64"`
}

func (h *door) shopRefunds(ctx context.Context, in *shopRefundsIn) (*struct{ Body RefundList }, error) {
	orders, counts, err := h.Shop.ShopRefunds(ctx, server.ActorFrom(ctx), in.ID, shop.RefundQuery{State: order.RefundState(in.State), Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := h.render.Orders(ctx, orders, shop.AsTeam)
	if err != nil {
		return nil, err
	}
	return &struct{ Body RefundList }{RefundList{Items: items, Next: next(items, in.Limit, func(o Order) string { return o.Refund.ID }),
		Counts: RefundCounts{Asked: counts[order.Asked], Refunding: counts[order.Refunding], Refused: counts[order.Refused], Done: counts[order.Done]}}}, nil
}
