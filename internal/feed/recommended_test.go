package feed_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/feed"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

func TestRecommended_NeitherRepeatsNorSkipsWhileTheWorldGoesOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, bo := w.User("mei"), w.User("bob")
		var posts []channel.Post
		channels := []string{w.Found(mei, "tea").ID, w.Found(mei, "cake").ID, w.Found(mei, "rice").ID}
		for i := range 24 {
			posts = append(posts, w.Post(mei, channels[i%3], "x"))
		}
		op := w.Operator("ops")
		// Between the pages somebody publishes, the lowest post becomes a hit, and one on a later page is hidden.
		hidden, back := posts[1], posts[2]
		w.OK(w.Channel.Hide(w.Ctx, op, back.ID, "x"))
		items := w.scroll(bo, feed.Recommended, 5, func(page int) {
			w.Post(mei, channels[page%3], "new")
			switch page {
			case 0:
				for _, fan := range []identity.Actor{mei, bo} {
					_, err := w.Channel.Like(w.Ctx, fan, posts[0].ID, true)
					w.OK(err)
				}
				w.OK(w.Channel.Hide(w.Ctx, op, hidden.ID, "x"))
			case 1:
				w.OK(w.Channel.Show(w.Ctx, op, back.ID))
			}
		})
		want := postIDs(posts)
		if !slices.Contains(idsOf(items[:5]), hidden.ID) {
			want = slices.DeleteFunc(want, func(id string) bool { return id == hidden.ID })
		}
		w.once(items, want)
	})
}

func TestRecommended_NeighboursAreOfDifferentChannels(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		tea, cake := w.Found(mei, "tea").ID, w.Found(mei, "cake").ID
		for range 6 { // the newest six would all be tea's
			w.Post(mei, cake, "x")
		}
		for range 6 {
			w.Post(mei, tea, "x")
		}
		w.onAir(tea, 1)
		items := w.scroll(identity.Actor{}, feed.Recommended, 4, nil)
		if len(items) != 13 {
			t.Fatalf("%d items of 13", len(items))
		}
		for i := range 11 { // the last ones may be all that is left
			if channelOf(items[i]) == channelOf(items[i+1]) {
				t.Errorf("items %d and %d are of one channel", i, i+1)
			}
		}
	})
}

func TestRecommended_TheSameCursorGivesTheSamePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, bo := w.User("mei"), w.User("bob")
		w.bulk(40, w.Found(mei, "tea").ID, w.Found(mei, "cake").ID)
		w.onAir(w.Found(mei, "rice").ID, 3)
		cursor := ""
		for range 3 {
			one, next, err := w.feed.Page(w.Ctx, bo, feed.Recommended, cursor, 7)
			w.OK(err)
			two, again, err := w.feed.Page(w.Ctx, bo, feed.Recommended, cursor, 7)
			w.OK(err)
			if !slices.Equal(idsOf(one), idsOf(two)) || next != again {
				t.Errorf("the same cursor gave %v and %v", idsOf(one), idsOf(two))
			}
			cursor = next
		}
	})
}

func TestRecommended_GoesOnBelowItsWindowWithABoundedCursor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		ids := w.bulk(950, w.Found(mei, "tea").ID, w.Found(mei, "cake").ID, w.Found(mei, "rice").ID)
		items := w.scroll(w.User("bob"), feed.Recommended, feed.MaxPage, nil)
		w.once(items, ids)
	})
}

func TestRecommended_TheReasonIsTheLargestPart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, bo := w.User("mei"), w.User("bob")
		tea, cake, rice, corn := w.Found(mei, "tea").ID, w.Found(mei, "cake").ID, w.Found(mei, "rice").ID, w.Found(mei, "corn").ID
		hit := w.Post(mei, cake, "everybody likes it")
		_, err := w.DB.Exec(w.Ctx, `UPDATE channel_posts SET likes = 40000 WHERE id = $1`, hit.ID)
		w.OK(err)
		followed := w.Post(mei, tea, "old, of a followed channel")
		liked := w.Post(mei, rice, "old and liked", "sourdough")
		tagged := w.Post(mei, corn, "old, with a liked tag", "sourdough")
		_, err = w.Channel.Follow(w.Ctx, bo, tea, true)
		w.OK(err)
		_, err = w.Channel.Like(w.Ctx, bo, liked.ID, true)
		w.OK(err)
		w.Clock.Advance(10 * 24 * time.Hour)
		fresh := w.Post(mei, rice, "new")
		followedRoom, otherRoom := w.onAir(tea, 1), w.onAir(cake, 100)

		got := map[string]string{}
		for _, i := range w.scroll(bo, feed.Recommended, 30, nil) {
			got[idOf(i)] = i.Reason
		}
		for id, want := range map[string]string{hit.ID: feed.Popular, followed.ID: feed.Followed, tagged.ID: "tag:sourdough", liked.ID: "tag:sourdough", fresh.ID: feed.Fresh,
			followedRoom.ID: feed.Followed, otherRoom.ID: feed.LiveNow} {
			if got[id] != want {
				t.Errorf("the reason is %q, want %q", got[id], want)
			}
		}
		visitor := map[string]string{}
		for _, i := range w.scroll(identity.Actor{}, feed.Recommended, 30, nil) {
			visitor[idOf(i)] = i.Reason
		}
		if visitor[followed.ID] != feed.Fresh || visitor[followedRoom.ID] != feed.LiveNow {
			t.Errorf("a visitor is told %v", visitor)
		}
	})
}

