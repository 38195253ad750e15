package shopapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
)

func (h *door) mountShipRuns(r *server.Router) {
	server.Register(r, pays("ship-run-start", "/shops/{id}/shipments", "Hand over a sheet of up to 2,000 parcels; the server ships them one by one"), h.startShipRun)
	server.Register(r, get("ship-run-last", "/shops/{id}/shipments", "The newest sheet of a shop, for its team", server.SignedIn), h.lastShipRun)
	server.Register(r, get("ship-run", "/shipments/{id}", "A sheet of parcels and what became of each line", server.SignedIn), h.shipRun)
	server.Register(r, op("ship-run-steer", http.MethodPost, "/shipments/{id}/steer", "Pause, resume or stop a sheet, or ship its refused lines again"), h.steerShipRun)
}

// ShipRun is a sheet of parcels. Times are unix ms.
type ShipRun struct {
	ID        string        `json:"id" maxLength:"64"`
	State     string        `json:"state" enum:"running,paused,done"`
	CreatedAt int64         `json:"createdAt"`
	EndedAt   int64         `json:"endedAt,omitempty"`
	Lines     []ShipRunLine `json:"lines" maxItems:"2000"`
}

// ShipRunLine is one parcel of a sheet.
type ShipRunLine struct {
	ShipRow
	Number  string `json:"number,omitempty" maxLength:"64" doc:"the order's number; absent when the shop has no such order"`
	State   string `json:"state" enum:"waiting,shipped,refused"`
	Code    string `json:"code,omitempty" maxLength:"64" doc:"why it was refused"`
	Warning string `json:"warning,omitempty" maxLength:"64" doc:"waybill_used: this number was used before"`
}

// LastShipRun holds a shop's newest sheet, when one is remembered.
type LastShipRun struct {
	Run *ShipRun `json:"run,omitempty"`
}

type shipRunOut struct{ Body ShipRun }

func renderShipRun(run shop.ShipRun) ShipRun {
	out := ShipRun{ID: run.ID, State: run.State, CreatedAt: run.CreatedAt, EndedAt: run.EndedAt, Lines: make([]ShipRunLine, len(run.Lines))}
	for i, l := range run.Lines {
		out.Lines[i] = ShipRunLine{ShipRow: ShipRow{OrderID: l.OrderID, Carrier: l.Carrier, TrackingNo: l.Tracking},
			Number: l.Number, State: l.State, Code: l.Code, Warning: l.Warning}
	}
	return out
}

func shipRunAnswer(run shop.ShipRun, err error) (*shipRunOut, error) {
	if err != nil {
		return nil, err
	}
	return &shipRunOut{renderShipRun(run)}, nil
}

type shipRunIn struct {
	ByID
	Body struct {
		Items []ShipRow `json:"items" minItems:"1" maxItems:"2000"`
	}
}

func (h *door) startShipRun(ctx context.Context, in *shipRunIn) (*shipRunOut, error) {
	return shipRunAnswer(h.Shop.StartShipRun(ctx, server.ActorFrom(ctx), in.ID, shipments(in.Body.Items)))
}

func (h *door) lastShipRun(ctx context.Context, in *ByID) (*struct{ Body LastShipRun }, error) {
	run, ok, err := h.Shop.LastShipRun(ctx, server.ActorFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := LastShipRun{}
	if ok {
		wire := renderShipRun(run)
		out.Run = &wire
	}
	return &struct{ Body LastShipRun }{out}, nil
}

func (h *door) shipRun(ctx context.Context, in *ByID) (*shipRunOut, error) {
	return shipRunAnswer(h.Shop.ShipRun(ctx, server.ActorFrom(ctx), in.ID))
}

type steerIn struct {
	ByID
	Body struct {
		Do string `json:"do" enum:"pause,resume,stop,again"`
	}
}

func (h *door) steerShipRun(ctx context.Context, in *steerIn) (*shipRunOut, error) {
	return shipRunAnswer(h.Shop.SteerShipRun(ctx, server.ActorFrom(ctx), in.ID, shop.ShipRunDo(in.Body.Do)))
}

func shipments(rows []ShipRow) []shop.Shipment {
	out := make([]shop.Shipment, 0, len(rows))
	for _, r := range rows {
		out = append(out, shop.Shipment{OrderID: r.OrderID, Carrier: r.Carrier, Tracking: r.TrackingNo})
	}
	return out
}
