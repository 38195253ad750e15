package live

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// inMinutes is a time from now on the world's clock.
func (w *world) inMinutes(n int) int64 {
	return w.clock.Now().Add(time.Duration(n) * time.Minute).UnixMilli()
}

// pass moves the world's clock ahead.
func (w *world) pass(d time.Duration) { w.clock.by.Add(d.Milliseconds()) }

func (w *world) announce(t testing.TB, minutes int) Notice {
	t.Helper()
	return must[Notice](t)(w.PostNotice(t.Context(), w.owner(), channel, NoticeDraft{Title: "周三上新", StartsAt: w.inMinutes(minutes), ProductIDs: []string{"prd_2", "prd_1"}}))
}

func (w *world) reserve(t testing.TB, noticeID string, people ...string) {
	t.Helper()
	for _, p := range people {
		if err := w.Reserve(t.Context(), w.actors[p], noticeID); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) notice(t testing.TB, id string) Notice {
	t.Helper()
	return must[Notice](t)(w.Notice(t.Context(), id))
}

// told lists what a person can read, as "kind notice".
func (w *world) told(t testing.TB, who string) string {
	t.Helper()
	var out []string
	for _, r := range must[[]Reminder](t)(w.Reminders(t.Context(), w.actors[who])) {
		out = append(out, string(r.Kind))
	}
	return strings.Join(out, " ")
}

func (w *world) rows(t testing.TB, q string, args ...any) int64 {
	t.Helper()
	n, _, err := db.Get(t.Context(), w.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, q, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNotice_PostedByTheTeamOnlyAndInBounds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := NoticeDraft{Title: "周三上新", StartsAt: w.inMinutes(60)}
		post := func(who string, change func(*NoticeDraft)) error {
			in := good
			change(&in)
			_, err := w.PostNotice(t.Context(), w.actors[who], channel, in)
			return err
		}
		same := func(*NoticeDraft) {}
		for _, who := range []string{"stranger", "moderator", "operator"} {
			refused(t, post(who, same), errs.Denied, errs.CodeOf(identity.ErrDenied))
		}
		refused(t, post("visitor", same), errs.Unauthorized, errs.CodeOf(identity.ErrSignIn))
		refused(t, post("owner", func(d *NoticeDraft) { d.StartsAt = w.inMinutes(4) }), errs.Invalid, "notice_time")
		refused(t, post("owner", func(d *NoticeDraft) { d.StartsAt = w.inMinutes(90*24*60 + 1) }), errs.Invalid, "notice_time")
		refused(t, post("owner", func(d *NoticeDraft) { d.Title = " " }), errs.Invalid, "room_title")
		refused(t, post("owner", func(d *NoticeDraft) { d.ProductIDs = []string{"prd_none"} }), errs.Denied, "not_sellable")
		refused(t, post("owner", func(d *NoticeDraft) {
			for i := range MaxNoticeProducts + 1 {
				d.ProductIDs = append(d.ProductIDs, fmt.Sprintf("prd_%d", i+1))
			}
		}), errs.Invalid, "notice_products")
		if err := post("owner", func(d *NoticeDraft) { d.Cover = "img_none" }); err == nil {
			t.Error("a cover nobody uploaded was taken")
		}
		if err := post("staff", same); err != nil {
			t.Fatal(err)
		}
		n := w.announce(t, 30)
		if got := must[map[string][]string](t)(w.NoticeProducts(t.Context(), []string{n.ID}))[n.ID]; strings.Join(got, " ") != "prd_2 prd_1" {
			t.Errorf("products %v lost their order", got)
		}
		coming := must[[]Notice](t)(w.ComingNotices(t.Context(), channel))
		if len(coming) != 2 || coming[0].ID != n.ID {
			t.Errorf("the next notice does not come first: %+v", coming)
		}
		if w.outbox.count("live.notice_posted") != 2 {
			t.Error("posts were not told")
		}
		w.sound(t)
	})
}

