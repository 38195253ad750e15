package money_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
)

func TestPayment_PaidSettledAndBalanced(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.paid("ord_1", 10_001)
		if !p.Accepted || p.Received != 10_001 || !p.Sandbox {
			t.Fatalf("%+v", p)
		}
		if got := w.balance("shp_1", "escrow"); got != 10_001 {
			t.Fatalf("escrow %d", got)
		}
		split := money.Split{OrderID: "ord_1", ShopID: "shp_1", Total: money.Yuan(10_001), Fee: money.Yuan(500)}
		w.must(w.money.Settle(w.ctx, split))
		w.must(w.money.Settle(w.ctx, split)) // again has no effect
		if m, f := w.balance("shp_1", "merchant"), w.balance("platform", "fee"); m != 9501 || f != 500 {
			t.Fatalf("merchant %d fee %d", m, f)
		}
		other := split
		other.Fee = money.Yuan(1)
		if err := w.money.Settle(w.ctx, other); errs.CodeOf(err) != "not_settleable" {
			t.Fatalf("settled twice with another fee: %v", err)
		}
		if w.facts.count("money.payment_paid") != 1 {
			t.Fatal("payment_paid was not told once")
		}
		lines, err := w.money.Entries(w.ctx, "shp_1", "", 10)
		w.must(err)
		if len(lines) != 3 || lines[0].Kind != "settled" || lines[2].Balance != 10_001 {
			t.Fatalf("entries %+v", lines)
		}
		second, err := w.money.Entries(w.ctx, "shp_1", lines[0].ID, 10)
		w.must(err)
		if len(second) != 2 || second[0].ID == lines[0].ID {
			t.Fatalf("second page %+v", second)
		}
		w.sound()
	})
}

func TestPayment_SameKeySamePaymentOtherBodyRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.start("ord_1", 500)
		if b := w.start("ord_1", 500); b.ID != a.ID {
			t.Fatal("the same key made two payments")
		}
		_, err := w.money.StartPayment(w.ctx, money.PaymentRequest{OrderID: "ord_1", Owner: "usr_buyer", ShopID: "shp_1",
			Amount: money.Yuan(501), Provider: "sandbox", IdempotencyKey: "key-ord_1"})
		if errs.CodeOf(err) != "idempotency_key_reused" || errs.KindOf(err) != errs.Conflict {
			t.Fatal(err)
		}
		for _, bad := range []money.PaymentRequest{
			{OrderID: "o", Owner: "u", ShopID: "s", Amount: money.Yuan(0), Provider: "sandbox", IdempotencyKey: "k"},
			{OrderID: "o", Owner: "u", ShopID: "s", Amount: money.Yuan(-5), Provider: "sandbox", IdempotencyKey: "k"},
			{OrderID: "o", Owner: "u", ShopID: "s", Amount: money.Yuan(5), Provider: "gold", IdempotencyKey: "k"},
			{OrderID: "o", Owner: "u", ShopID: "s", Amount: money.Yuan(5), Provider: "sandbox"},
		} {
			if _, err := w.money.StartPayment(w.ctx, bad); !errs.Is(err, errs.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

func TestNotify_ForgedIsRefusedAndRecorded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.start("ord_1", 500)
		w.settle()
		forge := func(signature string) int {
			body := []byte(`{"paymentId":"` + p.ID + `","status":"paid","amount":500,"currency":"CNY","txn":"x"}`)
			req, _ := http.NewRequest(http.MethodPost, w.box.Base+"/api/v1/money/notify/sandbox", bytes.NewReader(body))
			req.Header.Set("Sandbox-Timestamp", "1772337600000")
			req.Header.Set("Sandbox-Signature", signature)
			res, err := (&http.Client{}).Do(req)
			w.must(err)
			w.must(res.Body.Close())
			return res.StatusCode
		}
		for range 3 {
			if code := forge(strings.Repeat("ab", 32)); code != http.StatusUnauthorized {
				t.Fatalf("a forged notify was answered with %d", code)
			}
		}
		if forge("") != http.StatusUnauthorized || w.payment(p.ID).State != money.Pending {
			t.Fatal("a forged notify had an effect")
		}
		var rows, seen int64
		w.must(w.db.QueryRow(w.ctx, `SELECT count(*), CAST(sum(seen) AS BIGINT) FROM money_provider_events WHERE subject_id = 'forged'`).Scan(&rows, &seen))
		if rows != 1 || seen != 4 {
			t.Fatalf("recorded %d rows, seen %d", rows, seen)
		}
		w.sound()
	})
}

