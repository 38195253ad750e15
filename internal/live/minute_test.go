package live

import (
	"context"
	"errors"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// sums adds a room's stored minutes up.
func (w *world) sums(t testing.TB, roomID string) (m minute) {
	t.Helper()
	w.store.flush(context.Background())
	err := w.DB.QueryRow(context.Background(), `SELECT coalesce(max(peak), 0), CAST(coalesce(sum(enters), 0) AS BIGINT), CAST(coalesce(sum(likes), 0) AS BIGINT),
		CAST(coalesce(sum(comments), 0) AS BIGINT), CAST(coalesce(sum(follows), 0) AS BIGINT), CAST(coalesce(sum(openers), 0) AS BIGINT), CAST(coalesce(sum(watched_ms), 0) AS BIGINT)
		FROM live_minutes WHERE room_id = $1`, roomID).Scan(&m.peak, &m.enters, &m.likes, &m.comments, &m.follows, &m.openers, &m.watchMS)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReview_SaysWhatHappened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		if err := errors.Join(w.Beacon(r.ID, "viewer-2", FromShare), w.Explain(t.Context(), w.owner(), r.ID, "prd_2"),
			w.Opened(r.ID, "viewer-1", "prd_2"), w.Opened(r.ID, "viewer-1", "prd_2"), w.Opened(r.ID, "viewer-1", "prd_1"), w.Opened(r.ID, "viewer-2", "prd_2"),
			w.Pin(t.Context(), w.owner(), r.ID, "", "明天十六点前发货")); err != nil {
			t.Fatal(err)
		}
		must[timeline.Comment](t)(w.Say(t.Context(), w.actors["stranger"], r.ID, "多少钱"))
		must[int64](t)(w.Like(t.Context(), w.actors["stranger"], r.ID, 7))
		paid := event.OrderPaid{OrderID: "ord_1", BuyerID: "usr_1", RoomID: r.ID, TotalMinor: 10300,
			Lines: []event.OrderLine{{ProductID: "prd_2", Quantity: 2, AmountMinor: 9800}, {ProductID: "prd_1", Quantity: 1, AmountMinor: 500}}}
		placed := event.OrderPlaced{OrderID: "ord_1", RoomID: r.ID, At: w.now()}
		unpaid := event.OrderPlaced{OrderID: "ord_2", RoomID: r.ID, At: w.now()}
		again := event.OrderPaid{OrderID: "ord_3", BuyerID: "usr_1", RoomID: r.ID, TotalMinor: 500, Lines: []event.OrderLine{{ProductID: "prd_1", Quantity: 1, AmountMinor: 500}}}
		for range 2 { // every fact is heard twice
			if err := errors.Join(w.OrderPlaced(t.Context(), placed), w.OrderPlaced(t.Context(), unpaid), w.OrderPaid(t.Context(), paid), w.OrderPaid(t.Context(), again)); err != nil {
				t.Fatal(err)
			}
		}
		w.goods.follow(2)
		v.next(t)
		v.next(t)
		over := must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		eventually(t, "the sequencer ends", func() bool { return w.sequencer(r.ID) == nil })
		if err := w.OrderPaid(t.Context(), event.OrderPaid{OrderID: "ord_2", BuyerID: "usr_2", RoomID: r.ID, TotalMinor: 900,
			Lines: []event.OrderLine{{ProductID: "prd_9", Quantity: 1, AmountMinor: 900}}}); err != nil {
			t.Fatal(err)
		}
		rv := must[Review](t)(w.Review(t.Context(), w.actors["moderator"], r.ID))
		if rv.Sales.Orders != 3 || rv.Sales.GMV != 11700 || rv.Buyers != 2 || rv.Placed != 3 || rv.LateOrders != 1 {
			t.Fatalf("sales: %+v, %d buyers, %d placed, %d late", rv.Sales, rv.Buyers, rv.Placed, rv.LateOrders)
		}
		var sum ReviewPoint
		for i, p := range rv.Points {
			if want := (over.StartedAt/rv.StepMS + int64(i)) * rv.StepMS; p.At != want {
				t.Fatalf("point %d stands at %d, want %d", i, p.At, want)
			}
			sum.Orders, sum.GMV, sum.Likes, sum.Comments, sum.Enters, sum.Peak = sum.Orders+p.Orders, sum.GMV+p.GMV, sum.Likes+p.Likes, sum.Comments+p.Comments, sum.Enters+p.Enters, max(sum.Peak, p.Peak)
		}
		// The pinned line of the host is a comment too.
		if sum.Orders != 2 || sum.GMV != 10800 || sum.Likes != 7 || sum.Comments != 2 || sum.Enters != 2 || sum.Peak != 2 {
			t.Fatalf("series: %+v", sum)
		}
		if rv.Room.Likes != 7 || rv.Room.Comments != 2 || rv.Room.Entered != 2 || rv.Room.Peak != 2 || rv.PeakAt == 0 || rv.Openers != 2 || rv.Follows != 2 || rv.WatchMS <= 0 {
			t.Fatalf("totals: %+v, peak at %d, %d openers, %d follows, %d ms watched", rv.Room, rv.PeakAt, rv.Openers, rv.Follows, rv.WatchMS)
		}
		if len(rv.Explained) != 1 || rv.Explained[0].To != over.EndedAt || len(rv.Marks) != 1 || rv.Marks[0].Kind != markPin || rv.Marks[0].Body == "" {
			t.Fatalf("moments: %+v %+v", rv.Explained, rv.Marks)
		}
		if len(rv.Products) != 4 || rv.Products[0].ProductID != "prd_1" || rv.Products[0].Orders != 2 || rv.Products[0].Opens != 1 || rv.Products[1].Opens != 2 ||
			rv.Products[1].Quantity != 2 || rv.Products[1].Amount != 9800 || rv.Products[3].ProductID != "prd_9" || rv.Products[3].Amount != 900 {
			t.Fatalf("products: %+v", rv.Products)
		}
		if rv.Sources[FromFeed] != 1 || rv.Sources[FromShare] != 1 || len(rv.Sources) != 2 {
			t.Fatalf("sources: %v", rv.Sources)
		}
		w.sound(t)
	})
}

