package shop_test

import (
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

func (w *world) ship(id string) {
	w.t.Helper()
	_, err := w.shop.Ship(w.ctx, w.seller, shop.Shipment{OrderID: id, Carrier: "SF", Tracking: "SF" + id[len(id)-8:]})
	w.must(err)
}

func TestCancel_PaidButNotShippedRefundsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 5, 2), w.buyer("ann")
		o := w.paid(ann, p, 2)
		o, err := w.shop.Cancel(w.ctx, ann.Actor, o.ID, "too slow")
		w.must(err)
		if o.Refund != order.Refunding || o.After == nil || o.After.Reason != "too slow" {
			t.Fatalf("%+v", o)
		}
		_, err = w.shop.Cancel(w.ctx, ann.Actor, o.ID, "")
		w.refuses(err, "order_moved_on")
		_, err = w.shop.Ship(w.ctx, w.seller, shop.Shipment{OrderID: o.ID, Carrier: "SF", Tracking: "SF12345"})
		if err == nil {
			t.Fatal("shipped while the money goes back")
		}
		w.settle()
		w.is(ann, o.ID, order.Refunded)
		w.wantStock(p, 5, 0, 0)
		w.order(ann, p, 2) // the limit counts it no more
		w.sound()
	})
}

func TestRefund_AskedRefusedAskedAgainApproved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 5, 0), w.buyer("ann")
		o := w.paid(ann, p, 1)
		w.ship(o.ID)
		_, err := w.shop.AskRefund(w.ctx, ann.Actor, o.ID, "", nil)
		w.refuses(err, "reason_missing")
		_, err = w.shop.AskRefund(w.ctx, ann.Actor, o.ID, "broken", []string{"ast_foreign"})
		w.refuses(err, "asset_not_found")
		o, err = w.shop.AskRefund(w.ctx, ann.Actor, o.ID, "broken", []string{"ast_9"})
		w.must(err)
		first := o.RefundID
		_, err = w.shop.AskRefund(w.ctx, ann.Actor, o.ID, "again", nil)
		w.refuses(err, "refund_open")
		_, err = w.shop.Receive(w.ctx, ann.Actor, o.ID)
		w.refuses(err, "refund_open")
		_, err = w.shop.ApproveRefund(w.ctx, ann.Actor, first, "")
		w.refuses(err, "order_not_found") // the buyer cannot approve
		_, err = w.shop.RefuseRefund(w.ctx, w.seller, first, "")
		w.refuses(err, "reply_missing")
		o, err = w.shop.RefuseRefund(w.ctx, w.seller, first, "it was fine")
		w.must(err)
		if o.After.Reply != "it was fine" || o.Refund != order.Refused {
			t.Fatalf("%+v", o.After)
		}
		o, err = w.shop.AskRefund(w.ctx, ann.Actor, o.ID, "look at the picture", nil)
		w.must(err)
		_, err = w.shop.ApproveRefund(w.ctx, w.seller, first, "")
		w.refuses(err, "refund_moved_on")
		_, err = w.shop.ApproveRefund(w.ctx, w.seller, o.RefundID, "sorry")
		w.must(err)
		_, err = w.shop.ApproveRefund(w.ctx, w.seller, o.RefundID, "sorry")
		w.refuses(err, "order_moved_on") // twice
		w.settle()
		w.is(ann, o.ID, order.Refunded)
		w.wantStock(p, 4, 0, 1) // shipped units do not come back by themselves
		if w.out.count("shop.order_refunded") != 1 || w.out.count("money.refund_done") != 1 {
			t.Fatal("the refund was not told once")
		}
		w.sound()
	})
}

func TestRefund_AfterSettlementTakesFromMerchantAndFee(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(999, 5, 0), w.buyer("ann")
		o := w.paid(ann, p, 1)
		w.ship(o.ID)
		_, err := w.shop.Receive(w.ctx, ann.Actor, o.ID)
		w.must(err)
		o, err = w.shop.AskRefund(w.ctx, ann.Actor, o.ID, "broken", nil)
		w.must(err)
		_, err = w.shop.ApproveRefund(w.ctx, w.seller, o.RefundID, "")
		w.must(err)
		w.settle()
		w.is(ann, o.ID, order.Refunded)
		bal, err := w.money.Balance(w.ctx, w.store.ID)
		w.must(err)
		if bal.Settled != 0 || bal.Fees != 0 || bal.Refunded != 999 {
			t.Fatalf("%+v", bal)
		}
		w.sound()
	})
}

