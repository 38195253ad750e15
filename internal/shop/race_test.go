package shop_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// Payment news, the buyer's cancel, the sweeper and the merchant meet on the same orders; whoever wins,
// every counter and every fen must be accounted for afterwards.
func TestOrder_RacingCommandsLeaveEverythingSound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.faults(sandbox.Faults{DelayMS: 1_700_000})
		p, q := w.product(1_000, 30, 0), w.product(500, 30, 0)
		var placed []shop.Placed
		var buyers []buyer
		for i := range 10 {
			b := w.buyer(string(rune('a' + i)))
			quote, err := w.shop.CreateQuote(w.ctx, b.Actor, []shop.Wanted{{SkuID: p.Skus[0].ID, Quantity: 2}, {SkuID: q.Skus[0].ID, Quantity: 1}})
			w.must(err)
			one, err := w.shop.PlaceOrder(w.ctx, b.Actor, shop.PlaceInput{Key: "racing-key", QuoteID: quote.ID, ExpectedMinor: quote.Total.Total.Minor,
				AddressID: b.address, Provider: "sandbox"})
			w.must(err)
			placed, buyers = append(placed, one), append(buyers, b)
		}
		w.clock.Advance(order.HoldFor + 1)
		ctx := context.Background()
		expected := func(err error) {
			var e *errs.Error
			if err != nil && !errors.As(err, &e) {
				t.Error(err)
			}
		}
		var wg sync.WaitGroup
		for i, one := range placed {
			ev := money.ProviderEvent{Provider: "sandbox", PaymentID: one.Payment.ID, Txn: "txn", Status: money.StatusPaid, Amount: one.Payment.Amount}
			for range 3 {
				wg.Go(func() { _, err := w.money.Apply(ctx, ev); expected(err) })
			}
			wg.Go(func() { _, err := w.shop.Cancel(ctx, buyers[i].Actor, one.Order.ID, "race"); expected(err) })
			wg.Go(func() {
				_, err := w.shop.Ship(ctx, w.seller, shop.Shipment{OrderID: one.Order.ID, Carrier: "SF", Tracking: "SF1234567"})
				expected(err)
			})
		}
		wg.Go(func() { expected(w.shop.ExpireHolds(ctx)) })
		wg.Wait()
		for _, one := range placed { // what lost a race is told again, as a provider would
			ev := money.ProviderEvent{Provider: "sandbox", PaymentID: one.Payment.ID, Txn: "txn", Status: money.StatusPaid, Amount: one.Payment.Amount}
			_, err := w.money.Apply(w.ctx, ev)
			w.must(err)
		}
		w.sound()
		for i, one := range placed {
			o, _, err := w.shop.Order(w.ctx, buyers[i].Actor, one.Order.ID)
			w.must(err)
			if o.State == order.Unpaid || o.State == order.Closed && w.stock(p)[0] > 1 {
				t.Errorf("order %d is %s although its money came", i, o.State)
			}
		}
	})
}
