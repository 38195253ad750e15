package money_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/money/sandbox"
)

func (w *world) refund(p money.Payment, fen int64, key string) (money.Refund, error) {
	return w.money.RefundPayment(w.ctx, p.ID, money.Yuan(fen), key, "test")
}

func TestRefund_BeforeSettlementComesFromEscrowOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.paid("ord_1", 1000)
		r, err := w.refund(p, 400, "r1")
		w.must(err)
		again, err := w.refund(p, 400, "r1")
		w.must(err)
		if again.ID != r.ID {
			t.Fatal("the same key made two refunds")
		}
		if _, err := w.refund(p, 401, "r1"); errs.CodeOf(err) != "idempotency_key_reused" || errs.KindOf(err) != errs.Conflict {
			t.Fatal(err)
		}
		if _, err := w.refund(p, 601, "r2"); errs.CodeOf(err) != "refund_exceeds_payment" {
			t.Fatal(err)
		}
		if _, err := w.refund(p, -1, "r3"); errs.CodeOf(err) != "amount_invalid" {
			t.Fatal(err)
		}
		w.settle()
		if got := w.payment(p.ID); got.Refunded != 400 || got.State != money.Paid || w.balance("shp_1", "escrow") != 600 {
			t.Fatalf("%+v", got)
		}
		w.sound()
		_, err = w.refund(p, 600, "r4")
		w.must(err)
		w.settle()
		if got := w.payment(p.ID); got.State != money.Refunded || w.balance("shp_1", "escrow") != 0 {
			t.Fatalf("%+v", got)
		}
		if w.payee.refunded["ord_1"] != 2 || w.facts.count("money.refund_done") != 2 {
			t.Fatal("the payee was not told of each refund once")
		}
		w.sound()
	})
}

func TestRefund_OpenRefundBlocksSettlement(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.paid("ord_1", 1000)
		_, err := w.refund(p, 1000, "r1")
		w.must(err)
		err = w.money.Settle(w.ctx, money.Split{OrderID: "ord_1", ShopID: "shp_1", Total: money.Yuan(1000), Fee: money.Yuan(10)})
		if errs.CodeOf(err) != "not_settleable" {
			t.Fatal(err)
		}
		w.settle()
		w.sound()
	})
}

func TestRefund_AfterSettlementIsProRataAndExact(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.paid("ord_1", 1000)
		w.must(w.money.Settle(w.ctx, money.Split{OrderID: "ord_1", ShopID: "shp_1", Total: money.Yuan(1000), Fee: money.Yuan(33)}))
		for i, part := range []int64{333, 333, 334} {
			_, err := w.refund(p, part, string(rune('a'+i)))
			w.must(err)
			w.settle()
			w.sound()
		}
		if m, f := w.balance("shp_1", "merchant"), w.balance("platform", "fee"); m != 0 || f != 0 {
			t.Fatalf("merchant %d fee %d after everything went back", m, f)
		}
	})
}

func TestRefund_ShortfallBecomesAReceivableAndIsRepaid(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.paid("ord_1", 1000)
		w.must(w.money.Settle(w.ctx, money.Split{OrderID: "ord_1", ShopID: "shp_1", Total: money.Yuan(1000), Fee: money.Yuan(50)}))
		payout := ledger.Transfer{Key: "payout", Kind: "payout", Ref: "shp_1", Phase: ledger.Single, Entries: []ledger.Entry{
			{Account: ledger.MerchantOf("shp_1", "CNY"), Amount: -700},
			{Account: ledger.Account{Owner: "provider/sandbox", Kind: ledger.Clearing, Unit: "CNY"}, Amount: 700}}}
		w.must(w.money.Post(w.ctx, payout))
		_, err := w.refund(p, 1000, "r")
		w.must(err)
		w.settle()
		if m, r := w.balance("shp_1", "merchant"), w.balance("shp_1", "receivable"); m != 0 || r != -700 {
			t.Fatalf("merchant %d receivable %d", m, r)
		}
		w.paid("ord_2", 1000)
		w.must(w.money.Settle(w.ctx, money.Split{OrderID: "ord_2", ShopID: "shp_1", Total: money.Yuan(1000), Fee: money.Yuan(50)}))
		if m, r := w.balance("shp_1", "merchant"), w.balance("shp_1", "receivable"); m != 250 || r != 0 {
			t.Fatalf("merchant %d receivable %d", m, r)
		}
		b, err := w.money.Balance(w.ctx, "shp_1")
		w.must(err)
		if b.Settled != 250 || b.Fees != 50 || b.Refunded != 1000 || b.Escrow != 0 {
			t.Fatalf("%+v", b)
		}
		w.sound()
	})
}

func TestRefund_RefusedByTheBankIsTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{FailRefund: true})
		p := w.paid("ord_1", 1000)
		r, err := w.refund(p, 1000, "r")
		w.must(err)
		w.settle()
		if got, _ := w.money.Refund(w.ctx, r.ID); got.State != money.RefundPending || got.FailCode != "bank_refused" {
			t.Fatalf("%+v", got)
		}
		w.sound() // the money is held meanwhile
		w.until(2*time.Second, func() bool {
			got, err := w.money.Refund(w.ctx, r.ID)
			w.must(err)
			return got.State == money.RefundDone
		})
		w.sound()
	})
}

