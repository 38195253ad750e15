package order

import (
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// State of an order.
type State string

const (
	Unpaid   State = "unpaid"
	Paid     State = "paid"
	Shipped  State = "shipped"
	Received State = "received"
	Closed   State = "closed"
	Refunded State = "refunded"
)

// States in the order of an order's life.
var States = []State{Unpaid, Paid, Shipped, Received, Closed, Refunded}

const (
	// HoldFor is how long unpaid units are kept from others: long enough to confirm a payment in
	// another app, short enough that a flash sale's leftovers come back while people still watch.
	HoldFor = 15 * time.Minute
	// ReceiveAfter is when a shipped order counts as received without the buyer saying so.
	ReceiveAfter = 10 * 24 * time.Hour
	// RefundWindow after receipt.
	RefundWindow = 15 * 24 * time.Hour
)

// RefundState of an order's latest refund, "" when none was asked for.
type RefundState string

const (
	NoRefund  RefundState = ""
	Asked     RefundState = "asked"
	Refused   RefundState = "refused"
	Refunding RefundState = "refunding"
	Done      RefundState = "done"
)

// Core is the part of an order that decides. Times are unix ms; 0 = not happened.
type Core struct {
	State      State
	Refund     RefundState
	HoldUntil  int64
	ReceiveBy  int64 // when a shipped order is received by itself
	PaidAt     int64
	ShippedAt  int64
	ReceivedAt int64
}

// Command is something that happens to an order.
type Command string

const (
	Pay           Command = "pay"     // a payment was collected
	Expire        Command = "expire"  // the hold is over
	Cancel        Command = "cancel"  // the buyer: closes an unpaid order, refunds a paid one at once
	Ship          Command = "ship"    // the merchant
	Receive       Command = "receive" // the buyer
	AutoReceive   Command = "auto"    // nobody said anything
	AskRefund     Command = "ask"     // the buyer
	ApproveRefund Command = "approve" // the merchant
	RefuseRefund  Command = "refuse"  // the merchant
	FinishRefund  Command = "finish"  // the money is back
	Repay         Command = "repay"   // the buyer starts another payment
)

// Effects are what the store must do in the same transaction.
type Effects struct {
	ReleaseHold  bool // held -> available
	SellHeld     bool // held -> sold
	SellLate     bool // available -> sold; the whole command is refused when there are too few
	ReturnSold   bool // sold -> available
	ForgetBought bool // the units no longer count towards the buyer's limit
	CountBought  bool // they count again
	ClosePayment bool // payments still open: nobody waits for them
	Settle       bool // escrow -> merchant and fee
	StartRefund  bool
	Log          string // timeline code
}

// Units is the move of n units of a line, false when its counters stay as they are.
func (e Effects) Units(n int64) (stock.Move, bool) {
	switch {
	case e.ReleaseHold:
		return stock.Release(n), true
	case e.SellHeld:
		return stock.Sell(n), true
	case e.SellLate:
		return stock.SellLate(n), true
	case e.ReturnSold:
		return stock.Return(n), true
	}
	return stock.Move{}, false
}

// Decide applies a command at nowMS. A refusal leaves the order as it is.
func Decide(o Core, c Command, nowMS int64) (Core, Effects, error) {
	switch c {
	case Pay:
		return pay(o, nowMS)
	case Repay:
		if o.State != Unpaid {
			return o, Effects{}, refusal(o, c)
		}
		if nowMS >= o.HoldUntil {
			return o, Effects{}, errs.New(errs.Gone, "hold_expired", "the time to pay is over; order again")
		}
		return o, Effects{Log: "payment_started"}, nil
	case Expire:
		if o.State != Unpaid || nowMS < o.HoldUntil {
			return o, Effects{}, refusal(o, c)
		}
		o.State = Closed
		return o, Effects{ReleaseHold: true, ForgetBought: true, ClosePayment: true, Log: "hold_expired"}, nil
	case Cancel:
		return cancel(o)
	case Ship:
		if o.State != Paid {
			return o, Effects{}, refusal(o, c)
		}
		if o.Refund == Asked || o.Refund == Refunding {
			return o, Effects{}, errs.New(errs.Conflict, "refund_open", "the buyer wants the money back; answer the refund first")
		}
		o.State, o.ShippedAt, o.ReceiveBy = Shipped, nowMS, nowMS+ReceiveAfter.Milliseconds()
		return o, Effects{Log: "shipped"}, nil
	case Receive, AutoReceive:
		return receive(o, c, nowMS)
	}
	return refund(o, c, nowMS)
}

func pay(o Core, nowMS int64) (Core, Effects, error) {
	switch {
	case o.State == Unpaid:
		o.State, o.PaidAt = Paid, nowMS
		return o, Effects{SellHeld: true, ClosePayment: true, Log: "paid"}, nil
	case o.State == Closed && o.PaidAt == 0:
		o.State, o.PaidAt = Paid, nowMS
		return o, Effects{SellLate: true, CountBought: true, ClosePayment: true, Log: "paid_late"}, nil
	}
	return o, Effects{}, refusal(o, Pay)
}

func cancel(o Core) (Core, Effects, error) {
	switch {
	case o.State == Unpaid:
		o.State = Closed
		return o, Effects{ReleaseHold: true, ForgetBought: true, ClosePayment: true, Log: "cancelled"}, nil
	case o.State == Paid && o.Refund != Refunding:
		o.Refund = Refunding
		return o, Effects{StartRefund: true, Log: "cancelled_refunding"}, nil
	}
	return o, Effects{}, refusal(o, Cancel)
}

func receive(o Core, c Command, nowMS int64) (Core, Effects, error) {
	if o.State != Shipped || (c == AutoReceive && nowMS < o.ReceiveBy) {
		return o, Effects{}, refusal(o, c)
	}
	if o.Refund == Asked || o.Refund == Refunding {
		return o, Effects{}, errs.New(errs.Conflict, "refund_open", "a refund is open; it decides this order")
	}
	o.State, o.ReceivedAt = Received, nowMS
	log := "received"
	if c == AutoReceive {
		log = "received_by_itself"
	}
	return o, Effects{Settle: true, Log: log}, nil
}

func refund(o Core, c Command, nowMS int64) (Core, Effects, error) {
	switch c {
	case AskRefund:
		if o.State != Paid && o.State != Shipped && o.State != Received {
			return o, Effects{}, refusal(o, c)
		}
		if o.Refund == Asked || o.Refund == Refunding {
			return o, Effects{}, errs.New(errs.Conflict, "refund_open", "a refund was asked for already")
		}
		if o.State == Received && nowMS > o.ReceivedAt+RefundWindow.Milliseconds() {
			return o, Effects{}, errs.New(errs.Gone, "refund_window_over", "refunds end %d days after receipt", int(RefundWindow.Hours()/24)).
				With("days", int(RefundWindow.Hours()/24))
		}
		o.Refund = Asked
		return o, Effects{Log: "refund_asked"}, nil
	case ApproveRefund:
		if o.Refund != Asked {
			return o, Effects{}, refusal(o, c)
		}
		o.Refund = Refunding
		return o, Effects{StartRefund: true, Log: "refund_approved"}, nil
	case RefuseRefund:
		if o.Refund != Asked {
			return o, Effects{}, refusal(o, c)
		}
		o.Refund = Refused
		if o.State == Shipped { // the clock stood still while the refund was open
			o.ReceiveBy = max(o.ReceiveBy, nowMS+refusedGrace.Milliseconds())
		}
		return o, Effects{Log: "refund_refused"}, nil
	case FinishRefund:
		if o.Refund != Refunding {
			return o, Effects{}, refusal(o, c)
		}
		effects := Effects{ReturnSold: o.State == Paid, ForgetBought: true, Log: "refunded"}
		o.State, o.Refund = Refunded, Done
		return o, effects, nil
	}
	return o, Effects{}, refusal(o, c)
}

// refusedGrace leaves the buyer time to answer a refusal before the order settles by itself.
const refusedGrace = 3 * 24 * time.Hour

func refusal(o Core, c Command) error {
	return errs.New(errs.Conflict, "order_moved_on", "an order that is %s cannot do this (%s)", o.State, c).With("state", string(o.State))
}
