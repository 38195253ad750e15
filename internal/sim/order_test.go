package sim

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/money/payment"
	"github.com/hawker-live/hawker/internal/shop/order"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// The commands people give to orders, and those the sweeper gives.
var orderCommands = []order.Command{order.Ship, order.Ship, order.Ship, order.Receive, order.Receive, order.Cancel, order.AskRefund, order.AskRefund,
	order.ApproveRefund, order.RefuseRefund, order.Expire, order.AutoReceive}

const (
	sweepExpire  = 10
	sweepReceive = 11
)

func answer(r *random) int { return 8 + r.n(2) }

// orderCommand gives one order one command.
func (w *world) orderCommand(e event) {
	if len(w.orders) == 0 {
		w.say("no order")
		return
	}
	n := w.pick(&e.r)
	if n < 0 {
		w.say("nobody there")
		return
	}
	w.decideOrder(&e.r, n, e.a%len(w.orders), orderCommands[e.b%len(orderCommands)])
}

func (w *world) decideOrder(r *random, n, o int, c order.Command) {
	row := &w.orders[o]
	next, effects, err := order.Decide(row.Core, c, w.clock(n))
	if err != nil {
		if next != row.Core || effects != (order.Effects{}) {
			w.fail("%s of order %d was refused and had an effect", c, o)
		}
		w.say(errs.CodeOf(err))
		return
	}
	if !inTime(row.Core, c, w.clock(n)) {
		w.fail("%s of order %d at the wrong time: %+v", c, o, row.Core)
	}
	w.say(string(c))
	w.commitLater(r, plan{node: n, what: planOrder, order: o, command: c, before: row.Core, next: next, effects: effects})
}

// sweep closes orders whose hold is over and receives parcels nobody talks about.
func (w *world) sweep(e event) {
	n := w.pick(&e.r)
	row := &w.orders[e.a]
	c := orderCommands[e.b]
	if c == order.Expire && row.State != order.Unpaid || c == order.AutoReceive && row.State != order.Shipped {
		w.say("nothing to do")
		return
	}
	if n >= 0 {
		w.decideOrder(&e.r, n, e.a, c)
	}
	// It looks again, because this try may get lost, be early by its node's clock, or meet an open refund.
	again := int64(5_000)
	if c == order.AutoReceive {
		again = max(again, row.ReceiveBy-w.now, 3600_000)
	} else if n >= 0 {
		again = max(again, row.HoldUntil-w.clock(n))
	}
	w.schedule(again+e.r.n64(1_000), event{kind: evSweep, a: e.a, b: e.b, r: e.r})
}

func (w *world) commitOrder(r *random, p *plan) {
	if refused := w.change(r, p.order, p.before, p.next, p.effects); refused != "" {
		w.say(refused)
		w.reached["stale order"]++
	}
}

// change writes an order with all its effects as one transaction, or gives why a guard refused.
func (w *world) change(r *random, o int, before, next order.Core, e order.Effects) string {
	row := &w.orders[o]
	if row.State != before.State || row.Refund != before.Refund {
		return "moved on"
	}
	counters := w.counters
	for _, l := range row.lines {
		if move, moves := e.Units(l.Quantity); moves {
			var err error
			s := skuOf(l.SkuID)
			if counters[s], err = counters[s].Apply(move); err != nil {
				if !e.SellLate {
					w.must("move units", err)
				}
				return "units gone"
			}
		}
	}
	if !legal(row.Core, next) {
		w.fail("order %d went from %s/%s to %s/%s", o, row.State, row.Refund, next.State, next.Refund)
	}
	shipped := row.State == order.Paid && next.State == order.Shipped
	if w.resting && next.Refund == order.Asked && row.Refund != order.Asked {
		w.schedule(r.n64(60_000), event{kind: cmdOrder, a: o, b: answer(r), r: *r})
	}
	w.counters, row.Core = counters, next
	w.countBought(o, e)
	w.moveMoney(r, o, e)
	if shipped {
		w.schedule(next.ReceiveBy-w.now+r.n64(60_000), event{kind: evSweep, a: o, b: sweepReceive, r: *r})
	}
	w.dirty(row.lines)
	return ""
}

