package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/money/sandbox/sandboxtest"
)

func TestNew_RefusedUnlessAskedFor(t *testing.T) {
	if _, err := sandbox.New(sandbox.Deps{Secret: sandboxtest.Secret}); errs.CodeOf(err) != "sandbox_refused" {
		t.Fatal(err)
	}
	if _, err := sandbox.NewBank(sandbox.BankDeps{Secret: sandboxtest.Secret}); errs.CodeOf(err) != "sandbox_refused" {
		t.Fatal(err)
	}
	if _, err := sandbox.New(sandbox.Deps{Secret: []byte("short"), Allow: true}); errs.CodeOf(err) != "sandbox_secret_short" {
		t.Fatal(err)
	}
}

func TestBank_AnswersTheWholeLifeOfACharge(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	d := dbtest.Open(t, dbtest.SQLiteURL(t), sandbox.Migrate)
	box := sandboxtest.Start(t, d, c, id.NewSource(c.Now))
	ctx := t.Context()
	want := func(ev money.ProviderEvent, err error, status money.Status, amount int64) {
		t.Helper()
		if err != nil || ev.Status != status || ev.Amount.Minor != amount {
			t.Fatalf("%+v %v", ev, err)
		}
	}
	query := func(id string) (money.ProviderEvent, error) { return box.Provider.Query(ctx, id) }
	pay := money.Payment{ID: "pay_1", Amount: money.Yuan(500)}
	ev, err := query("pay_1")
	want(ev, err, money.StatusUnknown, 0)
	ev, err = box.Provider.Start(ctx, pay)
	want(ev, err, money.StatusPending, 0)
	ev, err = box.Provider.Start(ctx, pay) // the same number is the same charge
	want(ev, err, money.StatusPending, 0)
	pay.Amount = money.Yuan(501)
	if _, err := box.Provider.Start(ctx, pay); err == nil {
		t.Fatal("another amount under the same number")
	}
	if _, err := box.Provider.Refund(ctx, money.Refund{ID: "rfd_0", PaymentID: "pay_1", Amount: money.Yuan(1)}); err == nil {
		t.Fatal("an unpaid charge was refunded")
	}
	c.Advance(sandbox.PayDelay)
	// The bank pays without its notify: this test has no money service to take it.
	if _, err := d.Exec(ctx, `UPDATE money_sandbox_charges SET state = 'paid', collected = amount`); err != nil {
		t.Fatal(err)
	}
	ev, err = query("pay_1")
	want(ev, err, money.StatusPaid, 500)
	ev, err = box.Provider.Close(ctx, "pay_1") // the buyer was faster
	want(ev, err, money.StatusPaid, 500)
	ev, err = box.Provider.Refund(ctx, money.Refund{ID: "rfd_1", PaymentID: "pay_1", Amount: money.Yuan(500)})
	want(ev, err, money.StatusDone, 500)
	ev, err = box.Provider.QueryRefund(ctx, "rfd_1")
	want(ev, err, money.StatusDone, 500)
	if _, err := box.Provider.Refund(ctx, money.Refund{ID: "rfd_2", PaymentID: "pay_1", Amount: money.Yuan(1)}); err == nil {
		t.Fatal("more was refunded than paid")
	}
	pay = money.Payment{ID: "pay_2", Amount: money.Yuan(5)}
	if _, err := box.Provider.Start(ctx, pay); err != nil {
		t.Fatal(err)
	}
	ev, err = box.Provider.Close(ctx, "pay_2")
	want(ev, err, money.StatusClosed, 0)
}

func TestBank_RefusesUnsignedOldAndTamperedRequests(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	d := dbtest.Open(t, dbtest.SQLiteURL(t), sandbox.Migrate)
	box := sandboxtest.Start(t, d, c, id.NewSource(c.Now))
	stale := sandbox.Deps{BaseURL: func() string { return box.Base + "/sandbox-bank" }, Client: &http.Client{}, Secret: sandboxtest.Secret,
		Clock: clock.NewFake(c.Now().Add(-time.Hour)), Allow: true}
	wrong := stale
	wrong.Clock, wrong.Secret = c, []byte("another secret of enough bytes")
	for name, deps := range map[string]sandbox.Deps{"stale": stale, "wrong secret": wrong} {
		p, err := sandbox.New(deps)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Start(t.Context(), money.Payment{ID: "pay_1", Amount: money.Yuan(5)}); err == nil || !strings.Contains(err.Error(), "401") {
			t.Errorf("%s: %v", name, err)
		}
	}
	res, err := (&http.Client{}).Post(box.Base+"/sandbox-bank/charges", "application/json", bytes.NewReader([]byte(`{"paymentId":"pay_1","amount":5,"currency":"CNY"}`)))
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Fatal(res, err)
	}
	res.Body.Close()
	var n int64
	if err := d.QueryRow(t.Context(), `SELECT count(*) FROM money_sandbox_charges`).Scan(&n); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	if err := box.Bank.SetFaults(t.Context(), sandbox.Faults{DelayMS: -1}); errs.CodeOf(err) != "delay_invalid" {
		t.Fatal(err)
	}
}

func TestBank_SendsANotifyAgainUntilItIsTaken(t *testing.T) {
	var got atomic.Int64
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	c := clock.NewFake(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	d := dbtest.Open(t, dbtest.SQLiteURL(t), sandbox.Migrate)
	bank, err := sandbox.NewBank(sandbox.BankDeps{DB: d, Clock: c, IDs: id.NewSource(c.Now), Log: slog.New(slog.DiscardHandler), Client: web.Client(),
		NotifyBase: func() string { return web.URL }, Secret: sandboxtest.Secret, Allow: true})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/bank/", http.StripPrefix("/bank", bank.Handler()))
	mux.HandleFunc("POST /api/v1/money/notify/sandbox", func(w http.ResponseWriter, r *http.Request) {
		var m map[string]any
		if json.NewDecoder(r.Body).Decode(&m) != nil || m["status"] != "paid" {
			t.Errorf("notify %v", m)
		}
		if got.Add(1) < 3 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	p, err := sandbox.New(sandbox.Deps{BaseURL: func() string { return web.URL + "/bank" }, Client: web.Client(), Secret: sandboxtest.Secret, Clock: c, Allow: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Start(context.Background(), money.Payment{ID: "pay_1", Amount: money.Yuan(5)}); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		c.Advance(5 * time.Second)
		if err := bank.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got.Load() != 3 {
		t.Fatalf("sent %d times", got.Load())
	}
}
