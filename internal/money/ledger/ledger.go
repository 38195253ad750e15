package ledger

import (
	"sort"
	"strconv"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
)

// Kind says what an account is for; it decides the floor.
type Kind string

const (
	Clearing   Kind = "clearing"   // what a provider holds for us, seen from our side: negative
	Escrow     Kind = "escrow"     // paid by buyers, not yet the merchant's
	Merchant   Kind = "merchant"   // settled, the merchant's own
	Fee        Kind = "fee"        // the platform's earnings
	Receivable Kind = "receivable" // what a merchant owes the platform: zero or negative
	Suspense   Kind = "suspense"   // money received that belongs to no order, on its way back
	Wallet     Kind = "wallet"     // a person's own balance
)

// NoFloor lets an account go as far below zero as it must. It is far from the edge of int64 so that
// posted - held cannot wrap.
const NoFloor int64 = -(1 << 61)

// MaxAmount bounds one entry (about 10^16 yuan), so that sums of MaxEntries entries cannot wrap.
const MaxAmount int64 = 1 << 60 / MaxEntries

// MaxEntries bounds a transfer; the largest flow here has five.
const MaxEntries = 64

// Floor is the lowest legal posted - held of an account of this kind.
func (k Kind) Floor() int64 {
	switch k {
	case Clearing, Fee, Receivable:
		return NoFloor
	}
	return 0
}

// Account names an account; the same triple is always the same account.
type Account struct {
	Owner string
	Kind  Kind
	Unit  string
}

// ID is the account's stable key.
func (a Account) ID() string { return string(a.Kind) + ":" + a.Owner + ":" + a.Unit }

// Entry is one side of a transfer: negative takes from the account, positive gives to it.
type Entry struct {
	Account Account
	Amount  int64
}

// Phase is how a transfer takes part in two-phase movement.
type Phase string

const (
	Single Phase = "single"
	Hold   Phase = "hold"
	Post   Phase = "post"
	Void   Phase = "void"
)

// Transfer is a request to move money. Key makes it idempotent; Ref is what it is about (an order,
// a payment). Of is the key of the hold that a post or void resolves; those carry no entries.
type Transfer struct {
	Key     string
	Kind    string
	Ref     string
	Phase   Phase
	Of      string
	Entries []Entry
}

// Body is the canonical text of what the transfer does; a key may only ever stand for one body.
func (t Transfer) Body() string {
	var b strings.Builder
	b.WriteString(t.Kind + "|" + t.Ref + "|" + string(t.Phase) + "|" + t.Of)
	for _, e := range t.Entries {
		b.WriteString("|" + e.Account.ID() + "=" + strconv.FormatInt(e.Amount, 10))
	}
	return b.String()
}

// Check says whether the transfer is well formed: at least a pair of entries, no account twice, no
// zero, and a zero sum per unit.
func (t Transfer) Check() error {
	bad := func(why string) error {
		return errs.New(errs.Internal, "ledger_malformed", "transfer %s: %s", t.Key, why)
	}
	if t.Key == "" || t.Kind == "" {
		return bad("no key or kind")
	}
	if t.Phase == Post || t.Phase == Void {
		if t.Of == "" || len(t.Entries) != 0 {
			return bad("a resolution names its hold and carries no entries")
		}
		return nil
	}
	if t.Phase != Single && t.Phase != Hold {
		return bad("unknown phase")
	}
	if t.Of != "" {
		return bad("only a resolution names a hold")
	}
	return checkEntries(t.Entries, bad)
}

func checkEntries(entries []Entry, bad func(string) error) error {
	if len(entries) < 2 || len(entries) > MaxEntries {
		return bad("needs 2 to 64 entries")
	}
	sums := map[string]int64{}
	seen := map[string]bool{}
	for _, e := range entries {
		switch {
		case e.Amount == 0:
			return bad("an entry of zero")
		case e.Amount > MaxAmount || e.Amount < -MaxAmount:
			return bad("an entry beyond the largest amount")
		case e.Account.Owner == "" || e.Account.Kind == "" || e.Account.Unit == "":
			return bad("an account without owner, kind or unit")
		case seen[e.Account.ID()]:
			return bad("account " + e.Account.ID() + " twice")
		}
		seen[e.Account.ID()] = true
		sums[e.Account.Unit] += e.Amount
	}
	for unit, sum := range sums {
		if sum != 0 {
			return bad(unit + " does not sum to zero")
		}
	}
	return nil
}

// Move is the effect on one account.
type Move struct {
	Account Account
	Posted  int64
	Held    int64
}

// Plan turns a phase and its entries (for post and void: the entries of the hold) into moves, in
// account order. Writers apply them in that order, which is what keeps two transfers over the same
// accounts from waiting for each other in a circle.
func Plan(phase Phase, entries []Entry) []Move {
	moves := make([]Move, 0, len(entries))
	for _, e := range entries {
		m := Move{Account: e.Account}
		switch {
		case phase == Single:
			m.Posted = e.Amount
		case phase == Hold && e.Amount < 0:
			m.Held = -e.Amount
		case phase == Post:
			m.Posted = e.Amount
			if e.Amount < 0 {
				m.Held = e.Amount
			}
		case phase == Void && e.Amount < 0:
			m.Held = e.Amount
		default:
			continue
		}
		moves = append(moves, m)
	}
	sort.Slice(moves, func(i, j int) bool { return moves[i].Account.ID() < moves[j].Account.ID() })
	return moves
}

// Effective reports whether entries of this phase count towards posted.
func (p Phase) Effective() bool { return p == Single || p == Post }
