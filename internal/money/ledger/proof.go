package ledger

import (
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
)

// Proof watches one transfer while it is written and says when what was done breaks double entry. It stays
// on in production: the guards that should prevent this stand elsewhere (Check, the floors and unique keys of
// the store), and a ledger that went on after one of them failed would be worth nothing. The writer must
// undo everything when it hears an error of code ledger_broken.
type Proof struct {
	key, of string
	units   []unitSum // one or two; a map would cost more than it finds
}

type unitSum struct {
	unit   string
	posted int64
}

// Prove begins to watch a transfer.
func Prove(t Transfer) *Proof { return &Proof{key: t.Key, of: t.Of} }

// Moved is told of every move with the balance the account has after it.
func (p *Proof) Moved(m Move, after Balance) error {
	// The floor is the kind's own, whatever the account's row says.
	if after.Held < 0 || after.Posted-after.Held < m.Account.Kind.Floor() {
		return p.broken("%s would be %d with %d held", m.Account.ID(), after.Posted, after.Held)
	}
	for i := range p.units {
		if p.units[i].unit == m.Account.Unit {
			p.units[i].posted += m.Posted
			return nil
		}
	}
	p.units = append(p.units, unitSum{m.Account.Unit, m.Posted})
	return nil
}

// Done is told when all is written. resolutions is how many transfers resolve the hold this one names, itself
// among them; 0 for one that names none.
func (p *Proof) Done(resolutions int64) error {
	if len(p.units) == 0 {
		return p.broken("it moved nothing")
	}
	for _, u := range p.units {
		if u.posted != 0 {
			return p.broken("%s moved by %d in sum", u.unit, u.posted)
		}
	}
	if want := int64(min(len(p.of), 1)); resolutions != want {
		return p.broken("hold %q is resolved %d times", p.of, resolutions)
	}
	return nil
}

func (p *Proof) broken(format string, args ...any) error {
	return errs.New(errs.Internal, "ledger_broken", "transfer %s: %s", p.key, fmt.Sprintf(format, args...))
}
