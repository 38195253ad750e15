package live

import (
	"errors"
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

func TestRoom_ItsWholeLife(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.prepare(t, "prd_1")
		_, err := w.Start(t.Context(), w.owner(), r.ID)
		refused(t, err, errs.Conflict, "stream_off_air")
		_, err = w.End(t.Context(), w.owner(), r.ID)
		refused(t, err, errs.Conflict, "room_not_live")
		_, _, _, err = w.Join(r.ID, "viewer-1", FromDirect)
		refused(t, err, errs.Gone, "room_over")

		p := w.publish(t, channel)
		on := must[Room](t)(w.Start(t.Context(), w.owner(), r.ID))
		again := must[Room](t)(w.Start(t.Context(), w.owner(), r.ID))
		if on.State != timeline.Live || on.Epoch != 1 || on.StartedAt == 0 || again.StartedAt != on.StartedAt || again.Epoch != 1 {
			t.Fatalf("%+v, then %+v", on, again)
		}
		if now := must[map[string]string](t)(w.CurrentByChannels(t.Context(), []string{channel, "chn_none"})); len(now) != 1 || now[channel] != r.ID {
			t.Fatalf("on air: %v", now)
		}
		_, err = w.Cancel(t.Context(), w.owner(), r.ID)
		refused(t, err, errs.Conflict, "room_started")
		other := w.prepare(t)
		_, err = w.Start(t.Context(), w.owner(), other.ID)
		refused(t, err, errs.Conflict, "channel_on_air")

		v := w.join(t, r.ID, "viewer-1")
		over := must[Room](t)(w.End(t.Context(), w.actors["staff"], r.ID))
		if over.State != timeline.Ended || over.EndedBy != "host" || over.EndedAt < over.StartedAt {
			t.Fatalf("%+v", over)
		}
		for !v.next(t).Over() {
		}
		if v.state.State != timeline.Ended {
			t.Fatalf("viewers see %s", v.state.State)
		}
		if twice := must[Room](t)(w.End(t.Context(), w.owner(), r.ID)); twice.EndedAt != over.EndedAt {
			t.Fatalf("ended twice: %+v", twice)
		}
		_, err = w.Start(t.Context(), w.owner(), r.ID)
		refused(t, err, errs.Gone, "room_over")
		eventually(t, "the sequencer ends", func() bool { return w.sequencer(r.ID) == nil })
		if recs := must[[]string](t)(w.Recordings(t.Context(), r.ID)); len(recs) != 1 {
			t.Fatalf("recordings: %v", recs)
		}

		// The publisher goes on: the next room shows the next session.
		roll(t, p)
		next := must[Room](t)(w.Start(t.Context(), w.owner(), other.ID))
		if next.Session == on.Session || next.Session == "" {
			t.Fatalf("the next room shows session %q", next.Session)
		}
		must[Room](t)(w.End(t.Context(), w.owner(), other.ID))
		if a, b := w.outbox.count("live.room_started"), w.outbox.count("live.room_ended"); a != 2 || b != 2 {
			t.Fatalf("%d starts and %d ends were told", a, b)
		}
		list := must[[]Room](t)(w.Rooms(t.Context(), Filter{ChannelID: channel, States: []timeline.State{timeline.Ended}, Replays: true, Limit: 10}))
		if len(list) != 2 || list[0].ID != other.ID {
			t.Fatalf("ended rooms: %+v", list)
		}
		if rest := must[[]Room](t)(w.Rooms(t.Context(), Filter{Cursor: other.ID, Query: "上新", Limit: 10})); len(rest) != 1 || rest[0].ID != r.ID {
			t.Fatalf("after the cursor: %+v", rest)
		}
		w.sound(t)
	})
}

func TestRoom_Cancel(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.prepare(t)
		for range 2 {
			if got := must[Room](t)(w.Cancel(t.Context(), w.owner(), r.ID)); got.State != timeline.Cancelled {
				t.Fatalf("%+v", got)
			}
		}
		w.publish(t, channel)
		_, err := w.Start(t.Context(), w.owner(), r.ID)
		refused(t, err, errs.Gone, "room_over")
		refused(t, w.SetShelf(t.Context(), w.owner(), r.ID, nil), errs.Gone, "room_over")
		_, err = w.Room(t.Context(), "rom_none")
		refused(t, err, errs.NotFound, "room_not_found")
	})
}

