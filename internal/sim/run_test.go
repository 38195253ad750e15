package sim

import (
	"fmt"
	"strings"
)

// maxSteps bounds a seed: a world that does not come to rest has lost something.
const maxSteps = 20_000

// commands of a seed: what people do in its world.
func commands(seed uint64, into []event) []event {
	r := random(seed)
	p := draw(&r)
	r = random(seed ^ 0x5eed)
	add := func(n int, span int64, kinds ...kind) {
		for range n {
			into = append(into, event{at: r.n64(span), kind: kinds[r.n(len(kinds))], a: r.n(64), b: r.n(64), c: r.n(64), r: random(r.next())})
		}
	}
	into = into[:0]
	add(2+r.n(10), 5_000, cmdPlace)
	add(2+r.n(6), p.worldSpan, cmdPlace, cmdRepay)
	if p.plenty {
		add(12, 20_000, cmdPlace)
		for i := range into {
			into[i].a = 0
		}
	}
	add(3+r.n(10), p.worldSpan, cmdPay)
	add(4+r.n(20), p.worldSpan, cmdOrder)
	add(r.n(4), 20*24*3600_000, cmdOrder) // within the days of receipt and of the refund window
	add(r.n(6), p.worldSpan, cmdPrice, cmdAdjust, cmdPayout)
	if r.in(40) {
		add(3+r.n(12), p.worldSpan/4, cmdDeal, cmdDealRefund, cmdDealRefund, cmdDealSettle)
	}
	add(r.n(3), p.worldSpan, cmdCrash, cmdClock)
	add(4+int(p.roomSpan/400), p.roomSpan, cmdExplain, cmdShelf, cmdPin, cmdRemove, cmdTalk, cmdTalk, cmdLike, cmdLink)
	if r.in(50) {
		add(r.n(5), p.roomSpan, cmdCrash, cmdTakeover, cmdClock, cmdPlace, cmdPay)
	}
	if r.in(30) {
		add(1, 2*p.roomSpan, cmdEnd)
	}
	return into
}

// run plays commands in a seed's world until nothing is left to happen.
func (w *world) run(seed uint64, all []event) error {
	w.reset(seed)
	for i := range all {
		e := all[i]
		w.schedule(e.at, e)
	}
	w.schedule(w.roomSpan, event{kind: evFinish})
	w.schedule(w.worldSpan+60_000, event{kind: evRest, r: random(seed)})
	for len(w.queue) > 0 && w.broken == nil {
		if w.steps >= maxSteps {
			w.fail("not at rest after %d events", w.steps)
			break
		}
		w.step(w.take())
		w.check()
	}
	if w.broken == nil {
		w.checkEnd()
	}
	w.foldRest()
	return w.broken
}

// foldRest brings the world's rest into the trace, in an order of its own.
func (w *world) foldRest() {
	for i := range w.orders {
		w.say(string(w.orders[i].State))
	}
	for i := range w.pays {
		w.say(string(w.pays[i].State))
		w.fold(uint64(w.pays[i].Refunded))
	}
	var sum uint64
	for a, b := range w.book.Balances {
		var l loop
		l.reset(b.Posted)
		l.foldText(a.ID())
		l.fold(uint64(b.Posted))
		sum += l.hash
	}
	w.fold(sum)
	for i := range w.room.sealed {
		for _, body := range w.room.sealed[i].bodies {
			w.fold(body)
		}
	}
}

func (w *world) step(e event) {
	switch e.kind {
	case cmdPlace:
		w.place(e)
	case cmdPay:
		w.pay(e)
	case cmdOrder:
		w.orderCommand(e)
	case cmdRepay:
		w.repay(e)
	case cmdPrice:
		w.price(e)
	case cmdAdjust:
		w.adjust(e)
	case cmdPayout:
		w.payout(e)
	case cmdDeal:
		w.deal(e)
	case cmdDealSettle:
		w.dealSettle(e)
	case cmdDealRefund:
		w.dealRefund(e)
	case cmdCrash:
		w.crash(e)
	case cmdClock:
		w.jump(e)
	case evRetry:
		if !w.requests[e.a].done {
			w.submit(e.a, &e.r)
		}
	case evLane:
		w.lane(e)
	case evCommit:
		w.commit(e)
	case evSweep:
		w.sweep(e)
	case evStart:
		w.start(e)
	case evNews:
		w.heard(e)
	case evPoll:
		w.poll(e)
	case evRefund:
		w.sendRefund(e)
	case evArrived:
		w.arrived(e)
	case evRestart:
		w.restart(e)
	case evRest:
		w.rest(e)
	default:
		w.stepRoom(e)
	}
}

func (w *world) stepRoom(e event) {
	switch e.kind {
	case cmdExplain:
		w.explain(e)
	case cmdShelf:
		w.shelf(e)
	case cmdPin:
		w.pin(e)
	case cmdRemove:
		w.remove(e)
	case cmdTalk:
		w.talk(e)
	case cmdLike:
		w.like(e)
	case cmdLink:
		w.link(e)
	case cmdTakeover:
		w.takeover(e)
	case cmdEnd, evFinish:
		w.end()
	case evSeal:
		w.look(e)
	case evFlush:
		w.flush(e)
	case evTick:
		w.hear(e)
	case evRestock:
		w.restock(e)
	case evViewerAsk:
		w.ask(&w.views[e.a])
	}
}

// maxShrinkRuns bounds the search for a short list.
const maxShrinkRuns = 400

// shrink leaves out commands as long as the seed still breaks, in halves and then one by one.
func shrink(seed uint64, all []event) ([]event, error) {
	w := newWorld()
	kept := append([]event(nil), all...)
	err := w.run(seed, kept)
	runs := 0
	for size := len(kept) / 2; size > 0 && runs < maxShrinkRuns; {
		left := false
		for at := 0; at < len(kept) && runs < maxShrinkRuns; {
			shorter := append(append([]event(nil), kept[:at]...), kept[min(at+size, len(kept)):]...)
			runs++
			if got := w.run(seed, shorter); got != nil {
				kept, err, left = shorter, got, true
				continue
			}
			at += size
		}
		if !left {
			size /= 2
		}
	}
	return kept, err
}

// report says everything one needs to see a broken seed again.
func report(seed uint64, broken error) string {
	if *brief {
		return fmt.Sprintf("seed %d: %v", seed, broken)
	}
	kept, err := shrink(seed, commands(seed, nil))
	w := newWorld()
	w.trace = &strings.Builder{}
	_ = w.run(seed, kept)
	return fmt.Sprintf("seed %d: %v\nshrunk to %d commands: %v%s\n\nagain: go test ./internal/sim -run 'TestSim_NoSeed' -seed=%d -v",
		seed, broken, len(kept), err, w.trace.String(), seed)
}
