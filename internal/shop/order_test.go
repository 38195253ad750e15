package shop_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

func TestOrder_WalksFromQuoteToSettlement(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, b := w.product(9_990, 10, 0), w.buyer("ann")
		placed := w.order(b, p, 2)
		if placed.Order.State != order.Unpaid || placed.Order.Total != 19_980 || placed.Payment.State != money.Pending || !placed.Payment.Sandbox {
			t.Fatalf("%+v", placed)
		}
		w.wantStock(p, 8, 2, 0)
		w.sound()
		w.settle()
		w.pass(time.Second)
		w.is(b, placed.Order.ID, order.Paid)
		w.wantStock(p, 8, 0, 2)
		w.sound()
		_, err := w.shop.Ship(w.ctx, w.seller, shop.Shipment{OrderID: placed.Order.ID, Carrier: "顺丰", Tracking: "sf 1234567890"})
		w.must(err)
		if o := w.is(b, placed.Order.ID, order.Shipped); o.Tracking != "SF1234567890" || o.ShippedAt == 0 {
			t.Fatalf("%+v", o)
		}
		o, err := w.shop.Receive(w.ctx, b.Actor, placed.Order.ID)
		w.must(err)
		codes := ""
		for _, e := range o.Log {
			codes += e.Code + " "
		}
		if codes != "placed paid shipped received " || o.SettledAt == 0 {
			t.Fatalf("timeline %s", codes)
		}
		bal, err := w.money.Balance(w.ctx, w.store.ID)
		w.must(err)
		if bal.Settled != 19_980-999 || bal.Fees != 999 || bal.Escrow != 0 {
			t.Fatalf("%+v", bal)
		}
		for _, subject := range []string{"shop.order_placed", "shop.order_paid", "shop.order_shipped", "shop.order_received", "money.payment_paid"} {
			if w.out.count(subject) != 1 {
				t.Errorf("%s was told %d times", subject, w.out.count(subject))
			}
		}
		w.sound()
	})
}

func TestPlaceOrder_RefusesBadOnes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann, bob := w.product(1_000, 3, 2), w.buyer("ann"), w.buyer("bob")
		sku := p.Skus[0].ID
		_, err := w.input(ann, sku, 4)
		w.refuses(err, "out_of_stock")
		for _, n := range []int64{0, -1, 1000} {
			_, err = w.input(ann, sku, n)
			w.refuses(err, "quantity_invalid")
		}
		_, err = w.input(ann, "sku_none", 1)
		w.refuses(err, "not_on_sale")
		_, err = w.shop.CreateQuote(w.ctx, identity.Actor{}, []shop.Wanted{{SkuID: sku, Quantity: 1}})
		w.refuses(err, "sign_in_required")

		place := func(b buyer, edit func(*shop.PlaceInput)) error {
			in, err := w.input(b, sku, 1)
			w.must(err)
			edit(&in)
			_, err = w.shop.PlaceOrder(w.ctx, b.Actor, in)
			return err
		}
		foreign, err := w.input(bob, sku, 1)
		w.must(err)
		w.refuses(place(ann, func(in *shop.PlaceInput) { in.QuoteID = foreign.QuoteID }), "quote_not_found")
		w.refuses(place(ann, func(in *shop.PlaceInput) { in.AddressID = bob.address }), "address_not_found")
		w.refuses(place(ann, func(in *shop.PlaceInput) { in.ExpectedMinor-- }), "price_changed")
		w.refuses(place(ann, func(in *shop.PlaceInput) { in.Provider = "gold" }), "provider_unknown")
		w.refuses(place(ann, func(in *shop.PlaceInput) { in.Key = "" }), "idempotency_key_invalid")
		// Past its life, but not so long that the sweeper has forgotten it: then it would be "not found".
		w.refuses(place(ann, func(in *shop.PlaceInput) { w.clock.Advance(16 * time.Minute) }), "quote_expired")
		w.wantStock(p, 3, 0, 0)

		// The limit counts several orders together, and units come back when one is closed.
		one := w.order(ann, p, 2)
		w.refuses(place(ann, func(*shop.PlaceInput) {}), "limit_per_buyer")
		_, err = w.shop.Cancel(w.ctx, ann.Actor, one.Order.ID, "changed my mind")
		w.must(err)
		w.must(place(ann, func(*shop.PlaceInput) {}))
		w.sound()
	})
}

