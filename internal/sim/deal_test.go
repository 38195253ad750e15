package sim

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money/payment"
)

// A deal is a payment without an order: it is refunded in parts and settled for what is left, which the shop
// does not do today and the core allows.

func (w *world) deal(e event) {
	w.deals = append(w.deals, len(w.pays))
	w.startPayment(-1, 1+e.r.n64(400), &e.r)
	p := &w.pays[len(w.pays)-1]
	p.bank.open = true
	w.schedule(e.r.n64(2_000), event{kind: cmdPay, a: len(w.pays) - 1, r: random(e.r.next())})
}

func (w *world) dealRefund(e event) {
	if len(w.deals) == 0 {
		return
	}
	i := w.deals[e.a%len(w.deals)]
	p := &w.pays[i]
	left := p.Received - p.Reserved
	amount := 1 + e.r.n64(max(left, 1)+3)
	if e.r.in(40) {
		amount = max(left, 1)
	}
	err := w.refund(i, amount, &e.r)
	if (err == nil) != (amount <= left) {
		w.fail("a refund of %d with %d left: %v", amount, left, err)
	}
	w.say(errs.CodeOf(err))
}

func (w *world) dealSettle(e event) {
	if len(w.deals) == 0 {
		return
	}
	i := w.deals[e.a%len(w.deals)]
	n := w.pick(&e.r)
	if n < 0 {
		return
	}
	total := w.pays[i].Received - w.pays[i].Reserved
	fee := e.r.n64(max(total, 0) + 1)
	if _, err := w.pays[i].Core.Settle(total, fee); err != nil {
		w.say(errs.CodeOf(err))
		return
	}
	w.commitLater(&e.r, plan{node: n, what: planSettle, pay: i, total: total, fee: fee})
}

func (w *world) commitSettle(p *plan) {
	row := &w.pays[p.pay]
	next, err := row.Core.Settle(p.total, p.fee)
	if err != nil {
		w.say(errs.CodeOf(err)) // a refund was faster
		w.reached["stale settle"]++
		return
	}
	row.Core = next
	w.settled(p.pay, p.total, p.fee)
}

// dealsEnd checks the splits of what was refunded in parts.
func (w *world) dealsEnd() {
	for _, i := range w.deals {
		p := &w.pays[i]
		var fee, goods, back int64
		for _, f := range w.refunds {
			if f.pay == i {
				fee, goods, back = fee+f.fee, goods+f.fromGoods, back+f.amount
			}
		}
		if back != p.Reserved || p.Refunded != back {
			w.fail("deal %d: refunds of %d, counted %d reserved and %d refunded", i, back, p.Reserved, p.Refunded)
		}
		// What is left of the fee is its share of what was not refunded.
		if p.SettledOf > 0 {
			share, err := payment.Share(p.SettledFee, fee+goods, p.SettledOf)
			if err != nil || share != fee || fee+goods > p.SettledOf {
				w.fail("deal %d: %d fee and %d goods came back of %d settled with %d fee", i, fee, goods, p.SettledOf, p.SettledFee)
			}
		}
	}
}