func TestNotice_TwentyPlannedHoweverManyPostAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var running sync.WaitGroup
		var posted, full atomic.Int64
		for i := range MaxPlanned + 8 {
			running.Go(func() {
				_, err := w.PostNotice(t.Context(), w.owner(), channel, NoticeDraft{Title: "场次", StartsAt: w.inMinutes(60 + i)})
				switch {
				case err == nil:
					posted.Add(1)
				case errs.CodeOf(err) == "notice_full":
					full.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		running.Wait()
		if posted.Load() != MaxPlanned || full.Load() != 8 {
			t.Fatalf("%d posted, %d refused", posted.Load(), full.Load())
		}
		coming := must[[]Notice](t)(w.ComingNotices(t.Context(), channel))
		must[Notice](t)(w.CancelNotice(t.Context(), w.owner(), coming[0].ID, "换到周四"))
		w.announce(t, 60)
	})
}

func TestReserve_TwiceIsOnceAndAgainTakesItBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.announce(t, 60)
		refused(t, w.Reserve(t.Context(), identity.Actor{}, n.ID), errs.Unauthorized, errs.CodeOf(identity.ErrSignIn))
		refused(t, w.Reserve(t.Context(), w.actors["stranger"], "ntc_none"), errs.NotFound, "notice_not_found")
		w.reserve(t, n.ID, "stranger", "stranger", "moderator")
		if got := w.notice(t, n.ID).Reserved; got != 2 {
			t.Fatalf("%d reserved, want 2", got)
		}
		mine := must[map[string]bool](t)(w.ReservedBy(t.Context(), w.actors["stranger"].UserID, []string{n.ID}))
		if !mine[n.ID] || w.outbox.count("live.reserved") != 2 {
			t.Fatal("the reservation is not known")
		}
		for range 2 {
			if err := w.Unreserve(t.Context(), w.actors["stranger"], n.ID); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.notice(t, n.ID).Reserved; got != 1 {
			t.Fatalf("%d reserved after one took it back, want 1", got)
		}
		w.sound(t)
	})
}

func TestReserve_AHundredAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alone, crowd := w.announce(t, 60), w.announce(t, 90)
		var running sync.WaitGroup
		for i := range 100 {
			running.Go(func() {
				if err := w.Reserve(t.Context(), w.actors["stranger"], alone.ID); err != nil {
					t.Error(err)
				}
				if err := w.Reserve(t.Context(), identity.Actor{UserID: fmt.Sprintf("usr_%d", i)}, crowd.ID); err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		if one, all := w.notice(t, alone.ID).Reserved, w.notice(t, crowd.ID).Reserved; one != 1 || all != 100 {
			t.Fatalf("one person counts %d times, a hundred people %d", one, all)
		}
		_, bars, step, err := w.NoticeDesk(t.Context(), w.owner(), crowd.ID, 480)
		if err != nil || step != hourMS || len(bars) == 0 {
			t.Fatalf("%d bars of %d ms (%v)", len(bars), step, err)
		}
		var sum int64
		for _, b := range bars {
			sum += b.Count
		}
		if sum != 100 {
			t.Errorf("the curve adds up to %d", sum)
		}
		for _, who := range []string{"stranger", "moderator", "visitor"} {
			if _, _, _, err := w.NoticeDesk(t.Context(), w.actors[who], crowd.ID, 0); err == nil {
				t.Errorf("%s saw how many reserved", who)
			}
			if _, err := w.DeskNotices(t.Context(), w.actors[who], channel, false, "", 20); err == nil {
				t.Errorf("%s saw the team's list", who)
			}
		}
		w.sound(t)
	})
}

func TestNotice_CurveByTheDayBeginsAtTheReadersMidnight(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.announce(t, 5*24*60)
		w.reserve(t, n.ID, "stranger")
		w.pass(3 * 24 * time.Hour)
		w.reserve(t, n.ID, "moderator", "staff")
		_, bars, step, err := w.NoticeDesk(t.Context(), w.owner(), n.ID, 480)
		if err != nil || step != dayMS || len(bars) != 4 || bars[0].Count != 1 || bars[3].Count != 2 || (bars[0].At+480*60_000)%dayMS != 0 {
			t.Fatalf("%+v step %d (%v)", bars, step, err)
		}
	})
}