func TestStart_ByManyAtOncePutsOneRoomOnAir(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(t, channel)
		rooms := []Room{w.prepare(t), w.prepare(t)}
		var running sync.WaitGroup
		var started, busy atomic.Int64
		for i := range 12 {
			running.Go(func() {
				switch _, err := w.Start(t.Context(), w.owner(), rooms[i%2].ID); {
				case err == nil:
					started.Add(1)
				case errs.CodeOf(err) == "channel_on_air":
					busy.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		running.Wait()
		if started.Load() != 6 || busy.Load() != 6 || w.outbox.count("live.room_started") != 1 {
			t.Fatalf("started %d, busy %d, told %d", started.Load(), busy.Load(), w.outbox.count("live.room_started"))
		}
	})
}

func TestStart_WithAShopThatFailsLeavesTheRoomPrepared(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(t, channel)
		r := w.prepare(t, "prd_1")
		w.goods.fault = errors.New("the shop does not answer")
		if _, err := w.Start(t.Context(), w.owner(), r.ID); !errors.Is(err, w.goods.fault) {
			t.Fatal(err)
		}
		w.goods.fault = nil
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.State != timeline.Prepared {
			t.Fatalf("%+v", got)
		}
		must[Room](t)(w.Start(t.Context(), w.owner(), r.ID))
		w.join(t, r.ID, "viewer-1").next(t)
	})
}

func TestStop_IsTheOperatorsAndCutsThePublisher(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.publish(t, channel)
		r := must[Room](t)(w.Start(t.Context(), w.owner(), w.prepare(t).ID))
		_, err := w.Stop(t.Context(), w.owner(), r.ID, "because")
		refused(t, err, errs.Denied, "operator_only")
		got := must[Room](t)(w.Stop(t.Context(), w.actors["operator"], r.ID, "counterfeit goods"))
		if got.EndedBy != "operator" || got.State != timeline.Ended {
			t.Fatalf("%+v", got)
		}
		if err := p.Tracks(newFilm(t).tracks); errs.CodeOf(err) != "stopped_by_operator" || !strings.Contains(err.Error(), "counterfeit") {
			t.Fatalf("the publisher goes on: %v", err)
		}
		if w.outbox.count("live.room_ended") != 1 {
			t.Fatal("the end was not told once")
		}
	})
}