func TestPlaceOrder_PriceChangedSaysTheNewTotal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 3, 0), w.buyer("ann")
		in, err := w.input(ann, p.Skus[0].ID, 2)
		w.must(err)
		_, err = w.shop.UpdateProduct(w.ctx, w.seller, p.ID, p.Version, shop.ProductInput{Title: "Orange", Images: []string{"ast_1"},
			Skus: []shop.SkuInput{{ID: p.Skus[0].ID, Price: 1_100}}, Freight: 300, State: shop.On})
		w.must(err)
		_, err = w.shop.PlaceOrder(w.ctx, ann.Actor, in)
		w.refuses(err, "price_changed")
		if e := err.(*errs.Error); e.Params["totalMinor"] != int64(2_500) || e.Kind != errs.Conflict {
			t.Fatalf("%+v", e)
		}
		in.ExpectedMinor = 2_500
		_, err = w.shop.PlaceOrder(w.ctx, ann.Actor, in)
		w.must(err)
	})
}

func TestPlaceOrder_DoubleTapIsOneOrderAndOneCharge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 100, 0), w.buyer("ann")
		in, err := w.input(ann, p.Skus[0].ID, 1)
		w.must(err)
		var wg sync.WaitGroup
		got := make([]shop.Placed, 50)
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = w.shop.PlaceOrder(context.Background(), ann.Actor, in); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, g := range got {
			if g.Order.ID != got[0].Order.ID || g.Payment.ID != got[0].Payment.ID || g.Order.ID == "" {
				t.Fatal("two orders for one key")
			}
		}
		w.settle()
		w.pass(time.Second)
		var charges int64
		w.must(w.db.QueryRow(w.ctx, `SELECT count(*) FROM money_sandbox_charges`).Scan(&charges))
		if charges != 1 {
			t.Fatalf("%d charges", charges)
		}
		w.wantStock(p, 99, 0, 1)
		in.Note = "another body"
		_, err = w.shop.PlaceOrder(w.ctx, ann.Actor, in)
		w.refuses(err, "idempotency_key_reused")
		if errs.KindOf(err) != errs.Conflict {
			t.Errorf("a changed body is %s; at every other door it is a conflict", errs.KindOf(err))
		}
		w.sound()
	})
}

func TestPlaceOrder_SixtyFourBuyersTwentyUnits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.product(1_000, 20, 1)
		type attempt struct {
			b  buyer
			in shop.PlaceInput
		}
		tries := make([]attempt, 64)
		for i := range tries {
			b := w.buyer(fmt.Sprintf("b%02d", i))
			in, err := w.input(b, p.Skus[0].ID, 1)
			w.must(err)
			tries[i] = attempt{b, in}
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		sold, out := 0, 0
		for _, a := range tries {
			wg.Go(func() {
				_, err := w.shop.PlaceOrder(context.Background(), a.b.Actor, a.in)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					sold++
				case errs.CodeOf(err) == "out_of_stock":
					out++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if sold != 20 || out != 44 {
			t.Fatalf("sold %d, refused %d", sold, out)
		}
		w.settle()
		w.pass(time.Second)
		w.wantStock(p, 0, 0, 20)
		w.sound()
	})
}

func TestPlaceOrder_BuyerHoldsAtMostFiveUnpaid(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{DelayMS: 600_000})
		p, ann := w.product(1_000, 100, 0), w.buyer("ann")
		var last shop.Placed
		for range order.MaxUnpaid {
			last = w.order(ann, p, 1)
		}
		in, err := w.input(ann, p.Skus[0].ID, 1)
		w.must(err)
		_, err = w.shop.PlaceOrder(w.ctx, ann.Actor, in)
		w.refuses(err, "unpaid_too_many")
		_, err = w.shop.Cancel(w.ctx, ann.Actor, last.Order.ID, "")
		w.must(err)
		_, err = w.shop.PlaceOrder(w.ctx, ann.Actor, in)
		w.must(err)
		w.sound()
	})
}

