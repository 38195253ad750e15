package sim

import (
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/money/payment"
	"github.com/hawker-live/hawker/internal/shop/order"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// check compares every counter and account with what the orders and payments say.
func (w *world) check() {
	w.checkStock()
	w.checkPayments()
	w.checkLedger()
}

func (w *world) checkStock() {
	var want [skuCount]stock.Counter
	var bought [buyerCount][skuCount]int64
	unpaid := [buyerCount]int{}
	for i := range w.orders {
		o := &w.orders[i]
		for _, l := range o.lines {
			s := skuOf(l.SkuID)
			switch {
			case o.State == order.Unpaid:
				want[s].Held += l.Quantity
			case o.State == order.Paid || o.ShippedAt > 0:
				want[s].Sold += l.Quantity
			}
			if o.State != order.Closed && o.State != order.Refunded {
				bought[o.buyer][s] += l.Quantity
			}
		}
		if o.State == order.Unpaid {
			unpaid[o.buyer]++
		}
	}
	for s, c := range w.counters {
		if c.Available < 0 || c.Held != want[s].Held || c.Sold != want[s].Sold || c.Stocked() != w.stocked[s] {
			w.fail("sku %d is %+v, orders hold %d and have %d of %d", s, c, want[s].Held, want[s].Sold, w.stocked[s])
		}
		if w.offers[s].Limit == 0 {
			continue
		}
		for b := range buyerCount {
			if n := w.bought[order.Purchase{BuyerID: name("b", b), ProductID: name("p", s)}]; n != bought[b][s] {
				w.fail("buyer %d has %d of product %d, counted %d", b, bought[b][s], s, n)
			}
		}
	}
	if len(w.keys) != len(w.orders) {
		w.fail("%d orders of %d keys", len(w.orders), len(w.keys))
	}
	for b, n := range unpaid {
		if n > order.MaxUnpaid && w.profile.nodes == 1 && w.stale == 0 {
			w.fail("buyer %d has %d unpaid orders", b, n)
		}
	}
}

func (w *world) checkPayments() {
	var escrow, suspense int64
	accepted := 0
	for i := range w.pays {
		p := &w.pays[i]
		switch {
		case p.Received < 0 || p.Reserved > p.Received || p.Refunded > p.Reserved || p.SettledOf > p.Received || p.SettledFee > p.SettledOf || p.SettledFee < 0:
			w.fail("payment %d: %+v", i, p.Core)
		case p.Accepted && (p.Received != p.Due || p.State != payment.Paid && p.State != payment.Refunded):
			w.fail("payment %d counts and is %+v", i, p.Core)
		case !p.Accepted && p.Received != p.Reserved:
			w.fail("payment %d does not count and keeps money: %+v", i, p.Core)
		case p.Received > 0 && p.Received != p.bank.paid || p.bank.back > p.bank.paid:
			w.fail("payment %d: the bank has %+v, we %+v", i, p.bank, p.Core)
		}
		switch {
		case !p.Accepted:
			suspense += p.Received - p.Refunded
		case p.SettledOf == 0:
			escrow += p.Received - p.Refunded
		}
		if p.Accepted && p.order >= 0 {
			accepted++
		}
	}
	// Refunds reserved before a settlement and done after it leave escrow late; deals are the ones that have such.
	for _, f := range w.refunds {
		if p := &w.pays[f.pay]; p.SettledOf > 0 && !f.done && f.fee+f.fromGoods == 0 {
			escrow += f.amount
		}
	}
	paid := 0
	for i := range w.orders {
		if w.orders[i].PaidAt > 0 {
			paid++
		}
	}
	if accepted != paid {
		w.fail("%d orders were paid by %d payments that count", paid, accepted)
	}
	if got := w.book.Balances[ledger.EscrowOf(shopID, unit)].Posted; got != escrow {
		w.fail("escrow is %d, payments say %d", got, escrow)
	}
	if got := w.book.Balances[ledger.Account{Owner: ledger.Platform, Kind: ledger.Suspense, Unit: unit}].Posted; got != suspense {
		w.fail("suspense is %d, payments say %d", got, suspense)
	}
}

func (w *world) checkLedger() {
	var sum int64
	for a, b := range w.book.Balances {
		sum += b.Posted
		if b.Held < 0 || b.Available() < a.Kind.Floor() {
			w.fail("account %s is %+v", a.ID(), b)
		}
	}
	if sum != 0 {
		w.fail("the ledger sums to %d", sum)
	}
}

// checkEnd is asked when nothing is left to happen.
func (w *world) checkEnd() {
	w.check()
	if broken := w.book.Broken(); len(broken) > 0 {
		w.fail("ledger: %v", broken)
	}
	for a, b := range w.book.Balances {
		if b.Held != 0 || a.Kind == ledger.Suspense && b.Posted != 0 {
			w.fail("account %s keeps %+v", a.ID(), b)
		}
	}
	for i := range w.orders {
		o := &w.orders[i]
		w.reached[string(o.State)]++
		if o.State == order.Unpaid || o.State == order.Shipped || o.Refund == order.Asked || o.Refund == order.Refunding || o.State == order.Received && !o.settled {
			w.fail("order %d rests as %s/%s", i, o.State, o.Refund)
		}
	}
	for i := range w.pays {
		w.checkRest(i)
	}
	for i := range w.requests {
		if q := &w.requests[i]; !q.done && q.tries <= maxTries {
			w.fail("request %d was never answered", i)
		}
	}
	w.dealsEnd()
	w.checkRoomEnd()
}

// checkRest: a payment ends in exactly one way, and what its buyer is out of pocket is what the order is worth.
func (w *world) checkRest(i int) {
	p := &w.pays[i]
	keeps := int64(0)
	if p.order < 0 && p.Accepted {
		keeps = p.Received - p.Refunded
	} else if p.Accepted && w.orders[p.order].State != order.Refunded {
		keeps = p.Due
	}
	var ok bool
	switch p.State {
	case payment.Paid:
		ok = p.Accepted && p.Refunded < p.Received
	case payment.Refunded:
		ok = p.Received > 0 && p.Refunded == p.Received
	case payment.Failed, payment.Closed:
		ok = p.Received == 0 && !p.Asking
	}
	if !ok || p.bank.paid-p.bank.back != keeps {
		w.fail("payment %d rests as %+v, the bank has %+v, the buyer should be %d poorer", i, p.Core, p.bank, keeps)
	}
}

func (w *world) checkTick(q *sequencer, t timeline.Tick) {
	if t.Epoch != q.epoch || t.N != q.head.N+1 || t.Next != t.At+t.Period || t.N > 1 && t.At <= q.head.At {
		w.fail("tick %+v after %+v", t, q.head)
	}
	if !w.room.jumped && t.N > 1 && t.At < q.head.At+timeline.UrgentGapMS {
		w.fail("tick %d comes %d ms after the one before", t.N, t.At-q.head.At)
	}
	if len(t.Events) != q.events {
		w.fail("tick %d carries %d of %d events that must arrive", t.N, len(t.Events), q.events)
	}
	users, badges := map[string]bool{}, 0
	for _, c := range t.Comments {
		if c.Badge != "" {
			badges++
			continue
		}
		if users[c.User] {
			w.fail("tick %d shows two lines of %s", t.N, c.User)
		}
		users[c.User] = true
	}
	if t.Said != q.said || badges != q.badges || len(t.Comments)-badges > max(timeline.MaxShown-badges, 0) {
		w.fail("tick %d shows %d comments with %d of %d badges, said %d of %d", t.N, len(t.Comments), badges, q.badges, t.Said, q.said)
	}
}

// checkRemoved: what was taken away is gone from what newcomers see.
func (w *world) checkRemoved(t timeline.Tick, k *timeline.Keyframe) {
	for _, e := range t.Events {
		if e.T != timeline.KindRemove {
			continue
		}
		for _, c := range k.Comments {
			if c.ID == e.CommentID {
				w.fail("tick %d removed comment %s, and it is shown", t.N, c.ID)
			}
		}
	}
}

// checkRoomEnd: viewers are where the store is, or further, and the stored ticks give the same room again.
func (w *world) checkRoomEnd() {
	if w.onAir() || w.owner() >= 0 {
		w.fail("the room is still on air")
		return
	}
	last := int(w.room.epoch)
	for last > 0 && w.room.sealed[last].stored == 0 {
		last--
	}
	s := &w.room.sealed[last]
	for i := range w.views {
		if v := &w.views[i]; s.stored > 0 && (!v.joined || !v.key.Knows(s.ticks[s.stored-1])) {
			w.fail("viewer %d stays at tick %d of epoch %d, stored are %d of %d", i, v.key.N, v.key.Epoch, s.stored, last)
		}
	}
	for e := 1; e <= last; e++ {
		w.checkReplay(e)
	}
}

// checkReplay: an epoch's first keyframe with all its ticks gives the room after each of them, and every
// later keyframe is that too.
func (w *world) checkReplay(epoch int) {
	s := &w.room.sealed[epoch]
	if s.kept == 0 {
		return
	}
	k := s.keys[0]
	k.Comments = append([]timeline.Comment(nil), k.Comments...)
	versions := map[string]int64{}
	for t, n := range k.Versions {
		versions[t] = n
	}
	k.Versions = versions
	next := 1
	for i := range s.stored {
		k.Fold(s.ticks[i])
		if hashState(&k) != s.states[i] {
			w.fail("replayed to tick %d of epoch %d the room is another", i+1, epoch)
		}
		if next < s.kept && s.keys[next].N == k.N {
			if hashState(&s.keys[next]) != s.states[i] {
				w.fail("keyframe %d of epoch %d is not what the ticks say", k.N, epoch)
			}
			next++
		}
	}
	if next != s.kept {
		w.fail("epoch %d: %d of %d keyframes have their tick", epoch, next, s.kept)
	}
}
