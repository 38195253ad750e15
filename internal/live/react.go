package live

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/media"
)

// StreamUp implements media.Listener: the picture is there, or back.
func (s *Service) StreamUp(ctx context.Context, st media.Stream) {
	r, found, err := s.Current(ctx, st.ChannelID)
	if err != nil || !found {
		if err != nil {
			s.Log.Error("find room of stream", "channel", st.ChannelID, "err", err)
		}
		return
	}
	if err := s.reconnect(ctx, r, st); err != nil {
		s.Log.Error("bring room back", "room", r.ID, "err", err)
	}
}

func (s *Service) reconnect(ctx context.Context, r Room, st media.Stream) error {
	recording := ""
	if r.Record {
		var err error
		if recording, err = s.Media.StartRecording(ctx, r.ChannelID); err != nil {
			return err
		}
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'live', session = $1 WHERE id = $2 AND state IN ('live', 'reconnecting')`, st.Session, r.ID); err != nil {
			return err
		}
		return s.noteRecording(ctx, r.ID, recording)
	})
	if q := s.sequencer(r.ID); err == nil && q != nil {
		q.setState(timeline.Live, 0, st.Session)
	}
	return err
}

// StreamDown implements media.Listener: viewers are told to wait.
func (s *Service) StreamDown(ctx context.Context, st media.Stream) {
	q := s.channelSequencer(st.ChannelID)
	if q == nil {
		return
	}
	if _, err := s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'reconnecting' WHERE id = $1 AND state = 'live'`, q.room.ID); err != nil {
		s.Log.Error("mark room reconnecting", "room", q.room.ID, "err", err)
	}
	q.setState(timeline.Reconnecting, s.now(), "")
}

// StreamGone implements media.Listener: nobody came back, the room ends.
func (s *Service) StreamGone(ctx context.Context, st media.Stream) {
	r, found, err := s.Current(ctx, st.ChannelID)
	if err == nil && found {
		_, err = s.finish(ctx, r, "lost")
	}
	if err != nil {
		s.Log.Error("end room without stream", "channel", st.ChannelID, "err", err)
	}
}

// Recover starts a new epoch for every room that was on air when the process ended. The rooms wait for
// their publishers as after any loss.
func (s *Service) Recover(ctx context.Context) error {
	rooms, err := db.List(ctx, s.DB, scanRoom, `SELECT `+roomColumns+` FROM live_rooms WHERE state IN ('live', 'reconnecting') ORDER BY id`)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		r.State, r.Epoch = timeline.Reconnecting, r.Epoch+1
		if _, err := s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'reconnecting', epoch = $1 WHERE id = $2`, r.Epoch, r.ID); err != nil {
			return err
		}
		if err := s.launch(ctx, r); err != nil {
			return fmt.Errorf("recover room %s: %w", r.ID, err)
		}
	}
	return nil
}

// StockHint marks a product whose numbers may have changed; rooms that show it read them before the next tick.
func (s *Service) StockHint(data []byte) {
	var hint struct {
		ProductID string `json:"productId"`
	}
	if json.Unmarshal(data, &hint) != nil {
		return
	}
	s.mu.Lock()
	rooms := make([]*sequencer, 0, len(s.byProduct[hint.ProductID]))
	for q := range s.byProduct[hint.ProductID] {
		rooms = append(rooms, q)
	}
	s.mu.Unlock()
	for _, q := range rooms {
		q.mu.Lock()
		q.dirty[hint.ProductID] = true
		q.mu.Unlock()
	}
}

// OrderPaid counts a sale that came from a room. Safe to hear twice.
func (s *Service) OrderPaid(ctx context.Context, f event.OrderPaid) error {
	if f.RoomID == "" {
		return nil
	}
	first := false
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		first = false
		for i, l := range f.Lines {
			// The order's whole total, freight and discount included, stands on its first line.
			total := f.TotalMinor
			if i > 0 {
				total = 0
			}
			n, err := s.DB.Exec(ctx, `INSERT INTO live_sales (room_id, order_id, product_id, quantity, total_minor, at)
				SELECT id, $1, $2, $3, $4, $5 FROM live_rooms WHERE id = $6 ON CONFLICT (room_id, order_id, product_id)
				DO NOTHING`, f.OrderID, l.ProductID, l.Quantity, total, s.now(), f.RoomID)
			if err != nil {
				return err
			}
			first = first || n == 1
		}
		return nil
	})
	if q := s.sequencer(f.RoomID); err == nil && first && q != nil {
		q.mu.Lock()
		for _, l := range f.Lines {
			q.core.Buy(timeline.Bought{Name: f.BuyerName, ProductID: l.ProductID, Title: l.Title, Quantity: int(l.Quantity)})
		}
		q.mu.Unlock()
	}
	return err
}