func (w *world) faults(f sandbox.Faults) { w.t.Helper(); w.must(w.box.Bank.SetFaults(w.ctx, f)) }

func TestOrder_HoldExpiresAndUnitsComeBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{DelayMS: 1_700_000})
		p, ann := w.product(1_000, 5, 2), w.buyer("ann")
		placed := w.order(ann, p, 2)
		w.settle()
		w.clock.Advance(order.HoldFor - time.Second)
		w.must(w.shop.ExpireHolds(w.ctx))
		w.is(ann, placed.Order.ID, order.Unpaid)
		w.until(time.Second, func() bool { return w.stock(p)[0] == 5 })
		if o := w.is(ann, placed.Order.ID, order.Closed); o.ClosedReason != "hold_expired" {
			t.Fatalf("%+v", o)
		}
		pay, err := w.money.Payment(w.ctx, placed.Payment.ID)
		w.must(err)
		if pay.State != money.Closed {
			t.Fatalf("payment %s", pay.State)
		}
		_, err = w.shop.PayAgain(w.ctx, ann.Actor, placed.Order.ID, "sandbox", "k")
		w.refuses(err, "order_moved_on")
		w.sound()
	})
}

// latePay closes an order and then tells that its payment was made after all.
func (w *world) latePay(b buyer, placed shop.Placed) {
	w.t.Helper()
	_, err := w.shop.Cancel(w.ctx, b.Actor, placed.Order.ID, "")
	w.must(err)
	_, err = w.money.Apply(w.ctx, money.ProviderEvent{Provider: "sandbox", PaymentID: placed.Payment.ID, Txn: "late", Status: money.StatusPaid, Amount: placed.Payment.Amount})
	w.must(err)
}

func TestOrder_LatePaymentTakesUnitsAgainOrGoesBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{DelayMS: 1_700_000})
		p, ann, bob := w.product(1_000, 2, 2), w.buyer("ann"), w.buyer("bob")
		one := w.order(ann, p, 2)
		w.latePay(ann, one)
		w.is(ann, one.Order.ID, order.Paid)
		w.wantStock(p, 0, 0, 2)
		w.sound()

		q := w.product(1_000, 2, 0)
		two := w.order(ann, q, 2)
		_, err := w.shop.Cancel(w.ctx, ann.Actor, two.Order.ID, "")
		w.must(err)
		w.order(bob, q, 1) // somebody else is faster
		_, err = w.money.Apply(w.ctx, money.ProviderEvent{Provider: "sandbox", PaymentID: two.Payment.ID, Txn: "late", Status: money.StatusPaid, Amount: two.Payment.Amount})
		w.must(err)
		w.is(ann, two.Order.ID, order.Closed)
		pay, err := w.money.Payment(w.ctx, two.Payment.ID)
		w.must(err)
		if pay.Accepted || pay.FailCode != money.FailOrderClosed || pay.Reserved != 2_000 {
			t.Fatalf("%+v", pay)
		}
		w.wantStock(q, 1, 1, 0)
		w.sound()
	})
}

func TestOrder_PayAgainAfterADecline(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 2, 0), w.buyer("ann")
		placed := w.order(ann, p, 1)
		same, err := w.shop.PayAgain(w.ctx, ann.Actor, placed.Order.ID, "sandbox", "k1")
		w.must(err)
		if same.Payment.ID != placed.Payment.ID {
			t.Fatal("a second payment beside a pending one")
		}
		_, err = w.money.Apply(w.ctx, money.ProviderEvent{Provider: "sandbox", PaymentID: placed.Payment.ID, Status: money.StatusFailed, FailCode: "no_funds"})
		w.must(err)
		again, err := w.shop.PayAgain(w.ctx, ann.Actor, placed.Order.ID, "sandbox", "k1")
		w.must(err)
		if again.Payment.ID == placed.Payment.ID {
			t.Fatal("the declined payment was given again")
		}
		// Both charges are confirmed by the bank: one counts, the other goes back.
		w.settle()
		w.pass(time.Second)
		w.pass(time.Second)
		w.is(ann, placed.Order.ID, order.Paid)
		w.wantStock(p, 1, 0, 1)
		w.sound()
	})
}

