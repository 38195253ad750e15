package money

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money/ledger"
)

// Post applies a transfer in ctx's transaction, or in one of its own. The same key with the same
// body does nothing; another body under the key, an account below its floor or a hold resolved
// before is refused. A refusal inside an outer transaction must end that transaction. A transfer that is
// malformed or breaks the ledger's proof is a fault of ours: it is undone, logged and counted.
func (s *Service) Post(ctx context.Context, t ledger.Transfer) error {
	err := t.Check()
	if err == nil {
		err = s.db.Tx(ctx, func(ctx context.Context) error { return s.post(ctx, t) })
	}
	if code := errs.CodeOf(err); code == "ledger_malformed" || code == "ledger_broken" {
		s.log.Error("the ledger refused a transfer that must not be; nothing of it was written", slog.String("key", t.Key),
			slog.String("kind", t.Kind), slog.String("ref", t.Ref), slog.Int64("faults", s.ledgerFaults.Add(1)), slog.Any("error", err))
	}
	return err
}

// LedgerFaults counts what Post refused since the start because it would have broken double entry. Anything
// but zero needs a person.
func (s *Service) LedgerFaults() int64 { return s.ledgerFaults.Load() }

func (s *Service) post(ctx context.Context, t ledger.Transfer) error {
	// A resolution of an unknown hold must be refused before its row is written.
	entries := t.Entries
	if t.Of != "" {
		held, err := s.holdEntries(ctx, t.Of)
		if err != nil {
			return err
		}
		entries = held
	}
	transferID, at := s.ids.New("trf"), s.now()
	var of any
	if t.Of != "" {
		of = t.Of
	}
	n, err := s.db.Exec(ctx, `INSERT INTO money_transfers (id, idem, body, kind, ref, phase, of_idem, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		transferID, t.Key, t.Body(), t.Kind, t.Ref, string(t.Phase), of, at)
	if err != nil {
		return fmt.Errorf("insert transfer %s: %w", t.Key, err)
	}
	if n == 0 {
		return s.postedBefore(ctx, t)
	}
	proof := ledger.Prove(t)
	balances := map[string]int64{}
	for _, m := range ledger.Plan(t.Phase, entries) {
		after, err := s.move(ctx, m)
		if err != nil {
			return err
		}
		if err := proof.Moved(m, after); err != nil {
			return err
		}
		balances[m.Account.ID()] = after.Posted
	}
	if err := s.insertEntries(ctx, transferID, at, t.Phase, entries, balances); err != nil {
		return err
	}
	resolutions, err := s.resolutions(ctx, t.Of)
	if err != nil {
		return err
	}
	return proof.Done(resolutions)
}

// resolutions counts the transfers that resolve a hold.
func (s *Service) resolutions(ctx context.Context, hold string) (int64, error) {
	if hold == "" {
		return 0, nil
	}
	n, _, err := db.Get(ctx, s.db, scanInt, `SELECT count(*) FROM money_transfers WHERE of_idem = $1`, hold)
	if err != nil {
		return 0, fmt.Errorf("count resolutions of %s: %w", hold, err)
	}
	return n, nil
}

// postedBefore answers a key that is there already: with success when it is the same request.
func (s *Service) postedBefore(ctx context.Context, t ledger.Transfer) error {
	body, ok, err := db.Get(ctx, s.db, scanText, `SELECT body FROM money_transfers WHERE idem = $1`, t.Key)
	switch {
	case err != nil:
		return fmt.Errorf("read transfer %s: %w", t.Key, err)
	case !ok:
		return ledger.ErrResolved(t.Of)
	case body != t.Body():
		return ledger.ErrBodyChanged(t.Key)
	}
	return nil
}

// move changes one account; its floor stands in the statement, so concurrent writers cannot pass it.
func (s *Service) move(ctx context.Context, m ledger.Move) (ledger.Balance, error) {
	const update = `UPDATE money_accounts SET posted = posted + $1, held = held + $2
		WHERE id = $3 AND posted + $1 - held - $2 >= floor AND held + $2 >= 0 RETURNING posted, held`
	acc := m.Account.ID()
	balance, ok, err := db.Get(ctx, s.db, scanBalance, update, m.Posted, m.Held, acc)
	if err != nil {
		return ledger.Balance{}, fmt.Errorf("move account %s: %w", acc, err)
	}
	if ok {
		return balance, nil
	}
	// Either the account is new or it would fall below its floor.
	if _, err := s.db.Exec(ctx, `INSERT INTO money_accounts (id, owner, kind, unit, posted, held, floor)
		VALUES ($1, $2, $3, $4, 0, 0, $5) ON CONFLICT DO NOTHING`,
		acc, m.Account.Owner, string(m.Account.Kind), m.Account.Unit, m.Account.Kind.Floor()); err != nil {
		return ledger.Balance{}, fmt.Errorf("open account %s: %w", acc, err)
	}
	balance, ok, err = db.Get(ctx, s.db, scanBalance, update, m.Posted, m.Held, acc)
	if err != nil {
		return ledger.Balance{}, fmt.Errorf("move account %s: %w", acc, err)
	}
	if !ok {
		return ledger.Balance{}, ledger.ErrFloor(m.Account)
	}
	return balance, nil
}

func (s *Service) insertEntries(ctx context.Context, transferID string, at int64, phase ledger.Phase, entries []ledger.Entry, balances map[string]int64) error {
	effective := int64(0)
	if phase.Effective() {
		effective = 1
	}
	if phase == ledger.Void {
		return nil // a void only releases; it has nothing to enter
	}
	for i, e := range entries {
		if _, err := s.db.Exec(ctx, `INSERT INTO money_entries (transfer_id, seq, account_id, amount, balance, effective, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			transferID, int64(i), e.Account.ID(), e.Amount, balances[e.Account.ID()], effective, at); err != nil {
			return fmt.Errorf("insert entry %d of %s: %w", i, transferID, err)
		}
	}
	return nil
}