func TestReceive_HappensByItselfAfterTenDays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 5, 0), w.buyer("ann")
		o, asked := w.paid(ann, p, 1), w.paid(ann, p, 1)
		w.ship(o.ID)
		w.ship(asked.ID)
		_, err := w.shop.AskRefund(w.ctx, ann.Actor, asked.ID, "broken", nil)
		w.must(err)
		w.clock.Advance(order.ReceiveAfter - time.Minute)
		w.must(w.shop.ReceiveOverdue(w.ctx))
		w.is(ann, o.ID, order.Shipped)
		w.clock.Advance(2 * time.Minute)
		w.must(w.shop.ReceiveOverdue(w.ctx))
		w.until(time.Second, func() bool {
			got, _, err := w.shop.Order(w.ctx, ann.Actor, o.ID)
			w.must(err)
			return got.State == order.Received
		})
		w.is(ann, asked.ID, order.Shipped)
		w.sound()
	})
}

func TestShipBatch_RowsFailAloneAndWarn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 9, 0), w.buyer("ann")
		a, b, c := w.paid(ann, p, 1), w.paid(ann, p, 1), w.order(ann, p, 1).Order
		rows, err := w.shop.ShipBatch(w.ctx, w.seller, w.store.ID, []shop.Shipment{
			{OrderID: a.ID, Carrier: "SF", Tracking: "SF100200300"},
			{OrderID: b.ID, Carrier: "SF", Tracking: "SF100200300"},
			{OrderID: c.ID, Carrier: "SF", Tracking: "SF100200301"},
			{OrderID: a.ID, Carrier: "SF", Tracking: "SF100200302"},
			{OrderID: "ord_none", Carrier: "SF", Tracking: "SF100200303"},
			{OrderID: b.ID, Carrier: "SF", Tracking: "!!"},
		})
		w.must(err)
		if rows[0].Err != nil || rows[1].Err != nil || rows[0].Warning != "" || rows[1].Warning != "waybill_used" {
			t.Fatalf("%+v", rows)
		}
		for i, code := range map[int]string{2: "order_moved_on", 3: "order_moved_on", 4: "order_not_found", 5: "tracking_invalid"} {
			w.refuses(rows[i].Err, code)
		}
		_, err = w.shop.ShipBatch(w.ctx, w.seller, w.store.ID, make([]shop.Shipment, shop.MaxShipBatch+1))
		w.refuses(err, "batch_invalid")
		_, err = w.shop.ShipBatch(w.ctx, ann.Actor, w.store.ID, make([]shop.Shipment, 1))
		w.refuses(err, "not_yours")
	})
}

func TestSummary_CountsWorkAndSales(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 8, 0), w.buyer("ann")
		w.paid(ann, p, 1)
		w.clock.Advance(24 * time.Hour)
		in, err := w.input(ann, p.Skus[0].ID, 2)
		w.must(err)
		in.RoomID = "liv_1"
		placed, err := w.shop.PlaceOrder(w.ctx, ann.Actor, in)
		w.must(err)
		w.settle()
		w.pass(time.Second)
		w.is(ann, placed.Order.ID, order.Paid)
		got, err := w.shop.ShopSummary(w.ctx, w.seller, w.store.ID)
		w.must(err)
		if got.ToShip != 2 || got.LowStock != 1 || got.Today.Orders != 1 || got.Today.Sales != 2_000 || got.Yesterday.Sales != 1_000 || len(got.Series) != 30 || len(got.Hours) != 48 {
			t.Fatalf("%+v", got)
		}
		var early, late int64
		for i, h := range got.Hours {
			if i < 24 {
				early += h.Sales
			} else {
				late += h.Sales
			}
		}
		if early != 1_000 || late != 2_000 {
			t.Fatalf("hours of yesterday add up to %d, of today to %d", early, late)
		}
		if len(got.Best) != 1 || got.Best[0].ProductID != p.ID || got.Best[0].Units != 2 || got.Best[0].Sales != 2_000 {
			t.Fatalf("best sellers %+v", got.Best)
		}
		_, err = w.shop.ShopSummary(w.ctx, ann.Actor, w.store.ID)
		w.refuses(err, "not_yours")
	})
}