func TestRefund_ConcurrentOnesNeverExceedThePayment(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.paid("ord_1", 1000)
		var wg sync.WaitGroup
		var mu sync.Mutex
		var granted int64
		for i := range 30 {
			wg.Go(func() {
				_, err := w.money.RefundPayment(context.Background(), p.ID, money.Yuan(100), string(rune('A'+i)), "t")
				if err == nil {
					mu.Lock()
					granted += 100
					mu.Unlock()
				} else if errs.CodeOf(err) != "refund_exceeds_payment" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.settle()
		if granted != 1000 || w.payment(p.ID).Refunded != 1000 {
			t.Fatalf("granted %d, refunded %d", granted, w.payment(p.ID).Refunded)
		}
		w.sound()
	})
}

func TestLedger_PostIsIdempotentAndGuarded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		user := ledger.Account{Owner: "usr_1", Kind: ledger.Wallet, Unit: "CNY"}
		bank := ledger.Account{Owner: "provider/sandbox", Kind: ledger.Clearing, Unit: "CNY"}
		in := ledger.Transfer{Key: "in", Kind: "top_up", Ref: "x", Phase: ledger.Single, Entries: []ledger.Entry{{Account: bank, Amount: -100}, {Account: user, Amount: 100}}}
		w.must(w.money.Post(w.ctx, in))
		w.must(w.money.Post(w.ctx, in))
		out := ledger.Transfer{Key: "out", Kind: "spend", Ref: "x", Phase: ledger.Single, Entries: []ledger.Entry{{Account: user, Amount: -101}, {Account: bank, Amount: 101}}}
		if err := w.money.Post(w.ctx, out); errs.CodeOf(err) != "balance_too_low" {
			t.Fatal(err)
		}
		hold := ledger.Transfer{Key: "hold", Kind: "spend", Ref: "x", Phase: ledger.Hold, Entries: []ledger.Entry{{Account: user, Amount: -60}, {Account: bank, Amount: 60}}}
		w.must(w.money.Post(w.ctx, hold))
		second := hold
		second.Key = "hold2"
		if err := w.money.Post(w.ctx, second); errs.CodeOf(err) != "balance_too_low" {
			t.Fatal("held money was held again")
		}
		w.sound()
		w.must(w.money.Post(w.ctx, ledger.Transfer{Key: "void", Kind: "spend", Ref: "x", Phase: ledger.Void, Of: "hold"}))
		err := w.money.Post(w.ctx, ledger.Transfer{Key: "post", Kind: "spend", Ref: "x", Phase: ledger.Post, Of: "hold"})
		if errs.CodeOf(err) != "hold_resolved" {
			t.Fatal(err)
		}
		err = w.money.Post(w.ctx, ledger.Transfer{Key: "post2", Kind: "spend", Ref: "x", Phase: ledger.Post, Of: "none"})
		if errs.CodeOf(err) != "hold_missing" {
			t.Fatal(err)
		}
		if w.balance("usr_1", "wallet") != 100 {
			t.Fatal("a void changed the balance")
		}
		w.sound()
	})
}

// Each part counts what the others reserved, also of those that run at the same moment: the fee comes back to
// the last fen, and not one more.
func TestRefund_PartsAtOnceGiveBackExactlyTheFee(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const total, fee = 60, 29
		p := w.paid("ord_1", total)
		w.must(w.money.Settle(w.ctx, money.Split{OrderID: "ord_1", ShopID: "shp_1", Total: money.Yuan(total), Fee: money.Yuan(fee)}))
		var wg sync.WaitGroup
		var mu sync.Mutex
		var back int64
		for i := range total {
			wg.Go(func() {
				r, err := w.refund(p, 1, fmt.Sprint("part", i))
				mu.Lock()
				defer mu.Unlock()
				if back += r.FromFee; err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if back != fee {
			t.Fatalf("%d of a fee of %d came back", back, fee)
		}
		w.sound()
	})
}

// A person is asked only after every try of the schedule, and their word begins the schedule again: the bank is
// asked with the same number and pays once.
func TestRefund_OneThatUsedUpItsTriesWaitsForAPersonAndIsPaidOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{FailRefund: true})
		p := w.paid("ord_1", 1000)
		r, err := w.refund(p, 1000, "r")
		w.must(err)
		w.settle()
		if err := w.money.RetryRefund(w.ctx, r.ID); errs.CodeOf(err) != "refund_not_stuck" {
			t.Fatalf("a refund with tries left: %v", err)
		}
		if _, err := w.db.Exec(w.ctx, `UPDATE money_refunds SET state = 'stuck', tries = 12, next_try_at = 0 WHERE id = $1`, r.ID); err != nil {
			t.Fatal(err)
		}
		list, err := w.money.StuckRefunds(w.ctx, "", 9)
		w.must(err)
		n, err := w.money.CountStuckRefunds(w.ctx)
		w.must(err)
		if len(list) != 1 || list[0].ID != r.ID || list[0].FailCode != "bank_refused" || n != 1 {
			t.Fatalf("%d wait: %+v", n, list)
		}
		if older, err := w.money.StuckRefunds(w.ctx, r.ID, 9); err != nil || len(older) != 0 {
			t.Fatalf("older than the oldest: %+v %v", older, err)
		}
		w.must(w.money.RetryRefund(w.ctx, r.ID))
		w.until(2*time.Second, func() bool {
			got, err := w.money.Refund(w.ctx, r.ID)
			w.must(err)
			return got.State == money.RefundDone
		})
		if got := w.payment(p.ID); got.Refunded != 1000 || w.payee.refunded["ord_1"] != 1 {
			t.Fatalf("refunded %d, told %d times", got.Refunded, w.payee.refunded["ord_1"])
		}
		w.sound()
	})
}
