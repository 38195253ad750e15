package sim

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money/payment"
	"github.com/hawker-live/hawker/internal/shop/order"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// request is a buyer's wish to order, sent until it is answered.
type request struct {
	order.Placing
	buyer int
	tries int
	done  bool
}

const maxTries = 6 // then a person gives up; the order, if there is one, goes its way

// keysPerBuyer is small, so that keys come again.
const keysPerBuyer = 8

// place makes a request. The same key and body always ask for the same things, as the same request does.
func (w *world) place(e event) {
	buyer, key, body := e.a%buyerCount, e.b%keysPerBuyer, e.c%2
	like := random(uint64(key)<<8 | uint64(body))
	q := request{buyer: buyer}
	q.Key, q.Body, q.BuyerID = name("k", buyer*keysPerBuyer+key), name("v", body), name("b", buyer)
	first := like.n(skuCount)
	for i := range 1 + like.n(2) {
		q.Wanted = append(q.Wanted, order.Wanted{SkuID: name("s", (first+i)%skuCount), Quantity: 1 + like.n64(3)})
	}
	w.floorRows = w.offers
	_, _, total, err := order.Quote(q.Wanted, w.floor.Offers)
	if err != nil {
		w.must("quote", err)
		return
	}
	if q.Expected = total.Total.Minor; e.r.in(4) {
		q.Expected++
	}
	w.requests = append(w.requests, q)
	w.submit(len(w.requests)-1, &e.r)
	if e.r.in(15) { // a double click
		w.schedule(e.r.n64(30), event{kind: evRetry, a: len(w.requests) - 1, r: e.r})
	}
}

func (w *world) submit(q int, r *random) {
	req := &w.requests[q]
	if req.tries++; req.tries > maxTries && !w.resting {
		w.say("given up")
		return
	}
	n := w.pick(r)
	if n < 0 {
		w.schedule(1_000+r.n64(2_000), event{kind: evRetry, a: q, r: *r})
		w.say("nobody there")
		return
	}
	node := &w.nodes[n]
	req.At = w.clock(n)
	node.queue = append(node.queue, q)
	if !node.inLane {
		node.inLane = true
		w.schedule(r.n64(3), event{kind: evLane, a: n, b: node.gen, r: *r})
	}
}

// lane takes what waits as one batch, reads the rows once and decides every request on them.
func (w *world) lane(e event) {
	node := &w.nodes[e.a]
	if !node.up || node.gen != e.b {
		return
	}
	p := plan{node: e.a, what: planBatch, batch: append([]int(nil), node.queue...)}
	node.queue = node.queue[:0]
	w.readFloor()
	for _, q := range p.batch {
		if got, ok := w.decidePlacing(q); ok {
			p.accepted = append(p.accepted, placed{q, got})
		}
	}
	w.commitLater(&e.r, p)
}

func (w *world) readFloor() {
	f := &w.floor
	w.floorRows = w.offers
	for i := range w.floorRows {
		w.floorRows[i].Available = w.counters[i].Available
	}
	clear(f.Bought)
	for k, v := range w.bought {
		f.Bought[k] = v
	}
	clear(f.Unpaid)
	for i := range w.orders {
		if w.orders[i].State == order.Unpaid {
			f.Unpaid[name("b", w.orders[i].buyer)]++
		}
	}
	clear(f.Known)
	for k, o := range w.keys {
		f.Known[k] = w.requests[w.orders[o].request].Body
	}
}

// decidePlacing reports false for a refusal or a repeat.
func (w *world) decidePlacing(q int) (order.Placed, bool) {
	got, repeat, err := w.floor.Place(&w.requests[q].Placing)
	switch {
	case err != nil:
		w.requests[q].done = true
		w.say(errs.CodeOf(err))
		return got, false
	case repeat:
		w.say("repeat")
		w.answered(q)
		return got, false
	}
	return got, true
}

// answered: a repeat is answered from the stored order, which must be there once the first of the key has
// committed; until then it is not answered at all and asks again.
func (w *world) answered(q int) {
	req := &w.requests[q]
	if o, ok := w.keys[req.Key]; ok {
		req.done, w.orders[o].acked = true, true
		return
	}
	w.schedule(700, event{kind: evRetry, a: q, r: random(uint64(q) + 7)})
}

