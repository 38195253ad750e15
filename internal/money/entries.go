package money

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// EntryLine is one effective entry of an owner's account.
type EntryLine struct {
	ID      string // transfer id and account kind: also the cursor
	At      int64
	Kind    string // of the transfer: paid, settled, refund
	Account string // account kind
	Ref     string
	Amount  int64
	Balance int64 // of the account after the entry, in the order of times

	transfer string
}

// byTime is the order of the list: the time, then the transfer, then the account.
func (l EntryLine) byTime(than EntryLine) int {
	return cmp.Or(cmp.Compare(l.At, than.At), cmp.Compare(l.transfer, than.transfer), cmp.Compare(l.Account, than.Account))
}

var errCursor = errs.New(errs.Invalid, "cursor_invalid", "this is not a cursor of this list").In("cursor")

// maxEntryPage bounds a page.
const maxEntryPage = 200

// Entries pages an owner's effective entries by their times, newest first; of one millisecond, the later id
// first. cursor is the ID of the last seen line, "" to begin. limit is 1 to 200. Errors: limit_invalid,
// cursor_invalid.
//
// Balance is counted back from what the account holds now, not taken from the row: the row says what the
// account held when it was written, and an entry with an earlier time may be written later, by a node whose
// clock is behind. What the lines say adds up from one to the next on every page.
func (s *Service) Entries(ctx context.Context, owner, cursor string, limit int) ([]EntryLine, error) {
	if limit < 1 || limit > maxEntryPage {
		return nil, errs.ForProgram(errs.Invalid, "limit_invalid", "a page holds 1 to %d entries", maxEntryPage).In("limit")
	}
	after, err := s.entryCursor(ctx, cursor)
	if err != nil {
		return nil, err
	}
	accounts, err := s.Accounts(ctx, owner)
	if err != nil {
		return nil, err
	}
	// An owner has a handful of accounts. One query each walks its index and stops at the page; one query
	// for all of them would sort everything there ever was.
	var out []EntryLine
	for _, a := range accounts {
		lines, err := s.accountEntries(ctx, a, after, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	slices.SortStableFunc(out, func(a, b EntryLine) int { return b.byTime(a) })
	return out[:min(len(out), limit)], nil
}

// entryCursor is the line the cursor names; without a cursor, one after all.
func (s *Service) entryCursor(ctx context.Context, cursor string) (EntryLine, error) {
	if cursor == "" {
		return EntryLine{At: math.MaxInt64}, nil
	}
	transfer, kind, ok := strings.Cut(cursor, ".")
	if !ok || !id.Valid("trf", transfer) {
		return EntryLine{}, errCursor
	}
	at, found, err := db.Get(ctx, s.db, scanInt, `SELECT at FROM money_transfers WHERE id = $1`, transfer)
	if err == nil && !found {
		err = errCursor
	}
	return EntryLine{At: at, transfer: transfer, Account: kind}, err
}

// accountEntries reads a page of one account: what comes after a line of the owner's list. The account, what
// was seen of it and the page are one statement, so that money moved meanwhile cannot come between them.
func (s *Service) accountEntries(ctx context.Context, a Account, after EntryLine, limit int) ([]EntryLine, error) {
	// In the cursor's own transfer, accounts below its kind are still to come: for them the bound lies just
	// above the transfer. Ids are of one length, so a longer text with the same beginning follows at once.
	bound := after.transfer
	if a.Kind < after.Account {
		bound += "0"
	}
	var top int64 // of the account after the entry at hand
	first := true
	return db.List(ctx, s.db, func(r db.Row) (EntryLine, error) {
		l := EntryLine{Account: a.Kind}
		var holds int64
		err := r.Scan(&l.transfer, &l.At, &l.Kind, &l.Ref, &l.Amount, &holds)
		if first {
			top, first = holds, false
		}
		l.ID, l.Balance = l.transfer+"."+a.Kind, top
		top -= l.Amount
		return l, err
	}, `SELECT e.transfer_id, e.at, t.kind, t.ref, e.amount, a.posted - (SELECT CAST(coalesce(sum(n.amount), 0) AS BIGINT) FROM money_entries n
			WHERE n.account_id = $1 AND n.effective = 1 AND (n.at, n.transfer_id) >= ($2, $3))
		FROM money_entries e JOIN money_accounts a ON a.id = e.account_id JOIN money_transfers t ON t.id = e.transfer_id
		WHERE e.account_id = $1 AND e.effective = 1 AND (e.at, e.transfer_id) < ($2, $3)
		ORDER BY e.at DESC, e.transfer_id DESC LIMIT $4`,
		a.ledger().ID(), after.At, bound, int64(limit))
}
