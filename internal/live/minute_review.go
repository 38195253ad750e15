package live

import (
	"cmp"
	"context"
	"slices"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	// maxPoints of a review's series. A session longer than that in minutes is told in larger steps.
	maxPoints = 720
	// maxMarks of a review: pins and losses of the picture, the first ones.
	maxMarks = 200
)

// steps are the widths a series may have, in minutes.
var steps = []int64{1, 5, 15, 60, 240, 1440, 10080, 43200}

// ReviewPoint is one step of a session.
type ReviewPoint struct {
	At       int64 // its first millisecond
	Measured bool  // false: the server was not running, or the session is older than the minutes
	Peak     int64
	Enters   int64
	Likes    int64
	Comments int64
	Follows  int64
	Orders   int64
	GMV      int64 // minor units
	WatchMS  int64 // summed over viewers; by the step's length it is the average audience
}

// ReviewProduct is what a product did in a session.
type ReviewProduct struct {
	ProductID   string
	ExplainedMS int64
	Opens       int64 // viewers who looked into it
	Orders      int64
	Quantity    int64
	Amount      int64 // minor units, goods only, before freight and discounts of the order
}

// Mark is a moment of a session: a line pinned, the picture lost or back.
type Mark struct {
	At   int64
	Kind string
	Body string
}

// Review is a session in figures. Orders are those paid, each counted once, at the minute the room heard of it.
type Review struct {
	Room       Room
	Sales      Sales
	Buyers     int64
	Placed     int64 // orders placed, paid or not
	Openers    int64 // viewers who looked into a product
	Follows    int64
	WatchMS    int64 // summed over viewers
	PeakAt     int64 // first millisecond of the step with the peak, 0 when nothing was measured
	Until      int64 // the end of the session, or now
	LateOrders int64 // paid after the end: in the totals, not in the series
	StepMS     int64
	Points     []ReviewPoint // dense from the start to the end, at most maxPoints
	Explained  []Explained
	Marks      []Mark
	Products   []ReviewProduct // on the shelf or sold, in the order of the shelf
	Sources    map[Source]int64
}

// Review gathers the figures of a session for the channel's team, while it is on air too.
// Errors: room_not_found, room_not_live for one that was never on air.
func (s *Service) Review(ctx context.Context, a identity.Actor, roomID string) (Review, error) {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator)
	if err != nil {
		return Review{}, err
	}
	if r.StartedAt == 0 {
		return Review{}, errNotYet
	}
	s.store.flush(ctx) // a session that ended a moment ago is whole
	if r, err = s.Room(ctx, roomID); err != nil {
		return Review{}, err
	}
	v := Review{Room: r, Until: s.until(r)}
	for _, read := range []func(context.Context, *Review) error{s.reviewSales, s.reviewPoints, s.reviewMoments, s.reviewProducts} {
		if err := read(ctx, &v); err != nil {
			return v, err
		}
	}
	from, err := s.counts(ctx, `SELECT source, viewers FROM live_sources WHERE room_id = $1`, roomID)
	v.Sources = make(map[Source]int64, len(from))
	for name, n := range from {
		v.Sources[Source(name)] = n
	}
	return v, err
}

// until is the end of a session, or now.
func (s *Service) until(r Room) int64 {
	if r.EndedAt > 0 {
		return r.EndedAt
	}
	return max(s.now(), r.StartedAt)
}

