package sim

import (
	"encoding/json"

	"github.com/hawker-live/hawker/internal/live/timeline"
)

const (
	roomID = "rom"
	// A node keeps few ticks in memory here, so that short rooms are read from the store too.
	keptTicks = 12
	maxEpochs = 24
)

// roomRow is the room as the store has it.
type roomRow struct {
	state     timeline.State
	epoch     int64
	explain   string
	explainAt int64
	items     []int // skus on the shelf
	pin       *timeline.Comment
	likes     int64
	jumped    bool // a clock jumped while it was on air
	crowd     int64

	sealed [maxEpochs]sealedEpoch
}

// sealedEpoch is every tick an epoch ever sealed, as it went over the wire, and what the store has of it.
type sealedEpoch struct {
	ticks  []timeline.Tick
	bodies []uint64 // of each URL
	states []uint64 // the room's state after each tick
	stored int      // ticks in the store: always the first ones
	keys   []timeline.Keyframe
	kept   int // keyframes in the store
}

// sequencer is a node's side of the room. Ticks not stored yet are those of its epoch beyond what is stored.
type sequencer struct {
	on      bool
	over    bool
	epoch   int64
	core    *timeline.Core
	head    timeline.Tick
	turn    int
	restock bool
	urgent  bool  // it sleeps for something urgent
	sealed  int64 // when, by no node's clock
	written int   // ticks given to the store, as far as this node knows

	events, said, badges int // since the last tick
}

func (q sequencer) emptied() sequencer { return sequencer{turn: q.turn + 1} }

func (w *world) resetRoom(r *random) {
	room := &w.room
	for i := range room.sealed {
		e := &room.sealed[i]
		*e = sealedEpoch{ticks: e.ticks[:0], bodies: e.bodies[:0], states: e.states[:0], keys: e.keys[:0]}
	}
	*room = roomRow{state: timeline.Live, epoch: 0, items: append(room.items[:0], 0, 1), sealed: room.sealed}
	if r.in(5) {
		room.crowd = timeline.LargeRoom + 1
	}
	for i := range w.views {
		w.views[i].reset()
	}
	w.takeRoom(0, 0, timeline.Live)
}

func (w *world) onAir() bool {
	return w.room.state == timeline.Live || w.room.state == timeline.Reconnecting
}

// owner is the node whose epoch is the room's, -1 for none.
func (w *world) owner() int {
	for i := range w.nodes {
		if q := &w.nodes[i].seq; q.on && q.epoch == w.room.epoch {
			return i
		}
	}
	return -1
}

// takeRoom takes the epoch after the one the node had read. The guard stands in the store.
func (w *world) takeRoom(n int, read int64, state timeline.State) {
	if w.room.epoch != read || !w.onAir() || read+1 >= maxEpochs {
		w.say("another has it")
		return
	}
	w.room.epoch = read + 1
	w.room.state = state
	q := &w.nodes[n].seq
	*q = q.emptied()
	q.on, q.epoch = true, w.room.epoch
	q.core = timeline.Open(roomID, q.epoch, w.clock(n), timeline.PeriodMS, state)
	var explain *string
	if what := w.room.explain; what != "" {
		explain = &what
	}
	items := make([]timeline.Item, 0, len(w.room.items))
	for _, s := range w.room.items {
		items = append(items, w.item(s))
	}
	q.core.Restore(w.room.likes, items, explain, w.room.explainAt, w.room.pin, nil)
	w.seal(n)
	w.schedule(1_000, event{kind: evFlush, a: n, b: int(q.epoch)})
	w.connectAll(n)
}

func (w *world) item(s int) timeline.Item {
	c := w.counters[s]
	return timeline.Item{ProductID: name("p", s), Number: s + 1, Price: w.offers[s].Price, Left: c.Available, Sold: c.Sold, State: "on"}
}

// recoverRoom is a node's start: it takes the room if that was on air, and may meet another node that does.
func (w *world) recoverRoom(n int, r *random) {
	if !w.onAir() || w.owner() >= 0 {
		return
	}
	read := w.room.epoch
	if other := 1 - n; w.profile.nodes == 2 && w.nodes[other].up && r.in(50) {
		w.takeRoom(other, read, timeline.Reconnecting) // it read the same row, and was faster
	}
	w.takeRoom(n, read, timeline.Reconnecting)
}

