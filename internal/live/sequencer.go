package live

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/media"
)

const (
	// period of ticks below 20,000 viewers; longer above, because bytes and requests cost more than delay.
	periodMS      = 250
	periodLargeMS = 1000
	largeRoom     = 20_000
	// urgentGap is the least time between two ticks when a must-arrive event seals one early.
	urgentGapMS = 50
	// keyEvery ticks a keyframe is made: 10 s at 250 ms.
	keyEvery = 40
	// keptTicks and keptKeys are served from memory; older ones are read from the store.
	keptTicks = 256
	keptKeys  = 8
	// pointEvery and points: the console's curves hold ten minutes.
	pointEvery = 10 * time.Second
	points     = 60
)

// Sealed is one tick as every transport sends it.
type Sealed struct {
	Tick timeline.Tick
	Body []byte // JSON, the same bytes for every viewer
	// Next is closed once the following tick is sealed; then Following returns it.
	Next      chan struct{}
	following *Sealed
}

// Following is the tick after this one; valid once Next is closed.
func (s *Sealed) Following() *Sealed { return s.following }

// SealedKey is one keyframe as sent.
type SealedKey struct {
	N    int64
	At   int64
	Body []byte
}

// sequencer is the one goroutine that seals a room's ticks. Inputs come under mu from any goroutine.
type sequencer struct {
	s    *Service
	room Room // as of the launch; changing fields are guarded by mu

	mu      sync.Mutex
	core    *timeline.Core
	head    *Sealed   // newest sealed tick
	ring    []*Sealed // newest keptTicks, oldest first
	keys    []SealedKey
	viewers audience
	dirty   map[string]bool // products whose numbers changed
	mutes   map[string]int64
	said    int64
	points  []Point
	downAt  int64
	over    bool

	wake chan struct{}
}

// Point is one sample of the console's curves.
type Point struct {
	At     int64
	Online int64
	Likes  int64
	Orders int64
	GMV    int64
}

// launch starts the room's sequencer in the epoch that room names.
func (s *Service) launch(ctx context.Context, r Room) error {
	items, err := s.shelfItems(ctx, r.ID)
	if err != nil {
		return err
	}
	mutes, err := s.loadMutes(ctx, r.ID)
	if err != nil {
		return err
	}
	recent, err := s.recentComments(ctx, r.ID)
	if err != nil {
		return err
	}
	now := s.now()
	core := timeline.Open(r.ID, r.Epoch, now, periodMS, r.State)
	var explain *string
	if r.Explain != "" {
		explain = &r.Explain
	}
	core.Restore(r.Likes, items, explain, r.ExplainAt, r.Pinned(), recent)
	q := &sequencer{s: s, room: r, core: core, mutes: mutes, said: r.Comments, dirty: map[string]bool{}, wake: make(chan struct{}, 1)}
	q.viewers = newAudience(r.Entered, r.Peak)
	if r.State == timeline.Reconnecting {
		q.downAt = now
	}
	s.mu.Lock()
	if s.sequencers[r.ID] != nil {
		s.mu.Unlock()
		return nil
	}
	s.sequencers[r.ID], s.byChannel[r.ChannelID] = q, q
	s.watch(q, items)
	s.mu.Unlock()
	q.mu.Lock()
	q.seal(now) // tick 1 and the first keyframe exist before anybody can ask
	q.mu.Unlock()
	s.work.Add(1)
	go q.run()
	return nil
}

// Pinned is the room's pinned comment, nil for none.
func (r Room) Pinned() *timeline.Comment {
	if r.Pin == "" {
		return nil
	}
	var c timeline.Comment
	if json.Unmarshal([]byte(r.Pin), &c) != nil {
		return nil
	}
	return &c
}

// watch notes which rooms care for which products. Callers hold s.mu.
func (s *Service) watch(q *sequencer, items []timeline.Item) {
	for id, rooms := range s.byProduct {
		if delete(rooms, q); len(rooms) == 0 {
			delete(s.byProduct, id)
		}
	}
	for _, it := range items {
		if s.byProduct[it.ProductID] == nil {
			s.byProduct[it.ProductID] = map[*sequencer]bool{}
		}
		s.byProduct[it.ProductID][q] = true
	}
}

func (q *sequencer) run() {
	defer q.s.work.Done()
	defer q.leave()
	clk := q.s.Clock
	last := q.s.now()
	point := last
	for {
		q.mu.Lock()
		due, urgent, over := q.head.Tick.Next, q.core.Urgent(), q.over
		q.mu.Unlock()
		if urgent || over {
			due = min(due, last+urgentGapMS)
		}
		if wait := due - q.s.now(); wait > 0 {
			select {
			case <-clk.After(time.Duration(wait) * time.Millisecond):
			case <-q.wake:
				continue // look again: something urgent came
			case <-q.s.life.Done():
				return
			}
		}
		q.restock()
		now := q.s.now()
		q.mu.Lock()
		q.seal(max(now, last+1))
		over = q.over && !q.core.Urgent()
		q.mu.Unlock()
		last = now
		if now-point >= pointEvery.Milliseconds() {
			point = now
			q.sample(now)
		}
		if over {
			return
		}
		q.endIfLost(now)
	}
}