func TestOrders_PageAndFilter(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 50, 0), w.buyer("ann")
		for range 3 {
			w.paid(ann, p, 1)
		}
		page, counts, err := w.shop.MyOrders(w.ctx, ann.Actor, shop.OrderQuery{Limit: 2})
		w.must(err)
		rest, _, err := w.shop.MyOrders(w.ctx, ann.Actor, shop.OrderQuery{Limit: 2, Cursor: page[1].ID})
		w.must(err)
		if len(page) != 2 || len(rest) != 1 || counts[order.Paid] != 3 || len(page[0].Lines) != 1 {
			t.Fatalf("%d %d %v", len(page), len(rest), counts)
		}
		found, _, err := w.shop.ShopOrders(w.ctx, w.seller, w.store.ID, shop.OrderQuery{Limit: 9, State: "paid", Query: page[0].Number})
		w.must(err)
		if len(found) != 1 || found[0].ID != page[0].ID {
			t.Fatalf("found %d", len(found))
		}
		_, _, err = w.shop.MyOrders(w.ctx, ann.Actor, shop.OrderQuery{Limit: 9, Source: "radio"})
		w.refuses(err, "order_source_unknown")
		_, _, err = w.shop.MyOrders(w.ctx, ann.Actor, shop.OrderQuery{Limit: 9, State: "lost"})
		w.refuses(err, "order_state_unknown")
		_, _, err = w.shop.MyOrders(w.ctx, ann.Actor, shop.OrderQuery{Limit: 1000})
		w.refuses(err, "limit_invalid")
	})
}

func TestOrders_FilterBySourceAndDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 50, 0), w.buyer("ann")
		old := w.paid(ann, p, 1)
		w.clock.Advance(48 * time.Hour)
		since := w.clock.Now().UnixMilli()
		in, err := w.input(ann, p.Skus[0].ID, 1)
		w.must(err)
		in.RoomID = "liv_1"
		placed, err := w.shop.PlaceOrder(w.ctx, ann.Actor, in)
		w.must(err)
		found := func(q shop.OrderQuery) string {
			q.Limit = 9
			list, _, err := w.shop.ShopOrders(w.ctx, w.seller, w.store.ID, q)
			w.must(err)
			ids := ""
			for _, o := range list {
				ids += o.ID + " "
			}
			return ids
		}
		live, shopped := placed.Order.ID+" ", old.ID+" "
		for _, c := range []struct {
			q    shop.OrderQuery
			want string
		}{
			{shop.OrderQuery{Source: shop.SourceLive}, live}, {shop.OrderQuery{Source: shop.SourceShop}, shopped}, {shop.OrderQuery{Source: shop.SourcePost}, ""},
			{shop.OrderQuery{FromMS: since}, live}, {shop.OrderQuery{ToMS: since}, shopped}, {shop.OrderQuery{}, live + shopped},
			{shop.OrderQuery{Source: shop.SourceLive, ToMS: since}, ""},
		} {
			if got := found(c.q); got != c.want {
				t.Errorf("%+v finds %q, want %q", c.q, got, c.want)
			}
		}
	})
}

func TestRefunds_QueueServesTheLongestWaitFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 50, 0), w.buyer("ann")
		var asked []string
		for range 3 {
			o := w.paid(ann, p, 1)
			w.ship(o.ID)
			o, err := w.shop.AskRefund(w.ctx, ann.Actor, o.ID, "broken", nil)
			w.must(err)
			asked = append(asked, o.RefundID)
			w.clock.Advance(time.Minute)
		}
		w.paid(ann, p, 1) // no refund: never in the queue
		page, counts, err := w.shop.ShopRefunds(w.ctx, w.seller, w.store.ID, shop.RefundQuery{State: order.Asked, Limit: 2})
		w.must(err)
		if len(page) != 2 || page[0].RefundID != asked[0] || page[1].RefundID != asked[1] || page[0].After == nil || len(page[0].Lines) != 1 || counts[order.Asked] != 3 {
			t.Fatalf("%d in the queue, counts %v", len(page), counts)
		}
		rest, _, err := w.shop.ShopRefunds(w.ctx, w.seller, w.store.ID, shop.RefundQuery{State: order.Asked, Limit: 2, Cursor: page[1].RefundID})
		w.must(err)
		if len(rest) != 1 || rest[0].RefundID != asked[2] {
			t.Fatalf("the end of the queue is %+v", rest)
		}
		for _, id := range asked[:2] {
			_, err = w.shop.RefuseRefund(w.ctx, w.seller, id, "it was fine")
			w.must(err)
		}
		done, counts, err := w.shop.ShopRefunds(w.ctx, w.seller, w.store.ID, shop.RefundQuery{State: order.Refused, Limit: 9})
		w.must(err)
		if len(done) != 2 || done[0].RefundID != asked[1] || counts[order.Asked] != 1 || counts[order.Refused] != 2 {
			t.Fatalf("refused %d, counts %v", len(done), counts)
		}
		_, _, err = w.shop.ShopRefunds(w.ctx, ann.Actor, w.store.ID, shop.RefundQuery{State: order.Asked, Limit: 9})
		w.refuses(err, "not_yours")
		_, _, err = w.shop.ShopRefunds(w.ctx, w.seller, w.store.ID, shop.RefundQuery{State: "lost", Limit: 9})
		w.refuses(err, "refund_state_unknown")
		_, _, err = w.shop.ShopRefunds(w.ctx, w.seller, w.store.ID, shop.RefundQuery{State: order.Asked, Limit: 1000})
		w.refuses(err, "limit_invalid")
	})
}

func TestAddress_RulesAndOwners(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann, bob := w.buyer("ann"), w.buyer("bob")
		good := shop.Address{Name: "Ann", Phone: "+8613800138000", Region: "上海市 徐汇区", Detail: "漕溪北路 1 号"}
		for field, bad := range map[string]shop.Address{
			"name_invalid":   {Phone: good.Phone, Region: good.Region, Detail: good.Detail},
			"phone_invalid":  {Name: "A", Phone: "12345", Region: good.Region, Detail: good.Detail},
			"region_invalid": {Name: "A", Phone: good.Phone, Detail: good.Detail},
			"detail_invalid": {Name: "A", Phone: good.Phone, Region: good.Region},
		} {
			_, err := w.shop.AddAddress(w.ctx, ann.Actor, bad)
			w.refuses(err, field)
		}
		second := good
		second.IsDefault = true
		second, err := w.shop.AddAddress(w.ctx, ann.Actor, second)
		w.must(err)
		list, err := w.shop.Addresses(w.ctx, ann.Actor)
		w.must(err)
		if len(list) != 2 || list[0].ID != second.ID || list[1].IsDefault {
			t.Fatalf("%+v", list)
		}
		_, err = w.shop.ChangeAddress(w.ctx, bob.Actor, second.ID, good)
		w.refuses(err, "address_not_found")
		w.refuses(w.shop.DeleteAddress(w.ctx, bob.Actor, second.ID), "address_not_found")
		w.must(w.shop.DeleteAddress(w.ctx, ann.Actor, second.ID))
		list, err = w.shop.Addresses(w.ctx, ann.Actor)
		w.must(err)
		if len(list) != 1 || !list[0].IsDefault {
			t.Fatalf("%+v", list)
		}
		for range shop.MaxAddresses - 1 {
			_, err = w.shop.AddAddress(w.ctx, ann.Actor, good)
			w.must(err)
		}
		_, err = w.shop.AddAddress(w.ctx, ann.Actor, good)
		w.refuses(err, "addresses_too_many")
		_, err = w.shop.Addresses(w.ctx, identity.Actor{})
		w.refuses(err, "sign_in_required")
		w.sound()
	})
}
