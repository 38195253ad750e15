package live

import (
	"context"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const minuteColumns = `at, peak, enters, likes, comments, follows, openers, watched_ms`

func scanMinute(r db.Row) (m minute, err error) {
	err = r.Scan(&m.at, &m.peak, &m.enters, &m.likes, &m.comments, &m.follows, &m.openers, &m.watchMS)
	return m, err
}

func scanNumber(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }

// counts reads pairs of a name and a number; the query is bounded by a room's shelf or the kinds of sources.
func (s *Service) counts(ctx context.Context, query string, args ...any) (map[string]int64, error) {
	type pair struct {
		name string
		n    int64
	}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v pair, err error) { err = r.Scan(&v.name, &v.n); return v, err }, query, args...)
	out := make(map[string]int64, len(rows))
	for _, v := range rows {
		out[v.name] = v.n
	}
	return out, err
}

// writeMinutes stores what a run of ticks says of its minutes, the newest word of each.
func (w *tickWriter) writeMinutes(ctx context.Context, room string, rows []stored) error {
	for i, r := range rows {
		if i+1 < len(rows) && rows[i+1].minute.at == r.minute.at {
			continue
		}
		m := r.minute
		if _, err := w.s.DB.Exec(ctx, `INSERT INTO live_minutes (room_id, `+minuteColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)
			ON CONFLICT (room_id, at) DO UPDATE SET peak = excluded.peak, enters = excluded.enters, likes = excluded.likes, comments = excluded.comments,
			follows = excluded.follows, openers = excluded.openers, watched_ms = excluded.watched_ms`,
			room, m.at, m.peak, m.enters, m.likes, m.comments, m.follows, m.openers, m.watchMS); err != nil {
			return err
		}
	}
	opens, sources := map[string]int64{}, map[Source]int64{}
	for _, r := range rows {
		for v, n := range r.opens {
			opens[v] = n
		}
		for v, n := range r.sources {
			sources[v] = n
		}
	}
	for v, n := range opens {
		if _, err := w.s.DB.Exec(ctx, `INSERT INTO live_opens (room_id, product_id, viewers) VALUES ($1,$2,$3)
			ON CONFLICT (room_id, product_id) DO UPDATE SET viewers = excluded.viewers`, room, v, n); err != nil {
			return err
		}
	}
	for v, n := range sources {
		if _, err := w.s.DB.Exec(ctx, `INSERT INTO live_sources (room_id, source, viewers) VALUES ($1,$2,$3)
			ON CONFLICT (room_id, source) DO UPDATE SET viewers = excluded.viewers`, room, string(v), n); err != nil {
			return err
		}
	}
	return nil
}

// Kinds of marks.
const (
	markPin  = "pin"
	markLost = "lost" // the picture stopped arriving
	markBack = "back"
)

// mark notes a moment of the session for its review.
func (s *Service) mark(ctx context.Context, roomID, kind, body string) error {
	_, err := s.DB.Exec(ctx, `INSERT INTO live_marks (room_id, at, kind, body) VALUES ($1,$2,$3,$4) ON CONFLICT (room_id, at, kind) DO NOTHING`,
		roomID, s.now(), kind, body)
	return err
}

// OrderPlaced counts an order that was placed from a room, paid or not. Safe to hear twice.
func (s *Service) OrderPlaced(ctx context.Context, f event.OrderPlaced) error {
	if f.RoomID == "" {
		return nil
	}
	_, err := s.DB.Exec(ctx, `INSERT INTO live_placed (room_id, order_id, at) SELECT id, $1, $2 FROM live_rooms WHERE id = $3
		ON CONFLICT (room_id, order_id) DO NOTHING`, f.OrderID, f.At, f.RoomID)
	return err
}