// holdEntries reads what a hold reserved; it refuses anything that is not a hold.
func (s *Service) holdEntries(ctx context.Context, key string) ([]ledger.Entry, error) {
	entries, err := db.List(ctx, s.db, func(r db.Row) (ledger.Entry, error) {
		var e ledger.Entry
		var kind string
		err := r.Scan(&e.Account.Owner, &kind, &e.Account.Unit, &e.Amount)
		e.Account.Kind = ledger.Kind(kind)
		return e, err
	}, `SELECT a.owner, a.kind, a.unit, e.amount FROM money_transfers t
		JOIN money_entries e ON e.transfer_id = t.id JOIN money_accounts a ON a.id = e.account_id
		WHERE t.idem = $1 AND t.phase = $2 ORDER BY e.seq`, key, string(ledger.Hold))
	if err != nil {
		return nil, fmt.Errorf("read hold %s: %w", key, err)
	}
	if len(entries) == 0 {
		return nil, ledger.ErrNoHold(key)
	}
	return entries, nil
}

// Account is a balance as people see it.
type Account struct {
	Owner, Kind, Unit string
	Posted, Held      int64 // minor units
}

func (a Account) ledger() ledger.Account {
	return ledger.Account{Owner: a.Owner, Kind: ledger.Kind(a.Kind), Unit: a.Unit}
}

// maxAccounts bounds an owner's list: a handful of kinds times a handful of units.
const maxAccounts = 64

// Accounts lists the accounts of an owner.
func (s *Service) Accounts(ctx context.Context, owner string) ([]Account, error) {
	return db.List(ctx, s.db, scanAccount, `SELECT owner, kind, unit, posted, held FROM money_accounts
		WHERE owner = $1 ORDER BY id LIMIT $2`, owner, int64(maxAccounts))
}

// AllAccounts lists accounts of the whole ledger, largest movement first: the operator's view.
func (s *Service) AllAccounts(ctx context.Context, limit int) ([]Account, error) {
	return db.List(ctx, s.db, scanAccount, `SELECT owner, kind, unit, posted, held FROM money_accounts
		ORDER BY abs(posted) DESC, id LIMIT $1`, int64(limit))
}

func scanAccount(r db.Row) (Account, error) {
	var a Account
	err := r.Scan(&a.Owner, &a.Kind, &a.Unit, &a.Posted, &a.Held)
	return a, err
}

func scanText(r db.Row) (string, error) {
	var v string
	err := r.Scan(&v)
	return v, err
}

func scanBalance(r db.Row) (ledger.Balance, error) {
	var b ledger.Balance
	err := r.Scan(&b.Posted, &b.Held)
	return b, err
}

func scanInt(r db.Row) (int64, error) {
	var v int64
	err := r.Scan(&v)
	return v, err
}
