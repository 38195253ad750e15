package money_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/ledger"
)

// withoutUniqueHolds is the transfers' table as it would be if a migration had lost the unique key of the
// holds that are resolved.
const withoutUniqueHolds = `CREATE TABLE lost (id TEXT PRIMARY KEY, idem TEXT NOT NULL UNIQUE, body TEXT NOT NULL, kind TEXT NOT NULL,
	ref TEXT NOT NULL, phase TEXT NOT NULL, of_idem TEXT, at BIGINT NOT NULL);
INSERT INTO lost SELECT id, idem, body, kind, ref, phase, of_idem, at FROM money_transfers;
DROP TABLE money_transfers;
ALTER TABLE lost RENAME TO money_transfers`

// Each fault is planted beneath the guards that should prevent it: in the rows, or in the code that asks.
func TestLedger_RefusesCountsAndUndoesWhatMustNotBe(t *testing.T) {
	wallet := func(owner string) ledger.Account {
		return ledger.Account{Owner: owner, Kind: ledger.Wallet, Unit: "CNY"}
	}
	move := func(key, from, to string, n int64) ledger.Transfer {
		return ledger.Transfer{Key: key, Kind: "test", Phase: ledger.Single, Entries: []ledger.Entry{{Account: wallet(from), Amount: -n}, {Account: wallet(to), Amount: n}}}
	}
	hold := ledger.RefundHeld("r", "ord", "sandbox", "shp_1", "CNY", ledger.Source{Escrow: 100})
	void := ledger.Transfer{Key: "void", Kind: "refund", Phase: ledger.Void, Of: hold.Key}
	unbalanced := move("unbalanced", "a", "b", 5)
	unbalanced.Entries[1].Amount = 6
	for name, c := range map[string]struct {
		before []ledger.Transfer
		plant  string
		fault  ledger.Transfer
		code   string
	}{
		"a transfer that does not sum to zero": {fault: unbalanced, code: "ledger_malformed"},
		"a hold whose entries were changed": {
			before: []ledger.Transfer{hold},
			plant:  `UPDATE money_entries SET amount = 99 WHERE amount = 100 AND effective = 0`,
			fault:  ledger.RefundDone("r", "ord"), code: "ledger_broken"},
		"a hold resolved twice": {
			before: []ledger.Transfer{hold, ledger.RefundDone("r", "ord"), ledger.RefundHeld("other", "ord", "sandbox", "shp_1", "CNY", ledger.Source{Escrow: 100})},
			plant:  withoutUniqueHolds, fault: void, code: "ledger_broken"},
		"a floor that a row forgot": {
			before: []ledger.Transfer{},
			plant:  `UPDATE money_accounts SET floor = -1000000 WHERE kind = 'escrow'`,
			fault:  ledger.Settled("ord", "shp_1", "CNY", 501, 1, 0), code: "ledger_broken"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				var log bytes.Buffer
				logger := slog.New(slog.NewTextHandler(&log, nil))
				m := money.New(money.Deps{DB: w.db, Facts: w.facts, Clock: w.clock, IDs: id.NewSource(w.clock.Now), Log: logger,
					Jobs: job.New(job.Deps{DB: w.db, Clock: w.clock, IDs: id.NewSource(w.clock.Now), Log: logger})})
				for _, tr := range append([]ledger.Transfer{ledger.Paid("p", "ord", "sandbox", "shp_1", "CNY", 500)}, c.before...) {
					w.must(m.Post(w.ctx, tr))
				}
				for _, q := range strings.Split(c.plant, ";") {
					if q != "" {
						_, err := w.db.Exec(w.ctx, q)
						w.must(err)
					}
				}
				before := w.books()
				// In an order's transaction: what else it wrote must go too.
				err := w.db.Tx(w.ctx, func(ctx context.Context) error {
					if _, err := w.db.Exec(ctx, `UPDATE money_transfers SET ref = ref || '?'`); err != nil {
						return err
					}
					return m.Post(ctx, c.fault)
				})
				if errs.CodeOf(err) != c.code || errs.KindOf(err) != errs.Internal {
					t.Fatalf("got %v", err)
				}
				if after := w.books(); after != before {
					t.Fatalf("something was written:\n%s\n%s", before, after)
				}
				if m.LedgerFaults() != 1 || strings.Count(log.String(), "level=ERROR") != 1 || !strings.Contains(log.String(), c.fault.Key) {
					t.Fatalf("%d faults counted, logged: %s", m.LedgerFaults(), log.String())
				}
			})
		})
	}
}

// A refusal that a person can cause is no fault.
func TestLedger_ARefusalIsNoFault(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.money.Post(w.ctx, ledger.Paid("p", "ord", "sandbox", "shp_1", "CNY", 500)))
		if err := w.money.Post(w.ctx, ledger.Settled("ord", "shp_1", "CNY", 501, 1, 0)); errs.CodeOf(err) != "balance_too_low" {
			t.Fatal(err)
		}
		if w.money.LedgerFaults() != 0 {
			t.Fatal("it was counted")
		}
	})
}

// books is every account, transfer and entry as one text.
func (w *world) books() string {
	w.t.Helper()
	var out bytes.Buffer
	for _, q := range []string{`SELECT id || owner || CAST(posted AS TEXT) || '/' || CAST(held AS TEXT) FROM money_accounts ORDER BY id`,
		`SELECT idem || ref FROM money_transfers ORDER BY idem`, `SELECT account_id || CAST(amount AS TEXT) FROM money_entries ORDER BY transfer_id, seq`} {
		rows, err := w.db.Query(w.ctx, q)
		w.must(err)
		for rows.Next() {
			var line string
			w.must(rows.Scan(&line))
			out.WriteString(line + "\n")
		}
		w.must(rows.Err())
		rows.Close()
	}
	return out.String()
}