func (s *Service) reviewSales(ctx context.Context, v *Review) error {
	var err error
	if v.Sales, err = s.SalesOf(ctx, v.Room.ID); err != nil {
		return err
	}
	for _, q := range []struct {
		to    *int64
		query string
		args  []any
	}{
		{&v.Buyers, `SELECT count(DISTINCT buyer_id) FROM live_sales WHERE room_id = $1 AND buyer_id <> ''`, []any{v.Room.ID}},
		// An order that is paid was placed, also when its placing was not heard of.
		{&v.Placed, `SELECT count(*) FROM (SELECT order_id FROM live_placed WHERE room_id = $1 UNION SELECT order_id FROM live_sales WHERE room_id = $1) o`, []any{v.Room.ID}},
		{&v.LateOrders, `SELECT count(DISTINCT order_id) FROM live_sales WHERE room_id = $1 AND at > $2`, []any{v.Room.ID, v.Until}},
	} {
		if *q.to, _, err = db.Get(ctx, s.DB, scanNumber, q.query, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// stepFor is the narrowest step in which a session fits into maxPoints.
func stepFor(from, to int64) int64 {
	for _, n := range steps {
		if step := n * minuteMS; to/step-from/step < maxPoints {
			return step
		}
	}
	return steps[len(steps)-1] * minuteMS
}

func (s *Service) reviewPoints(ctx context.Context, v *Review) error {
	from, to := v.Room.StartedAt, v.Until
	step := stepFor(from, to)
	first := from / step
	v.StepMS = step
	v.Points = make([]ReviewPoint, min(to/step-first+1, maxPoints))
	for i := range v.Points {
		v.Points[i].At = (first + int64(i)) * step
	}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (m minute, err error) {
		var at int64
		err = r.Scan(&at, &m.peak, &m.enters, &m.likes, &m.comments, &m.follows, &m.openers, &m.watchMS)
		m.at = at * step
		return m, err
	}, `SELECT at / $1 AS k, max(peak), CAST(sum(enters) AS BIGINT), CAST(sum(likes) AS BIGINT), CAST(sum(comments) AS BIGINT), CAST(sum(follows) AS BIGINT),
		CAST(sum(openers) AS BIGINT), CAST(sum(watched_ms) AS BIGINT) FROM live_minutes WHERE room_id = $2 GROUP BY 1 ORDER BY 1`, step, v.Room.ID)
	if err != nil {
		return err
	}
	for _, m := range rows {
		v.Openers, v.Follows, v.WatchMS = v.Openers+m.openers, v.Follows+m.follows, v.WatchMS+m.watchMS
		if m.peak > 0 && m.peak == v.Room.Peak && v.PeakAt == 0 {
			v.PeakAt = m.at
		}
		// A tick that says the end is sealed a moment after it, maybe in the next minute: it belongs to the last.
		p := &v.Points[min(max(m.at/step-first, 0), int64(len(v.Points)-1))]
		p.Measured, p.Peak = true, max(p.Peak, m.peak)
		p.Enters, p.Likes, p.Comments, p.Follows, p.WatchMS = p.Enters+m.enters, p.Likes+m.likes, p.Comments+m.comments, p.Follows+m.follows, p.WatchMS+m.watchMS
	}
	type sold struct{ at, orders, gmv int64 }
	sales, err := db.List(ctx, s.DB, func(r db.Row) (x sold, err error) { err = r.Scan(&x.at, &x.orders, &x.gmv); return x, err },
		`SELECT at / $1 AS k, count(DISTINCT order_id), CAST(sum(total_minor) AS BIGINT) FROM live_sales WHERE room_id = $2 AND at <= $3 GROUP BY 1 ORDER BY 1`,
		step, v.Room.ID, to)
	for _, x := range sales {
		p := &v.Points[min(max(x.at-first, 0), int64(len(v.Points)-1))]
		p.Orders, p.GMV = p.Orders+x.orders, p.GMV+x.gmv
	}
	return err
}

func (s *Service) reviewMoments(ctx context.Context, v *Review) (err error) {
	if v.Explained, err = s.Explains(ctx, v.Room.ID); err != nil {
		return err
	}
	v.Marks, err = db.List(ctx, s.DB, func(r db.Row) (m Mark, err error) { err = r.Scan(&m.At, &m.Kind, &m.Body); return m, err },
		`SELECT at, kind, body FROM live_marks WHERE room_id = $1 ORDER BY at LIMIT $2`, v.Room.ID, maxMarks)
	return err
}

func (s *Service) reviewProducts(ctx context.Context, v *Review) error {
	shelf, err := s.ShelfIDs(ctx, v.Room.ID)
	if err != nil {
		return err
	}
	opens, err := s.counts(ctx, `SELECT product_id, viewers FROM live_opens WHERE room_id = $1`, v.Room.ID)
	if err != nil {
		return err
	}
	sales, err := db.List(ctx, s.DB, func(r db.Row) (p ReviewProduct, err error) {
		err = r.Scan(&p.ProductID, &p.Orders, &p.Quantity, &p.Amount)
		return p, err
	}, `SELECT product_id, count(DISTINCT order_id), CAST(sum(quantity) AS BIGINT), CAST(sum(goods_minor) AS BIGINT) FROM live_sales WHERE room_id = $1 GROUP BY product_id`, v.Room.ID)
	if err != nil {
		return err
	}
	known := map[string]*ReviewProduct{}
	of := func(id string) *ReviewProduct {
		if known[id] == nil {
			known[id] = &ReviewProduct{ProductID: id}
		}
		return known[id]
	}
	for _, id := range shelf {
		of(id)
	}
	for _, p := range sales {
		*of(p.ProductID) = p
	}
	for id, n := range opens {
		of(id).Opens = n
	}
	for _, e := range v.Explained {
		to := e.To
		if to == 0 {
			to = v.Until
		}
		of(e.ProductID).ExplainedMS += to - e.From
	}
	place := func(id string) int { // what left the shelf stands behind it
		if i := slices.Index(shelf, id); i >= 0 {
			return i
		}
		return len(shelf)
	}
	for _, p := range known {
		v.Products = append(v.Products, *p)
	}
	slices.SortFunc(v.Products, func(a, b ReviewProduct) int {
		return cmp.Or(cmp.Compare(place(a.ProductID), place(b.ProductID)), cmp.Compare(a.ProductID, b.ProductID))
	})
	return nil
}
