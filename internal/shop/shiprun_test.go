package shop_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

func line(orderID string, i int) shop.Shipment {
	return shop.Shipment{OrderID: orderID, Carrier: "SF", Tracking: fmt.Sprintf("SF10020030%d", i)}
}

func (w *world) runs(rows ...shop.Shipment) shop.ShipRun {
	w.t.Helper()
	run, err := w.shop.StartShipRun(w.ctx, w.seller, w.store.ID, rows)
	w.must(err)
	return w.ended(run.ID)
}

func (w *world) ended(runID string) shop.ShipRun {
	w.t.Helper()
	w.must(w.jobs.Settle(w.ctx))
	run, err := w.shop.ShipRun(w.ctx, w.seller, runID)
	w.must(err)
	return run
}

func told(run shop.ShipRun) (out []string) {
	for _, l := range run.Lines {
		out = append(out, l.State+":"+l.Code)
	}
	return out
}

func TestShipRun_ShipsWhatItCanAndSaysWhyNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 9, 0), w.buyer("ann")
		a, b, c, unpaid := w.paid(ann, p, 1), w.paid(ann, p, 1), w.paid(ann, p, 1), w.order(ann, p, 1).Order
		_, err := w.shop.AskRefund(w.ctx, ann.Actor, c.ID, "late", nil)
		w.must(err)
		rival := w.user("rival")
		_, err = w.shop.OpenShop(w.ctx, rival, shop.ShopInput{Name: ptr("Other")})
		w.must(err)
		run := w.runs(line(a.ID, 1), line(c.ID, 2), line(unpaid.ID, 3), line("ord_none", 4), shop.Shipment{OrderID: b.ID, Carrier: "SF", Tracking: "!!"}, line(b.ID, 1))
		if got, want := fmt.Sprint(told(run)), "[shipped: refused:refund_open refused:order_moved_on refused:order_not_found refused:tracking_invalid shipped:]"; got != want {
			t.Fatalf("%s, want %s", got, want)
		}
		if run.State != shop.ShipDone || run.EndedAt == 0 || run.Lines[0].Number != a.Number || run.Lines[3].Number != "" || run.Lines[5].Warning != "waybill_used" {
			t.Fatalf("%+v", run)
		}
		w.is(ann, a.ID, order.Shipped)
		w.is(ann, b.ID, order.Shipped)
		w.is(ann, c.ID, order.Paid)
		if n := w.out.count("shop.order_shipped"); n != 2 {
			t.Fatalf("%d orders told as shipped, want 2", n)
		}
		last, ok, err := w.shop.LastShipRun(w.ctx, w.seller, w.store.ID)
		if err != nil || !ok || last.ID != run.ID || len(last.Lines) != 6 {
			t.Fatal(last, ok, err)
		}
		w.sound()
	})
}

func TestShipRun_IsOfItsTeamAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 9, 0), w.buyer("ann")
		o, rival := w.paid(ann, p, 1), w.user("rival")
		other, err := w.shop.OpenShop(w.ctx, rival, shop.ShopInput{Name: ptr("Other")})
		w.must(err)
		// A rival ships nothing of ours: not through our shop, not by naming our order in theirs.
		_, err = w.shop.StartShipRun(w.ctx, rival, w.store.ID, []shop.Shipment{line(o.ID, 1)})
		w.refuses(err, "not_yours")
		theirs, err := w.shop.StartShipRun(w.ctx, rival, other.ID, []shop.Shipment{line(o.ID, 1)})
		w.must(err)
		w.must(w.jobs.Settle(w.ctx))
		theirs, err = w.shop.ShipRun(w.ctx, rival, theirs.ID)
		w.must(err)
		if fmt.Sprint(told(theirs)) != "[refused:order_not_found]" || theirs.Lines[0].Number != "" {
			t.Fatalf("%+v", theirs)
		}
		w.is(ann, o.ID, order.Paid)
		run := w.runs(line(o.ID, 1))
		for _, who := range []identity.Actor{rival, ann.Actor} {
			_, err = w.shop.ShipRun(w.ctx, who, run.ID)
			w.refuses(err, "ship_run_not_found")
			_, err = w.shop.SteerShipRun(w.ctx, who, run.ID, shop.ShipRunStop)
			w.refuses(err, "ship_run_not_found")
		}
		_, _, err = w.shop.LastShipRun(w.ctx, rival, w.store.ID)
		w.refuses(err, "not_yours")
	})
}

func TestShipRun_RefusesTooManyAndNone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, n := range []int{0, shop.MaxShipRun + 1} {
			_, err := w.shop.StartShipRun(w.ctx, w.seller, w.store.ID, make([]shop.Shipment, n))
			w.refuses(err, "batch_invalid")
		}
		if _, ok, err := w.shop.LastShipRun(w.ctx, w.seller, w.store.ID); ok || err != nil {
			t.Fatal("a refused sheet is remembered", ok, err)
		}
	})
}

func TestShipRun_TwiceShipsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 9, 0), w.buyer("ann")
		o := w.paid(ann, p, 1)
		w.runs(line(o.ID, 1))
		// The same parcel again is in order; another waybill for a parcel that left is not.
		if got := fmt.Sprint(told(w.runs(line(o.ID, 1), line(o.ID, 2)))); got != "[shipped: refused:order_moved_on]" {
			t.Fatal(got)
		}
		got := w.is(ann, o.ID, order.Shipped)
		if got.Tracking != "SF100200301" || w.out.count("shop.order_shipped") != 1 {
			t.Fatalf("%+v, told %d times", got, w.out.count("shop.order_shipped"))
		}
	})
}

