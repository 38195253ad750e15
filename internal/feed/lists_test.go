package feed_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/feed"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

func TestFollowing_RoomsThenPostsOfFollowedChannelsOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, bo := w.User("mei"), w.User("bob")
		tea, cake := w.Found(mei, "tea"), w.Found(mei, "cake")
		_, err := w.Channel.Follow(w.Ctx, bo, tea.ID, true)
		w.OK(err)
		var want []string
		for range 5 {
			want = append([]string{w.Post(mei, tea.ID, "x").ID}, want...)
			w.Post(mei, cake.ID, "not followed")
		}
		w.onAir(cake.ID, 9)
		room := w.onAir(tea.ID, 1)
		items := w.scroll(bo, feed.Following, 2, nil)
		if got := idsOf(items); !slices.Equal(got, append([]string{room.ID}, want...)) {
			t.Errorf("following %v", got)
		}
		for _, i := range items {
			if i.Reason != feed.Followed {
				t.Errorf("the reason is %q", i.Reason)
			}
		}
		if items := w.scroll(mei, feed.Following, 2, nil); len(items) != 0 {
			t.Errorf("who follows nobody gets %v", idsOf(items))
		}
		_, _, err = w.feed.Page(w.Ctx, identity.Actor{}, feed.Following, "", 2)
		w.Refused(err, "sign_in_required")
	})
}

func TestLive_PagesThroughTheRoomsOnAir(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		var want []string
		for i := range 5 {
			want = append([]string{w.onAir(w.Found(mei, fmt.Sprint("face-", i)).ID, 1).ID}, want...)
		}
		w.Post(mei, w.Found(mei, "tea").ID, "no room")
		if got := idsOf(w.scroll(identity.Actor{}, feed.Live, 2, nil)); !slices.Equal(got, want) {
			t.Errorf("rooms %v, want %v", got, want)
		}
	})
}

func TestPage_Refusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		w.bulk(20, w.Found(mei, "tea").ID)
		_, good, err := w.feed.Page(w.Ctx, mei, feed.Recommended, "", 5)
		w.OK(err)
		raw, err := base64.RawURLEncoding.DecodeString(good)
		w.OK(err)
		bend := func(change func(b []byte) []byte) string {
			return base64.RawURLEncoding.EncodeToString(change(slices.Clone(raw)))
		}
		for name, cursor := range map[string]string{
			"no base 64": "?", "empty": "AA", "another version": bend(func(b []byte) []byte { b[0] = 9; return b }), "cut": bend(func(b []byte) []byte { return b[:20] }),
			"cut in a hash": bend(func(b []byte) []byte { return b[:len(b)-1] }), "no id": bend(func(b []byte) []byte { b[5] = '!'; return b }),
			"far too long": strings.Repeat("A", feed.MaxCursor+1), "too many served": bend(func(b []byte) []byte { return append(b, make([]byte, 4*501)...) }),
		} {
			_, _, err := w.feed.Page(w.Ctx, mei, feed.Recommended, cursor, 5)
			if err == nil {
				t.Errorf("a cursor that is %s was taken", name)
			}
			w.Refused(err, "cursor_invalid")
		}
		for _, tab := range []feed.Tab{feed.Following, feed.Live} {
			_, _, err := w.feed.Page(w.Ctx, mei, tab, good, 5)
			w.Refused(err, "cursor_invalid")
		}
		for _, limit := range []int{-1, 0, feed.MaxPage + 1} {
			_, _, err := w.feed.Page(w.Ctx, mei, feed.Recommended, "", limit)
			w.Refused(err, "limit_invalid")
		}
		_, _, err = w.feed.Page(w.Ctx, mei, "friends", "", 5)
		w.Refused(err, "tab_unknown")
	})
}

func (w *world) remembered() int64 {
	w.T.Helper()
	n, _, err := db.Get(w.Ctx, w.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT count(*) FROM feed_seen`)
	w.OK(err)
	return n
}

func TestSeen_IsBoundedAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, bo := w.User("mei"), w.User("bob")
		ids := func(n int) []string {
			out := make([]string, n)
			for i := range out {
				out[i] = w.IDs.New("pst")
			}
			return out
		}
		twice := ids(2)
		w.OK(w.feed.Seen(w.Ctx, mei, append(twice, twice...)))
		w.OK(w.feed.Seen(w.Ctx, mei, twice))
		w.OK(w.feed.Seen(w.Ctx, bo, twice))
		w.OK(w.feed.Seen(w.Ctx, identity.Actor{}, ids(3)))
		w.OK(w.feed.Seen(w.Ctx, mei, nil))
		if n := w.remembered(); n != 4 {
			t.Errorf("%d rows of two posts seen by two", n)
		}
		w.Refused(w.feed.Seen(w.Ctx, mei, ids(feed.MaxSeen+1)), "seen_many")
		w.Refused(w.feed.Seen(w.Ctx, mei, []string{"pst_'; DROP TABLE"}), "post_id_invalid")
		for range 25 { // 2,500 posts; the newest 2,000 and those of the same report stay
			w.Clock.Advance(time.Second)
			w.OK(w.feed.Seen(w.Ctx, mei, ids(100)))
		}
		if n := w.remembered(); n < 2000 || n > 2102 {
			t.Errorf("%d rows are kept of one reader", n)
		}
		for _, err := range w.AtOnce(6, func(int) error { return w.feed.Seen(w.Ctx, bo, twice) }) {
			w.OK(err)
		}
		w.Clock.Advance(90 * 24 * time.Hour)
		w.OK(w.feed.Forget(w.Ctx))
		before := w.remembered()
		w.Clock.Advance(time.Millisecond)
		w.OK(w.feed.Forget(w.Ctx))
		if after := w.remembered(); before == 0 || after != 0 {
			t.Errorf("%d rows after 90 days, %d a moment later", before, after)
		}
	})
}