func TestRoom_WhoMayDoWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(t, channel)
		r := must[Room](t)(w.Start(t.Context(), w.owner(), w.prepare(t, "prd_1").ID))
		prepared := w.prepare(t)
		said := must[timeline.Comment](t)(w.Say(t.Context(), w.actors["stranger"], r.ID, "hello"))
		title := "新的标题"
		acts := []struct {
			name string
			who  string // of the team
			act  func(a identity.Actor) error
		}{
			{"prepare", "owner staff", func(a identity.Actor) error {
				_, err := w.Prepare(t.Context(), a, channel, Draft{Title: "另一场"})
				return err
			}},
			{"change", "owner staff", func(a identity.Actor) error {
				_, err := w.Change(t.Context(), a, r.ID, &title, nil)
				return err
			}},
			{"start", "owner staff", func(a identity.Actor) error { _, err := w.Start(t.Context(), a, r.ID); return err }},
			{"cancel", "owner staff", func(a identity.Actor) error { _, err := w.Cancel(t.Context(), a, prepared.ID); return err }},
			{"shelf", "owner staff moderator", func(a identity.Actor) error { return w.SetShelf(t.Context(), a, r.ID, []string{"prd_1"}) }},
			{"explain", "owner staff moderator", func(a identity.Actor) error { return w.Explain(t.Context(), a, r.ID, "prd_1") }},
			{"pin", "owner staff moderator", func(a identity.Actor) error { return w.Pin(t.Context(), a, r.ID, said.ID, "") }},
			{"unpin", "owner staff moderator", func(a identity.Actor) error { return w.Unpin(t.Context(), a, r.ID) }},
			{"mute", "owner staff moderator", func(a identity.Actor) error {
				return w.Mute(t.Context(), a, r.ID, w.actors["stranger"].UserID, 1)
			}},
			{"unmute", "owner staff moderator", func(a identity.Actor) error {
				return w.Unmute(t.Context(), a, r.ID, w.actors["stranger"].UserID)
			}},
			{"comments", "owner staff moderator", func(a identity.Actor) error {
				_, err := w.Comments(t.Context(), a, r.ID, "", 10)
				return err
			}},
			{"console", "owner staff moderator", func(a identity.Actor) error { _, err := w.Console(t.Context(), a, r.ID); return err }},
		}
		for _, act := range acts {
			for _, name := range []string{"owner", "staff", "moderator", "stranger", "operator", "visitor"} {
				err := act.act(w.actors[name])
				switch allowed := strings.Contains(" "+act.who+" ", " "+name+" "); {
				case allowed && err != nil:
					t.Errorf("%s may not %s: %v", name, act.name, err)
				case !allowed && name == "visitor" && errs.CodeOf(err) != "sign_in_required", !allowed && name != "visitor" && errs.CodeOf(err) != "not_yours":
					t.Errorf("%s may %s: %v", name, act.name, err)
				}
			}
		}
		if err := w.Remove(t.Context(), identity.Actor{}, r.ID, said.ID); errs.CodeOf(err) != "sign_in_required" {
			t.Errorf("a visitor may remove: %v", err)
		}
		other := w.person(t, "other", false)
		refused(t, w.Remove(t.Context(), other, r.ID, said.ID), errs.Denied, "not_yours")
		for i, a := range []identity.Actor{w.actors["stranger"], w.actors["moderator"], w.actors["operator"]} {
			c := must[timeline.Comment](t)(w.Say(t.Context(), w.actors["staff"], r.ID, "one more"))
			if i == 0 {
				c = said // one's own
			}
			if err := w.Remove(t.Context(), a, r.ID, c.ID); err != nil {
				t.Errorf("%s may not remove: %v", a.Name, err)
			}
		}
		_, err := w.End(t.Context(), w.actors["moderator"], r.ID)
		refused(t, err, errs.Denied, "not_yours")
	})
}

func TestRoom_TitleRules(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"": "room_title", "  \t ": "room_title", strings.Repeat("瓷", 13): "", strings.Repeat("瓷", 14): "room_title",
		strings.Repeat("a", 32): "", strings.Repeat("a", 33): "room_title", "瓷器 live": "", "a\x00b": "room_title_sign", "bad \xff": "room_title_sign",
		"  two   words ": "",
	} {
		got, err := checkTitle(title)
		if errs.CodeOf(err) != want {
			t.Errorf("%q: %v", title, err)
		}
		if err == nil && (strings.TrimSpace(got) != got || strings.Contains(got, "  ")) {
			t.Errorf("%q is kept as %q", title, got)
		}
	}
}

func TestRoom_CoverMustBeOnesOwnPicture(t *testing.T) {
	w := one(t)
	_, err := w.Prepare(t.Context(), w.owner(), channel, Draft{Title: "x", Cover: "img_none"})
	refused(t, err, errs.NotFound, "asset_not_found")
	r := w.prepare(t)
	cover, none := "img_none", ""
	_, err = w.Change(t.Context(), w.owner(), r.ID, nil, &cover)
	refused(t, err, errs.NotFound, "asset_not_found")
	must[Room](t)(w.Change(t.Context(), w.owner(), r.ID, nil, &none))
}