func TestShipRun_ConcurrentSheetsAndHandsShipEachOrderOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 12, 0), w.buyer("ann")
		var rows []shop.Shipment
		for i := range 8 {
			rows = append(rows, line(w.paid(ann, p, 1).ID, i))
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		started := 0
		for range 4 {
			wg.Go(func() {
				_, err := w.shop.StartShipRun(w.ctx, w.seller, w.store.ID, rows)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					started++
				case errs.CodeOf(err) != "ship_run_open":
					t.Error(err)
				}
			})
		}
		for _, r := range rows {
			wg.Go(func() {
				var e *errs.Error
				if _, err := w.shop.Ship(w.ctx, w.seller, r); err != nil && !errors.As(err, &e) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.must(w.jobs.Settle(w.ctx))
		run, ok, err := w.shop.LastShipRun(w.ctx, w.seller, w.store.ID)
		if err != nil || !ok || started < 1 || run.State != shop.ShipDone {
			t.Fatal(run.State, ok, started, err)
		}
		for _, r := range rows {
			w.is(ann, r.OrderID, order.Shipped)
		}
		if n := w.out.count("shop.order_shipped"); n != len(rows) {
			t.Fatalf("%d facts for %d orders", n, len(rows))
		}
		w.sound()
	})
}

func TestShipRun_StaysDoneUntilItsRefusedLinesAreRepeated(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 9, 0), w.buyer("ann")
		a, b := w.paid(ann, p, 1), w.order(ann, p, 1).Order
		run := w.runs(line(a.ID, 1), line(b.ID, 2)) // b is not paid yet
		if got := fmt.Sprint(told(run)); got != "[shipped: refused:order_moved_on]" {
			t.Fatal(got)
		}
		_, err := w.shop.SteerShipRun(w.ctx, w.seller, run.ID, "fly")
		w.refuses(err, "ship_run_do_unknown")
		for range 2 { // a done run stays done, however often it is paused or stopped
			for _, do := range []shop.ShipRunDo{shop.ShipRunPause, shop.ShipRunStop, shop.ShipRunResume} {
				run, err = w.shop.SteerShipRun(w.ctx, w.seller, run.ID, do)
				w.must(err)
				if run.State != shop.ShipDone {
					t.Fatalf("%s made a done run %s", do, run.State)
				}
			}
		}
		w.settle()
		w.pass(time.Second)
		w.is(ann, b.ID, order.Paid)
		_, err = w.shop.SteerShipRun(w.ctx, w.seller, run.ID, shop.ShipRunAgain)
		w.must(err)
		if got := fmt.Sprint(told(w.ended(run.ID))); got != "[shipped: shipped:]" || w.out.count("shop.order_shipped") != 2 {
			t.Fatal(got, w.out.count("shop.order_shipped"))
		}
	})
}

func TestShipRun_KeepsItsLinesOverAPauseAndARestart(t *testing.T) {
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, ann := w.product(1_000, 9, 0), w.buyer("ann")
		a, b := w.paid(ann, p, 1), w.paid(ann, p, 1)
		// The sheet as a server that went away left it: paused, with both lines waiting.
		_, err := d.Exec(w.ctx, `INSERT INTO shop_ship_runs (id, shop_id, state, created_at, ended_at) VALUES ('shr_1', $1, 'paused', 1, 0)`, w.store.ID)
		w.must(err)
		for i, o := range []shop.Order{a, b} {
			_, err = d.Exec(w.ctx, `INSERT INTO shop_ship_rows (run_id, line, order_id, carrier, tracking_no, state, code, warning)
				VALUES ('shr_1', $1, $2, 'SF', $3, 'waiting', '', '')`, int64(i), o.ID, fmt.Sprintf("SF10020030%d", i))
			w.must(err)
		}
		w.must(w.jobs.Enqueue(w.ctx, job.Job{Kind: "shop.ship_run", Payload: map[string]string{"runId": "shr_1"}}))
		if run := w.ended("shr_1"); run.State != shop.ShipPaused || fmt.Sprint(told(run)) != "[waiting: waiting:]" {
			t.Fatalf("a paused run went on: %+v", run)
		}
		_, err = w.shop.StartShipRun(w.ctx, w.seller, w.store.ID, []shop.Shipment{line(a.ID, 7)})
		w.refuses(err, "ship_run_open")
		_, err = w.shop.SteerShipRun(w.ctx, w.seller, "shr_1", shop.ShipRunResume)
		w.must(err)
		if run := w.ended("shr_1"); run.State != shop.ShipDone || fmt.Sprint(told(run)) != "[shipped: shipped:]" {
			t.Fatalf("%+v", run)
		}
		// A stopped sheet frees the shop for the next one and says which lines were left.
		_, err = d.Exec(w.ctx, `UPDATE shop_ship_runs SET state = 'paused' WHERE id = 'shr_1'`)
		w.must(err)
		_, err = d.Exec(w.ctx, `UPDATE shop_ship_rows SET state = 'waiting' WHERE run_id = 'shr_1' AND line = 1`)
		w.must(err)
		run, err := w.shop.SteerShipRun(w.ctx, w.seller, "shr_1", shop.ShipRunStop)
		w.must(err)
		if run.State != shop.ShipDone || fmt.Sprint(told(run)) != "[shipped: refused:stopped]" {
			t.Fatalf("%+v", run)
		}
		_, err = w.shop.StartShipRun(w.ctx, w.seller, w.store.ID, []shop.Shipment{line(a.ID, 0)})
		w.must(err)
		w.must(w.jobs.Settle(w.ctx))
	})
}
