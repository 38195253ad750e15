package shop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// MaxShipBatch is one screenful of shipping work; each row is its own transaction.
const MaxShipBatch = 200

// Waybills are letters, digits and dashes; the longest in use have 30 characters.
var waybillShape = regexp.MustCompile(`^[A-Z0-9-]{5,40}$`)

const maxCarrier = 30

// Shipment is what the merchant hands over.
type Shipment struct {
	OrderID, Carrier, Tracking string
}

func (in *Shipment) check() error {
	in.Carrier = strings.TrimSpace(in.Carrier)
	in.Tracking = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(in.Tracking), " ", ""))
	if n := utf8.RuneCountInString(in.Carrier); n < 1 || n > maxCarrier {
		return invalid("carrier", "carrier_invalid", "name the carrier in 1 to %d characters", maxCarrier).With("max", maxCarrier)
	}
	if !waybillShape.MatchString(in.Tracking) {
		return invalid("trackingNo", "tracking_invalid", "a waybill number has 5 to 40 letters, digits or dashes")
	}
	return nil
}

// Ship marks a paid order as handed to a carrier.
func (s *Service) Ship(ctx context.Context, a identity.Actor, in Shipment) (Order, error) {
	if err := in.check(); err != nil {
		return Order{}, err
	}
	return s.inTx(ctx, func(ctx context.Context) (Order, error) { return s.teamOrder(ctx, a, in.OrderID) },
		func(ctx context.Context, o *Order) error { return s.ship(ctx, o, in) })
}

func (s *Service) ship(ctx context.Context, o *Order, in Shipment) error {
	return s.change(ctx, o, order.Ship, map[string]string{"carrier": in.Carrier, "trackingNo": in.Tracking}, func(o *Order) {
		o.Carrier, o.Tracking = in.Carrier, in.Tracking
	})
}

// ShipResult is one row's answer: refused with Err, or shipped, perhaps with a Warning.
type ShipResult struct {
	OrderID string
	Err     error
	Warning string // "waybill_used": the shop used this number before, or twice in this batch
}

// ShipBatch ships many orders of a shop; rows fail alone.
func (s *Service) ShipBatch(ctx context.Context, a identity.Actor, shopID string, rows []Shipment) ([]ShipResult, error) {
	if err := s.Staffed(ctx, a, shopID); err != nil {
		return nil, err
	}
	if len(rows) < 1 || len(rows) > MaxShipBatch {
		return nil, invalid("items", "batch_invalid", "ship 1 to %d orders at once", MaxShipBatch).With("max", MaxShipBatch)
	}
	out := make([]ShipResult, len(rows))
	for i, in := range rows {
		out[i] = s.shipRow(ctx, shopID, in, nil)
	}
	return out, nil
}

// shipRow ships one order of a shop in a transaction of its own, together with what note writes about
// it. An order that left with this very waybill counts as shipped: who sends a sheet twice learns
// that nothing is missing.
func (s *Service) shipRow(ctx context.Context, shopID string, in Shipment, note func(context.Context, ShipResult) error) ShipResult {
	out := ShipResult{OrderID: in.OrderID}
	if out.Err = in.check(); out.Err != nil {
		return out
	}
	used, err := s.waybillUsed(ctx, shopID, in)
	if err != nil {
		out.Err = err
		return out
	}
	if used {
		out.Warning = "waybill_used"
	}
	_, out.Err = s.inTx(ctx, func(ctx context.Context) (Order, error) {
		o, err := s.order(ctx, in.OrderID)
		if err == nil && o.ShopID != shopID {
			err = errNoOrder()
		}
		return o, err
	}, func(ctx context.Context, o *Order) error {
		if o.State != order.Shipped || o.Carrier != in.Carrier || o.Tracking != in.Tracking {
			if err := s.ship(ctx, o, in); err != nil {
				return err
			}
		}
		if note == nil {
			return nil
		}
		return note(ctx, out)
	})
	if out.Err != nil && errs.KindOf(out.Err) == errs.Internal && !errors.Is(out.Err, errLineTaken) && ctx.Err() == nil {
		s.Log.Error("an order of a batch could not be shipped", slog.String("order", in.OrderID), slog.Any("error", out.Err))
	}
	return out
}

func (s *Service) waybillUsed(ctx context.Context, shopID string, in Shipment) (bool, error) {
	_, used, err := db.Get(ctx, s.DB, scanID, `SELECT id FROM shop_orders WHERE shop_id = $1 AND tracking_no = $2
		AND tracking_no <> '' AND id <> $3 LIMIT 1`, shopID, in.Tracking, in.OrderID)
	if err != nil {
		return false, fmt.Errorf("look for waybill: %w", err)
	}
	return used, nil
}

// Receive: the buyer has it; the merchant is paid.
func (s *Service) Receive(ctx context.Context, a identity.Actor, orderID string) (Order, error) {
	return s.inTx(ctx, func(ctx context.Context) (Order, error) { return s.buyerOrder(ctx, a, orderID) },
		func(ctx context.Context, o *Order) error { return s.change(ctx, o, order.Receive, nil, nil) })
}
