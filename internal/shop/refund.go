package shop

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// MaxProofs are the pictures a buyer may add to a refund.
const MaxProofs = 6

// Refund is a buyer's wish to have an order's money back. It is always the whole order.
type Refund struct {
	ID, OrderID, ShopID, BuyerID string
	State                        order.RefundState
	Reason, Reply                string
	Proofs                       []string // media assets
	Amount                       int64    // fen
	CreatedAt, UpdatedAt         int64
}

func shortText(field, text string, limit int) (string, error) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > limit {
		return "", invalid(field, "text_long", "keep it within %d characters", limit).With("max", limit)
	}
	return text, nil
}

// AskRefund asks the merchant for the money back.
func (s *Service) AskRefund(ctx context.Context, a identity.Actor, orderID, reason string, proofs []string) (Order, error) {
	reason, err := shortText("reason", reason, MaxNote)
	if err != nil {
		return Order{}, err
	}
	if reason == "" {
		return Order{}, invalid("reason", "reason_missing", "say why")
	}
	if len(proofs) > MaxProofs {
		return Order{}, invalid("proofAssetIds", "proofs_too_many", "add at most %d pictures", MaxProofs).With("max", MaxProofs)
	}
	if a.Anonymous() {
		return Order{}, identity.ErrSignIn
	}
	for _, asset := range proofs {
		if err := s.Images.OwnImage(ctx, a.UserID, asset); err != nil {
			return Order{}, err
		}
	}
	return s.inTx(ctx, func(ctx context.Context) (Order, error) { return s.buyerOrder(ctx, a, orderID) },
		func(ctx context.Context, o *Order) error {
			if _, _, err := order.Decide(o.Core, order.AskRefund, s.now()); err != nil {
				return err
			}
			refundID := s.IDs.New("ref")
			if err := s.insertRefund(ctx, Refund{ID: refundID, State: order.Asked, Reason: reason, Proofs: proofs}, *o); err != nil {
				return err
			}
			return s.change(ctx, o, order.AskRefund, params("reason", reason), func(o *Order) { o.RefundID = refundID })
		})
}

// openRefund makes sure that the order has a refund row in the given state before money moves.
func (s *Service) openRefund(ctx context.Context, o *Order, reason string, proofs []string, state order.RefundState) error {
	if o.Refund == order.Asked {
		return s.setRefund(ctx, o.RefundID, state, "")
	}
	if o.Refund == order.Refunding {
		return nil // the core refuses the command
	}
	refundID := s.IDs.New("ref")
	if err := s.insertRefund(ctx, Refund{ID: refundID, State: state, Reason: reason, Proofs: proofs}, *o); err != nil {
		return err
	}
	o.RefundID = refundID
	return nil
}

// ApproveRefund sends the money back. Staff of the shop only.
func (s *Service) ApproveRefund(ctx context.Context, a identity.Actor, refundID, reply string) (Order, error) {
	reply, err := shortText("reply", reply, MaxNote)
	if err != nil {
		return Order{}, err
	}
	return s.answerRefund(ctx, a, refundID, order.ApproveRefund, order.Refunding, reply)
}

// RefuseRefund says no, with a reason. The buyer may ask again.
func (s *Service) RefuseRefund(ctx context.Context, a identity.Actor, refundID, reply string) (Order, error) {
	reply, err := shortText("reply", reply, MaxNote)
	if err != nil {
		return Order{}, err
	}
	if reply == "" {
		return Order{}, invalid("reply", "reply_missing", "tell the buyer why")
	}
	return s.answerRefund(ctx, a, refundID, order.RefuseRefund, order.Refused, reply)
}

func (s *Service) answerRefund(ctx context.Context, a identity.Actor, refundID string, c order.Command, to order.RefundState, reply string) (Order, error) {
	return s.inTx(ctx, func(ctx context.Context) (Order, error) {
		orderID, ok, err := db.Get(ctx, s.DB, scanText, `SELECT order_id FROM shop_refunds WHERE id = $1`, refundID)
		if err != nil {
			return Order{}, fmt.Errorf("read refund %s: %w", refundID, err)
		}
		if !ok {
			return Order{}, errs.New(errs.NotFound, "refund_not_found", "there is no such refund")
		}
		return s.teamOrder(ctx, a, orderID)
	}, func(ctx context.Context, o *Order) error {
		if o.RefundID != refundID {
			return errs.New(errs.Conflict, "refund_moved_on", "this refund was answered; a newer one is open")
		}
		if err := s.change(ctx, o, c, params("reply", reply), nil); err != nil {
			return err
		}
		return s.setRefund(ctx, refundID, to, reply)
	})
}

func (s *Service) insertRefund(ctx context.Context, r Refund, o Order) error {
	if r.Proofs == nil {
		r.Proofs = []string{}
	}
	now := s.now()
	_, err := s.DB.Exec(ctx, `INSERT INTO shop_refunds (id, order_id, shop_id, buyer_id, state, reason, reply, proofs, amount,
		created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10)`,
		r.ID, o.ID, o.ShopID, o.BuyerID, string(r.State), r.Reason, asJSON(r.Proofs), o.Total, now, now)
	if err != nil {
		return fmt.Errorf("insert refund of %s: %w", o.ID, err)
	}
	return nil
}

// setRefund moves a refund's row along with its order; an empty reply keeps the one there is.
func (s *Service) setRefund(ctx context.Context, refundID string, state order.RefundState, reply string) error {
	_, err := s.DB.Exec(ctx, `UPDATE shop_refunds SET state = $1, reply = CASE WHEN $2 = '' THEN reply ELSE $2 END, updated_at = $3
		WHERE id = $4`, string(state), reply, s.now(), refundID)
	if err != nil {
		return fmt.Errorf("change refund %s: %w", refundID, err)
	}
	return nil
}

func (s *Service) loadRefunds(ctx context.Context, orders []Order) error {
	at := map[string]int{}
	ids := make([]string, 0, len(orders))
	for i, o := range orders {
		if o.RefundID != "" {
			at[o.RefundID] = i
			ids = append(ids, o.RefundID)
		}
	}
	return inChunks(unique(ids), func(part []string) error {
		refunds, err := db.List(ctx, s.DB, func(r db.Row) (Refund, error) {
			var v Refund
			var proofs string
			if err := r.Scan(&v.ID, &v.OrderID, &v.ShopID, &v.BuyerID, &v.State, &v.Reason, &v.Reply, &proofs, &v.Amount,
				&v.CreatedAt, &v.UpdatedAt); err != nil {
				return v, err
			}
			return v, json.Unmarshal([]byte(proofs), &v.Proofs)
		}, `SELECT id, order_id, shop_id, buyer_id, state, reason, reply, proofs, amount, created_at, updated_at
			FROM shop_refunds WHERE id IN (`+db.Placeholders(1, len(part))+`)`, anys(part)...)
		for i := range refunds {
			orders[at[refunds[i].ID]].After = &refunds[i]
		}
		return err
	})
}
