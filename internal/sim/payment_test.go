package sim

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/money/payment"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// start opens the charge at the bank: the job that runs after the commit.
func (w *world) start(e event) {
	p := &w.pays[e.a]
	if p.State == payment.Pending && !p.bank.closed {
		p.bank.open = true
	}
}

// pay is the buyer confirming in the bank's own app, which knows nothing of our order.
func (w *world) pay(e event) {
	if len(w.pays) == 0 {
		w.say("nothing to pay")
		return
	}
	i := e.a % len(w.pays)
	p := &w.pays[i]
	if !p.bank.open || p.bank.closed || p.bank.paid > 0 {
		w.say("cannot")
		return
	}
	p.bank.paid, p.bank.txn = p.Due, name("t", i)
	if e.r.in(6) { // another amount than was asked for
		p.bank.paid = max(1, p.Due+e.r.n64(20)-10)
	}
	w.tell(i, &e.r)
}

// tell sends the bank's news, late, doubled, with lies among them.
func (w *world) tell(i int, r *random) {
	p := &w.pays[i]
	paid := payment.News{Status: payment.StatusPaid, Amount: p.bank.paid, Unit: unit, Txn: p.bank.txn}
	send := func(n payment.News) {
		delay := r.n64(300)
		if w.fault(r, w.bank) {
			delay = r.n64(30 * 60_000)
		}
		w.news = append(w.news, n)
		w.schedule(delay, event{kind: evNews, a: i, b: len(w.news) - 1, r: random(r.next())})
	}
	if p.Asking && w.fault(r, w.bank/2) {
		w.say("notify lost") // and the poller finds out
		return
	}
	send(paid)
	for w.fault(r, w.bank) {
		switch lie := paid; r.n(7) {
		case 0, 1:
			send(paid)
		case 2:
			send(payment.News{Status: payment.StatusFailed})
		case 3:
			send(payment.News{Status: payment.StatusClosed})
		case 4:
			lie.Txn = "other"
			send(lie)
		case 5:
			lie.Unit, lie.Amount = "USD", lie.Amount+7
			send(lie)
		case 6:
			lie.Amount = -lie.Amount
			send(lie)
		}
	}
}

// heard is one piece of news at a node: judged on the rows as they are, committed perhaps later.
func (w *world) heard(e event) {
	n := w.pick(&e.r)
	if n < 0 || w.fault(&e.r, w.lost/2) {
		w.schedule(500+e.r.n64(3_000), e) // the bank tries again
		return
	}
	news := w.news[e.b]
	// Lies about another transaction are heard of payments without money too; the door keeps forged news
	// out by its signature, so that what is left claims what the bank's own rows say or contradicts them.
	p := &w.pays[e.a]
	if news.Txn == "other" && p.Received == 0 {
		w.say("before its time")
		return
	}
	w.judge(&e.r, n, e.a, e.b)
}

func (w *world) judge(r *random, n, i, news int) {
	p := &w.pays[i]
	out := plan{node: n, what: planNews, pay: i, news: news, act: payment.Judge(p.Core, w.news[news])}
	switch out.act {
	case payment.Nothing, payment.Flag:
		w.say("nothing new")
		return
	case payment.Full:
		w.judgeOrder(n, &out)
	}
	w.commitLater(r, out)
}

// judgeOrder is the shop's verdict on money that came in full.
func (w *world) judgeOrder(n int, out *plan) {
	p := &w.pays[out.pay]
	if out.order = p.order; p.order < 0 {
		out.accept = true
		return
	}
	row := &w.orders[p.order]
	next, effects, err := order.Decide(row.Core, order.Pay, w.clock(n))
	if err != nil || effects.SellLate && !w.enough(p.order) {
		return // the money goes back
	}
	out.accept, out.before, out.next, out.effects = true, row.Core, next, effects
	if effects.SellLate {
		w.reached["paid late"]++
	}
}

func (w *world) commitNews(r *random, p *plan) {
	row, news := &w.pays[p.pay], w.news[p.news]
	switch p.act {
	case payment.Decline:
		row.Core, _ = row.Core.Fail("declined")
		return
	case payment.Shut:
		row.Core, _ = row.Core.Close(true)
		return
	}
	next, first := row.Core.Collect(news)
	if !first {
		w.say("duplicate")
		w.reached["duplicate"]++
		return
	}
	if p.act == payment.Full && p.accept {
		if p.order >= 0 {
			if refused := w.change(r, p.order, p.before, p.next, p.effects); refused != "" {
				w.say(refused) // the transaction ends; the news comes again and is judged anew
				w.schedule(300+r.n64(2_000), event{kind: evNews, a: p.pay, b: p.news, r: *r})
				return
			}
			w.orders[p.order].payment = p.pay
		}
		row.Core = next.Accept()
		w.post(ledger.Paid(name("y", p.pay), name("o", p.pay), bankName, shopID, unit, row.Received))
		w.say("paid")
		return
	}
	code := "order_closed"
	if p.act == payment.Wrong {
		code = "wrong_amount"
	}
	row.Core = next.GiveBack(code)
	w.post(ledger.Received(name("y", p.pay), name("o", p.pay), bankName, unit, row.Received))
	w.must("return", w.refund(p.pay, row.Received, r))
	w.say(code)
	w.reached[code]++
}

