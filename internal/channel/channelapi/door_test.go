package channelapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/server/servertest"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// around counts the look-ups a page costs outside channel.
type around struct {
	room  map[string]string // by channel
	shop  map[string]string
	calls int
}

func (s *around) Cards(_ context.Context, ids []string) (map[string]shopapi.ProductCard, error) {
	s.calls++
	out := map[string]shopapi.ProductCard{}
	for _, id := range ids {
		if id != "prd_gone" {
			out[id] = shopapi.ProductCard{ID: id, Title: "Tea", PriceMinor: 990, MaxPriceMinor: 990, State: "on", Currency: "CNY"}
		}
	}
	return out, nil
}

func (s *around) CurrentByChannels(_ context.Context, ids []string) (map[string]string, error) {
	s.calls++
	out := map[string]string{}
	for _, id := range ids {
		if room := s.room[id]; room != "" {
			out[id] = room
		}
	}
	return out, nil
}

func (s *around) ShopOfChannel(_ context.Context, id string) (string, error) { return s.shop[id], nil }

type site struct {
	*channeltest.World
	*servertest.Door
	around *around
	render *channelapi.Render
}

func open(t *testing.T) *site {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLiteURL(t), func(ctx context.Context, d *db.DB) error {
		return errors.Join(channeltest.Migrate(ctx, d), server.Migrate(ctx, d))
	})
	w := channeltest.New(t, d)
	s := &site{World: w, Door: servertest.Open(t, d, w), around: &around{room: map[string]string{}, shop: map[string]string{}}}
	s.render = &channelapi.Render{Channel: w.Channel, Identity: w.Identity, Media: w.Media, Products: s.around, Lives: s.around, Shops: s.around}
	channelapi.Mount(s.Router, channelapi.Deps{Render: s.render})
	return s
}

const api = "/api/v1/channel"

func items(page map[string]any) []map[string]any {
	var out []map[string]any
	list, _ := page["items"].([]any)
	for _, v := range list {
		out = append(out, v.(map[string]any))
	}
	return out
}

func TestDoor_AChannelsLife(t *testing.T) {
	s := open(t)
	mei, bo := s.User("mei"), s.User("bob")
	made := s.Call(mei, "POST", api+"/channels", `{"name":"阿梅茶铺","handle":"amei","bio":"茶"}`, 200)
	id, _ := made["id"].(string)
	if made["role"] != "owner" || made["kind"] != "personal" || made["verified"] != false || made["ownerId"] != mei.UserID || made["liveRoomId"] != nil {
		t.Errorf("founded %v", made)
	}
	s.Refuse(bo, "POST", api+"/channels", `{"name":"x","handle":"amei"}`, 409, "handle_taken")
	s.Refuse(bo, "POST", api+"/channels", `{"name":"x"}`, 422, "request_invalid")
	s.Refuse(identity.Actor{}, "POST", api+"/channels", `{"name":"x","handle":"other"}`, 401, "sign_in_required")

	s.around.room[id], s.around.shop[id] = "rom_1", "shp_1"
	if f := s.Call(bo, "PUT", api+"/channels/"+id+"/follow", "", 200); f["followed"] != true || f["followers"] != 1.0 {
		t.Errorf("followed %v", f)
	}
	seen := s.Call(bo, "GET", api+"/channels/amei", "", 200)
	if seen["followed"] != true || seen["liveRoomId"] != "rom_1" || seen["shopId"] != "shp_1" || seen["role"] != nil || seen["followers"] != 1.0 {
		t.Errorf("a follower sees %v", seen)
	}
	if list := items(s.Call(bo, "GET", api+"/following", "", 200)); len(list) != 1 || list[0]["handle"] != "amei" {
		t.Errorf("following %v", list)
	}
	if f := s.Call(bo, "DELETE", api+"/channels/"+id+"/follow", "", 200); f["followed"] != false || f["followers"] != 0.0 {
		t.Errorf("unfollowed %v", f)
	}
	if list := items(s.Call(mei, "GET", api+"/mine", "", 200)); len(list) != 1 || list[0]["role"] != "owner" {
		t.Errorf("mine %v", list)
	}
	changed := s.Call(mei, "PATCH", api+"/channels/"+id, fmt.Sprintf(`{"name":"茶","coverAssetId":%q}`, s.Picture(mei)), 200)
	if changed["name"] != "茶" || !strings.HasPrefix(changed["coverUrl"].(string), "/media/img/") || changed["bio"] != "茶" {
		t.Errorf("changed %v", changed)
	}
	s.Refuse(bo, "PATCH", api+"/channels/"+id, `{"name":"x"}`, 403, "not_yours")
	if sum := s.Call(mei, "GET", api+"/channels/"+id+"/summary", "", 200); sum["followers"] != 0.0 || sum["posts"] != 0.0 {
		t.Errorf("summary %v", sum)
	}
	s.Refuse(bo, "GET", api+"/channels/"+id+"/summary", "", 403, "not_yours")
	s.Refuse(bo, "GET", api+"/channels/none", "", 404, "channel_not_found")
}