func TestRecommended_BetterPostsComeFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, bo := w.User("mei"), w.User("bob")
		var channels []string
		for i := range 4 {
			channels = append(channels, w.Found(mei, fmt.Sprint("face-", i)).ID)
		}
		stale := w.Post(mei, channels[0], "last week")
		w.Clock.Advance(7 * 24 * time.Hour)
		plain := w.Post(mei, channels[1], "plain")
		hit := w.Post(mei, channels[2], "hit")
		_, err := w.DB.Exec(w.Ctx, `UPDATE channel_posts SET likes = 50, saves = 10 WHERE id = $1`, hit.ID)
		w.OK(err)
		newest := w.Post(mei, channels[3], "newest")
		order := func() []string { return idsOf(w.scroll(bo, feed.Recommended, 10, nil)) }
		if got, want := order(), []string{hit.ID, newest.ID, plain.ID, stale.ID}; !slices.Equal(got, want) {
			t.Errorf("order %v, want %v", got, want)
		}
		w.OK(w.feed.Seen(w.Ctx, bo, []string{hit.ID, newest.ID}))
		if got, want := order(), []string{plain.ID, stale.ID, hit.ID, newest.ID}; !slices.Equal(got, want) {
			t.Errorf("after two were seen %v, want %v", got, want)
		}
		if got := idsOf(w.scroll(identity.Actor{}, feed.Recommended, 10, nil)); got[0] != hit.ID {
			t.Errorf("what bob saw changed a visitor's order: %v", got)
		}
	})
}

func TestRecommended_RoomsStandAtEveryFifthPlaceOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, bo := w.User("mei"), w.User("bob")
		w.bulk(40, w.Found(mei, "tea").ID, w.Found(mei, "cake").ID, w.Found(mei, "rice").ID)
		small, big := w.onAir(w.Found(mei, "small").ID, 1), w.onAir(w.Found(mei, "big").ID, 900)
		mine := w.Found(mei, "mine")
		_, err := w.Channel.Follow(w.Ctx, bo, mine.ID, true)
		w.OK(err)
		followed := w.onAir(mine.ID, 2)
		over := w.onAir(w.Found(mei, "over").ID, 1000)
		w.rooms.list[0].State = timeline.Ended
		items := w.scroll(bo, feed.Recommended, 4, nil)
		for place, room := range map[int]string{2: followed.ID, 7: big.ID, 12: small.ID} {
			if idOf(items[place]) != room {
				t.Errorf("place %d holds %s, want the room %s", place, idOf(items[place]), room)
			}
		}
		n := 0
		for _, i := range items {
			if i.Room != nil {
				n++
			}
			if idOf(i) == over.ID {
				t.Error("a room that is over is recommended")
			}
		}
		if n != 3 || len(items) != 43 {
			t.Errorf("%d rooms among %d items", n, len(items))
		}
	})
}

func TestRecommended_WithoutPostsShowsTheRooms(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		if items := w.scroll(mei, feed.Recommended, 10, nil); len(items) != 0 {
			t.Errorf("an empty site shows %v", idsOf(items))
		}
		one, two := w.onAir(w.Found(mei, "tea").ID, 1), w.onAir(w.Found(mei, "cake").ID, 2)
		if got := idsOf(w.scroll(mei, feed.Recommended, 1, nil)); !slices.Equal(got, []string{two.ID, one.ID}) {
			t.Errorf("rooms %v", got)
		}
	})
}