func TestStream_LostAndBackIsToldToViewers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.publish(t, channel)
		r := must[Room](t)(w.Start(t.Context(), w.owner(), w.prepare(t).ID))
		v := w.join(t, r.ID, "viewer-1")
		p.Close(errors.New("connection reset"))
		if e := v.hears(t, timeline.KindRoom); e.State != string(timeline.Reconnecting) {
			t.Fatalf("%+v", e)
		}
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.State != timeline.Reconnecting {
			t.Fatalf("%+v", got)
		}
		w.publish(t, channel)
		if e := v.hears(t, timeline.KindRoom); e.State != string(timeline.Live) {
			t.Fatalf("%+v", e)
		}
		got := must[Room](t)(w.Room(t.Context(), r.ID))
		if got.State != timeline.Live || got.Session != r.Session {
			t.Fatalf("%+v", got)
		}
		if recs := must[[]string](t)(w.Recordings(t.Context(), r.ID)); len(recs) != 1 {
			t.Fatalf("recordings: %v", recs)
		}
	})
}

func TestStream_GoneEndsTheRoomAsLost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.grace = 100 * time.Millisecond
		w.restart(t, false)
		p := w.publish(t, channel)
		r := must[Room](t)(w.Start(t.Context(), w.owner(), w.prepare(t).ID))
		v := w.join(t, r.ID, "viewer-1")
		p.Close(errors.New("connection reset"))
		for !v.next(t).Over() {
		}
		if v.state.State != timeline.Ended {
			t.Fatalf("the last word is %s", v.state.State)
		}
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.State != timeline.Ended || got.EndedBy != "lost" {
			t.Fatalf("%+v", got)
		}
		w.sound(t)
	})
}

func TestRoom_NothingIsSaidAfterTheEnd(t *testing.T) {
	w := one(t)
	r := w.live(t)
	v := w.join(t, r.ID, "viewer-1")
	q := w.sequencer(r.ID)
	q.mu.Lock()
	q.over = true // as end does, with the words of others before the last tick
	q.core.Say(timeline.Event{T: timeline.KindRoom, State: string(timeline.Ended)})
	q.mu.Unlock()
	q.setState(timeline.Reconnecting, w.now())
	q.say(explainEvent("prd_1", w.now()))
	q.end()
	for !v.next(t).Over() {
	}
	if v.state.State != timeline.Ended || v.state.Explain != nil {
		t.Fatalf("the last word is %s, explaining %v", v.state.State, v.state.Explain)
	}
	eventually(t, "the sequencer ends", func() bool { return w.sequencer(r.ID) == nil })
	if !v.at.Tick.Over() || v.at.Following() != nil {
		t.Fatal("a tick follows the last one")
	}
}

func TestStream_AMissedWordIsMadeUpFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		w.sequencer(r.ID).setState(timeline.Reconnecting, w.now()) // as if the word of the return met a fault
		v.hears(t, timeline.KindRoom)
		if e := v.hears(t, timeline.KindRoom); e.State != string(timeline.Live) {
			t.Fatalf("%+v", e)
		}
	})
}

func TestRecover_ARoomNobodyComesBackToEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		w.restart(t, true)
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.State != timeline.Reconnecting || got.Epoch != 2 || got.Session != "" {
			t.Fatalf("%+v", got)
		}
		q := w.sequencer(r.ID)
		q.mu.Lock()
		q.downAt -= lostAfter.Milliseconds() // the wait is over
		q.mu.Unlock()
		eventually(t, "the room ends", func() bool { return w.sequencer(r.ID) == nil })
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.State != timeline.Ended || got.EndedBy != "lost" {
			t.Fatalf("%+v", got)
		}
		w.sound(t)
	})
}

// Two nodes start at once and read the same room; a third took it long ago.
func TestRecover_ANodeWithAnOldRowTakesNoEpochAndCountsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		if _, err := w.DB.Exec(t.Context(), `UPDATE live_rooms SET epoch = 7, likes = 1000 WHERE id = $1`, r.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.recover(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		w.store.flush(t.Context())
		got, _, err := db.Get(t.Context(), w.DB, scanRoom, `SELECT `+roomColumns+` FROM live_rooms WHERE id = $1`, r.ID)
		if err != nil || got.Epoch != 7 || got.Likes != 1000 {
			t.Fatalf("%+v %v", got, err)
		}
	})
}
