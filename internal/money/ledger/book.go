package ledger

import (
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
)

// Balance is the state of one account.
type Balance struct {
	Posted int64
	Held   int64
}

// Available is what may still be taken above zero.
func (b Balance) Available() int64 { return b.Posted - b.Held }

// Book is a whole ledger in memory, with the same answers as the stored one.
type Book struct {
	Balances  map[Account]Balance
	transfers map[string]Transfer
	resolved  map[string]string // hold key -> resolving key
}

// NewBook is an empty ledger.
func NewBook() *Book {
	return &Book{map[Account]Balance{}, map[string]Transfer{}, map[string]string{}}
}

// Post applies the transfer or refuses it as a whole. The same key with the same body does nothing.
func (b *Book) Post(t Transfer) error {
	if err := t.Check(); err != nil {
		return err
	}
	entries := t.Entries
	if t.Of != "" {
		hold, ok := b.transfers[t.Of]
		if !ok || hold.Phase != Hold {
			return ErrNoHold(t.Of)
		}
		entries = hold.Entries
	}
	if old, ok := b.transfers[t.Key]; ok {
		if old.Body() != t.Body() {
			return ErrBodyChanged(t.Key)
		}
		return nil
	}
	if _, done := b.resolved[t.Of]; done {
		return ErrResolved(t.Of)
	}
	moves := Plan(t.Phase, entries)
	after := make([]Balance, len(moves))
	for i, m := range moves {
		bal := b.Balances[m.Account]
		if !allows(bal, m) {
			return ErrFloor(m.Account)
		}
		after[i] = Balance{bal.Posted + m.Posted, bal.Held + m.Held}
	}
	if err := proven(t, moves, after); err != nil {
		return err
	}
	for i, m := range moves {
		b.Balances[m.Account] = after[i]
	}
	b.transfers[t.Key] = t
	if t.Of != "" {
		b.resolved[t.Of] = t.Key
	}
	return nil
}

func proven(t Transfer, moves []Move, after []Balance) error {
	p := Prove(t)
	for i, m := range moves {
		if err := p.Moved(m, after[i]); err != nil {
			return err
		}
	}
	return p.Done(int64(min(len(t.Of), 1))) // the map of resolved holds has one place for each
}

func allows(bal Balance, m Move) bool {
	posted, held := bal.Posted+m.Posted, bal.Held+m.Held
	return held >= 0 && posted-held >= m.Account.Kind.Floor()
}

// Broken lists every invariant that does not hold; an empty list is a sound ledger.
func (b *Book) Broken() []string {
	var out []string
	posted, held := map[Account]int64{}, map[Account]int64{}
	for key, t := range b.transfers {
		entries := t.Entries
		if t.Phase == Post || t.Phase == Void {
			entries = b.transfers[t.Of].Entries
		}
		for _, m := range Plan(t.Phase, entries) {
			posted[m.Account] += m.Posted
			held[m.Account] += m.Held
		}
		if t.Check() != nil {
			out = append(out, "malformed "+key)
		}
	}
	units := map[string]int64{}
	for a, bal := range b.Balances {
		units[a.Unit] += bal.Posted
		if posted[a] != bal.Posted || held[a] != bal.Held {
			out = append(out, fmt.Sprintf("%s: stored %+v, entries say %d/%d", a.ID(), bal, posted[a], held[a]))
		}
		if bal.Posted-bal.Held < a.Kind.Floor() || bal.Held < 0 {
			out = append(out, fmt.Sprintf("%s is below its floor: %+v", a.ID(), bal))
		}
	}
	for unit, sum := range units {
		if sum != 0 {
			out = append(out, fmt.Sprintf("%s sums to %d", unit, sum))
		}
	}
	return out
}

// ErrFloor: the account has less than the transfer takes.
func ErrFloor(a Account) error {
	return errs.New(errs.Conflict, "balance_too_low", "account %s has too little", a.ID())
}

// ErrBodyChanged: the key was used for something else before.
func ErrBodyChanged(key string) error {
	return errs.New(errs.Conflict, "idempotency_key_reused", "key %s was used for another request", key)
}

// ErrNoHold: there is no hold of that key.
func ErrNoHold(key string) error {
	return errs.ForProgram(errs.NotFound, "hold_missing", "no hold %s", key)
}

// ErrResolved: the hold was posted or voided before.
func ErrResolved(key string) error {
	return errs.ForProgram(errs.Conflict, "hold_resolved", "hold %s was resolved before", key)
}
