package feed_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/feed"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// rooms stands for live: the newest room first.
type rooms struct{ list []live.Room }

func (r *rooms) Rooms(_ context.Context, f live.Filter) ([]live.Room, error) {
	var out []live.Room
	for _, v := range r.list {
		if slices.Contains(f.States, v.State) && (f.Cursor == "" || v.ID < f.Cursor) && len(out) < f.Limit {
			out = append(out, v)
		}
	}
	return out, nil
}

type world struct {
	*channeltest.World
	feed  *feed.Service
	rooms *rooms
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	migrate := func(ctx context.Context, d *db.DB) error {
		return errors.Join(channeltest.Migrate(ctx, d), feed.Migrate(ctx, d))
	}
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) {
		w := &world{World: channeltest.New(t, d), rooms: &rooms{}}
		w.feed = feed.New(feed.Deps{DB: d, Clock: w.Clock, Posts: w.Channel, Rooms: w.rooms})
		fn(t, w)
	})
}

// onAir puts a channel on air with so many viewers.
func (w *world) onAir(channelID string, online int64) live.Room {
	r := live.Room{ID: w.IDs.New("rom"), ChannelID: channelID, State: timeline.Live, Online: online}
	w.rooms.list = append([]live.Room{r}, w.rooms.list...)
	return r
}

// bulk writes n posts a minute apart, spread over the channels. It is for windows: Post would take seconds.
func (w *world) bulk(n int, channels ...string) []string {
	w.T.Helper()
	var args []any
	var ids []string
	for i := range n {
		w.Clock.Advance(time.Minute)
		id := w.IDs.New("pst")
		ids = append(ids, id)
		args = append(args, id, channels[i%len(channels)], "pictures", "", `["img"]`, "", "", "[]", "live", "", 0, 0, 0, 0, 0, w.Clock.Now().UnixMilli())
	}
	_, err := w.DB.InsertMany(w.Ctx, db.Insert{Cols: 16, Into: `channel_posts (id, channel_id, kind, body, assets, cover, product_id, tags, state,
		hidden_reason, pinned_at, likes, comments, saves, shares, created_at)`}, args)
	w.OK(err)
	return ids
}

// scroll reads a tab to its end, limit items a page, calling between after each page.
func (w *world) scroll(a identity.Actor, tab feed.Tab, limit int, between func(page int)) []feed.Item {
	w.T.Helper()
	const enough = 200 // pages
	var all []feed.Item
	cursor := ""
	for page := range enough {
		items, next, err := w.feed.Page(w.Ctx, a, tab, cursor, limit)
		w.OK(err)
		if len(items) > limit+feed.MaxFollowedRooms {
			w.T.Errorf("a page of %d has %d items", limit, len(items))
		}
		if len(next) > feed.MaxCursor {
			w.T.Errorf("a cursor has %d bytes", len(next))
		}
		all = append(all, items...)
		if next == "" {
			return all
		}
		if between != nil {
			between(page)
		}
		cursor = next
	}
	w.T.Fatalf("%d pages and no end", enough)
	return nil
}

func idOf(i feed.Item) string {
	if i.Room != nil {
		return i.Room.ID
	}
	return i.Post.ID
}

func channelOf(i feed.Item) string {
	if i.Room != nil {
		return i.Room.ChannelID
	}
	return i.Post.ChannelID
}

func idsOf(items []feed.Item) []string {
	out := make([]string, len(items))
	for i, v := range items {
		out[i] = idOf(v)
	}
	return out
}

// once fails the test unless items are exactly the wanted ids, in any order, each once.
func (w *world) once(items []feed.Item, want []string) {
	w.T.Helper()
	count := map[string]int{}
	for _, id := range idsOf(items) {
		count[id]++
	}
	for _, id := range want {
		switch count[id] {
		case 0:
			w.T.Errorf("%s was skipped", id)
		case 1:
		default:
			w.T.Errorf("%s came %d times", id, count[id])
		}
		delete(count, id)
	}
	if len(count) > 0 {
		w.T.Errorf("not asked for: %v", count)
	}
}

func postIDs(posts []channel.Post) []string {
	out := make([]string, len(posts))
	for i, p := range posts {
		out[i] = p.ID
	}
	return out
}
