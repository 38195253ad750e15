package live

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/live/timeline"
)

const (
	periodMS = timeline.PeriodMS
	// keptTicks and keptKeys are served from memory; older ones are read from the store.
	keptTicks = 256
	keptKeys  = 8
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

// sequencer is the one goroutine that seals a room's ticks. It never waits for the database: what must be
// read or written for the room is done by its attendant. Inputs come under mu from any goroutine.
type sequencer struct {
	s    *Service
	room Room // as of the launch; never changes

	mu      sync.Mutex
	core    *timeline.Core
	head    *Sealed   // newest sealed tick
	ring    []*Sealed // newest keptTicks, oldest first
	keys    []SealedKey
	viewers audience
	tally   tally
	dirty   map[string]bool // products whose numbers changed
	mutes   map[string]int64
	said    int64
	points  []Point
	downAt  int64
	over    bool

	wake  chan struct{} // something urgent waits
	stock chan struct{} // something is dirty
	done  chan struct{} // closed after the last tick
}

// load reads all that a room's sequencer begins with. Nothing of it can fail later, so that a room is never
// on air without one.
func (s *Service) load(ctx context.Context, r Room) (*sequencer, error) {
	items, err := s.shelfItems(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	mutes, err := s.loadMutes(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	recent, err := s.recentComments(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	q := &sequencer{s: s, room: r, mutes: mutes, said: r.Comments, dirty: map[string]bool{},
		wake: make(chan struct{}, 1), stock: make(chan struct{}, 1), done: make(chan struct{})}
	now := s.now()
	q.core = timeline.Open(r.ID, r.Epoch, now, periodMS, r.State)
	var explain *string
	if r.Explain != "" {
		explain = &r.Explain
	}
	q.core.Restore(r.Likes, items, explain, r.ExplainAt, r.Pinned(), recent)
	q.viewers = newAudience(r.Entered, r.Peak)
	if r.State == timeline.Reconnecting {
		q.downAt = now
	}
	return q, s.loadTally(ctx, r, q)
}

// launch starts the sequencer in the epoch its room names. Callers hold the channel's turn. It refuses when
// the service is stopping; the room is then on air without ticks until Recover.
func (s *Service) launch(q *sequencer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life.Err() != nil {
		return errStopping
	}
	if s.sequencers[q.room.ID] != nil {
		return nil
	}
	q.mu.Lock()
	q.seal(s.now()) // tick 1 and the first keyframe exist before anybody can ask
	shelf := q.core.Shelf()
	q.mu.Unlock()
	s.sequencers[q.room.ID], s.byChannel[q.room.ChannelID] = q, q
	s.watch(q, shelf)
	s.work.Go(q.run)
	s.work.Go(q.attend)
	return nil
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

// run seals ticks until the room is over or the service stops.
func (q *sequencer) run() {
	defer q.leave()
	for {
		q.mu.Lock()
		urgent := q.core.Urgent() || q.over
		wait := q.head.Tick.Wait(q.s.now(), urgent)
		q.mu.Unlock()
		if wait > 0 {
			wake := q.wake
			if urgent {
				wake = nil // nothing is more urgent; by a clock that was set back each look would begin the wait anew
			}
			select {
			case <-q.s.Clock.After(time.Duration(wait) * time.Millisecond):
			case <-wake:
				continue // look again: something urgent came
			case <-q.s.life.Done():
				return
			}
		}
		q.mu.Lock()
		q.seal(q.head.Tick.SealAt(q.s.now()))
		over := q.over && !q.core.Urgent()
		q.mu.Unlock()
		if over || q.s.life.Err() != nil {
			return
		}
	}
}

// seal closes the open tick, makes keyframes, wakes readers and hands both to the store. Callers hold mu.
func (q *sequencer) seal(now int64) {
	online := q.viewers.count(now)
	q.core.SetPeriod(timeline.Period(online))
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
	st := q.stats(online)
	q.tally.note(now, online, st)
	row := stored{room: q.room.ID, tick: next, stats: st, minute: q.tally.cur, opens: q.tally.takeOpens(), sources: q.viewers.takeSources()}
	if timeline.KeyAfter(tick.N, q.over) {
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
	q.s.sealed.Add(1)
	q.s.store.add(row)
}

func (q *sequencer) stats(online int64) roomStats {
	return roomStats{likes: q.core.Likes(), comments: q.said, entered: q.viewers.entered, online: online, peak: q.viewers.peak}
}

// say makes a must-arrive event; after the end there is nobody to hear it.
func (q *sequencer) say(e timeline.Event) {
	q.mu.Lock()
	if !q.over {
		q.core.Say(e)
	}
	q.mu.Unlock()
	q.nudge()
}

func (q *sequencer) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// setState tells viewers that the picture is lost or back. An ended room stays ended.
func (q *sequencer) setState(st timeline.State, downAt int64) {
	q.mu.Lock()
	if !q.over {
		q.downAt = downAt
		if q.core.State() != st {
			q.core.Say(timeline.Event{T: timeline.KindRoom, State: string(st)})
		}
	}
	q.mu.Unlock()
	q.nudge()
}

// end says that the room is over; the last tick carries it.
func (q *sequencer) end() {
	q.mu.Lock()
	if !q.over {
		q.over = true
		q.core.Say(timeline.Event{T: timeline.KindRoom, State: string(timeline.Ended)})
	}
	q.mu.Unlock()
	q.nudge()
}

func (q *sequencer) leave() {
	s := q.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch(q, nil)
	delete(s.sequencers, q.room.ID)
	if s.byChannel[q.room.ChannelID] == q {
		delete(s.byChannel, q.room.ChannelID)
	}
	close(q.done)
}

// refresh adds to a stored room what only the sequencer knows yet.
func (q *sequencer) refresh(r *Room) {
	q.mu.Lock()
	defer q.mu.Unlock()
	r.Online, r.Likes, r.Entered, r.Peak, r.Comments = q.viewers.count(q.s.now()), q.core.Likes(), q.viewers.entered, q.viewers.peak, q.said
}