func TestReview_Refuses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		prepared := w.prepare(t, "prd_1")
		r := w.live(t)
		for name, c := range map[string]struct {
			who, room string
			kind      errs.Kind
			code      string
		}{
			"a stranger":      {"stranger", r.ID, errs.Denied, ""},
			"a visitor":       {"visitor", r.ID, errs.Unauthorized, "sign_in_required"},
			"an unknown room": {"owner", "rom_none", errs.NotFound, "room_not_found"},
			"before the live": {"owner", prepared.ID, errs.Conflict, "room_not_live"},
		} {
			_, err := w.Review(t.Context(), w.actors[c.who], c.room)
			if errs.KindOf(err) != c.kind || c.code != "" && errs.CodeOf(err) != c.code {
				t.Errorf("%s: %v (%s %s)", name, err, errs.KindOf(err), errs.CodeOf(err))
			}
		}
		if rv := must[Review](t)(w.Review(t.Context(), w.owner(), r.ID)); rv.Room.State != timeline.Live || len(rv.Points) == 0 {
			t.Fatalf("while on air: %+v", rv)
		}
	})
}

func TestOpened_CountsAViewerOnceAndRefuses(t *testing.T) {
	w := one(t)
	t.Parallel()
	r := w.live(t)
	refused(t, w.Opened(r.ID, "viewer-1", "prd_1"), errs.Conflict, "not_in_room")
	w.join(t, r.ID, "viewer-1")
	refused(t, w.Opened(r.ID, "viewer-1", "prd_99"), errs.NotFound, "product_not_here")
	refused(t, w.Opened("rom_none", "viewer-1", "prd_1"), errs.Gone, "room_over")
	fast := error(nil)
	for range openBurst + 1 {
		if err := w.Opened(r.ID, "viewer-1", "prd_1"); err != nil {
			fast = err
		}
	}
	refused(t, fast, errs.TooMany, "open_rate")
	eventually(t, "the opening is stored", func() bool { return w.sums(t, r.ID).openers == 1 })
	if rv := must[Review](t)(w.Review(t.Context(), w.owner(), r.ID)); rv.Products[0].Opens != 1 || rv.Openers != 1 {
		t.Fatalf("%d openings by %d viewers", rv.Products[0].Opens, rv.Openers)
	}
}