func (w *world) countBought(o int, e order.Effects) {
	by := int64(0)
	switch {
	case e.ForgetBought:
		by = -1
	case e.CountBought:
		by = 1
	default:
		return
	}
	for _, l := range w.orders[o].lines {
		if w.offers[skuOf(l.SkuID)].Limit > 0 {
			w.bought[order.Purchase{BuyerID: name("b", w.orders[o].buyer), ProductID: l.ProductID}] += by * l.Quantity
		}
	}
}

func (w *world) moveMoney(r *random, o int, e order.Effects) {
	row := &w.orders[o]
	if e.ClosePayment {
		w.closePayments(o, r)
	}
	if e.Settle {
		_, fee, err := money.SplitFee(money.Yuan(row.total), row.feeBps)
		w.must("split", err)
		p := &w.pays[row.payment]
		next, err := p.Core.Settle(row.total, fee.Minor)
		w.must("settle", err)
		p.Core = next
		w.settled(o, row.total, fee.Minor)
		row.settled = true
	}
	if e.StartRefund {
		w.must("refund", w.refund(row.payment, row.total, r))
	}
}

func (w *world) settled(ref int, total, fee int64) {
	owed := w.book.Balances[ledger.ReceivableOf(shopID, unit)].Available()
	w.serial++
	w.post(ledger.Settled(name("o", ref)+name("t", w.serial), shopID, unit, total, fee, max(-owed, 0)))
	w.reached["settled"]++
}

func (w *world) closePayments(o int, r *random) {
	for i := range w.pays {
		if p := &w.pays[i]; p.order == o && p.State == payment.Pending {
			p.Core, _ = p.Core.Close(false)
			w.schedule(r.n64(2_000), event{kind: evPoll, a: i, r: *r})
		}
	}
}

// repay starts another payment of an unpaid order; what was open before is closed.
func (w *world) repay(e event) {
	if len(w.orders) == 0 {
		return
	}
	o := e.a % len(w.orders)
	n := w.pick(&e.r)
	if n < 0 {
		return
	}
	next, effects, err := order.Decide(w.orders[o].Core, order.Repay, w.clock(n))
	if err != nil {
		w.say(errs.CodeOf(err))
		return
	}
	if w.pays[w.orders[o].payment].State == payment.Pending && e.r.in(50) {
		w.say("the same payment") // the same provider: the open one is given back
		return
	}
	w.closePayments(o, &e.r)
	w.startPayment(o, w.orders[o].total, &e.r)
	w.change(&e.r, o, w.orders[o].Core, next, effects)
	w.orders[o].payment = len(w.pays) - 1
}

// legal says which steps an order may take; the graph is written down here a second time on purpose.
func legal(from, to order.Core) bool {
	if from.State == to.State {
		switch to.Refund {
		case from.Refund:
			return from == to
		case order.Asked:
			return (from.Refund == order.NoRefund || from.Refund == order.Refused) && to.State != order.Unpaid && to.State != order.Closed && to.State != order.Refunded
		case order.Refused:
			return from.Refund == order.Asked
		case order.Refunding:
			return from.Refund == order.Asked || to.State == order.Paid && from.Refund != order.Done
		}
		return false
	}
	switch to.State {
	case order.Paid:
		return (from.State == order.Unpaid || from.State == order.Closed && from.PaidAt == 0) && to.Refund == order.NoRefund
	case order.Closed:
		return from.State == order.Unpaid
	case order.Shipped:
		return from.State == order.Paid && (to.Refund == order.NoRefund || to.Refund == order.Refused)
	case order.Received:
		return from.State == order.Shipped && (to.Refund == order.NoRefund || to.Refund == order.Refused)
	case order.Refunded:
		return from.Refund == order.Refunding && to.Refund == order.Done
	}
	return false
}

// inTime is what the times of an order allow, written down a second time too.
func inTime(o order.Core, c order.Command, now int64) bool {
	switch c {
	case order.Expire:
		return now >= o.HoldUntil
	case order.AutoReceive:
		return now >= o.ReceiveBy && o.ReceiveBy >= o.ShippedAt+order.ReceiveAfter.Milliseconds()
	case order.AskRefund:
		return o.State != order.Received || now <= o.ReceivedAt+order.RefundWindow.Milliseconds()
	}
	return true
}

// enough reports whether a closed order's units could be had again.
func (w *world) enough(o int) bool {
	for _, l := range w.orders[o].lines {
		if _, err := w.counters[skuOf(l.SkuID)].Apply(stock.SellLate(l.Quantity)); err != nil {
			return false
		}
	}
	return true
}