func TestNotice_MovedAndCancelledTellEverybody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.announce(t, 60)
		w.reserve(t, n.ID, "stranger", "moderator")
		title, later := "改到晚上", w.inMinutes(180)
		if _, err := w.EditNotice(t.Context(), w.actors["stranger"], n.ID, NoticeEdit{Title: &title}); !errs.Is(err, errs.Denied) {
			t.Fatalf("a stranger edits: %v", err)
		}
		must[Notice](t)(w.EditNotice(t.Context(), w.owner(), n.ID, NoticeEdit{Title: &title, StartsAt: &n.StartsAt}))
		if got := w.told(t, "stranger"); got != "" {
			t.Fatalf("another title was told: %s", got)
		}
		early := w.inMinutes(1)
		_, err := w.EditNotice(t.Context(), w.owner(), n.ID, NoticeEdit{StartsAt: &early})
		refused(t, err, errs.Invalid, "notice_time")
		moved := must[Notice](t)(w.EditNotice(t.Context(), w.owner(), n.ID, NoticeEdit{StartsAt: &later, ProductIDs: &[]string{"prd_3"}}))
		if moved.StartsAt != later || moved.Title != title || w.told(t, "stranger") != "moved" || w.told(t, "moderator") != "moved" {
			t.Fatalf("%+v, told %q", moved, w.told(t, "stranger"))
		}
		_, err = w.CancelNotice(t.Context(), w.actors["stranger"], n.ID, "no")
		refused(t, err, errs.Denied, errs.CodeOf(identity.ErrDenied))
		_, err = w.CancelNotice(t.Context(), w.owner(), n.ID, "  ")
		refused(t, err, errs.Invalid, "notice_reason")
		for range 2 {
			must[Notice](t)(w.CancelNotice(t.Context(), w.owner(), n.ID, "窑还没开"))
		}
		for _, who := range []string{"stranger", "moderator"} {
			if got := w.told(t, who); got != "cancelled" {
				t.Errorf("%s was told %q", who, got)
			}
			if got := w.hints.count(ReminderSubject(w.actors[who].UserID)); got != 2 {
				t.Errorf("%s was woken %d times, want 2", who, got)
			}
		}
		refused(t, w.Reserve(t.Context(), w.actors["staff"], n.ID), errs.Gone, "notice_over")
		refused(t, w.Unreserve(t.Context(), w.actors["stranger"], n.ID), errs.Gone, "notice_over")
		_, err = w.EditNotice(t.Context(), w.owner(), n.ID, NoticeEdit{Title: &title})
		refused(t, err, errs.Gone, "notice_over")
		if err := w.ReadReminders(t.Context(), w.actors["stranger"], n.ID, Cancelled); err != nil {
			t.Fatal(err)
		}
		if w.told(t, "stranger") != "" || w.told(t, "moderator") != "cancelled" {
			t.Error("one person's reading is not another's")
		}
		if _, past, _ := w.Reservations(t.Context(), w.actors["stranger"]); len(past) != 1 || past[0].Reason != "窑还没开" {
			t.Errorf("past reservations %+v", past)
		}
		w.sound(t)
	})
}

func TestNotice_MovedTooOften(t *testing.T) {
	w := one(t)
	n := w.announce(t, 60)
	for i := range maxMoves + 1 {
		at := w.inMinutes(100 + i)
		_, err := w.EditNotice(t.Context(), w.owner(), n.ID, NoticeEdit{StartsAt: &at})
		if i < maxMoves && err != nil {
			t.Fatal(err)
		}
		if i == maxMoves {
			refused(t, err, errs.TooMany, "notice_moved_often")
		}
	}
}

// toil runs the jobs until what is given holds, as a node would.
func (w *world) toil(t testing.TB, what string, until func() bool) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.jobs.Run(ctx) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	eventually(t, what, until)
}

