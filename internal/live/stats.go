package live

import (
	"context"
	"maps"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/media"
)

// Sales of a room, from paid orders.
type Sales struct {
	Orders    int64
	GMV       int64            // minor units
	ByProduct map[string]int64 // quantity
}

// SalesOf sums a room's sales.
func (s *Service) SalesOf(ctx context.Context, roomID string) (Sales, error) {
	out := Sales{ByProduct: map[string]int64{}}
	type row struct {
		product  string
		quantity int64
	}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.product, &v.quantity); return v, err },
		`SELECT product_id, CAST(sum(quantity) AS BIGINT) FROM live_sales WHERE room_id = $1 GROUP BY product_id`, roomID)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		out.ByProduct[r.product] = r.quantity
	}
	type sum struct{ orders, gmv int64 }
	t, _, err := db.Get(ctx, s.DB, func(r db.Row) (v sum, err error) { err = r.Scan(&v.orders, &v.gmv); return v, err },
		`SELECT count(DISTINCT order_id), CAST(coalesce(sum(total_minor), 0) AS BIGINT) FROM live_sales WHERE room_id = $1`, roomID)
	out.Orders, out.GMV = t.orders, t.gmv
	return out, err
}

// Console is what the host watches during a broadcast and reads after it.
type Console struct {
	Room    Room
	Sales   Sales
	Follows int64
	Health  media.Health
	Series  []Point
	Opens   map[string]int64 // viewers who looked into a product, while the room is on air
}

// Console gathers the figures for the channel's team.
func (s *Service) Console(ctx context.Context, a identity.Actor, roomID string) (Console, error) {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator)
	if err != nil {
		return Console{}, err
	}
	c := Console{Room: r}
	if c.Sales, err = s.SalesOf(ctx, roomID); err != nil {
		return c, err
	}
	if r.StartedAt > 0 {
		if c.Follows, err = s.followsBetween(ctx, r.ChannelID, r.StartedAt, s.until(r)); err != nil {
			return c, err
		}
	}
	if c.Health, err = s.Media.Health(ctx, r.ChannelID); err != nil {
		return c, err
	}
	if q := s.sequencer(roomID); q != nil {
		q.mu.Lock()
		c.Series = append([]Point(nil), q.points...)
		c.Opens = maps.Clone(q.tally.opens)
		q.mu.Unlock()
	}
	return c, nil
}

// OnlineNow is the number of viewers in all rooms, and the number of rooms on air.
func (s *Service) OnlineNow() (viewers int64, rooms int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.sequencers {
		q.mu.Lock()
		viewers += q.viewers.count(s.now())
		q.mu.Unlock()
	}
	return viewers, len(s.sequencers)
}

// TicksSealed counts the ticks of every room since the start of this process.
func (s *Service) TicksSealed() uint64 { return s.sealed.Load() }
