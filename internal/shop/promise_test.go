package shop_test

import (
	"sync"
	"testing"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// An order is placed with one row; whoever looks at its payment, its lines or its timeline cannot tell.
func TestPlace_WhatIsNotWrittenYetReadsTheSame(t *testing.T) {
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) {
		w := newQuietWorld(t, d)
		p := w.product(1_000, 9, 0)
		ann, bob := w.buyer("ann"), w.buyer("bob")
		placed := w.order(ann, p, 2)
		if n := rows(t, d, `SELECT count(*) FROM money_payments`); n != 0 {
			t.Fatalf("%d payment rows", n)
		}
		got, err := w.money.PaymentOf(w.ctx, ann.UserID, placed.Payment.ID)
		w.must(err)
		if got.ID != placed.Payment.ID || got.Amount != placed.Payment.Amount || got.State != money.Pending || got.ExpiresAt != placed.Order.HoldUntil ||
			got.CreatedAt != placed.Order.CreatedAt || got.Subject != placed.Order.Number || got.Sandbox != placed.Payment.Sandbox {
			t.Errorf("promised %+v, placed with %+v", got, placed.Payment)
		}
		_, err = w.money.PaymentOf(w.ctx, bob.UserID, placed.Payment.ID)
		w.refuses(err, "payment_not_found")
		list, err := w.money.OrderPayments(w.ctx, placed.Order.ID)
		w.must(err)
		if len(list) != 1 || list[0].ID != placed.Payment.ID {
			t.Errorf("payments of the order: %+v", list)
		}
		o, _, err := w.shop.Order(w.ctx, ann.Actor, placed.Order.ID)
		w.must(err)
		if len(o.Lines) != 1 || o.Lines[0] != placed.Order.Lines[0] || len(o.Log) != 1 || o.Log[0].Code != "placed" || o.Log[0].At != o.CreatedAt {
			t.Errorf("lines %+v, timeline %+v", o.Lines, o.Log)
		}
		found, _, err := w.shop.MyOrders(w.ctx, ann.Actor, shop.OrderQuery{Query: "oran", Limit: 10})
		w.must(err)
		if len(found) != 1 {
			t.Errorf("%d orders were found by their title", len(found))
		}
		w.sound()
	})
}

// A payment that is only promised is closed, paid, or asked for anew like any other, and once.
func TestPlace_APromisedPaymentIsKeptByWhateverComesFirst(t *testing.T) {
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) {
		w := newQuietWorld(t, d)
		p := w.product(1_000, 20, 0)
		var paid [4]shop.Placed
		for i, name := range []string{"cancelled", "paid", "raced", "expired"} {
			paid[i] = w.order(w.buyer(name), p, 1)
		}
		cancelled, err := w.shop.Cancel(w.ctx, actorOf("cancelled"), paid[0].Order.ID, "no")
		w.must(err)
		if got, err := w.money.Payment(w.ctx, paid[0].Payment.ID); err != nil || cancelled.State != order.Closed || got.State != money.Closed {
			t.Errorf("a cancelled order is %s, its payment %s, %v", cancelled.State, got.State, err)
		}
		news := func(one shop.Placed) money.ProviderEvent {
			return money.ProviderEvent{Provider: "sandbox", PaymentID: one.Payment.ID, Txn: "txn-" + one.Payment.ID, Status: money.StatusPaid, Amount: one.Payment.Amount}
		}
		if out, err := w.money.Apply(w.ctx, news(paid[1])); err != nil || out != money.Applied {
			t.Errorf("news of a promised payment: %s, %v", out, err)
		}
		w.is(buyer{Actor: actorOf("paid")}, paid[1].Order.ID, order.Paid)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { _, _ = w.money.Apply(w.ctx, news(paid[2])) })
			wg.Go(func() { _, _ = w.shop.Cancel(w.ctx, actorOf("raced"), paid[2].Order.ID, "no") })
		}
		wg.Wait()
		_, err = w.money.Apply(w.ctx, news(paid[2]))
		w.must(err)
		w.clock.Advance(order.HoldFor)
		w.must(w.shop.ExpireHolds(w.ctx))
		w.is(buyer{Actor: actorOf("expired")}, paid[3].Order.ID, order.Closed)
		w.startJobs()
		w.settle()
		for i, one := range paid {
			if n := rows(t, d, `SELECT count(*) FROM money_payments WHERE order_id = $1`, one.Order.ID); n != 1 {
				t.Errorf("order %d has %d payments", i, n)
			}
		}
		w.sound()
	})
}

func actorOf(name string) identity.Actor { return identity.Actor{UserID: "usr_" + name, Name: name} }

func rows(t *testing.T, d *db.DB, q string, args ...any) (n int) {
	t.Helper()
	if err := d.QueryRow(t.Context(), q, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