func TestReminder_SoonExactlyOnceOverRestart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.announce(t, 60)
		w.reserve(t, n.ID, "stranger", "moderator")
		count := func() int64 { return w.rows(t, `SELECT count(*) FROM live_reminders WHERE kind = 'soon'`) }
		if err := w.wakeNotice(t.Context(), n.ID); err != nil || count() != 0 {
			t.Fatalf("an early job told %d (%v)", count(), err)
		}
		w.restart(t, true)
		w.pass(51 * time.Minute)
		w.toil(t, "told", func() bool { return count() == 2 })
		w.restart(t, false)
		for range 3 { // repeated, as after a node died in the middle
			if err := w.wakeNotice(t.Context(), n.ID); err != nil {
				t.Fatal(err)
			}
		}
		if count() != 2 || w.told(t, "stranger") != "soon" {
			t.Fatalf("%d told, stranger %q", count(), w.told(t, "stranger"))
		}
		// Another time: what was soon is not any more, and will be told again.
		later := w.inMinutes(60)
		must[Notice](t)(w.EditNotice(t.Context(), w.owner(), n.ID, NoticeEdit{StartsAt: &later}))
		if err := w.wakeNotice(t.Context(), n.ID); err != nil || count() != 2 || w.told(t, "stranger") != "moved" {
			t.Fatalf("a stale job told %d, stranger %q (%v)", count(), w.told(t, "stranger"), err)
		}
		w.pass(55 * time.Minute)
		w.toil(t, "told again", func() bool { return count() == 4 })
		if got := w.told(t, "stranger"); got != "soon" {
			t.Fatalf("stranger %q", got)
		}
		w.sound(t)
	})
}

func TestReminder_TheRoomThatStartsTellsAndItsEndIsTheNoticesEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n, other := w.announce(t, 60), w.announce(t, 90)
		w.reserve(t, n.ID, "stranger")
		r, spare := w.prepare(t), w.prepare(t)
		refused(t, w.LinkNotice(t.Context(), w.actors["stranger"], r.ID, n.ID), errs.Denied, errs.CodeOf(identity.ErrDenied))
		refused(t, w.LinkNotice(t.Context(), w.owner(), r.ID, "ntc_none"), errs.NotFound, "notice_not_found")
		link := func(room, notice string) {
			t.Helper()
			if err := w.LinkNotice(t.Context(), w.owner(), room, notice); err != nil {
				t.Fatal(err)
			}
		}
		link(spare.ID, n.ID)
		must[Room](t)(w.Cancel(t.Context(), w.owner(), spare.ID))
		if w.notice(t, n.ID).RoomID != "" {
			t.Fatal("a withdrawn room keeps its notice")
		}
		link(r.ID, other.ID)
		link(r.ID, n.ID)
		if w.notice(t, other.ID).RoomID != "" || w.notice(t, n.ID).RoomID != r.ID {
			t.Fatal("the room changed its notice badly")
		}
		w.publish(t, channel)
		for range 2 {
			must[Room](t)(w.Start(t.Context(), w.owner(), r.ID))
		}
		if got := w.notice(t, n.ID); got.State != NoticeLive || w.told(t, "stranger") != "started" {
			t.Fatalf("%+v, told %q", got, w.told(t, "stranger"))
		}
		refused(t, w.Reserve(t.Context(), w.actors["moderator"], n.ID), errs.Conflict, "notice_started")
		_, err := w.CancelNotice(t.Context(), w.owner(), n.ID, "晚了")
		refused(t, err, errs.Conflict, "notice_started")
		refused(t, w.LinkNotice(t.Context(), w.owner(), r.ID, other.ID), errs.Conflict, "room_noticed")
		w.sound(t)
		must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		if got := w.notice(t, n.ID); got.State != NoticeDone || got.EndedAt == 0 || w.told(t, "stranger") != "" {
			t.Fatalf("%+v, told %q", got, w.told(t, "stranger"))
		}
		refused(t, w.LinkNotice(t.Context(), w.owner(), r.ID, other.ID), errs.Gone, "room_over")
		w.sound(t)
	})
}

