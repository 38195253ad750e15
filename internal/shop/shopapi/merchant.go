package shopapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
)

func (h *door) mountMerchant(r *server.Router) {
	server.Register(r, get("shop-orders", "/shops/{id}/orders", "Orders of a shop, for its team", server.SignedIn), h.shopOrders)
	server.Register(r, get("shop-refunds", "/shops/{id}/refunds", "Refund queue of a shop, for its team; open ones oldest first", server.SignedIn), h.shopRefunds)
	server.Register(r, pays("order-ship", "/orders/{id}/ship", "Hand a paid order to a carrier"), h.ship)
	server.Register(r, pays("order-ship-batch", "/shops/{id}/ship-batch", "Ship up to 200 orders; rows fail alone"), h.shipBatch)
	h.mountShipRuns(r)
	server.Register(r, pays("refund-approve", "/refunds/{id}/approve", "Give the money back"), h.approve)
	server.Register(r, pays("refund-refuse", "/refunds/{id}/refuse", "Say no, with a reason"), h.refuse)
	r.Handle("GET "+base+"/shops/{id}/stream", server.SignedIn, "order events of a shop as server-sent events, for its team", http.HandlerFunc(h.stream))
}

type shopOrdersIn struct {
	ByID
	OrderListIn
}

func (h *door) shopOrders(ctx context.Context, in *shopOrdersIn) (*struct{ Body OrderList }, error) {
	orders, counts, err := h.Shop.ShopOrders(ctx, server.ActorFrom(ctx), in.ID, in.domain())
	return h.list(ctx, orders, counts, in.Limit, shop.AsTeam, err)
}

type shipIn struct {
	ByID
	Body struct {
		Carrier    string `json:"carrier" minLength:"1" maxLength:"60"`
		TrackingNo string `json:"trackingNo" minLength:"1" maxLength:"60"`
	}
}

func (h *door) ship(ctx context.Context, in *shipIn) (*orderOut, error) {
	o, err := h.Shop.Ship(ctx, server.ActorFrom(ctx), shop.Shipment{OrderID: in.ID, Carrier: in.Body.Carrier, Tracking: in.Body.TrackingNo})
	return h.order(ctx, o, shop.AsTeam, err)
}

// ShipRow is one order of a batch.
type ShipRow struct {
	OrderID    string `json:"orderId" maxLength:"64"`
	Carrier    string `json:"carrier" maxLength:"60"`
	TrackingNo string `json:"trackingNo" maxLength:"60"`
}

// ShipResult is one row's answer.
type ShipResult struct {
	OrderID string `json:"orderId" maxLength:"64"`
	OK      bool   `json:"ok"`
	Code    string `json:"code,omitempty" maxLength:"64" doc:"why not"`
	Warning string `json:"warning,omitempty" maxLength:"64" doc:"waybill_used: this number was used before"`
}

type shipBatchIn struct {
	ByID
	Body struct {
		Items []ShipRow `json:"items" minItems:"1" maxItems:"200"`
	}
}

// ShipResults answers a batch row by row.
type ShipResults struct {
	Results []ShipResult `json:"results" maxItems:"200"`
}

func (h *door) shipBatch(ctx context.Context, in *shipBatchIn) (*struct{ Body ShipResults }, error) {
	results, err := h.Shop.ShipBatch(ctx, server.ActorFrom(ctx), in.ID, shipments(in.Body.Items))
	if err != nil {
		return nil, err
	}
	out := ShipResults{Results: make([]ShipResult, 0, len(results))}
	for _, r := range results {
		row := ShipResult{OrderID: r.OrderID, OK: r.Err == nil, Warning: r.Warning}
		if r.Err != nil {
			if row.Code = errs.CodeOf(r.Err); row.Code == "" {
				row.Code = "internal"
			}
		}
		out.Results = append(out.Results, row)
	}
	return &struct{ Body ShipResults }{out}, nil
}

type answerIn struct {
	ByID
	Body struct {
		Reply string `json:"reply,omitempty" maxLength:"400"`
	}
}

func (h *door) approve(ctx context.Context, in *answerIn) (*orderOut, error) {
	o, err := h.Shop.ApproveRefund(ctx, server.ActorFrom(ctx), in.ID, in.Body.Reply)
	return h.order(ctx, o, shop.AsTeam, err)
}

func (h *door) refuse(ctx context.Context, in *answerIn) (*orderOut, error) {
	o, err := h.Shop.RefuseRefund(ctx, server.ActorFrom(ctx), in.ID, in.Body.Reply)
	return h.order(ctx, o, shop.AsTeam, err)
}

// waiting bounds a slow reader: events beyond it are dropped, as the list is read again anyway.
const waiting = 64

// stream tells a shop's team of changes to its orders, while they are of the team.
func (h *door) stream(w http.ResponseWriter, req *http.Request) {
	shopID, actor := req.PathValue("id"), server.ActorFrom(req.Context())
	staffed := func(ctx context.Context) error { return h.Shop.Staffed(ctx, actor, shopID) }
	if err := staffed(req.Context()); err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	h.router.Stream(w, req, server.Stream{Event: "order", Waiting: waiting, Allowed: staffed, Subscribe: func(tell func([]byte)) (func(), error) {
		return h.Subscribe(shop.OrderSubject(shopID), func(_ string, data []byte) { tell(data) })
	}})
}