// seal closes the open tick, makes keyframes, wakes readers and hands both to the store. Callers hold mu.
func (q *sequencer) seal(now int64) {
	online := q.viewers.count(now)
	if online > largeRoom {
		q.core.SetPeriod(periodLargeMS)
	} else {
		q.core.SetPeriod(periodMS)
	}
	tick := q.core.Seal(now, online)
	body, err := json.Marshal(tick)
	if err != nil { // only strings, numbers and slices of them: cannot happen
		panic(fmt.Sprintf("encode tick: %v", err))
	}
	next := &Sealed{Tick: tick, Body: body, Next: make(chan struct{})}
	if q.head != nil {
		q.head.following = next
		close(q.head.Next)
	}
	q.head = next
	q.ring = append(q.ring, next)
	if len(q.ring) > keptTicks {
		q.ring = append(q.ring[:0:0], q.ring[len(q.ring)-keptTicks:]...)
	}
	row := stored{room: q.room.ID, tick: next, stats: q.stats(online)}
	if tick.N%keyEvery == 1 || q.over {
		key := q.core.Keyframe()
		kb, err := json.Marshal(key)
		if err != nil {
			panic(fmt.Sprintf("encode keyframe: %v", err))
		}
		sk := SealedKey{N: key.N, At: key.At, Body: kb}
		q.keys = append(q.keys, sk)
		if len(q.keys) > keptKeys {
			q.keys = q.keys[1:]
		}
		row.key = &sk
	}
	q.s.store.add(row)
}

func (q *sequencer) stats(online int64) roomStats {
	return roomStats{likes: q.core.Likes(), comments: q.said, entered: q.viewers.entered, online: online, peak: q.viewers.peak}
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
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, it := range q.core.Shelf() {
		now, ok := items[it.ProductID]
		if ok && (now.Left != it.Left || now.Sold != it.Sold || now.Price != it.Price || now.ListPrice != it.ListPrice || now.State != it.State) {
			id := it.ProductID
			q.core.Say(timeline.Event{T: timeline.KindProduct, ProductID: &id, Price: now.Price, ListPrice: now.ListPrice, Left: &now.Left, Sold: &now.Sold, State: now.State})
		}
	}
}

func (q *sequencer) say(e timeline.Event) {
	q.mu.Lock()
	if e.T == timeline.KindExplain {
		q.room.Explain = ""
		if e.ProductID != nil {
			q.room.Explain = *e.ProductID
		}
		q.room.ExplainAt = e.At
	}
	q.core.Say(e)
	q.mu.Unlock()
	q.nudge()
}

func (q *sequencer) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// reshelve tells viewers of a new shelf.
func (q *sequencer) reshelve(ctx context.Context, stopped bool) error {
	items, err := q.s.shelfItems(ctx, q.room.ID)
	if err != nil {
		return err
	}
	q.s.mu.Lock()
	q.s.watch(q, items)
	q.s.mu.Unlock()
	q.say(timeline.Event{T: timeline.KindShelf, Items: items})
	if stopped {
		q.say(explainEvent("", q.s.now()))
	}
	return nil
}

// setState tells viewers that the picture is lost or back.
func (q *sequencer) setState(st timeline.State, downAt int64, session string) {
	q.mu.Lock()
	q.downAt = downAt
	changed := q.core.State() != st
	q.room.State = st
	if session != "" {
		q.room.Session = session
	}
	q.mu.Unlock()
	if changed {
		q.say(timeline.Event{T: timeline.KindRoom, State: string(st)})
	}
}

// end says that the room is over; the last tick carries it.
func (q *sequencer) end() {
	q.mu.Lock()
	if !q.over {
		q.over = true
		q.room.State = timeline.Ended
		if q.core.State() != timeline.Ended {
			q.core.Say(timeline.Event{T: timeline.KindRoom, State: string(timeline.Ended)})
		}
	}
	q.mu.Unlock()
	q.nudge()
}

// endIfLost ends a room whose publisher did not come back, also one found waiting after a restart.
func (q *sequencer) endIfLost(now int64) {
	q.mu.Lock()
	lost := q.downAt > 0 && now-q.downAt > lostAfter.Milliseconds() && !q.over
	r := q.room
	q.mu.Unlock()
	if lost {
		if _, err := q.s.finish(q.s.life, r, "lost"); err != nil {
			q.s.Log.Error("end lost room", "room", r.ID, "err", err)
		}
	}
}

// lostAfter is longer than media.Grace, so that media's own verdict comes first when it can.
const lostAfter = media.Grace + 15*time.Second

func (q *sequencer) leave() {
	s := q.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch(q, nil)
	delete(s.sequencers, q.room.ID)
	if s.byChannel[q.room.ChannelID] == q {
		delete(s.byChannel, q.room.ChannelID)
	}
}

// refresh adds to a stored room what only the sequencer knows yet.
func (q *sequencer) refresh(r *Room) {
	q.mu.Lock()
	defer q.mu.Unlock()
	r.Online, r.Likes, r.Entered, r.Peak, r.Comments = q.viewers.count(q.s.now()), q.core.Likes(), q.viewers.entered, q.viewers.peak, q.said
	r.Epoch = q.room.Epoch
}

func (q *sequencer) sample(now int64) {
	sales, err := q.s.SalesOf(q.s.life, q.room.ID)
	if err != nil {
		q.s.Log.Warn("sample room", "room", q.room.ID, "err", err)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.points = append(q.points, Point{At: now, Online: q.viewers.count(now), Likes: q.core.Likes(), Orders: sales.Orders, GMV: sales.GMV})
	if len(q.points) > points {
		q.points = q.points[1:]
	}
}