func TestNotify_DuplicatedAndOutOfOrderHasOneEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{Duplicate: true, OutOfOrder: true})
		p := w.paid("ord_1", 700)
		w.pass(time.Minute) // the stale "closed" has come by now
		if got := w.payment(p.ID); got.State != money.Paid || w.payee.paid["ord_1"] != 1 {
			t.Fatalf("%s, told %d times", got.State, w.payee.paid["ord_1"])
		}
		if got := w.balance("shp_1", "escrow"); got != 700 {
			t.Fatalf("escrow %d", got)
		}
		w.sound()
	})
}

func TestApply_ConcurrentNewsHaveOneEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.start("ord_1", 900)
		w.settle()
		ev := money.ProviderEvent{Provider: "sandbox", PaymentID: p.ID, Txn: "t1", Status: money.StatusPaid, Amount: money.Yuan(900)}
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if _, err := w.money.Apply(context.Background(), ev); err != nil {
					t.Errorf("apply: %v", err)
				}
			})
		}
		wg.Wait()
		if w.facts.count("money.payment_paid") != 1 || w.balance("shp_1", "escrow") != 900 {
			t.Fatalf("told %d times, escrow %d", w.facts.count("money.payment_paid"), w.balance("shp_1", "escrow"))
		}
		ev.Txn = "t2" // a second charge for the same payment cannot be ours
		if out, err := w.money.Apply(w.ctx, ev); err != nil || out != money.Flagged {
			t.Fatalf("%s %v", out, err)
		}
	})
}

func TestNotify_LostIsHealedByThePoller(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{Lost: true})
		p := w.start("ord_1", 700)
		w.settle()
		w.pass(time.Second)
		if w.payment(p.ID).State != money.Pending {
			t.Fatal("paid without a notify")
		}
		w.until(time.Second, func() bool { return w.payment(p.ID).State == money.Paid })
		if got := w.payment(p.ID); got.State != money.Paid || got.NextPollAt != 0 {
			t.Fatalf("%+v", got)
		}
		w.sound()
	})
}

func TestNotify_WrongAmountIsNotPaidAndGoesBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{WrongAmount: true})
		p := w.start("ord_1", 700)
		w.settle()
		w.pass(time.Second)
		w.pass(time.Second)
		got := w.payment(p.ID)
		if got.State != money.Refunded || got.FailCode != money.FailWrongAmount || got.Accepted || got.Refunded != 699 {
			t.Fatalf("%+v", got)
		}
		if w.payee.paid["ord_1"] != 0 || w.balance("platform", "suspense") != 0 || w.balance("provider/sandbox", "clearing") != 0 {
			t.Fatal("the money did not go back")
		}
		w.sound()
	})
}

