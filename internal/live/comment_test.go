package live

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

func TestSay_LengthRateAndWhoMay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stranger := w.actors["stranger"]
		prepared := w.prepare(t)
		_, err := w.Say(t.Context(), stranger, prepared.ID, "hello")
		refused(t, err, errs.Conflict, "room_not_live")
		_, err = w.Say(t.Context(), stranger, "rom_none", "hello")
		refused(t, err, errs.NotFound, "room_not_found")
		r := w.live(t)
		_, err = w.Say(t.Context(), identity.Actor{}, r.ID, "hello")
		refused(t, err, errs.Unauthorized, "sign_in_required")
		for _, text := range []string{"", " \n\t ", "\x00\x01", strings.Repeat("好", MaxComment+1)} {
			_, err = w.Say(t.Context(), stranger, r.ID, text)
			refused(t, err, errs.Invalid, "comment_length")
		}
		v := w.join(t, r.ID, "viewer-1")
		for _, text := range []string{strings.Repeat("好", MaxComment), "  two \n lines\x07 ", "能进微波炉吗"} {
			if _, err = w.Say(t.Context(), stranger, r.ID, text); err != nil {
				t.Fatal(err)
			}
		}
		_, err = w.Say(t.Context(), stranger, r.ID, "a fourth at once")
		refused(t, err, errs.TooMany, "comment_rate")
		heard := v.next(t).Comments
		for range 8 { // the host is never too fast
			must[timeline.Comment](t)(w.Say(t.Context(), w.owner(), r.ID, "看这里"))
		}
		for range 3 {
			heard = append(heard, v.next(t).Comments...)
		}
		lines, hosts := 0, 0
		for _, c := range heard {
			if c.Text != plain(c.Text) {
				t.Errorf("%q is shown", c.Text)
			}
			if c.Badge == "" {
				lines++
			}
			if c.Badge == "host" {
				hosts++
			}
		}
		if lines == 0 || hosts != 8 {
			t.Fatalf("%d lines of a viewer, %d lines of the host in %+v", lines, hosts, heard)
		}
		w.store.flush(t.Context())
		list := must[[]Spoken](t)(w.Comments(t.Context(), w.owner(), r.ID, "", 5))
		if len(list) != 5 || list[4].Badge != "host" {
			t.Fatalf("%+v", list)
		}
		if all := must[[]Spoken](t)(w.Comments(t.Context(), w.owner(), r.ID, "a", 100)); len(all) != 11 || all[1].Text != "two lines" {
			t.Fatalf("%d comments: %+v", len(all), all)
		}
		must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		eventually(t, "the room refuses talk", func() bool {
			_, err = w.Say(t.Context(), w.owner(), r.ID, "bye")
			return errs.CodeOf(err) == "room_over"
		})
	})
}

func TestLike_CountsWhatAThumbCanDo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stranger := w.actors["stranger"]
		_, err := w.Like(t.Context(), stranger, w.prepare(t).ID, 1)
		refused(t, err, errs.Conflict, "room_not_live")
		r := w.live(t)
		for _, n := range []int64{0, -3, MaxLikes + 1} {
			_, err := w.Like(t.Context(), stranger, r.ID, n)
			refused(t, err, errs.Invalid, "like_count")
		}
		_, err = w.Like(t.Context(), identity.Actor{}, r.ID, 1)
		refused(t, err, errs.Unauthorized, "sign_in_required")
		var sum int64
		for range 20 {
			sum += must[int64](t)(w.Like(t.Context(), stranger, r.ID, MaxLikes))
		}
		if sum < likeBurst*MaxLikes || sum > (likeBurst+2)*MaxLikes {
			t.Fatalf("%d likes counted", sum)
		}
		v := w.join(t, r.ID, "viewer-1")
		v.next(t)
		if v.next(t).Likes != sum || must[Room](t)(w.Room(t.Context(), r.ID)).Likes != sum {
			t.Fatalf("viewers see %d of %d", v.state.Likes, sum)
		}
	})
}

func TestMute_TenMinutesOrTheWholeSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		stranger, moderator := w.actors["stranger"], w.actors["moderator"]
		refused(t, w.Mute(t.Context(), moderator, r.ID, stranger.UserID, -1), errs.Invalid, "mute_minutes")
		refused(t, w.Mute(t.Context(), moderator, r.ID, stranger.UserID, maxMuteMinutes+1), errs.Invalid, "mute_minutes")
		refused(t, w.Mute(t.Context(), moderator, r.ID, w.owner().UserID, 10), errs.Conflict, "mute_team")
		if err := w.Mute(t.Context(), moderator, r.ID, "usr_none", 10); !errs.Is(err, errs.NotFound) {
			t.Fatal(err)
		}
		v := w.join(t, r.ID, "viewer-1")
		if err := w.Mute(t.Context(), moderator, r.ID, stranger.UserID, 10); err != nil {
			t.Fatal(err)
		}
		if e := v.hears(t, timeline.KindMute); e.UserID != stranger.UserID || *e.Until < w.now()+9*60_000 || *e.Until > w.now()+10*60_000 {
			t.Fatalf("%+v", e)
		}
		_, err := w.Say(t.Context(), stranger, r.ID, "hello")
		refused(t, err, errs.Denied, "muted")
		q := w.sequencer(r.ID)
		q.mu.Lock()
		q.mutes[stranger.UserID] = w.now() // ten minutes later
		q.mu.Unlock()
		must[timeline.Comment](t)(w.Say(t.Context(), stranger, r.ID, "hello"))

		if err := w.Mute(t.Context(), moderator, r.ID, stranger.UserID, 0); err != nil {
			t.Fatal(err)
		}
		if e := v.hears(t, timeline.KindMute); *e.Until != forever {
			t.Fatalf("%+v", e)
		}
		w.publishAgain(t, true)
		_, err = w.Say(t.Context(), stranger, r.ID, "after a restart")
		refused(t, err, errs.Denied, "muted")
		if !must[bool](t)(w.Muted(t.Context(), r.ID, stranger.UserID)) {
			t.Fatal("the viewer is not told")
		}
		w.store.flush(t.Context())
		v = w.join(t, r.ID, "viewer-1")
		if err := w.Unmute(t.Context(), moderator, r.ID, stranger.UserID); err != nil {
			t.Fatal(err)
		}
		if e := v.hears(t, timeline.KindMute); *e.Until != 0 {
			t.Fatalf("%+v", e)
		}
		must[timeline.Comment](t)(w.Say(t.Context(), stranger, r.ID, "free again"))
		other := w.prepare(t)
		if must[bool](t)(w.Muted(t.Context(), other.ID, stranger.UserID)) {
			t.Fatal("muted in another room")
		}
	})
}

// publishAgain restarts the process and brings the publisher back.
func (w *world) publishAgain(t *testing.T, crash bool) {
	t.Helper()
	w.restart(t, crash)
	w.publish(t, channel)
}

func TestRemove_TheCommentIsGoneEverywhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		bad := must[timeline.Comment](t)(w.Say(t.Context(), w.actors["stranger"], r.ID, "SPAMSPAM"))
		good := must[timeline.Comment](t)(w.Say(t.Context(), w.owner(), r.ID, "欢迎"))
		if err := w.Pin(t.Context(), w.owner(), r.ID, bad.ID, ""); err != nil {
			t.Fatal(err)
		}
		v.hears(t, timeline.KindPin)
		refused(t, w.Remove(t.Context(), w.owner(), r.ID, "cmt_none"), errs.NotFound, "comment_not_found")
		for range 2 { // twice is once
			if err := w.Remove(t.Context(), w.actors["moderator"], r.ID, bad.ID); err != nil {
				t.Fatal(err)
			}
		}
		v.hears(t, timeline.KindRemove)
		if v.state.Pin != nil || len(v.state.Comments) != 1 || v.state.Comments[0].ID != good.ID {
			t.Fatalf("viewers see %+v, pinned %+v", v.state.Comments, v.state.Pin)
		}
		refused(t, w.Pin(t.Context(), w.owner(), r.ID, bad.ID, ""), errs.NotFound, "comment_not_found")
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.Pin != "" {
			t.Fatalf("the row still pins %s", got.Pin)
		}
		w.publishAgain(t, false)
		v = w.join(t, r.ID, "viewer-1")
		if v.state.Pin != nil || len(v.state.Comments) != 1 {
			t.Fatalf("a restart brings it back: %+v, pinned %+v", v.state.Comments, v.state.Pin)
		}
		must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		w.store.flush(t.Context())
		late := must[[]byte](t)(w.Chunk(t.Context(), r.ID, 0))
		if strings.Contains(string(late), "SPAMSPAM") || !strings.Contains(string(late), "欢迎") {
			t.Fatalf("the replay says %s", late)
		}
		// Removed after the live, and after the replay was read.
		if err := w.Remove(t.Context(), w.owner(), r.ID, good.ID); err != nil {
			t.Fatal(err)
		}
		if late = must[[]byte](t)(w.Chunk(t.Context(), r.ID, 0)); strings.Contains(string(late), "欢迎") {
			t.Fatalf("the replay says %s", late)
		}
		list := must[[]Spoken](t)(w.Comments(t.Context(), w.owner(), r.ID, "", 10))
		if len(list) != 2 || !list[0].Removed || !list[1].Removed {
			t.Fatalf("the team sees %+v", list)
		}
	})
}

