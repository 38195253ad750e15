package live

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

func products(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("prd_%d", i+1)
	}
	return out
}

func TestShelf_Rules(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.Prepare(t.Context(), w.owner(), channel, Draft{Title: "x", ProductIDs: products(MaxShelf + 1)})
		refused(t, err, errs.Invalid, "shelf_full")
		_, err = w.Prepare(t.Context(), w.owner(), channel, Draft{Title: "x", ProductIDs: []string{"prd_2", "prd_1", "prd_2"}})
		refused(t, err, errs.Invalid, "shelf_twice")
		_, err = w.Prepare(t.Context(), w.owner(), channel, Draft{Title: "x", ProductIDs: []string{"prd_1", "prd_other"}})
		refused(t, err, errs.Denied, "not_sellable")
		if list := must[[]Room](t)(w.Rooms(t.Context(), Filter{ChannelID: channel, Limit: 10})); len(list) != 0 {
			t.Fatalf("refused drafts are kept: %+v", list)
		}
		r := w.prepare(t, products(MaxShelf)...)
		if ids := must[[]string](t)(w.ShelfIDs(t.Context(), r.ID)); len(ids) != MaxShelf || ids[99] != "prd_100" {
			t.Fatalf("%v", ids)
		}
		refused(t, w.SetShelf(t.Context(), w.owner(), r.ID, products(MaxShelf+1)), errs.Invalid, "shelf_full")
		refused(t, w.SetShelf(t.Context(), w.owner(), r.ID, []string{"prd_1", "prd_other"}), errs.Denied, "not_sellable")
		if ids := must[[]string](t)(w.ShelfIDs(t.Context(), r.ID)); len(ids) != MaxShelf {
			t.Fatalf("a refused shelf changed the old one: %v", ids)
		}
		// What stands there may stay although it can no longer be added.
		w.goods.mu.Lock()
		delete(w.goods.items, "prd_1")
		w.goods.mu.Unlock()
		if err := w.SetShelf(t.Context(), w.owner(), r.ID, []string{"prd_3", "prd_1", "prd_2"}); err != nil {
			t.Fatal(err)
		}
		items := must[[]timeline.Item](t)(w.shelfItems(t.Context(), r.ID))
		if len(items) != 2 || items[0].ProductID != "prd_3" || items[0].Number != 1 || items[1].Number != 3 {
			t.Fatalf("%+v", items)
		}
		if err := w.SetShelf(t.Context(), w.owner(), r.ID, nil); err != nil {
			t.Fatal(err)
		}
	})
}

func TestShelf_ChangesReachViewersAndStopWhatIsGone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		if len(v.state.Shelf) != 3 || v.state.Explain != nil {
			t.Fatalf("%+v", v.state)
		}
		if err := w.Explain(t.Context(), w.owner(), r.ID, "prd_2"); err != nil {
			t.Fatal(err)
		}
		if err := w.SetShelf(t.Context(), w.owner(), r.ID, []string{"prd_3", "prd_4"}); err != nil {
			t.Fatal(err)
		}
		if e := v.hears(t, timeline.KindShelf); len(e.Items) != 2 || e.Items[1].ProductID != "prd_4" {
			t.Fatalf("%+v", e)
		}
		if v.state.Explain != nil {
			t.Fatalf("viewers still see %s explained", *v.state.Explain)
		}
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.Explain != "" {
			t.Fatalf("%+v", got)
		}
		if list := must[[]Explained](t)(w.Explains(t.Context(), r.ID)); len(list) != 1 || list[0].ProductID != "prd_2" || list[0].To < list[0].From || list[0].To == 0 {
			t.Fatalf("%+v", list)
		}
		w.sound(t)
	})
}

