package payment

import "github.com/hawker-live/hawker/internal/errs"

// State is what a payment is to the buyer.
type State string

const (
	Pending  State = "pending"
	Paid     State = "paid"
	Failed   State = "failed"   // declined; or collected money that does not count and is on its way back
	Closed   State = "closed"   // not wanted any more; a late success is judged by the Payee
	Refunded State = "refunded" // everything that was collected went back
)

// Status is a provider's word about a charge or a refund.
type Status string

const (
	StatusPending Status = "pending"
	StatusPaid    Status = "paid"
	StatusFailed  Status = "failed" // declined, or the refund was refused this time
	StatusClosed  Status = "closed"
	StatusUnknown Status = "unknown" // the provider has no such charge or refund
	StatusDone    Status = "done"    // refund: the money is back
)

// Core is the part of a payment that decides. Amounts are minor units of Unit.
type Core struct {
	Due        int64 // what was asked for
	Unit       string
	State      State
	Accepted   bool  // counts for its order; at most one payment of an order does
	Received   int64 // truly collected
	Reserved   int64 // refunds asked for, done or not
	Refunded   int64 // refunds done
	SettledOf  int64 // settled to merchant and fee
	SettledFee int64 // the fee part of SettledOf
	Txn        string
	FailCode   string
	Asking     bool // the provider is still to be asked about it
}

// News is one piece of a provider's word about a charge.
type News struct {
	Status Status
	Amount int64
	Unit   string
	Txn    string // the provider's own number
}

// Act is what news does to a payment.
type Act int

const (
	Nothing Act = iota
	Full        // collected in full: ask the Payee
	Wrong       // collected another amount: give it back
	Decline
	Shut
	Flag // contradicts what is known; recorded for a person to look at
)

// Judge decides what news about a charge means. It is idempotent: applied again after its own effect it
// answers Nothing. Money once received is final; a failure or a closing that arrives after it is old news,
// and success after failure or closing is late but true.
func Judge(c Core, n News) Act {
	switch n.Status {
	case StatusPaid:
		switch {
		case c.Received > 0 && c.Txn != "" && n.Txn != "" && n.Txn != c.Txn:
			return Flag
		case c.Received > 0:
			return Nothing
		case n.Amount <= 0 || n.Unit != c.Unit:
			return Flag
		case n.Amount != c.Due:
			return Wrong
		}
		return Full
	case StatusFailed:
		if c.State == Pending {
			return Decline
		}
	case StatusClosed:
		if c.State == Pending || (c.State == Closed && c.Asking) {
			return Shut
		}
	}
	return Nothing
}

// Collect takes the money in; false when money came before.
func (c Core) Collect(n News) (Core, bool) {
	if c.Received > 0 {
		return c, false
	}
	c.State, c.Received, c.Txn, c.FailCode, c.Asking = Paid, n.Amount, n.Txn, "", false
	return c, true
}

// Accept counts the collected money for the order.
func (c Core) Accept() Core { c.Accepted = true; return c }

// GiveBack marks collected money that does not count; a refund of all of it follows.
func (c Core) GiveBack(code string) Core { c.State, c.FailCode = Failed, code; return c }

// Fail declines a pending payment; false when it is not pending any more.
func (c Core) Fail(code string) (Core, bool) {
	if c.State != Pending || c.Received > 0 {
		return c, false
	}
	c.State, c.FailCode, c.Asking = Failed, code, false
	return c, true
}

// Close ends a payment nobody waits for. confirmed says that the provider knows; until then it is asked,
// because the buyer may have been faster.
func (c Core) Close(confirmed bool) (Core, bool) {
	if c.Received > 0 || c.State != Pending && !(confirmed && c.State == Closed) {
		return c, false
	}
	c.State, c.Asking = Closed, !confirmed
	return c, true
}

// Settle marks the accepted payment as settled: total must be exactly what is left of it, once.
func (c Core) Settle(total, fee int64) (Core, error) {
	if fee < 0 || fee > total || total <= 0 {
		return c, errs.ForProgram(errs.Invalid, "split_invalid", "a fee lies between zero and the total")
	}
	if !c.Accepted || c.SettledOf != 0 || c.Received-c.Reserved != total {
		return c, ErrNotSettleable()
	}
	c.SettledOf, c.SettledFee = total, fee
	return c, nil
}

// ErrNotSettleable: there is no accepted payment that holds exactly that amount in escrow.
func ErrNotSettleable() error {
	return errs.ForProgram(errs.Conflict, "not_settleable", "the order does not hold that amount in escrow")
}