// The buyer paid, the news was slow, and the buyer began to pay again: nobody waits for the second payment.
func TestOrder_PaidByAnOlderPaymentClosesTheOpenOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{DelayMS: 1_700_000})
		p, ann := w.product(1_000, 2, 0), w.buyer("ann")
		placed := w.order(ann, p, 1)
		_, err := w.money.Apply(w.ctx, money.ProviderEvent{Provider: "sandbox", PaymentID: placed.Payment.ID, Status: money.StatusFailed})
		w.must(err)
		again, err := w.shop.PayAgain(w.ctx, ann.Actor, placed.Order.ID, "sandbox", "k1")
		w.must(err)
		_, err = w.money.Apply(w.ctx, money.ProviderEvent{Provider: "sandbox", PaymentID: placed.Payment.ID, Txn: "slow", Status: money.StatusPaid, Amount: placed.Payment.Amount})
		w.must(err)
		w.is(ann, placed.Order.ID, order.Paid)
		open, err := w.money.Payment(w.ctx, again.Payment.ID)
		w.must(err)
		if open.State != money.Closed {
			t.Fatalf("the second payment is %s and would be asked about for ever", open.State)
		}
		w.sound()
	})
}

func TestOrder_ForeignOnesDoNotExist(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann, bob := w.product(1_000, 9, 0), w.buyer("ann"), w.buyer("bob")
		o := w.paid(ann, p, 1)
		rival := w.user("rival")
		other, err := w.shop.OpenShop(w.ctx, rival, shop.ShopInput{Name: ptr("Rival")})
		w.must(err)
		for name, try := range map[string]func() error{
			"read":    func() error { _, _, err := w.shop.Order(w.ctx, bob.Actor, o.ID); return err },
			"cancel":  func() error { _, err := w.shop.Cancel(w.ctx, bob.Actor, o.ID, ""); return err },
			"receive": func() error { _, err := w.shop.Receive(w.ctx, bob.Actor, o.ID); return err },
			"pay":     func() error { _, err := w.shop.PayAgain(w.ctx, bob.Actor, o.ID, "sandbox", "k"); return err },
			"refund":  func() error { _, err := w.shop.AskRefund(w.ctx, bob.Actor, o.ID, "x", nil); return err },
			"read as": func() error { _, _, err := w.shop.Order(w.ctx, rival, o.ID); return err },
			"ship": func() error {
				_, err := w.shop.Ship(w.ctx, rival, shop.Shipment{OrderID: o.ID, Carrier: "x", Tracking: "ABC12345"})
				return err
			},
		} {
			if err := try(); errs.CodeOf(err) != "order_not_found" {
				t.Errorf("%s: %v", name, err)
			}
		}
		rows, err := w.shop.ShipBatch(w.ctx, rival, other.ID, []shop.Shipment{{OrderID: o.ID, Carrier: "x", Tracking: "ABC12345"}})
		w.must(err)
		w.refuses(rows[0].Err, "order_not_found")
		_, _, err = w.shop.ShopOrders(w.ctx, rival, w.store.ID, shop.OrderQuery{Limit: 10})
		w.refuses(err, "not_yours")
		list, counts, err := w.shop.MyOrders(w.ctx, bob.Actor, shop.OrderQuery{Limit: 10})
		w.must(err)
		if len(list) != 0 || counts[order.Paid] != 0 {
			t.Fatal("bob sees ann's orders")
		}
		operator := identity.Actor{UserID: "usr_op", Operator: true}
		if _, viewer, err := w.shop.Order(w.ctx, operator, o.ID); err != nil || viewer != shop.AsOperator {
			t.Fatal("an operator cannot read an order", err)
		}
		if _, err := w.shop.AllOrders(w.ctx, bob.Actor, shop.OrderQuery{Limit: 10}); !errs.Is(err, errs.Denied) {
			t.Fatal("everybody reads all orders")
		}
		if all, err := w.shop.AllOrders(w.ctx, operator, shop.OrderQuery{Limit: 10, Query: "ORANGE"}); err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
	})
}