func TestExplain_OnlyWhatStandsOnTheShelfAndOnlyOnAir(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		refused(t, w.Explain(t.Context(), w.owner(), w.prepare(t, "prd_1").ID, "prd_1"), errs.Conflict, "room_not_live")
		r := w.live(t)
		refused(t, w.Explain(t.Context(), w.owner(), r.ID, "prd_9"), errs.Conflict, "not_on_shelf")
		for range 2 { // pressed twice
			if err := w.Explain(t.Context(), w.owner(), r.ID, "prd_1"); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.outbox.count("live.explain_started"); n != 1 {
			t.Fatalf("told %d times", n)
		}
		time.Sleep(2 * time.Millisecond)
		for _, v := range []string{"prd_2", "", "", "prd_1"} {
			if err := w.Explain(t.Context(), w.owner(), r.ID, v); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Millisecond)
		}
		list := must[[]Explained](t)(w.Explains(t.Context(), r.ID))
		if len(list) != 3 || list[0].To != list[1].From || list[2].To != 0 {
			t.Fatalf("%+v", list)
		}
		over := must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		if list = must[[]Explained](t)(w.Explains(t.Context(), r.ID)); list[2].To != over.EndedAt {
			t.Fatalf("%+v, ended %d", list, over.EndedAt)
		}
		refused(t, w.Explain(t.Context(), w.owner(), r.ID, "prd_2"), errs.Conflict, "room_not_live")
		w.sound(t)
	})
}

func TestExplain_ReachesAViewerEarlyButTicksKeepTheirDistance(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		early := false
		for i := range 8 { // a busy machine may make one answer late, not all
			before := v.next(t) // a tick was sealed just now: the next is due in a period
			product := []string{"prd_1", "prd_2"}[i%2]
			if err := w.Explain(t.Context(), w.owner(), r.ID, product); err != nil {
				t.Fatal(err)
			}
			asked := w.Newest(r.ID).Tick.N // sealed before or just after the act
			e := v.hears(t, timeline.KindExplain)
			if e.ProductID == nil || *e.ProductID != product || v.at.Tick.N > asked+1 {
				t.Fatalf("%+v heard at tick %d, asked at %d", e, v.at.Tick.N, asked)
			}
			if step := v.at.Tick.At - before.At; step < timeline.UrgentGapMS {
				t.Fatalf("ticks %d ms apart", step)
			} else if step < periodMS*3/4 {
				early = true
				break
			}
		}
		if !early {
			t.Fatal("must-arrive events wait for the period's end")
		}
		last := v.at.Tick.At
		for i := range 12 {
			if err := w.Explain(t.Context(), w.owner(), r.ID, []string{"prd_1", "prd_3"}[i%2]); err != nil {
				t.Fatal(err)
			}
		}
		for said := w.Newest(r.ID).Tick.N; v.at.Tick.N <= said+1; { // the last act is in the tick that is open now, or before
			tick := v.next(t)
			if tick.At-last < timeline.UrgentGapMS {
				t.Fatalf("ticks %d ms apart", tick.At-last)
			}
			last = tick.At
		}
		if *v.state.Explain != "prd_3" {
			t.Fatalf("viewers see %s last", *v.state.Explain)
		}
	})
}

func TestExplain_ByManyEndsWhereTheRowEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		var running sync.WaitGroup
		for i := range 12 {
			running.Go(func() {
				if err := w.Explain(t.Context(), w.owner(), r.ID, fmt.Sprintf("prd_%d", 1+i%3)); err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		row := must[Room](t)(w.Room(t.Context(), r.ID))
		for said := w.Newest(r.ID).Tick.N; v.at.Tick.N <= said+1; { // the last act is in the tick that is open now, or before
			v.next(t)
		}
		if v.state.Explain == nil || *v.state.Explain != row.Explain || v.state.ExplainAt != row.ExplainAt {
			t.Fatalf("viewers see %v, the row says %s", v.state.Explain, row.Explain)
		}
		w.sound(t)
	})
}

