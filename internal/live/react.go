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
	if err := s.reconnect(ctx, st.ChannelID); err != nil {
		s.Log.Error("bring room back", "channel", st.ChannelID, "err", err)
	}
}

// reconnect shows the channel's present stream in its room on air. What the stream is now counts, not what
// it was when the word was sent: a later word comes later.
func (s *Service) reconnect(ctx context.Context, channelID string) error {
	defer s.acting(channelID)()
	st, ok := s.Media.StreamOf(channelID)
	if !ok || !st.OnAir {
		return nil
	}
	r, found, err := s.Current(ctx, channelID)
	if err != nil || !found {
		return err
	}
	recording := ""
	if r.Record {
		if recording, err = s.Media.StartRecording(ctx, r.ChannelID); err != nil {
			// Better a live with a gap in its replay than none.
			s.Log.Error("record room", "room", r.ID, "err", err)
		}
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if r.State == timeline.Reconnecting {
			if err := s.mark(ctx, r.ID, markBack, ""); err != nil {
				return err
			}
		}
		if _, err := s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'live', session = $1 WHERE id = $2 AND state IN ('live', 'reconnecting')`, st.Session, r.ID); err != nil {
			return err
		}
		return s.noteRecording(ctx, r.ID, recording)
	})
	if q := s.sequencer(r.ID); err == nil && q != nil {
		q.setState(timeline.Live, 0)
	}
	return err
}

// StreamDown implements media.Listener: viewers are told to wait.
func (s *Service) StreamDown(ctx context.Context, st media.Stream) {
	defer s.acting(st.ChannelID)()
	if now, ok := s.Media.StreamOf(st.ChannelID); ok && now.OnAir {
		return // back already
	}
	q := s.channelSequencer(st.ChannelID)
	if q == nil {
		return
	}
	n, err := s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'reconnecting' WHERE id = $1 AND state = 'live'`, q.room.ID)
	if err == nil && n == 1 {
		err = s.mark(ctx, q.room.ID, markLost, "")
	}
	if err != nil {
		s.Log.Error("mark room reconnecting", "room", q.room.ID, "err", err)
	}
	q.setState(timeline.Reconnecting, s.now())
}

// StreamGone implements media.Listener: nobody came back, the room ends.
func (s *Service) StreamGone(ctx context.Context, st media.Stream) {
	r, found, err := s.Current(ctx, st.ChannelID)
	if err == nil && found {
		_, err = s.finish(ctx, r.ID, "lost")
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
		if err := s.recover(ctx, r); err != nil {
			return fmt.Errorf("recover room %s: %w", r.ID, err)
		}
	}
	return nil
}

func (s *Service) recover(ctx context.Context, r Room) error {
	defer s.acting(r.ChannelID)()
	was := r
	r.State, r.Session, r.Epoch = timeline.Reconnecting, "", r.Epoch+1
	taken := false
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		// Two nodes that read the same row must not both take its next epoch: a tick's URL would have two bodies.
		n, err := s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'reconnecting', session = '', epoch = $1
			WHERE id = $2 AND epoch = $3 AND state IN ('live', 'reconnecting')`, r.Epoch, r.ID, was.Epoch)
		if taken = n == 1; err != nil || !taken || was.State != timeline.Live {
			return err
		}
		return s.mark(ctx, r.ID, markLost, "")
	})
	if err != nil || !taken {
		return err
	}
	q, err := s.load(ctx, r)
	if err != nil {
		return err
	}
	return s.launch(q)
}

// StockHint marks a product whose numbers may have changed; rooms that show it read them soon.
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
		q.mark(hint.ProductID)
	}
}

// OrderPaid counts a sale that came from a room. Safe to hear twice.
func (s *Service) OrderPaid(ctx context.Context, f event.OrderPaid) error {
	if f.RoomID == "" {
		return nil
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		first := false
		for i, l := range byProduct(f.Lines) {
			// The order's whole total, freight and discount included, stands on its first line.
			total := f.TotalMinor
			if i > 0 {
				total = 0
			}
			n, err := s.DB.Exec(ctx, `INSERT INTO live_sales (room_id, order_id, product_id, quantity, total_minor, at, buyer_id, goods_minor)
				SELECT id, $1, $2, $3, $4, $5, $6, $7 FROM live_rooms WHERE id = $8 ON CONFLICT (room_id, order_id, product_id)
				DO NOTHING`, f.OrderID, l.ProductID, l.Quantity, total, s.now(), f.BuyerID, l.AmountMinor, f.RoomID)
			if err != nil {
				return err
			}
			first = first || n == 1
		}
		if first {
			db.AfterCommit(ctx, func() { s.showBought(f) })
		}
		return nil
	})
}

// byProduct sums an order's lines: two sizes of one product are one sale of it.
func byProduct(lines []event.OrderLine) []event.OrderLine {
	var out []event.OrderLine
	place := map[string]int{}
	for _, l := range lines {
		i, seen := place[l.ProductID]
		if !seen {
			place[l.ProductID] = len(out)
			out = append(out, l)
			continue
		}
		out[i].Quantity += l.Quantity
		out[i].AmountMinor += l.AmountMinor
	}
	return out
}

// showBought puts a sale on the room's ticker.
func (s *Service) showBought(f event.OrderPaid) {
	q := s.sequencer(f.RoomID)
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, l := range f.Lines {
		q.core.Buy(timeline.Bought{Name: f.BuyerName, ProductID: l.ProductID, Title: l.Title, Quantity: int(l.Quantity)})
	}
}
