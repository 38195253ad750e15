package money_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/money/payment"
)

// The guards stand twice: in the pure cores, which the simulator drives, and in the WHERE of the statements.
// Both must give the same answers to the same requests.

func TestLedger_StatementsAnswerAsTheBookDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const seed, steps = 11, 400
		r := rand.New(rand.NewPCG(seed, 1))
		book, codes := ledger.NewBook(), map[string]int{}
		for i := range steps {
			tr := anyTransfer(r)
			want, got := errs.CodeOf(book.Post(tr)), errs.CodeOf(w.money.Post(w.ctx, tr))
			if want != got {
				t.Fatalf("seed %d, step %d: %+v: the book says %q, the statements %q", seed, i, tr, want, got)
			}
			codes[want]++
		}
		for a, b := range book.Balances {
			accounts, err := w.money.Accounts(w.ctx, a.Owner)
			w.must(err)
			at := slices.IndexFunc(accounts, func(got money.Account) bool { return got.Kind == string(a.Kind) && got.Unit == a.Unit })
			if at < 0 || accounts[at].Posted != b.Posted || accounts[at].Held != b.Held {
				t.Errorf("%s is %+v in the book, %+v in the tables", a.ID(), b, accounts)
			}
		}
		for _, code := range []string{"", "balance_too_low", "hold_resolved", "hold_missing", "idempotency_key_reused", "ledger_malformed"} {
			if codes[code] == 0 {
				t.Errorf("no request was answered with %q: %v", code, codes)
			}
		}
		w.sound()
	})
}

// anyTransfer draws from few keys, accounts and amounts, so that everything meets everything.
func anyTransfer(r *rand.Rand) ledger.Transfer {
	key := fmt.Sprintf("k%d", r.IntN(120))
	if r.IntN(3) == 0 {
		return ledger.Transfer{Key: "r" + key, Kind: "t", Phase: []ledger.Phase{ledger.Post, ledger.Void}[r.IntN(2)], Of: fmt.Sprintf("k%d", r.IntN(120))}
	}
	account := func() ledger.Account {
		kinds := []ledger.Kind{ledger.Escrow, ledger.Merchant, ledger.Wallet, ledger.Clearing, ledger.Receivable, ledger.Fee}
		return ledger.Account{Owner: fmt.Sprintf("shp_%d", r.IntN(2)), Kind: kinds[r.IntN(len(kinds))], Unit: "CNY"}
	}
	n := 1 + r.Int64N(60)
	out := ledger.Transfer{Key: key, Kind: "t", Phase: []ledger.Phase{ledger.Single, ledger.Single, ledger.Hold}[r.IntN(3)],
		Entries: []ledger.Entry{{Account: account(), Amount: -n}, {Account: account(), Amount: n}}}
	if r.IntN(25) == 0 {
		out.Entries[1].Amount++
	}
	return out
}

func TestPayment_StatementsAnswerAsTheCoreDoes(t *testing.T) {
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) {
		w := idleWorld(t, d)
		const seed, payments, steps = 5, 40, 14
		r := rand.New(rand.NewPCG(seed, 1))
		ends := map[money.PaymentState]int{}
		for i := range payments {
			p := w.start(fmt.Sprint("ord_", i), 100)
			core := payment.Core{Due: 100, Unit: "CNY", State: payment.Pending, Asking: true}
			for step := range steps {
				what := ""
				core, what = w.both(r, p, core)
				got := w.payment(p.ID)
				if got.State != core.State || got.Accepted != core.Accepted || got.Received != core.Received || got.Reserved != core.Reserved ||
					got.SettledOf != core.SettledOf || got.SettledFee != core.SettledFee || got.ProviderRef != core.Txn || (got.NextPollAt > 0) != core.Asking {
					t.Fatalf("seed %d, payment %d, step %d, %s: the core says %+v, the row %+v", seed, i, step, what, core, got)
				}
			}
			ends[core.State]++
		}
		for _, s := range []money.PaymentState{money.Paid, money.Failed, money.Closed} {
			if ends[s] == 0 {
				t.Errorf("no payment ended %s: %v", s, slices.Collect(maps.Keys(ends)))
			}
		}
		w.sound()
	})
}

// both does one thing to a payment in the tables and in the core, and compares the answers.
func (w *world) both(r *rand.Rand, p money.Payment, core payment.Core) (payment.Core, string) {
	w.t.Helper()
	same := func(what string, core, rows error) string {
		if errs.CodeOf(core) != errs.CodeOf(rows) {
			w.t.Fatalf("%s: the core says %v, the statements %v", what, core, rows)
		}
		return what
	}
	amount := 1 + r.Int64N(60)
	switch r.IntN(6) {
	case 0, 1:
		ev := money.ProviderEvent{Provider: "sandbox", PaymentID: p.ID, Txn: fmt.Sprint("t", r.IntN(2)), Amount: money.Yuan(100 - r.Int64N(12)/11),
			Status: []money.Status{money.StatusPaid, money.StatusFailed, money.StatusClosed, money.StatusPending}[r.IntN(4)]}
		if r.IntN(8) == 0 {
			ev.Amount.Currency = "USD"
		}
		_, err := w.money.Apply(w.ctx, ev)
		w.must(err)
		return told(core, payment.News{Status: ev.Status, Amount: ev.Amount.Minor, Unit: ev.Amount.Currency, Txn: ev.Txn}), fmt.Sprintf("%+v", ev)
	case 2:
		w.must(w.money.ClosePayments(w.ctx, p.OrderID))
		core, _ = core.Close(false)
		return core, "close"
	case 3:
		next, want := core.Settle(amount, amount/7)
		if r.IntN(2) == 0 {
			amount = max(core.Received-core.Reserved, 1)
			next, want = core.Settle(amount, amount/7)
		}
		got := w.money.Settle(w.ctx, money.Split{OrderID: p.OrderID, ShopID: "shp_1", Total: money.Yuan(amount), Fee: money.Yuan(amount / 7)})
		if core.SettledOf == amount && core.SettledFee == amount/7 {
			want, next = nil, core // the same settlement again
		}
		return next, same(fmt.Sprint("settle ", amount), want, got)
	}
	next, want := core.Reserve(amount)
	_, got := w.refund(p, amount, fmt.Sprint("refund", r.Uint64()))
	return next, same(fmt.Sprint("refund ", amount), want, got)
}

// told is what news does to the core when its order takes every full payment.
func told(c payment.Core, n payment.News) payment.Core {
	switch payment.Judge(c, n) {
	case payment.Full:
		c, _ = c.Collect(n)
		return c.Accept()
	case payment.Wrong:
		c, _ = c.Collect(n)
		c, _ = c.GiveBack(money.FailWrongAmount).Reserve(n.Amount)
	case payment.Decline:
		c, _ = c.Fail("declined")
	case payment.Shut:
		c, _ = c.Close(true)
	}
	return c
}
