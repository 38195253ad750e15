package shop

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/shop/order"
)

const (
	// sweepEvery is how late held units may come back.
	sweepEvery = 2 * time.Second
	// receiveEvery: nobody waits for the minute in which ten days end.
	receiveEvery = time.Minute
	// sweepBatch bounds one look; what is left is swept the next time.
	sweepBatch = 500
)

// ExpireHolds closes unpaid orders whose time is over and gives their units back.
func (s *Service) ExpireHolds(ctx context.Context) error {
	due, err := db.List(ctx, s.DB, scanID, `SELECT id FROM shop_orders WHERE state = 'unpaid' AND hold_until <= $1
		ORDER BY hold_until LIMIT $2`, s.now(), int64(sweepBatch))
	if err != nil {
		return fmt.Errorf("list expired holds: %w", err)
	}
	return s.sweep(ctx, due, order.Expire, func(o *Order) { o.ClosedReason = "hold_expired" })
}

// ReceiveOverdue receives shipped orders that nobody objected to in time.
func (s *Service) ReceiveOverdue(ctx context.Context) error {
	due, err := db.List(ctx, s.DB, scanID, `SELECT id FROM shop_orders WHERE state = 'shipped' AND receive_by <= $1
		AND refund_state NOT IN ('asked', 'refunding') ORDER BY receive_by LIMIT $2`, s.now(), int64(sweepBatch))
	if err != nil {
		return fmt.Errorf("list overdue receipts: %w", err)
	}
	return s.sweep(ctx, due, order.AutoReceive, nil)
}

// sweep changes each order in its own transaction: one that fails does not keep the others waiting.
func (s *Service) sweep(ctx context.Context, due []string, c order.Command, edit func(*Order)) error {
	failed := 0
	for _, orderID := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err := s.DB.Tx(ctx, func(ctx context.Context) error {
			o, err := s.order(ctx, orderID)
			if err != nil {
				return err
			}
			return s.change(ctx, &o, c, nil, edit)
		})
		if ignoreMoved(err) != nil {
			failed++
			s.Log.Error("order could not be swept", slog.String("order", orderID), slog.String("command", string(c)), slog.Any("error", err))
		}
	}
	if failed == len(due) && failed > 0 {
		return fmt.Errorf("%s: all %d orders failed", c, failed)
	}
	return nil
}
