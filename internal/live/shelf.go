package live

import (
	"context"
	"slices"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// MaxShelf products in a room.
const MaxShelf = 100

// checkShelf refuses a shelf that is too long, names a product twice, or (of added) what the actor may not sell here.
func (s *Service) checkShelf(ctx context.Context, a identity.Actor, channelID string, ids, added []string) error {
	if len(ids) > MaxShelf {
		return errs.New(errs.Invalid, "shelf_full", "a shelf holds at most %d products", MaxShelf).In("productIds").With("max", MaxShelf)
	}
	sorted := slices.Sorted(slices.Values(ids))
	if len(slices.Compact(sorted)) != len(ids) {
		return errs.New(errs.Invalid, "shelf_twice", "a product stands on the shelf twice").In("productIds")
	}
	if len(added) == 0 {
		return nil
	}
	return s.Products.Sellable(ctx, a, channelID, added)
}

// SetShelf replaces the shelf, in order. Owner, staff or moderator.
func (s *Service) SetShelf(ctx context.Context, a identity.Actor, roomID string, ids []string) error {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator)
	if err != nil {
		return err
	}
	if r.State == timeline.Ended || r.State == timeline.Cancelled {
		return errOver
	}
	defer s.acting(r.ChannelID)()
	if r, err = s.Room(ctx, roomID); err != nil {
		return err
	}
	old, err := s.ShelfIDs(ctx, roomID)
	if err != nil {
		return err
	}
	// What stands there already was checked when it came; only newcomers are.
	added := slices.DeleteFunc(slices.Clone(ids), func(v string) bool { return slices.Contains(old, v) })
	if err := s.checkShelf(ctx, a, r.ChannelID, ids, added); err != nil {
		return err
	}
	items, err := s.itemsOf(ctx, ids)
	if err != nil {
		return err
	}
	stopped := r.Explain != "" && !slices.Contains(ids, r.Explain)
	now := s.now()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.putShelf(ctx, roomID, ids); err != nil {
			return err
		}
		if stopped {
			return s.setExplain(ctx, roomID, "", now)
		}
		return nil
	})
	if q := s.sequencer(roomID); err == nil && q != nil {
		s.mu.Lock()
		s.watch(q, items)
		s.mu.Unlock()
		q.say(timeline.Event{T: timeline.KindShelf, Items: items})
		if stopped {
			q.say(explainEvent("", now))
		}
		// Stock may have moved between the reading and the watching.
		q.mark(ids...)
	}
	return err
}

// Explain marks the product being spoken of; "" stops. Owner, staff or moderator, while on air.
func (s *Service) Explain(ctx context.Context, a identity.Actor, roomID, productID string) error {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator)
	if err != nil {
		return err
	}
	defer s.acting(r.ChannelID)()
	if r, err = s.Room(ctx, roomID); err != nil {
		return err
	}
	if !r.OnAir() {
		return errNotYet
	}
	if r.Explain == productID {
		return nil // pressed twice
	}
	now := s.now()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if productID != "" {
			ids, err := s.ShelfIDs(ctx, roomID)
			if err != nil {
				return err
			}
			if !slices.Contains(ids, productID) {
				return errs.New(errs.Conflict, "not_on_shelf", "put the product on the shelf first")
			}
		}
		if err := s.setExplain(ctx, roomID, productID, now); err != nil || productID == "" {
			return err
		}
		return s.Outbox.Emit(ctx, event.ExplainStarted{RoomID: roomID, ProductID: productID, At: now})
	})
	if err != nil {
		return err
	}
	if q := s.sequencer(roomID); q != nil {
		q.say(explainEvent(productID, now))
	}
	return nil
}

func explainEvent(productID string, at int64) timeline.Event {
	e := timeline.Event{T: timeline.KindExplain, At: at}
	if productID != "" {
		e.ProductID = &productID
	}
	return e
}