// poll asks the bank about a payment whose end is not known: the twin of news that may be lost.
func (w *world) poll(e event) {
	p := &w.pays[e.a]
	if !p.Asking || p.Received > 0 {
		return
	}
	p.polls++
	if p.order < 0 && p.polls > 8 && p.bank.paid == 0 { // nobody closes a deal that is never paid but we
		p.Core, _ = p.Core.Close(true)
		p.bank.closed = true
		return
	}
	w.schedule(int64(min(3_000<<min(p.polls, 5), 60_000)), event{kind: evPoll, a: e.a, r: random(e.r.next())})
	n := w.pick(&e.r)
	if n < 0 || w.fault(&e.r, w.bank) {
		w.say("no answer")
		return
	}
	news := payment.News{Status: payment.StatusPaid, Amount: p.bank.paid, Unit: unit, Txn: p.bank.txn}
	switch {
	case p.bank.paid > 0:
	case p.State == payment.Closed:
		p.bank.closed = true
		news = payment.News{Status: payment.StatusClosed}
	default:
		p.bank.open = true // the start was lost as well
		return
	}
	w.news = append(w.news, news)
	w.judge(&e.r, n, e.a, len(w.news)-1)
}

// refund reserves part of a payment and has the bank pay it back.
func (w *world) refund(i int, amount int64, r *random) error {
	p := &w.pays[i]
	next, err := p.Core.Reserve(amount)
	if err != nil {
		return err
	}
	has := w.book.Balances[ledger.MerchantOf(shopID, unit)].Available()
	from, err := next.Source(amount, has)
	if err != nil {
		return err
	}
	p.Core = next
	f := len(w.refunds)
	w.refunds = append(w.refunds, refundRow{pay: i, amount: amount, counts: p.Accepted, fee: from.Fee, fromGoods: from.Merchant + from.Receivable})
	w.post(ledger.RefundHeld(name("r", f), name("o", i), bankName, shopID, unit, from))
	w.schedule(r.n64(500), event{kind: evRefund, a: f, r: random(r.next())})
	return nil
}

// sendRefund is the call to the bank, which does one refund once however often it is asked.
func (w *world) sendRefund(e event) {
	f := &w.refunds[e.a]
	if f.done {
		return
	}
	w.schedule(3_000+e.r.n64(20_000), event{kind: evRefund, a: e.a, r: random(e.r.next())})
	if w.fault(&e.r, w.bank) {
		w.say("refused for now")
		return
	}
	if !f.bankDone {
		f.bankDone = true
		w.pays[f.pay].bank.back += f.amount
	}
	if w.fault(&e.r, w.lost) {
		w.say("unheard")
		return
	}
	for again := true; again; again = w.fault(&e.r, w.bank) {
		w.schedule(e.r.n64(2_000), event{kind: evArrived, a: e.a, r: e.r})
	}
}

// arrived is the news that a refund reached the buyer.
func (w *world) arrived(e event) {
	f := &w.refunds[e.a]
	if n := w.pick(&e.r); n < 0 || f.done {
		w.say("duplicate")
		return
	}
	p := &w.pays[f.pay]
	f.done, p.Core = true, p.Core.Arrived(f.amount)
	w.post(ledger.RefundDone(name("r", e.a), name("o", f.pay)))
	void := ledger.Transfer{Key: name("v", e.a), Kind: "refund", Phase: ledger.Void, Of: "refund-held:" + name("r", e.a)}
	if err := w.book.Post(void); errs.CodeOf(err) != "hold_resolved" {
		w.fail("hold %s was resolved twice: %v", void.Of, err)
	}
	if !f.counts || p.order < 0 {
		return
	}
	row := &w.orders[p.order]
	next, effects, err := order.Decide(row.Core, order.FinishRefund, w.now)
	w.must("finish refund", err)
	if err == nil {
		w.change(&e.r, p.order, row.Core, next, effects)
	}
}

// payout takes some of what the merchant has.
func (w *world) payout(e event) {
	has := w.book.Balances[ledger.MerchantOf(shopID, unit)].Available()
	if has <= 0 {
		w.say("nothing")
		return
	}
	n := 1 + e.r.n64(has)
	w.serial++
	t := ledger.Transfer{Key: name("t", w.serial), Kind: "payout", Phase: ledger.Single, Entries: []ledger.Entry{
		{Account: ledger.MerchantOf(shopID, unit), Amount: -n}, {Account: ledger.Account{Owner: "provider/" + bankName, Kind: ledger.Clearing, Unit: unit}, Amount: n}}}
	w.post(t)
	if e.r.in(30) { // asked twice
		w.post(t)
	}
	// More than there is must be refused.
	t.Key += "!"
	t.Entries = []ledger.Entry{{Account: t.Entries[0].Account, Amount: n - has - 1}, {Account: t.Entries[1].Account, Amount: has + 1 - n}}
	if err := w.book.Post(t); errs.CodeOf(err) != "balance_too_low" {
		w.fail("a payout of more than there is: %v", err)
	}
}
