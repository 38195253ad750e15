package shop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop/order"
)

const (
	// MaxNote is what a buyer may write to the merchant, in characters.
	MaxNote = 200
	maxKey  = 128
)

// PlaceInput orders what a quote showed. The same Key gives the same order.
type PlaceInput struct {
	Key           string // idempotency key, per buyer
	QuoteID       string
	ExpectedMinor int64 // the total the buyer saw
	AddressID     string
	RoomID        string
	PostID        string
	Note          string
	Provider      string
}

func (in PlaceInput) body() string {
	sum := sha256.Sum256([]byte(asJSON(in)))
	return hex.EncodeToString(sum[:])
}

// Placed is an order and its payment.
type Placed struct {
	Order   Order
	Payment money.Payment
	// Front is the order's shop as the lane read it, once for a batch; nil on other ways here.
	Front *Shop
}

// placing is a command for the lane with everything that does not need the lane resolved.
type placing struct {
	order.Placing
	fresh    Order  // ids, number, buyer, address; lines and totals are filled in by the lane
	address  string // as it is stored
	provider string
}

// PlaceOrder holds the units for 15 minutes and starts a payment, or refuses. The answer comes after
// the commit.
func (s *Service) PlaceOrder(ctx context.Context, a identity.Actor, in PlaceInput) (Placed, error) {
	if a.Anonymous() {
		return Placed{}, identity.ErrSignIn
	}
	in.Note = strings.TrimSpace(in.Note)
	if utf8.RuneCountInString(in.Note) > MaxNote {
		return Placed{}, invalid("note", "note_long", "keep the note within %d characters", MaxNote).With("max", MaxNote)
	}
	if in.Key == "" || len(in.Key) > maxKey {
		return Placed{}, invalid("Idempotency-Key", "idempotency_key_invalid", "send an Idempotency-Key of 1 to %d bytes", maxKey)
	}
	if err := s.Money.KnowsProvider(in.Provider); err != nil {
		return Placed{}, err
	}
	c := &placing{provider: in.Provider, Placing: order.Placing{Key: a.UserID + ":" + in.Key, Body: in.body(), BuyerID: a.UserID,
		Expected: in.ExpectedMinor}}
	var err error
	var address Address
	if c.Wanted, err = s.quoted(ctx, a.UserID, in.QuoteID); err == nil {
		address, err = s.address(ctx, a.UserID, in.AddressID)
	}
	if err != nil { // of a repeat the quote may be over, or the address gone, by now
		if known, ok, before := s.placedBefore(ctx, c); before != nil || ok {
			return known, before
		}
		return Placed{}, err
	}
	now := s.Clock.Now()
	c.At = now.UnixMilli()
	c.fresh = Order{
		ID: s.IDs.New("ord"), Number: order.Number(now, s.seq.Add(1)), BuyerID: a.UserID, BuyerName: a.Name,
		Address: address, Note: in.Note, RoomID: in.RoomID, PostID: in.PostID, CreatedAt: c.At,
	}
	c.address = asJSON(address)
	placed, err := s.orders.Submit(ctx, c)
	if err != nil {
		return Placed{}, err
	}
	if placed != nil {
		return *placed, nil
	}
	known, _, err := s.placedBefore(ctx, c) // the lane found this request's order written, or its twin in the batch
	return known, err
}

// placedBefore answers a key that was used: with the stored order when the request is the same.
func (s *Service) placedBefore(ctx context.Context, c *placing) (Placed, bool, error) {
	type row struct{ id, body string }
	r, ok, err := db.Get(ctx, s.DB, func(r db.Row) (row, error) {
		var v row
		err := r.Scan(&v.id, &v.body)
		return v, err
	}, `SELECT id, idem_body FROM shop_orders WHERE idem = $1`, c.Key)
	if err != nil || !ok {
		return Placed{}, false, err
	}
	if r.body != c.Body {
		return Placed{}, false, order.ErrBodyChanged()
	}
	o, err := s.order(ctx, r.id)
	if err != nil {
		return Placed{}, false, err
	}
	if err := s.loadDetails(ctx, &o); err != nil {
		return Placed{}, false, err
	}
	p, err := s.Money.Payment(ctx, o.PaymentID)
	if err != nil {
		return Placed{}, false, fmt.Errorf("payment of order %s: %w", o.ID, err)
	}
	return Placed{Order: o, Payment: p}, true, nil
}