func TestNotice_WhatIsOnAirWhenItsTimeComesFulfilsIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n, later := w.announce(t, 10), w.announce(t, 11)
		w.reserve(t, n.ID, "stranger")
		r := w.live(t)
		w.pass(12 * time.Minute)
		for _, id := range []string{n.ID, later.ID} {
			if err := w.wakeNotice(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.notice(t, n.ID); got.State != NoticeLive || got.RoomID != r.ID || w.told(t, "stranger") != "started" {
			t.Fatalf("%+v, told %q", got, w.told(t, "stranger"))
		}
		if got := w.notice(t, later.ID); got.State != NoticePlanned {
			t.Fatalf("one room fulfilled two notices: %+v", got)
		}
		w.pass(2 * time.Hour)
		if err := w.wakeNotice(t.Context(), later.ID); err != nil || w.notice(t, later.ID).State != NoticeMissed {
			t.Fatalf("two hours late it still is %s (%v)", w.notice(t, later.ID).State, err)
		}
		refused(t, w.Reserve(t.Context(), w.actors["moderator"], later.ID), errs.Gone, "notice_over")
		if r, err := w.Room(t.Context(), r.ID); err != nil || r.State != timeline.Live {
			t.Fatalf("the room is %s (%v)", r.State, err)
		}
		w.sound(t)
	})
}

func TestNotice_ARoomThatStartsLateFulfilsWhatIsWaitedFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n, tomorrow := w.announce(t, 10), w.announce(t, 24*60)
		w.reserve(t, n.ID, "stranger")
		w.pass(25 * time.Minute)
		if err := w.wakeNotice(t.Context(), n.ID); err != nil || w.told(t, "stranger") != "" {
			t.Fatalf("told %q before anything began (%v)", w.told(t, "stranger"), err)
		}
		r := w.live(t)
		if got := w.notice(t, n.ID); got.State != NoticeLive || got.RoomID != r.ID || w.told(t, "stranger") != "started" {
			t.Fatalf("%+v, told %q", got, w.told(t, "stranger"))
		}
		if got := w.notice(t, tomorrow.ID); got.State != NoticePlanned || got.RoomID != "" {
			t.Fatalf("tomorrow's notice was taken too: %+v", got)
		}
		w.sound(t)
	})
}

func TestReserve_BesideACancelIsToldOrRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			n := w.announce(t, 60)
			var running sync.WaitGroup
			var kept atomic.Int64
			for i := range 20 {
				running.Go(func() {
					if w.Reserve(t.Context(), identity.Actor{UserID: fmt.Sprintf("usr_%d", i)}, n.ID) == nil {
						kept.Add(1)
					}
				})
			}
			running.Go(func() {
				if _, err := w.CancelNotice(t.Context(), w.owner(), n.ID, "改天"); err != nil {
					t.Error(err)
				}
			})
			running.Wait()
			if told := w.rows(t, `SELECT count(*) FROM live_reminders WHERE notice_id = $1`, n.ID); told != kept.Load() {
				t.Fatalf("%d reserved, %d were told of the end", kept.Load(), told)
			}
		}
	})
}

func TestCalendar_IsFoldedAndEscaped(t *testing.T) {
	n := Notice{ID: "ntc_1", Title: `上新; 茶盏, 杯\`, StartsAt: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC).UnixMilli(), State: NoticePlanned, Moves: 2}
	text := string(n.Calendar("素白陶瓷工作室·"+strings.Repeat("长", 30), "https://live.example.org/notice/ntc_1", time.UnixMilli(0)))
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "UID:ntc_1@hawker\r\n", "DTSTART:20261125T120000Z\r\n", "SEQUENCE:2\r\n", "STATUS:CONFIRMED\r\n", `SUMMARY:上新\; 茶盏\, 杯\\` + "\r\n",
		"TRIGGER:-PT10M\r\n", "URL:https://live.example.org/notice/ntc_1\r\n", "END:VCALENDAR\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
	}
	if !strings.Contains(strings.ReplaceAll(text, "\r\n ", ""), strings.Repeat("长", 30)+`\nhttps://`) {
		t.Error("unfolding does not give the text back")
	}
	n.State = NoticeCancelled
	if text := string(n.Calendar("x", "y", time.UnixMilli(0))); !strings.Contains(text, "STATUS:CANCELLED") || !strings.Contains(text, "SEQUENCE:3") {
		t.Error("a cancelled notice stays in calendars")
	}
}