func (w *world) commitBatch(r *random, p *plan) {
	node := &w.nodes[p.node]
	node.inLane = false
	if len(node.queue) > 0 {
		node.inLane = true
		w.schedule(0, event{kind: evLane, a: p.node, b: node.gen, r: *r})
	}
	if w.insertAll(p.accepted, r) {
		return
	}
	w.say("stale")
	w.reached["stale batch"]++
	if len(p.accepted) == 1 {
		w.requests[p.accepted[0].request].done = true // out of stock, or a twin won
		w.answered(p.accepted[0].request)
		return
	}
	for _, a := range p.accepted { // one by one, each on fresh rows
		w.readFloor()
		if got, ok := w.decidePlacing(a.request); ok {
			if !w.insertAll([]placed{{a.request, got}}, r) {
				w.fail("request %d was refused on fresh rows", a.request)
			}
		}
	}
}

// insertAll commits accepted requests as one transaction; false: a guard refused, nothing was written.
func (w *world) insertAll(all []placed, r *random) bool {
	next := w.counters
	limits := map[order.Purchase]int64{}
	for i, a := range all {
		req := &w.requests[a.request]
		if _, used := w.keys[req.Key]; used {
			return false // the unique key
		}
		for _, b := range all[:i] {
			if w.requests[b.request].Key == req.Key {
				w.fail("one batch accepted key %s twice", req.Key)
			}
		}
		for _, l := range a.Lines {
			var err error
			s := skuOf(l.SkuID)
			if next[s], err = next[s].Apply(stock.Hold(l.Quantity)); err != nil {
				return false
			}
			if limit := w.offers[s].Limit; limit > 0 {
				k := order.Purchase{BuyerID: req.BuyerID, ProductID: l.ProductID}
				if limits[k] += l.Quantity; w.bought[k]+limits[k] > limit {
					return false
				}
			}
		}
	}
	w.counters = next
	for k, n := range limits {
		w.bought[k] += n
	}
	for _, a := range all {
		w.insertOrder(a, r)
	}
	return true
}

func (w *world) insertOrder(a placed, r *random) {
	req := &w.requests[a.request]
	o, p := len(w.orders), len(w.pays)
	w.orders = append(w.orders, orderRow{Core: a.Core, buyer: req.buyer, request: a.request, payment: p, total: a.Total.Total.Minor, feeBps: a.FeeBps, lines: a.Lines})
	w.keys[req.Key] = o
	w.startPayment(o, a.Total.Total.Minor, r)
	w.schedule(a.HoldUntil-w.now+r.n64(3_000), event{kind: evSweep, a: o, b: sweepExpire, r: *r})
	w.dirty(a.Lines)
	w.say("ordered")
	if w.fault(r, w.lost) { // committed, but the buyer never hears
		w.schedule(1_000, event{kind: evRetry, a: a.request, r: *r})
		w.say("unheard")
		return
	}
	req.done, w.orders[o].acked = true, true
}

func (w *world) startPayment(o int, due int64, r *random) {
	w.pays = append(w.pays, payRow{Core: payment.Core{Due: due, Unit: unit, State: payment.Pending, Asking: true}, order: o})
	w.schedule(r.n64(500), event{kind: evStart, a: len(w.pays) - 1, r: *r})
	w.schedule(3_000, event{kind: evPoll, a: len(w.pays) - 1, r: *r})
}

func skuOf(id string) int { return int(id[1] - '0') }

func (w *world) price(e event) {
	w.offers[e.a%skuCount].Price = 1 + e.r.n64(5000)
}

// adjust is the merchant who counts again.
func (w *world) adjust(e event) {
	s := e.a % skuCount
	by := e.r.n64(6) - 2
	next, err := w.counters[s].Apply(stock.Adjust(by))
	if err != nil {
		w.say(errs.CodeOf(err))
		return
	}
	w.counters[s] = next
	w.stocked[s] += by
	w.dirtySku(s)
}