// What the room's row says and what its minutes add up to is written by one transaction: a crash takes the
// same last second of both, and the next process goes on from there.
func TestMinutes_AddUpToTheRoomAfterRestartsAndCrashes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		for i, crash := range []bool{true, false, true} {
			for range 3 {
				must[int64](t)(w.Like(t.Context(), w.actors["stranger"], r.ID, 5))
				v.next(t)
			}
			if i == 1 {
				w.store.flush(t.Context())
			}
			w.restart(t, crash)
			v = w.join(t, r.ID, "viewer-1")
			v.next(t)
			stored := must[Room](t)(w.Room(t.Context(), r.ID))
			eventually(t, "the minutes add up to the room", func() bool {
				m := w.sums(t, r.ID)
				now := must[Room](t)(w.Room(t.Context(), r.ID))
				return m.likes == now.Likes && m.enters == now.Entered && m.peak == now.Peak
			})
			if stored.Likes > int64(15*(i+1)) || stored.Entered > int64(i+2) {
				t.Fatalf("counted twice: %+v", stored)
			}
		}
		before := w.sums(t, r.ID)
		w.store.mu.Lock()
		held := w.store.ticks
		w.store.mu.Unlock()
		err := w.DB.Tx(t.Context(), func(ctx context.Context) error { // a commit whose answer was lost
			return errors.Join(w.store.write(ctx, held, nil), w.store.write(ctx, held, nil))
		})
		if after := w.sums(t, r.ID); err != nil || after.likes != before.likes || after.enters != before.enters {
			t.Fatalf("%+v became %+v, %v", before, after, err)
		}
		w.sound(t)
	})
}

func TestTally_AttributesToTheMinuteOfTheTick(t *testing.T) {
	t.Parallel()
	y := newTally(Room{Likes: 10, Entered: 4})
	y.note(59_000, 3, roomStats{likes: 12, entered: 5})
	y.note(59_750, 4, roomStats{likes: 13, entered: 6})
	if m := y.cur; m.at != 0 || m.likes != 3 || m.enters != 2 || m.peak != 4 || m.watchMS != 4*750 {
		t.Fatalf("first minute: %+v", m)
	}
	y.note(60_000, 2, roomStats{likes: 20, entered: 6})
	if m := y.cur; m.at != 60_000 || m.likes != 7 || m.enters != 0 || m.peak != 2 || m.watchMS != 2*250 {
		t.Fatalf("second minute: %+v", m)
	}
	y.note(59_500, 9, roomStats{likes: 21, entered: 6}) // the clock was set back
	if m := y.cur; m.at != 60_000 || m.likes != 8 || m.peak != 9 || m.watchMS != 2*250 {
		t.Fatalf("after the clock was set back: %+v", m)
	}
	y.note(75_000, 10, roomStats{likes: 21, entered: 6}) // the process stood still
	if m := y.cur; m.watchMS != 2*250+10*watchGapMS {
		t.Fatalf("a standstill was watched: %+v", m)
	}
}

func TestAudience_TheTeamsDeskIsNoViewer(t *testing.T) {
	w := one(t)
	t.Parallel()
	r := w.live(t)
	_, at, leave, err := w.Join(r.ID, "the-host-itself", SourceOf("console"))
	if err != nil {
		t.Fatal(err)
	}
	w.join(t, r.ID, "viewer-1")
	v := viewer{at: at}
	v.next(t)
	if tick := v.next(t); tick.Online != 1 {
		t.Fatalf("%d online", tick.Online)
	}
	leave()
	eventually(t, "one entered", func() bool { return w.sums(t, r.ID).enters == 1 })
	if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.Online != 1 || got.Entered != 1 || got.Peak != 1 {
		t.Fatalf("%+v", got)
	}
	refused(t, w.Opened(r.ID, "the-host-itself", "prd_1"), errs.Conflict, "not_in_room")
}

func TestStep_KeepsASeriesBounded(t *testing.T) {
	t.Parallel()
	for hours, want := range map[int64]int64{1: 1, 11: 1, 13: 5, 100: 15, 24 * 365: 1440} {
		from := int64(1_790_000_000_123)
		to := from + hours*60*minuteMS
		step := stepFor(from, to)
		if step != want*minuteMS || to/step-from/step >= maxPoints {
			t.Errorf("%d hours: a step of %d minutes, %d points", hours, step/minuteMS, to/step-from/step+1)
		}
	}
}
