package sim

import (
	"testing"

	"github.com/hawker-live/hawker/internal/money/payment"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// What can happen around one payment of one order. Every order of these is played.
const (
	newsPaid = iota
	newsPaidAgain
	newsOtherTxn
	newsOtherUnit
	newsFailed
	newsClosed
	holdOver
	buyerCancels
	refundArrives
	happenings
)

// affair is one payment and its order.
type affair struct {
	pay       payment.Core
	order     order.Core
	now       int64
	collected int64 // what the bank took
	units     bool  // a closed order's units can be had again
}

func (a *affair) judge(n payment.News) {
	switch payment.Judge(a.pay, n) {
	case payment.Full:
		a.pay, _ = a.pay.Collect(n)
		next, effects, err := order.Decide(a.order, order.Pay, a.now)
		if err != nil || effects.SellLate && !a.units {
			a.giveBack()
			return
		}
		a.pay, a.order = a.pay.Accept(), next
	case payment.Wrong:
		a.pay, _ = a.pay.Collect(n)
		a.giveBack()
	case payment.Decline:
		a.pay, _ = a.pay.Fail("declined")
	case payment.Shut:
		a.pay, _ = a.pay.Close(true)
	}
}

func (a *affair) giveBack() {
	a.pay = a.pay.GiveBack("returned")
	a.pay, _ = a.pay.Reserve(a.pay.Received)
}

func (a *affair) command(c order.Command) {
	next, effects, err := order.Decide(a.order, c, a.now)
	if err != nil {
		return
	}
	a.order = next
	if effects.ClosePayment {
		a.pay, _ = a.pay.Close(false)
	}
	if effects.StartRefund {
		a.pay, _ = a.pay.Reserve(a.pay.Received)
	}
}

func (a *affair) arrive() {
	if open := a.pay.Reserved - a.pay.Refunded; open > 0 {
		a.pay = a.pay.Arrived(open)
		if a.pay.Accepted {
			a.command(order.FinishRefund)
		}
	}
}

func (a *affair) happen(what int) {
	paid := payment.News{Status: payment.StatusPaid, Amount: a.collected, Unit: unit, Txn: "t"}
	switch what {
	case newsPaid, newsPaidAgain:
		a.judge(paid)
	case newsOtherTxn:
		if paid.Txn = "other"; a.pay.Received > 0 { // before money came, nobody could tell it from the true one
			a.judge(paid)
		}
	case newsOtherUnit:
		paid.Unit = "USD"
		a.judge(paid)
	case newsFailed:
		a.judge(payment.News{Status: payment.StatusFailed})
	case newsClosed:
		a.judge(payment.News{Status: payment.StatusClosed})
	case holdOver:
		a.now = a.order.HoldUntil
		a.command(order.Expire)
	case buyerCancels:
		a.command(order.Cancel)
	case refundArrives:
		a.arrive()
	}
}

// rests says whether payment and order ended in one legal way.
func (a *affair) rests(due int64) bool {
	keeps := int64(0)
	if a.order.State == order.Paid {
		keeps = due
	}
	p := a.pay
	legal := p.State == payment.Paid && p.Accepted && p.Refunded == 0 && a.order.State == order.Paid && a.order.Refund == order.NoRefund ||
		p.State == payment.Refunded && p.Accepted && a.order.State == order.Refunded ||
		p.State == payment.Refunded && !p.Accepted && a.order.State == order.Closed ||
		p.State == payment.Refunded && !p.Accepted && a.order.State == order.Unpaid && a.collected != due // the order waits for a right payment
	return legal && p.Received == a.collected && p.Reserved == p.Refunded && p.Received-p.Refunded == keeps && !p.Asking
}

// permute calls fn with every order of list until it says false (Heap's algorithm).
func permute(list []int, n int, fn func() bool) bool {
	if n <= 1 {
		return fn()
	}
	for i := range n {
		if !permute(list, n-1, fn) {
			return false
		}
		j := 0
		if n%2 == 0 {
			j = i
		}
		list[j], list[n-1] = list[n-1], list[j]
	}
	return true
}

// The bank tells until it is heard, so that the true news comes at last whatever was lost before; and a refund
// arrives at last. In between everything may come in any order.
func TestSim_EveryOrderOfWhatHappensToAPaymentEndsInOneLegalWay(t *testing.T) {
	const due = 100
	every := 1
	if *seeds < 100_000 {
		every = 23 // a part of them, with the race detector
	}
	count, ends := 0, map[payment.State]int{}
	for _, collected := range []int64{due, due - 1, due + 1} {
		for _, units := range []bool{true, false} {
			list := []int{newsPaid, newsPaidAgain, newsOtherTxn, newsOtherUnit, newsFailed, newsClosed, holdOver, buyerCancels, refundArrives}
			n := 0
			permute(list, happenings, func() bool {
				if n++; n%every != 0 {
					return true
				}
				a := affair{pay: payment.Core{Due: due, Unit: unit, State: payment.Pending, Asking: true},
					order: order.Core{State: order.Unpaid, HoldUntil: epoch0 + order.HoldFor.Milliseconds()}, now: epoch0, collected: collected, units: units}
				for _, what := range list {
					a.happen(what)
				}
				a.happen(newsPaid)
				a.arrive()
				if count++; !a.rests(due) {
					t.Errorf("collected %d, units %v, order %v: payment %+v, order %+v", collected, units, list, a.pay, a.order)
					return false
				}
				ends[a.pay.State]++
				return true
			})
		}
	}
	t.Logf("%d orders of %d happenings: %v", count, happenings, ends)
	if ends[payment.Paid] == 0 || ends[payment.Refunded] == 0 {
		t.Error("some end was never reached")
	}
}
