package sim

import (
	"github.com/hawker-live/hawker/internal/money/payment"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// plan is what a node decided and has not committed: if the node crashes it is gone, and if the rows changed
// meanwhile its guards refuse it.
type plan struct {
	node, gen int
	what      planKind
	order     int
	command   order.Command
	before    order.Core
	next      order.Core
	effects   order.Effects

	pay    int
	news   int
	act    payment.Act
	accept bool

	batch    []int // requests
	accepted []placed

	total, fee int64
}

type planKind uint8

const (
	planBatch planKind = iota
	planOrder
	planNews
	planSettle
)

type placed struct {
	request int
	order.Placed
}

// commitLater commits a plan at once, or after a while in which others may be faster.
func (w *world) commitLater(r *random, p plan) {
	p.gen = w.nodes[p.node].gen
	w.plans = append(w.plans, p)
	e := event{kind: evCommit, a: len(w.plans) - 1, r: *r}
	if w.fault(r, w.stale) {
		wait := 1 + r.n64(400)
		if r.in(25) {
			wait = r.n64(60_000) // a node that slept
		}
		w.schedule(wait, e)
		w.say("decided")
		return
	}
	w.commit(e)
}

func (w *world) commit(e event) {
	p := &w.plans[e.a]
	if n := &w.nodes[p.node]; !n.up || n.gen != p.gen {
		w.say("lost with its node")
		w.unheard(p.batch)
		if p.what == planNews && w.news[p.news].Status == payment.StatusPaid { // nobody acknowledged it
			w.schedule(5_000, event{kind: evNews, a: p.pay, b: p.news, r: e.r})
		}
		return
	}
	switch p.what {
	case planBatch:
		w.commitBatch(&e.r, p)
	case planOrder:
		w.commitOrder(&e.r, p)
	case planNews:
		w.commitNews(&e.r, p)
	case planSettle:
		w.commitSettle(p)
	}
}

// crash takes a node down with everything it had in memory; what is in the store stays.
func (w *world) crash(e event) {
	n := e.a % w.profile.nodes
	if !w.nodes[n].up {
		w.say("is down")
		return
	}
	w.takeDown(n)
	w.schedule(200+e.r.n64(5_000), event{kind: evRestart, a: n, r: e.r})
}

func (w *world) takeDown(n int) {
	node := &w.nodes[n]
	node.up = false
	node.gen++
	w.unheard(node.queue)
	node.queue, node.inLane = node.queue[:0], false
	node.seq = node.seq.emptied()
	w.dropSockets(n)
}

// unheard: the people behind these requests hear nothing and try again.
func (w *world) unheard(requests []int) {
	for _, q := range requests {
		w.schedule(1_500, event{kind: evRetry, a: q, r: random(uint64(q) + 1)})
	}
}

func (w *world) restart(e event) {
	node := &w.nodes[e.a]
	if node.up {
		return
	}
	node.up = true
	w.recoverRoom(e.a, &e.r)
}

// Clock limits: a machine without time service drifts by minutes, and is set back at once when it gets one.
const maxSkew = 10 * 60 * 1000

func (w *world) jump(e event) {
	n := &w.nodes[e.a%w.profile.nodes]
	if !w.clocks || w.resting {
		w.say("no")
		return
	}
	by := e.r.n64(2*maxSkew) - maxSkew
	if e.r.in(70) {
		by = e.r.n64(4_000) - 2_000
	}
	n.skew = min(max(n.skew+by, -maxSkew), maxSkew)
	w.room.jumped = true
}

// rest ends all faults: from here everything must come to an end by itself.
func (w *world) rest(e event) {
	w.resting = true
	for i := range w.profile.nodes {
		if !w.nodes[i].up {
			w.nodes[i].up = true
			w.recoverRoom(i, &e.r)
		}
		w.nodes[i].skew = 0
	}
	for i := range w.orders {
		if w.orders[i].Refund == order.Asked { // the merchant answers at last
			w.schedule(e.r.n64(60_000), event{kind: cmdOrder, a: i, b: answer(&e.r), r: e.r})
		}
	}
	for i := range w.views {
		w.schedule(5_000, event{kind: evViewerAsk, a: i, r: e.r})
	}
}
