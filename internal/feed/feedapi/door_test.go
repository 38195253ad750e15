package feedapi_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/feed"
	"github.com/hawker-live/hawker/internal/feed/feedapi"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/liveapi"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/server/servertest"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// around stands for the shop and live.
type around struct{ rooms []live.Room }

func (a *around) Rooms(context.Context, live.Filter) ([]live.Room, error) { return a.rooms, nil }
func (a *around) Cards(_ context.Context, _ identity.Actor, list []live.Room) ([]liveapi.RoomCard, error) {
	out := make([]liveapi.RoomCard, len(list))
	for i, r := range list {
		out[i] = liveapi.RoomCard{ID: r.ID, Title: r.Title, State: string(r.State)}
	}
	return out, nil
}

func (a *around) CurrentByChannels(context.Context, []string) (map[string]string, error) {
	return map[string]string{}, nil
}

func (a *around) ShopOfChannel(context.Context, string) (string, error) { return "", nil }

type noGoods struct{}

func (noGoods) Cards(context.Context, []string) (map[string]shopapi.ProductCard, error) {
	return map[string]shopapi.ProductCard{}, nil
}

func open(t *testing.T) (*channeltest.World, *servertest.Door, *around) {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLiteURL(t), func(ctx context.Context, d *db.DB) error {
		return errors.Join(channeltest.Migrate(ctx, d), feed.Migrate(ctx, d), server.Migrate(ctx, d))
	})
	w, a := channeltest.New(t, d), &around{}
	door := servertest.Open(t, d, w)
	render := &channelapi.Render{Channel: w.Channel, Identity: w.Identity, Media: w.Media, Products: noGoods{}, Lives: a, Shops: a}
	feedapi.Mount(door.Router, feedapi.Deps{Feed: feed.New(feed.Deps{DB: d, Clock: w.Clock, Posts: w.Channel, Rooms: a}), Posts: render, Rooms: a})
	return w, door, a
}

func TestDoor_PagesMixPostsAndRooms(t *testing.T) {
	w, door, around := open(t)
	mei := w.User("mei")
	tea, cake := w.Found(mei, "tea"), w.Found(mei, "cake")
	for range 4 {
		w.Post(mei, tea.ID, "x")
		w.Post(mei, cake.ID, "y")
	}
	around.rooms = []live.Room{{ID: w.IDs.New("rom"), ChannelID: w.Found(mei, "rice").ID, Title: "夜市", State: timeline.Live}}
	kinds, seen, cursor := "", map[string]bool{}, ""
	for range 3 {
		page := door.Call(identity.Actor{}, "GET", "/api/v1/feed?limit=4&cursor="+url.QueryEscape(cursor), "", 200)
		for _, v := range page["items"].([]any) {
			item := v.(map[string]any)
			kind := item["kind"].(string)
			inner := item[kind].(map[string]any)
			other := map[string]string{"post": "room", "room": "post"}[kind]
			if item["reason"] == "" || item[other] != nil || seen[inner["id"].(string)] {
				t.Errorf("item %v", item)
			}
			seen[inner["id"].(string)] = true
			kinds += kind[:1]
		}
		cursor, _ = page["next"].(string)
	}
	if kinds != "pprpppppp" || cursor != "" {
		t.Errorf("the feed reads %s and goes on at %q", kinds, cursor)
	}
	if page := door.Call(identity.Actor{}, "GET", "/api/v1/feed?tab=live", "", 200); len(page["items"].([]any)) != 1 {
		t.Errorf("live %v", page)
	}
}

func TestDoor_Refusals(t *testing.T) {
	_, door, _ := open(t)
	nobody := identity.Actor{}
	door.Refuse(nobody, "GET", "/api/v1/feed?tab=following", "", 401, "sign_in_required")
	door.Refuse(nobody, "GET", "/api/v1/feed?tab=friends", "", 422, "request_invalid")
	door.Refuse(nobody, "GET", "/api/v1/feed?limit=31", "", 422, "request_invalid")
	door.Refuse(nobody, "GET", "/api/v1/feed?cursor=forged", "", 422, "cursor_invalid")
	door.Refuse(nobody, "POST", "/api/v1/feed/seen", `{"postIds":[]}`, 422, "request_invalid")
	door.Refuse(nobody, "POST", "/api/v1/feed/seen", `{"postIds":["x"]}`, 422, "post_id_invalid")
}

func TestDoor_SeenPostsComeLast(t *testing.T) {
	w, door, _ := open(t)
	mei := w.User("mei")
	older, newer := w.Post(mei, w.Found(mei, "tea").ID, "x"), w.Post(mei, w.Found(mei, "cake").ID, "y")
	first := func(a identity.Actor) any {
		page := door.Call(a, "GET", "/api/v1/feed", "", 200)
		return page["items"].([]any)[0].(map[string]any)["post"].(map[string]any)["id"]
	}
	door.Call(mei, "POST", "/api/v1/feed/seen", `{"postIds":["`+newer.ID+`"]}`, 204)
	door.Call(identity.Actor{}, "POST", "/api/v1/feed/seen", `{"postIds":["`+newer.ID+`"]}`, 204)
	if first(mei) != older.ID || first(identity.Actor{}) != newer.ID {
		t.Errorf("mei begins with %v, a visitor with %v", first(mei), first(identity.Actor{}))
	}
}