func TestStockHint_BecomesOneProductEvent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		w.goods.set("prd_2", func(it *timeline.Item) { it.Left, it.Sold, it.Price = 3, 7, 3900 })
		for range 20 {
			w.StockHint([]byte(`{"productId":"prd_2"}`))
		}
		for _, noise := range []string{`{"productId":"prd_77"}`, `{`, ``, `{"productId":7}`} {
			w.StockHint([]byte(noise))
		}
		e := v.hears(t, timeline.KindProduct)
		if *e.ProductID != "prd_2" || *e.Left != 3 || *e.Sold != 7 || e.Price != 3900 || e.V != 1 {
			t.Fatalf("%+v", e)
		}
		if it := v.state.Shelf[1]; it.Left != 3 || it.Number != 2 {
			t.Fatalf("%+v", it)
		}
		for range 3 {
			if tick := v.next(t); len(tick.Events) > 0 {
				t.Fatalf("told again: %+v", tick.Events)
			}
		}
	})
}

func TestStockHint_IsReadAgainWhenTheShopFailed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		w.goods.mu.Lock()
		w.goods.fault = errors.New("the shop does not answer")
		reads := w.goods.reads
		w.goods.mu.Unlock()
		w.goods.set("prd_1", func(it *timeline.Item) { it.Left = 1 })
		w.StockHint([]byte(`{"productId":"prd_1"}`))
		eventually(t, "the shop is asked", func() bool { w.goods.mu.Lock(); defer w.goods.mu.Unlock(); return w.goods.reads > reads })
		w.goods.mu.Lock()
		w.goods.fault = nil
		w.goods.mu.Unlock()
		if e := v.hears(t, timeline.KindProduct); *e.Left != 1 {
			t.Fatalf("%+v", e)
		}
	})
}

func TestStockHint_AShopThatHangsStopsNoTicks(t *testing.T) {
	w := one(t)
	r := w.live(t)
	v := w.join(t, r.ID, "viewer-1")
	block := make(chan struct{})
	w.goods.mu.Lock()
	w.goods.block = block
	w.goods.mu.Unlock()
	w.goods.set("prd_1", func(it *timeline.Item) { it.Left = 1 })
	w.StockHint([]byte(`{"productId":"prd_1"}`))
	last := v.next(t).At
	for range 4 {
		tick := v.next(t)
		if tick.At-last > 8*periodMS { // it would be for ever
			t.Fatalf("a tick took %d ms", tick.At-last)
		}
		last = tick.At
	}
	close(block)
	v.hears(t, timeline.KindProduct)
}

func TestOrderPaid_CountsOnceThoughHeardTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		w.goods.follow(3)
		v := w.join(t, r.ID, "viewer-1")
		paid := event.OrderPaid{OrderID: "ord_1", BuyerName: "小明", RoomID: r.ID, TotalMinor: 14_700, Lines: []event.OrderLine{
			{ProductID: "prd_1", SkuID: "sku_a", Quantity: 1, Title: "碗"}, {ProductID: "prd_2", SkuID: "sku_b", Quantity: 1, Title: "盘"}, {ProductID: "prd_1", SkuID: "sku_c", Quantity: 2, Title: "碗"}}}
		for range 2 {
			if err := w.OrderPaid(t.Context(), paid); err != nil {
				t.Fatal(err)
			}
		}
		for _, other := range []event.OrderPaid{{OrderID: "ord_2", Lines: paid.Lines, TotalMinor: 5}, {OrderID: "ord_3", RoomID: "rom_none", Lines: paid.Lines, TotalMinor: 5}} {
			if err := w.OrderPaid(t.Context(), other); err != nil {
				t.Fatal(err)
			}
		}
		sales := must[Sales](t)(w.SalesOf(t.Context(), r.ID))
		if sales.Orders != 1 || sales.GMV != 14_700 || sales.ByProduct["prd_1"] != 3 || sales.ByProduct["prd_2"] != 1 {
			t.Fatalf("%+v", sales)
		}
		bought := 0
		for range 4 {
			bought += len(v.next(t).Bought)
		}
		if bought != 3 {
			t.Fatalf("%d lines on the ticker", bought)
		}
		c := must[Console](t)(w.Console(t.Context(), w.owner(), r.ID))
		if c.Sales.Orders != 1 || c.Follows != 3 || !c.Health.OnAir || c.Room.Online != 1 {
			t.Fatalf("%+v", c)
		}
	})
}