func TestPin_ACommentOrTheHostsOwnLine(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		c := must[timeline.Comment](t)(w.Say(t.Context(), w.actors["stranger"], r.ID, "包邮吗"))
		if err := w.Pin(t.Context(), w.owner(), r.ID, c.ID, ""); err != nil {
			t.Fatal(err)
		}
		if e := v.hears(t, timeline.KindPin); e.Comment == nil || e.Comment.ID != c.ID {
			t.Fatalf("%+v", e)
		}
		if err := w.Pin(t.Context(), w.actors["moderator"], r.ID, "", "今天全部包邮"); err != nil {
			t.Fatal(err)
		}
		if e := v.hears(t, timeline.KindPin); e.Comment == nil || e.Comment.Text != "今天全部包邮" || e.Comment.Badge != "moderator" {
			t.Fatalf("%+v", e)
		}
		refused(t, w.Pin(t.Context(), w.owner(), r.ID, "cmt_none", ""), errs.NotFound, "comment_not_found")
		refused(t, w.Pin(t.Context(), w.owner(), r.ID, "", ""), errs.Invalid, "comment_length")
		refused(t, w.Pin(t.Context(), w.owner(), w.prepare(t).ID, "", "hello"), errs.Conflict, "room_not_live")
		w.publishAgain(t, false)
		v = w.join(t, r.ID, "viewer-1")
		if v.state.Pin == nil || v.state.Pin.Text != "今天全部包邮" {
			t.Fatalf("after a restart: %+v", v.state.Pin)
		}
		if err := w.Unpin(t.Context(), w.owner(), r.ID); err != nil {
			t.Fatal(err)
		}
		if e := v.hears(t, timeline.KindPin); e.Comment != nil || v.state.Pin != nil {
			t.Fatalf("%+v", e)
		}
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.Pinned() != nil {
			t.Fatalf("%+v", got.Pinned())
		}
	})
}

func TestSay_TheSampleWorldsActorsAreMarked(t *testing.T) {
	w := one(t)
	w.publish(t, channel)
	r := must[Room](t)(w.Prepare(t.Context(), w.owner(), channel, Draft{Title: "样例", Demo: true}))
	must[Room](t)(w.Start(t.Context(), w.owner(), r.ID))
	real := must[timeline.Comment](t)(w.Say(t.Context(), w.actors["stranger"], r.ID, "hello"))
	acted := must[timeline.Comment](t)(w.Say(AsActor(t.Context()), w.actors["stranger"], r.ID, "hello"))
	if real.Demo || !acted.Demo {
		t.Fatalf("%+v and %+v", real, acted)
	}
	if b, err := json.Marshal(acted); err != nil || !strings.Contains(string(b), `"demo":true`) {
		t.Fatalf("%s, %v", b, err)
	}
}

func TestLimiter_ForgetsTheIdleAndStaysBounded(t *testing.T) {
	t.Parallel()
	clk := &still{at: time.Unix(1000, 0)}
	l := limiter{clock: clk, buckets: map[string]*bucket{}}
	for i := range 3 {
		if !l.allow("a", 3, 1) {
			t.Fatalf("the burst ended after %d", i)
		}
	}
	if l.allow("a", 3, 1) {
		t.Fatal("no limit")
	}
	clk.at = clk.at.Add(time.Second)
	if !l.allow("a", 3, 1) || l.allow("a", 3, 1) {
		t.Fatal("one more a second")
	}
	for i := range maxBuckets {
		l.allow(string(rune(i))+"x", 3, 1)
	}
	if len(l.buckets) > maxBuckets {
		t.Fatalf("%d buckets", len(l.buckets))
	}
	l.allow("b", 3, 1)
	clk.at = clk.at.Add(11 * time.Second)
	for i := range maxBuckets {
		l.allow(string(rune(i))+"y", 3, 1)
	}
	if len(l.buckets) > maxBuckets {
		t.Fatalf("%d buckets", len(l.buckets))
	}
}

// still is a clock that shows what it is told.
type still struct {
	clock.Real
	at time.Time
}

func (c *still) Now() time.Time { return c.at }