func TestDoor_APostsLife(t *testing.T) {
	s := open(t)
	mei, bo := s.User("mei"), s.User("bob")
	c := s.Found(mei, "tea")
	body := fmt.Sprintf(`{"kind":"video","text":"采茶","assetIds":[%q],"productId":"prd_1","tags":["茶"]}`, s.Video(mei, 5000))
	s.Refuse(mei, "POST", api+"/channels/"+c.ID+"/posts", body, 422, "idempotency_key_missing")
	key := "Idempotency-Key: post-key-1"
	p := s.Call(mei, "POST", api+"/channels/"+c.ID+"/posts", body, 200, key)
	if again := s.Call(mei, "POST", api+"/channels/"+c.ID+"/posts", body, 200, key); again["id"] != p["id"] {
		t.Errorf("pressed twice: %v and %v", p["id"], again["id"])
	}
	s.Refuse(bo, "POST", api+"/channels/"+c.ID+"/posts", body, 403, "not_yours", key)
	video, _ := p["video"].(map[string]any)
	product, _ := p["product"].(map[string]any)
	if video["durationMs"] != 5000.0 || video["width"] != 720.0 || product["id"] != "prd_1" || p["liked"] != false || p["coverUrl"] != "" || p["state"] != "live" {
		t.Errorf("published %v", p)
	}
	at := api + "/posts/" + p["id"].(string)
	if v := s.Call(bo, "PUT", at+"/like", "", 200); v["liked"] != true || v["likes"] != 1.0 {
		t.Errorf("liked %v", v)
	}
	if v := s.Call(bo, "PUT", at+"/save", "", 200); v["saved"] != true || v["saves"] != 1.0 {
		t.Errorf("saved %v", v)
	}
	if v := s.Call(bo, "POST", at+"/share", "", 200); v["shares"] != 1.0 {
		t.Errorf("shared %v", v)
	}
	if v := s.Call(bo, "GET", at, "", 200); v["liked"] != true || v["saved"] != true || v["likes"] != 1.0 {
		t.Errorf("bob sees %v", v)
	}
	if v := s.Call(identity.Actor{}, "GET", at, "", 200); v["liked"] != false || v["saved"] != false {
		t.Errorf("a visitor sees %v", v)
	}
	for _, list := range []string{"/liked", "/saved", "/tags/%E8%8C%B6/posts"} {
		if got := items(s.Call(bo, "GET", api+list, "", 200)); len(got) != 1 {
			t.Errorf("%s holds %d posts", list, len(got))
		}
	}
	if v := s.Call(mei, "PUT", at+"/pin", "", 200); v["pinned"] != true {
		t.Errorf("pinned %v", v)
	}
	home := s.Call(bo, "GET", api+"/channels/tea/posts", "", 200)
	if pinned, _ := home["pinned"].([]any); len(pinned) != 1 || len(items(home)) != 1 || home["next"] != nil {
		t.Errorf("home %v", home)
	}
	s.Call(bo, "DELETE", at+"/like", "", 200)
	s.Call(bo, "DELETE", at+"/save", "", 200)
	s.Call(mei, "DELETE", at+"/pin", "", 200)
	s.Refuse(bo, "DELETE", at, "", 403, "not_yours")
	s.Call(mei, "DELETE", at, "", 204)
	s.Refuse(mei, "GET", at, "", 404, "post_not_found")
	s.CountersHold()
}

func TestDoor_AnEditTellsAbsentFromNull(t *testing.T) {
	s := open(t)
	mei := s.User("mei")
	c := s.Found(mei, "tea")
	p, err := s.Channel.Publish(s.Ctx, mei, c.ID, channel.PostDraft{Kind: channel.PicturesPost, Text: "x", Assets: []string{s.Picture(mei)}, ProductID: "prd_1", Tags: []string{"a"}})
	s.OK(err)
	at := api + "/posts/" + p.ID
	has := func(v map[string]any) bool { return v["product"] != nil }
	if v := s.Call(mei, "PATCH", at, `{"text":"y"}`, 200); !has(v) || v["text"] != "y" || len(v["tags"].([]any)) != 1 {
		t.Errorf("only the text: %v", v)
	}
	if v := s.Call(mei, "PATCH", at, `{"productId":null}`, 200); has(v) || v["text"] != "y" {
		t.Errorf("null: %v", v)
	}
	if v := s.Call(mei, "PATCH", at, `{"productId":"prd_2","tags":[]}`, 200); !has(v) || len(v["tags"].([]any)) != 0 {
		t.Errorf("another product, no tags: %v", v)
	}
	if v := s.Call(mei, "PATCH", at, `{"productId":""}`, 200); has(v) {
		t.Errorf("empty: %v", v)
	}
	s.Refuse(mei, "PATCH", at, `{"productId":7}`, 422, "request_invalid")
	s.Refuse(mei, "PATCH", at, fmt.Sprintf(`{"productId":%q}`, channeltest.Forbidden), 403, "product_not_yours")
}

