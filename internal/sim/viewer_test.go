package sim

import (
	"maps"

	"github.com/hawker-live/hawker/internal/live/timeline"
)

const viewerCount = 2

// viewer follows the room as the web client does: ticks by socket, what is missing by HTTP, a keyframe when it
// joins or has fallen behind an epoch.
type viewer struct {
	joined bool
	node   int // whose socket it has, -1 for none
	key    timeline.Keyframe
}

func (v *viewer) reset() { *v = viewer{node: -1} }

// connectAll gives viewers without a socket one at a node that took the room.
func (w *world) connectAll(n int) {
	for i := range w.views {
		if v := &w.views[i]; v.node < 0 {
			v.node = n
			w.join(v, n)
		}
	}
}

func (w *world) dropSockets(n int) {
	for i := range w.views {
		if w.views[i].node == n {
			w.views[i].node = -1
			if o := w.owner(); o >= 0 {
				w.views[i].node = o
				w.join(&w.views[i], o)
			}
		}
	}
}

// broadcast sends a tick over the sockets of a node; some are lost, doubled, late.
func (w *world) broadcast(n int, t timeline.Tick) {
	for i := range w.views {
		if w.views[i].node != n {
			continue
		}
		r := random(uint64(t.Epoch)<<40 ^ uint64(t.N)<<8 ^ uint64(i) ^ w.seq<<50)
		e := event{kind: evTick, a: i, b: int(t.Epoch), c: int(t.N)}
		if w.fault(&r, w.ticks) {
			switch r.n(3) {
			case 0: // lost
				continue
			case 1: // twice
				w.schedule(r.n64(100), e)
			}
			w.schedule(r.n64(900), e)
			continue
		}
		w.schedule(1, e)
	}
}

func (w *world) hear(e event) {
	v := &w.views[e.a]
	t := &w.room.sealed[e.b].ticks[e.c-1]
	switch {
	case !v.joined:
	case v.key.Knows(*t):
		w.say("known")
	case t.GoesOn(timeline.Tick{Epoch: v.key.Epoch, N: v.key.N}):
		w.follow(v, t)
	case t.Epoch == v.key.Epoch:
		w.reached["gap"]++
		w.catchUp(v, e.b, e.c)
	case t.Epoch < v.key.Epoch:
		w.fail("a viewer in epoch %d takes a tick of epoch %d for news", v.key.Epoch, t.Epoch)
	default:
		w.ask(v)
	}
}

// follow brings a viewer one tick forward, and what it sees must be what the room was.
func (w *world) follow(v *viewer, t *timeline.Tick) {
	v.key.Fold(*t)
	w.seesTheRoom(v)
}

func (w *world) seesTheRoom(v *viewer) {
	states := w.room.sealed[v.key.Epoch].states
	if n := int(v.key.N); n > len(states) || states[n-1] != hashState(&v.key) {
		w.fail("a viewer at tick %d of epoch %d sees another room: %+v", v.key.N, v.key.Epoch, v.key)
	}
}

// catchUp fetches ticks by HTTP until the viewer is at n: from a node's memory, else from the store. The body
// of a URL must be the one it always had.
func (w *world) catchUp(v *viewer, epoch, n int) {
	s := &w.room.sealed[epoch]
	for at := int(v.key.N); at < n; at++ {
		inMemory := false
		for i := range w.nodes {
			q := &w.nodes[i].seq
			inMemory = inMemory || q.on && q.epoch == int64(epoch) && at >= len(s.ticks)-keptTicks
		}
		if !inMemory && at >= s.stored {
			w.say("lost with its node")
			return
		}
		if !w.marshal && hashTick(&s.ticks[at]) != s.bodies[at] {
			w.fail("tick %d of epoch %d has two bodies", at+1, epoch)
		}
		w.follow(v, &s.ticks[at])
	}
}

// join reads the newest keyframe of a node and the ticks after it.
func (w *world) join(v *viewer, n int) {
	epoch := int(w.nodes[n].seq.epoch)
	s := &w.room.sealed[epoch]
	if len(s.keys) > 0 {
		w.joinAt(v, epoch, len(s.keys)-1, len(s.ticks))
	}
}

func (w *world) joinAt(v *viewer, epoch, key, n int) {
	k := w.room.sealed[epoch].keys[key]
	if v.joined && (k.Epoch < v.key.Epoch || k.Epoch == v.key.Epoch && k.N <= v.key.N) {
		if k.Epoch == v.key.Epoch {
			w.catchUp(v, epoch, n)
		}
		return // never back
	}
	k.Comments = append([]timeline.Comment(nil), k.Comments...)
	k.Versions = maps.Clone(k.Versions)
	v.key, v.joined = k, true
	w.seesTheRoom(v)
	w.catchUp(v, epoch, n)
}

// ask is a viewer who looks at the head: of the room's owner, or of what is stored when nobody has it.
func (w *world) ask(v *viewer) {
	if n := w.owner(); n >= 0 {
		w.join(v, n)
		return
	}
	epoch := int(w.room.epoch)
	for epoch > 0 && w.room.sealed[epoch].kept == 0 {
		epoch--
	}
	if s := &w.room.sealed[epoch]; s.kept > 0 {
		w.joinAt(v, epoch, s.kept-1, s.stored)
	}
}