// takeover: the other node takes the room while the owner lives on and does not know.
func (w *world) takeover(e event) {
	n := w.owner()
	if n < 0 || w.profile.nodes < 2 || !w.nodes[1-n].up || w.nodes[1-n].seq.on {
		w.say("no")
		return
	}
	w.takeRoom(1-n, w.room.epoch, timeline.Reconnecting)
	w.reached["takeover"]++
	w.schedule(e.r.n64(2_000), event{kind: cmdCrash, a: n, r: e.r})
}

// wakeSequencer has the node look whether its next tick is due; once it sleeps for something urgent it is not
// woken for more.
func (w *world) wakeSequencer(n int) {
	if q := &w.nodes[n].seq; q.on && !q.urgent {
		q.turn++
		w.schedule(0, event{kind: evSeal, a: n, b: q.turn})
	}
}

// look sleeps until the next tick is due, or seals it: c tells that it has slept.
func (w *world) look(e event) {
	q := &w.nodes[e.a].seq
	if !q.on || q.turn != e.b {
		return
	}
	urgent := q.core.Urgent() || q.over
	if wait := q.head.Wait(w.clock(e.a), urgent); wait > 0 && e.c == 0 {
		q.turn++
		q.urgent = urgent
		w.schedule(wait, event{kind: evSeal, a: e.a, b: q.turn, c: 1})
		return
	}
	w.seal(e.a)
}

func (w *world) seal(n int) {
	q := &w.nodes[n].seq
	online := w.room.crowd + int64(len(w.views))
	q.core.SetPeriod(timeline.Period(online))
	t := q.core.Seal(q.head.SealAt(w.clock(n)), online)
	w.checkTick(q, t)
	if t.N > 1 && w.now-q.sealed > q.head.Period+timeline.UrgentGapMS {
		w.fail("tick %d comes %d ms after the one before", t.N, w.now-q.sealed)
	}
	q.sealed = w.now
	q.head, q.events, q.said, q.badges = t, 0, 0, 0
	e := &w.room.sealed[q.epoch]
	if int(t.N) != len(e.ticks)+1 {
		w.fail("tick %d of epoch %d after %d ticks: a URL has two bodies or none", t.N, q.epoch, len(e.ticks))
		return
	}
	e.bodies = append(e.bodies, w.body(&t))
	e.ticks = append(e.ticks, t)
	key := q.core.Keyframe()
	w.checkRemoved(t, &key)
	e.states = append(e.states, hashState(&key))
	if timeline.KeyAfter(t.N, q.over) {
		e.keys = append(e.keys, key)
	}
	w.broadcast(n, t)
	if over := q.over && !q.core.Urgent(); over {
		w.flush(event{a: n, b: int(q.epoch)})
		q.on = false
		return
	}
	q.urgent = false
	w.wakeSequencer(n)
}

// body writes the tick as viewers get it, and gives its hash.
func (w *world) body(t *timeline.Tick) uint64 {
	if !w.marshal {
		return hashTick(t)
	}
	text, err := json.Marshal(t)
	w.must("encode tick", err)
	*t = timeline.Tick{}
	w.must("read tick", json.Unmarshal(text, t))
	var l loop
	l.reset(0)
	l.foldText(string(text))
	return l.hash
}

// flush stores what was sealed since. An answer that got lost makes the node store the same ticks again.
func (w *world) flush(e event) {
	q := &w.nodes[e.a].seq
	if !q.on || q.epoch != int64(e.b) || !w.nodes[e.a].up {
		return
	}
	s := &w.room.sealed[q.epoch]
	first := q.written // written again after a lost answer
	if first > s.stored {
		w.fail("epoch %d: ticks %d to %d are missing in the store", q.epoch, s.stored+1, first)
	}
	for i := first; i < len(s.ticks)-1; i++ {
		if !s.ticks[i+1].GoesOn(s.ticks[i]) {
			w.fail("epoch %d: tick %d does not go on from %d", q.epoch, s.ticks[i+1].N, s.ticks[i].N)
		}
	}
	s.stored, s.kept = len(s.ticks), len(s.keys)
	if q.epoch == w.room.epoch { // the fence of the counters
		w.room.likes = q.core.Likes()
	}
	if r := random(w.seq); !w.fault(&r, w.lost) {
		q.written = s.stored
	}
	w.schedule(1_000, event{kind: evFlush, a: e.a, b: e.b})
}
