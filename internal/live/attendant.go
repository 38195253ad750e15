package live

import (
	"time"

	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/media"
)

const (
	// pointEvery and points: the console's curves hold ten minutes.
	pointEvery = 10 * time.Second
	points     = 60
	// lookEvery is how often the attendant looks whether a waiting room's publisher is back, or lost for good.
	lookEvery = time.Second
	// restockGap is the least time between two readings of the shop for one room: at the peak of a sale
	// stock changes with every order, and nobody sees more than a number a tick.
	restockGap = periodMS * time.Millisecond
	// lostAfter is longer than media.Grace, so that media's own verdict comes first when it can.
	lostAfter = media.Grace + 15*time.Second
)

// Point is one sample of the console's curves.
type Point struct {
	At       int64
	Online   int64
	Entered  int64
	Likes    int64
	Comments int64
	Follows  int64
	Orders   int64
	GMV      int64
}

// attend does what the room needs from the database, beside the ticks: numbers of the shelf, points of the
// console's curves, and the end of a room whose publisher is lost. It ends with the sequencer.
func (q *sequencer) attend() {
	look := q.s.Clock.Ticker(lookEvery)
	defer look.Stop()
	sampled := q.s.now()
	for {
		select {
		case <-q.stock:
			q.restock()
			select { // newer hints wait their turn together
			case <-q.s.Clock.After(restockGap):
			case <-q.done:
				return
			}
		case <-look.C():
			now := q.s.now()
			q.lookAfter(now)
			q.remind()
			if now-sampled >= pointEvery.Milliseconds() {
				sampled = now
				q.sample(now)
			}
		case <-q.done:
			return
		}
	}
}

// mark notes products whose numbers may have changed.
func (q *sequencer) mark(ids ...string) {
	q.mu.Lock()
	for _, v := range ids {
		q.dirty[v] = true
	}
	q.mu.Unlock()
	q.remind()
}

// remind has the attendant read what is dirty, also what it could not read before.
func (q *sequencer) remind() {
	q.mu.Lock()
	waiting := len(q.dirty) > 0
	q.mu.Unlock()
	if !waiting {
		return
	}
	select {
	case q.stock <- struct{}{}:
	default:
	}
}

// restock reads the numbers of products that changed and says them.
func (q *sequencer) restock() {
	q.mu.Lock()
	ids := make([]string, 0, len(q.dirty))
	for v := range q.dirty {
		ids = append(ids, v)
	}
	clear(q.dirty)
	q.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	items, err := q.s.Products.ShelfItems(q.s.life, ids)
	if err != nil {
		q.s.Log.Warn("read stock for a room", "room", q.room.ID, "err", err)
		q.mu.Lock()
		for _, v := range ids {
			q.dirty[v] = true
		}
		q.mu.Unlock()
		return
	}
	q.mu.Lock()
	for _, it := range q.core.Shelf() {
		now, ok := items[it.ProductID]
		if ok && !q.over && (now.Left != it.Left || now.Sold != it.Sold || now.Price != it.Price || now.ListPrice != it.ListPrice || now.State != it.State) {
			id := it.ProductID
			q.core.Say(timeline.Event{T: timeline.KindProduct, ProductID: &id, Price: now.Price, ListPrice: now.ListPrice, Left: &now.Left, Sold: &now.Sold, State: now.State})
		}
	}
	urgent := q.core.Urgent()
	q.mu.Unlock()
	if urgent { // to be woken for nothing would only begin the wait for the tick again
		q.nudge()
	}
}

// lookAfter brings a waiting room back when its picture is there (the word of it may have met a database that
// did not answer), and ends one whose publisher did not come back, also one found waiting after a restart.
func (q *sequencer) lookAfter(now int64) {
	q.mu.Lock()
	downAt := q.downAt
	waiting := downAt > 0 && !q.over
	q.mu.Unlock()
	if !waiting {
		return
	}
	if st, ok := q.s.Media.StreamOf(q.room.ChannelID); ok && st.OnAir {
		q.s.StreamUp(q.s.life, st)
		return
	}
	if now-downAt <= q.s.lostAfter.Milliseconds() {
		return
	}
	if _, err := q.s.finish(q.s.life, q.room.ID, "lost"); err != nil {
		q.s.Log.Error("end lost room", "room", q.room.ID, "err", err)
	}
}

func (q *sequencer) sample(now int64) {
	q.countFollows(q.s.life)
	sales, err := q.s.SalesOf(q.s.life, q.room.ID)
	if err != nil {
		q.s.Log.Warn("sample room", "room", q.room.ID, "err", err)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.points = append(q.points, Point{At: now, Online: q.viewers.count(now), Entered: q.viewers.entered, Likes: q.core.Likes(), Comments: q.said,
		Follows: q.tally.follows, Orders: sales.Orders, GMV: sales.GMV})
	if len(q.points) > points {
		q.points = q.points[1:]
	}
}