func TestPayment_LateForAClosedOrderIsJudgedByThePayee(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		late := func(order string, refused bool) money.Payment {
			p := w.start(order, 300)
			w.must(w.jobs.Settle(w.ctx))
			w.clock.Advance(time.Second) // the buyer confirms while we close
			w.must(w.money.ClosePayments(w.ctx, order))
			w.payee.closed[order] = refused
			w.must(w.box.Bank.Work(w.ctx))
			w.settle()
			w.pass(time.Second)
			return w.payment(p.ID)
		}
		// The close job may reach the bank before the charge pays itself; pay it by an event then.
		pay := func(p money.Payment) money.Payment {
			_, err := w.money.Apply(w.ctx, money.ProviderEvent{Provider: "sandbox", PaymentID: p.ID, Txn: "late", Status: money.StatusPaid, Amount: p.Amount})
			w.must(err)
			w.settle()
			return w.payment(p.ID)
		}
		if p := pay(late("ord_taken", false)); p.State != money.Paid || !p.Accepted {
			t.Fatalf("%+v", p)
		}
		p := pay(late("ord_gone", true))
		if p.Accepted || p.FailCode != money.FailOrderClosed || p.Reserved != 300 {
			t.Fatalf("%+v", p)
		}
		w.sound()
	})
}

func TestPayment_SecondPaymentOfAnOrderGoesBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.paid("ord_1", 400)
		p, err := w.money.StartPayment(w.ctx, money.PaymentRequest{OrderID: "ord_1", Owner: "usr_buyer", ShopID: "shp_1",
			Amount: money.Yuan(400), Provider: "sandbox", IdempotencyKey: "again"})
		w.must(err)
		w.settle()
		w.pass(time.Second)
		w.pass(time.Second)
		if got := w.payment(p.ID); got.State != money.Refunded || got.Accepted {
			t.Fatalf("%+v", got)
		}
		w.sound()
	})
}

func TestWaitPayment_AnswersWhenPaidAndHidesForeignOnes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.start("ord_1", 700)
		w.must(w.jobs.Settle(w.ctx))
		got := make(chan money.Payment, 1)
		go func() {
			v, err := w.money.WaitPayment(context.Background(), "usr_buyer", p.ID, 10*time.Second)
			if err != nil {
				t.Error(err)
			}
			got <- v
		}()
		w.pass(time.Second)
		for {
			select {
			case v := <-got:
				if v.State != money.Paid {
					t.Fatalf("%s", v.State)
				}
				if _, err := w.money.WaitPayment(w.ctx, "usr_other", p.ID, 0); !errs.Is(err, errs.NotFound) {
					t.Fatalf("a foreign payment was shown: %v", err)
				}
				return
			case <-time.After(20 * time.Millisecond):
				w.clock.Advance(100 * time.Millisecond)
			}
		}
	})
}

func TestApply_OneProviderCannotSpeakForAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.start("ord_1", 700)
		out, err := w.money.Apply(w.ctx, money.ProviderEvent{Provider: "other", PaymentID: p.ID, Status: money.StatusPaid, Amount: money.Yuan(700)})
		if err != nil || out != money.Flagged || w.payment(p.ID).State != money.Pending {
			t.Fatalf("%s %v", out, err)
		}
	})
}

func TestAudit_FindsWhatIsBroken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.paid("ord_1", 700)
		w.sound()
		for rule, statement := range map[string]string{
			"ledger.posted_equals_entries":     `UPDATE money_accounts SET posted = posted + 1 WHERE kind = 'escrow'`,
			"ledger.transfer_sums_to_zero":     `UPDATE money_entries SET amount = amount + 1 WHERE seq = 0`,
			"payment.refunds_add_up":           `UPDATE money_payments SET refund_reserved = 5`,
			"payment.in_ledger_once":           `UPDATE money_transfers SET idem = 'x'`,
			"payment.accepted_is_paid_in_full": `UPDATE money_payments SET received = amount - 1`,
		} {
			found := false
			fail := w.db.Tx(w.ctx, func(ctx context.Context) error {
				if _, err := w.db.Exec(ctx, statement); err != nil {
					return err
				}
				breaks, err := w.money.Audit(ctx)
				for _, b := range breaks {
					found = found || b.Rule == rule
				}
				if err != nil {
					return err
				}
				return errRollback
			})
			if !found || fail != errRollback {
				t.Errorf("%s was not found (%v)", rule, fail)
			}
		}
		w.sound()
	})
}

var errRollback = errs.New(errs.Internal, "rollback", "undo")