func (s *Service) setExplain(ctx context.Context, roomID, productID string, now int64) error {
	if err := s.closeExplains(ctx, roomID, now); err != nil {
		return err
	}
	if _, err := s.DB.Exec(ctx, `UPDATE live_rooms SET explain_product = $1, explain_at = $2 WHERE id = $3`, productID, now, roomID); err != nil || productID == "" {
		return err
	}
	_, err := s.DB.Exec(ctx, `INSERT INTO live_explains (room_id, product_id, from_at, to_at) VALUES ($1,$2,$3,0) ON CONFLICT (room_id, product_id, from_at) DO NOTHING`, roomID, productID, now)
	return err
}

func (s *Service) closeExplains(ctx context.Context, roomID string, now int64) error {
	_, err := s.DB.Exec(ctx, `UPDATE live_explains SET to_at = $1 WHERE room_id = $2 AND to_at = 0`, now, roomID)
	return err
}

// Explained is a stretch in which a product was spoken of; To is 0 while it lasts.
type Explained struct {
	ProductID string
	From, To  int64 // unix ms
}

// Explains lists a room's stretches in order.
func (s *Service) Explains(ctx context.Context, roomID string) ([]Explained, error) {
	return db.List(ctx, s.DB, func(r db.Row) (v Explained, err error) { err = r.Scan(&v.ProductID, &v.From, &v.To); return v, err },
		`SELECT product_id, from_at, to_at FROM live_explains WHERE room_id = $1 ORDER BY from_at LIMIT 500`, roomID)
}

// ShelfIDs lists the products on a room's shelf, in order.
func (s *Service) ShelfIDs(ctx context.Context, roomID string) ([]string, error) {
	return db.List(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
		`SELECT product_id FROM live_shelf WHERE room_id = $1 ORDER BY position`, roomID)
}

// FirstOnShelf maps each of the rooms that has a shelf to its first product. At most 500 ids a call.
func (s *Service) FirstOnShelf(ctx context.Context, roomIDs []string) (map[string]string, error) {
	out := map[string]string{}
	if len(roomIDs) == 0 {
		return out, nil
	}
	args := make([]any, len(roomIDs))
	for i, v := range roomIDs {
		args[i] = v
	}
	type row struct{ room, product string }
	rows, err := db.List(ctx, s.DB, func(r db.Row) (row, error) {
		var v row
		err := r.Scan(&v.room, &v.product)
		return v, err
	}, `SELECT room_id, product_id FROM live_shelf WHERE position = 1 AND room_id IN (`+db.Placeholders(1, len(args))+`)`, args...)
	for _, r := range rows {
		out[r.room] = r.product
	}
	return out, err
}

func (s *Service) putShelf(ctx context.Context, roomID string, ids []string) error {
	if _, err := s.DB.Exec(ctx, `DELETE FROM live_shelf WHERE room_id = $1`, roomID); err != nil {
		return err
	}
	for i, v := range ids {
		if _, err := s.DB.Exec(ctx, `INSERT INTO live_shelf (room_id, product_id, position) VALUES ($1,$2,$3)`, roomID, v, i+1); err != nil {
			return err
		}
	}
	return nil
}

// shelfItems is the shelf as viewers are told, without products that no longer exist.
func (s *Service) shelfItems(ctx context.Context, roomID string) ([]timeline.Item, error) {
	ids, err := s.ShelfIDs(ctx, roomID)
	if err != nil {
		return nil, err
	}
	return s.itemsOf(ctx, ids)
}

func (s *Service) itemsOf(ctx context.Context, ids []string) ([]timeline.Item, error) {
	if len(ids) == 0 {
		return []timeline.Item{}, nil
	}
	items, err := s.Products.ShelfItems(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]timeline.Item, 0, len(ids))
	for i, v := range ids {
		if item, ok := items[v]; ok {
			item.Number = i + 1
			out = append(out, item)
		}
	}
	return out, nil
}