func TestDoor_AConversation(t *testing.T) {
	s := open(t)
	mei, bo := s.User("mei"), s.User("bob")
	p := s.Post(mei, s.Found(mei, "tea").ID, "x")
	at := api + "/posts/" + p.ID + "/comments"
	first := s.Call(bo, "POST", at, `{"text":"多少钱"}`, 200)
	if first["byAuthor"] != false || first["user"].(map[string]any)["name"] != "bob" || first["hidden"] != false {
		t.Errorf("said %v", first)
	}
	id := first["id"].(string)
	if a := s.Call(mei, "POST", at, fmt.Sprintf(`{"text":"十块","replyTo":%q}`, id), 200); a["byAuthor"] != true || a["replyTo"] != id {
		t.Errorf("answered %v", a)
	}
	if v := s.Call(mei, "PUT", api+"/comments/"+id+"/like", "", 200); v["liked"] != true || v["likes"] != 1.0 {
		t.Errorf("liked %v", v)
	}
	page := s.Call(mei, "GET", at+"?limit=1", "", 200)
	if got := items(page); page["total"] != 2.0 || len(got) != 1 || got[0]["text"] != "十块" || page["next"] != got[0]["id"] {
		t.Errorf("first page %v", page)
	}
	rest := s.Call(mei, "GET", at+"?limit=1&cursor="+page["next"].(string), "", 200)
	if got := items(rest); len(got) != 1 || got[0]["id"] != id || got[0]["liked"] != true || rest["next"] != nil {
		t.Errorf("second page %v", rest)
	}
	s.Refuse(identity.Actor{}, "POST", at, `{"text":"x"}`, 401, "sign_in_required")
	s.Refuse(bo, "POST", at, `{"text":" "}`, 422, "comment_length")
	s.Call(mei, "DELETE", api+"/comments/"+id+"/like", "", 200)
	s.Call(mei, "DELETE", api+"/comments/"+id, "", 204) // the post's team may
	s.Refuse(bo, "DELETE", api+"/comments/"+id, "", 404, "comment_not_found")
}

func TestDoor_ListsPageToTheEnd(t *testing.T) {
	s := open(t)
	mei := s.User("mei")
	c := s.Found(mei, "tea")
	for range 5 {
		s.Post(mei, c.ID, "x")
	}
	seen, cursor := map[any]bool{}, ""
	for range 3 {
		page := s.Call(mei, "GET", api+"/channels/tea/posts?limit=2&cursor="+cursor, "", 200)
		for _, p := range items(page) {
			seen[p["id"]] = true
		}
		cursor, _ = page["next"].(string)
	}
	if len(seen) != 5 || cursor != "" {
		t.Errorf("three pages of two show %d of 5 posts and end at %q", len(seen), cursor)
	}
	for _, limit := range []string{"0", "51", "x"} {
		s.Refuse(mei, "GET", api+"/channels/tea/posts?limit="+limit, "", 422, "request_invalid")
	}
}

func TestDoor_EveryRouteKeepsItsGate(t *testing.T) {
	s := open(t)
	s.Gates(api, s.User("bob"))
}

func TestRender_APageCostsTheSameHoweverLong(t *testing.T) {
	s := open(t)
	mei := s.User("mei")
	var posts []channel.Post
	for i := range 12 {
		c := s.Found(mei, fmt.Sprint("face-", i))
		p, err := s.Channel.Publish(s.Ctx, mei, c.ID, channel.PostDraft{Kind: channel.PicturesPost, Assets: []string{s.Picture(mei)}, ProductID: fmt.Sprint("prd_", i)})
		s.OK(err)
		posts = append(posts, p)
	}
	s.around.calls = 0
	out, err := s.render.Posts(s.Ctx, mei, posts)
	s.OK(err)
	if s.around.calls != 2 {
		t.Errorf("12 posts cost %d look-ups of products and rooms, want 2", s.around.calls)
	}
	for i, p := range out {
		if p.ID != posts[i].ID || p.Channel.ID != posts[i].ChannelID || p.Product == nil || p.CoverURL != p.Pictures[0] {
			t.Errorf("post %d is rendered as %+v", i, p)
		}
	}
	posts[0].ProductID = "prd_gone"
	if out, err = s.render.Posts(s.Ctx, mei, posts[:1]); err != nil || out[0].Product != nil {
		t.Errorf("a product that no longer exists is rendered as %+v, %v", out[0].Product, err)
	}
	if out, err = s.render.Posts(s.Ctx, mei, nil); err != nil || out == nil || len(out) != 0 {
		t.Errorf("no posts are rendered as %v, %v", out, err)
	}
}
