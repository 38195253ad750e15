package feed

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/live"
)

func TestScore_IsBoundedAndExplained(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.Int64Range(0, 1<<40)
		p := channel.Post{ID: "p", ChannelID: "c", CreatedAt: rapid.Int64Range(-1<<50, 1<<50).Draw(t, "created"), Tags: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 3).Draw(t, "tags"),
			Likes: count.Draw(t, "likes"), Comments: count.Draw(t, "comments"), Saves: count.Draw(t, "saves"), Shares: count.Draw(t, "shares")}
		r := reader{followed: map[string]bool{"c": rapid.Bool().Draw(t, "followed")}, tags: map[string]float64{"a": rapid.Float64Range(0, 1).Draw(t, "liking")}}
		got := score(p, r, 0)
		if !(got.value >= 0 && got.value <= 2+followedBonus+tagBonus) {
			t.Fatalf("score %v", got.value)
		}
		switch got.reason {
		case Fresh, Popular, "tag:a":
		case Followed:
			if !r.followed["c"] {
				t.Fatal("called followed")
			}
		default:
			t.Fatalf("reason %q", got.reason)
		}
	})
}

func TestScore_GrowsWithMarksAndFallsWithAge(t *testing.T) {
	at := func(hours, likes int64) float64 {
		return score(channel.Post{CreatedAt: -hours * msPerHour, Likes: likes}, reader{}, 0).value
	}
	for _, tc := range []struct {
		name     string
		high, lo float64
	}{
		{"a like", at(5, 1), at(5, 0)},
		{"an hour", at(5, 10), at(6, 10)},
		{"a week", at(0, 0), at(7*24, 0)},
		{"a hit of yesterday against nothing of today", at(24, 500), at(0, 0)},
		{"something of today against a small hit of last week", at(0, 0), at(7*24, 100)},
	} {
		if tc.high <= tc.lo {
			t.Errorf("%s: %v is not above %v", tc.name, tc.high, tc.lo)
		}
	}
}

func TestQueue_HandsOutEachPostOnceWithoutNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var posts []channel.Post
		left := map[string]int{}
		for i, c := range rapid.SliceOfN(rapid.IntRange(0, 3), 0, 30).Draw(t, "channels") {
			p := channel.Post{ID: fmt.Sprintf("pst_%02d", i), ChannelID: fmt.Sprint(c), Likes: rapid.Int64Range(0, 100).Draw(t, "likes")}
			posts = append(posts, p)
			left[p.ChannelID]++
		}
		seen := map[string]bool{}
		for _, p := range posts {
			seen[p.ID] = rapid.Bool().Draw(t, "seen")
		}
		q, last, given := newQueue(posts, reader{seen: seen}, 0), "", map[string]bool{}
		for range posts {
			item, ok := q.take(last)
			if !ok || given[item.Post.ID] {
				t.Fatalf("after %d of %d: %v %v", len(given), len(posts), item.Post, ok)
			}
			given[item.Post.ID] = true
			if item.Post.ChannelID == last && left[last] != len(q.rest)+1 {
				t.Fatalf("two neighbours of channel %s while others waited", last)
			}
			last = item.Post.ChannelID
			left[last]--
		}
		if _, ok := q.take(last); ok {
			t.Fatal("an empty queue gave something")
		}
	})
}

func FuzzPlace(f *testing.F) {
	p := &place{top: "pst_01j9zzzzzzzzzzzzzzzzzzzzzz", floor: "pst_01j8zzzzzzzzzzzzzzzzzzzzzz", last: "chn_01j8zzzzzzzzzzzzzzzzzzzzzz"}
	f.Add((&place{}).String())
	for i := range 20 {
		post, room := channel.Post{ID: fmt.Sprint(i)}, live.Room{ID: fmt.Sprint(i)}
		p.serve(Item{Post: &post})
		p.serve(Item{Room: &room})
		p.last = "chn_01j8zzzzzzzzzzzzzzzzzzzzzz"
		f.Add(p.String())
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		got, err := readPlace(cursor)
		if err != nil {
			return
		}
		if len(got.posts) > maxServed+maxRooms || len(got.rooms) > maxRooms {
			t.Fatalf("%d posts and %d rooms", len(got.posts), len(got.rooms))
		}
		again, err := readPlace(got.String())
		if err != nil || again.String() != got.String() {
			t.Fatalf("%q reads back as %q, %v", got.String(), again, err)
		}
	})
}

func TestPlace_TheLongestCursorFits(t *testing.T) {
	p := &place{top: "pst_01j9zzzzzzzzzzzzzzzzzzzzzz", floor: "pst_01j8zzzzzzzzzzzzzzzzzzzzzz", last: "chn_01j8zzzzzzzzzzzzzzzzzzzzzz", position: 1 << 62,
		rooms: make([]uint32, maxRooms), posts: make([]uint32, maxServed)}
	if s := p.String(); len(s) > MaxCursor {
		t.Errorf("the longest cursor has %d bytes", len(s))
	} else if _, err := readPlace(s); err != nil {
		t.Error(err)
	}
}
