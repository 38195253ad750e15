package moderationapi_test

import (
	"context"
	"errors"
	"testing"

	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/liveapi"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/moderation"
	"github.com/hawker-live/hawker/internal/moderation/moderationapi"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/server/servertest"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// rooms is one room on air.
type rooms struct{ room live.Room }

func (r *rooms) Room(_ context.Context, roomID string) (live.Room, error) {
	if roomID != r.room.ID {
		return live.Room{}, errs.New(errs.NotFound, "room_not_found", "there is no such room")
	}
	return r.room, nil
}

func (r *rooms) Rooms(context.Context, live.Filter) ([]live.Room, error) {
	return []live.Room{r.room}, nil
}

func (r *rooms) CurrentByChannels(context.Context, []string) (map[string]string, error) {
	return map[string]string{}, nil
}

func (r *rooms) Stop(context.Context, identity.Actor, string, string) (live.Room, error) {
	r.room.State = timeline.Ended
	return r.room, nil
}
func (r *rooms) OnlineNow() (viewers int64, rooms int) { return 42, 1 }

func (r *rooms) Cards(_ context.Context, _ identity.Actor, list []live.Room) ([]liveapi.RoomCard, error) {
	out := make([]liveapi.RoomCard, len(list))
	for i, v := range list {
		out[i] = liveapi.RoomCard{ID: v.ID, State: string(v.State)}
	}
	return out, nil
}

func (r *rooms) ShopOfChannel(context.Context, string) (string, error) { return "", nil }

// office is one order and one broken book.
type office struct{ query shop.OrderQuery }

func (o *office) AllOrders(_ context.Context, _ identity.Actor, q shop.OrderQuery) ([]shop.Order, error) {
	o.query = q
	return []shop.Order{{ID: "ord_2"}, {ID: "ord_1"}}[:min(q.Limit, 2)], nil
}

func (o *office) Orders(_ context.Context, list []shop.Order, viewer shop.Viewer) ([]shopapi.Order, error) {
	out := make([]shopapi.Order, len(list))
	for i, v := range list {
		out[i] = shopapi.Order{ID: v.ID}
	}
	if viewer != shop.AsOperator {
		return nil, errors.New("rendered for somebody else")
	}
	return out, nil
}

func (o *office) SalesToday(context.Context) (shop.Day, error) {
	return shop.Day{Orders: 3, Sales: 2970}, nil
}
func (o *office) Audit(context.Context) ([]money.Break, error) {
	return []money.Break{{Rule: "stock.not_negative", Subject: "sku_1", Detail: "-1"}}, nil
}
func (o *office) StoredBytes(context.Context) (int64, error) { return 1, nil }

// quiet is queues in which nothing waits.
type quiet struct{}

func (quiet) Status(context.Context) (bus.Status, error) { return bus.Status{}, nil }
func (quiet) ParkedBefore(context.Context, string, string, int) ([]bus.Parked, error) {
	return nil, nil
}
func (quiet) ParkedEvent(context.Context, string, string) (bus.Parked, error) {
	return bus.Parked{}, errs.New(errs.NotFound, "event_not_parked", "it does not wait")
}
func (quiet) Redeliver(context.Context, string, string) error { return nil }
func (quiet) DeadCount(context.Context) (int64, error)        { return 1, nil }
func (quiet) DeadBefore(_ context.Context, jobID string, _ int) ([]job.Dead, error) {
	return []job.Dead{{ID: "job_1", Kind: "live.notice", Error: "no", Tries: 9, DiedAt: 5}}, nil
}
func (quiet) Requeue(context.Context, string) error { return nil }
func (quiet) StuckRefunds(context.Context, string, int) ([]money.Refund, error) {
	return nil, nil
}
func (quiet) CountStuckRefunds(context.Context) (int64, error) { return 0, nil }
func (quiet) RetryRefund(context.Context, string) error        { return nil }

type books struct{}

func (books) Audit(context.Context) ([]money.Break, error) { return nil, nil }
func (books) AllAccounts(context.Context, int) ([]money.Account, error) {
	return []money.Account{{Owner: "platform", Kind: "cash", Unit: "CNY", Posted: 5, Held: 1}}, nil
}

type goods struct{}

func (goods) Cards(context.Context, []string) (map[string]shopapi.ProductCard, error) {
	return map[string]shopapi.ProductCard{}, nil
}

type site struct {
	*channeltest.World
	*servertest.Door
	rooms  *rooms
	office *office
	op     identity.Actor
}

func open(t *testing.T) *site {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLiteURL(t), func(ctx context.Context, d *db.DB) error {
		return errors.Join(channeltest.Migrate(ctx, d), moderation.Migrate(ctx, d), server.Migrate(ctx, d))
	})
	w := channeltest.New(t, d)
	s := &site{World: w, Door: servertest.Open(t, d, w), rooms: &rooms{live.Room{ID: "rom_1", Title: "Night market", State: timeline.Live}}, office: &office{}, op: w.Operator("ops")}
	render := &channelapi.Render{Channel: w.Channel, Identity: w.Identity, Media: w.Media, Products: goods{}, Lives: s.rooms, Shops: s.rooms}
	service := moderation.New(moderation.Deps{DB: d, Clock: w.Clock, IDs: w.IDs, Identity: w.Identity, Channel: w.Channel, Rooms: s.rooms, Orders: s.office, Books: books{}, Storage: s.office, Outbox: quiet{}, Jobs: quiet{}, Refunds: quiet{}})
	moderationapi.Mount(s.Router, moderationapi.Deps{Moderation: service, Users: w.Identity, Posts: render, Rooms: s.rooms, Orders: s.office})
	return s
}

const api = "/api/v1/moderation"

func items(page map[string]any) []map[string]any {
	out := []map[string]any{}
	list, _ := page["items"].([]any)
	for _, v := range list {
		out = append(out, v.(map[string]any))
	}
	return out
}

func TestDoor_EveryRouteIsTheOperators(t *testing.T) {
	s := open(t)
	s.Gates(api, s.User("bob"))
	for _, route := range s.Routes {
		if route.Allow != server.Operator {
			t.Errorf("%s is open to %s", route.Pattern, route.Allow)
		}
	}
}

func TestDoor_ActsAnswerNothingAndAreLogged(t *testing.T) {
	s := open(t)
	mei, bo := s.User("mei"), s.User("bob")
	p := s.Post(mei, s.Found(mei, "tea").ID, "miracle tea")
	said := s.Say(bo, p.ID, "rude")
	reason := `{"reason":"the rules, 3"}`
	for _, path := range []string{"/comments/" + said.ID + "/hide", "/comments/" + said.ID + "/restore", "/posts/" + p.ID + "/hide", "/posts/" + p.ID + "/restore",
		"/users/" + bo.UserID + "/suspend", "/users/" + bo.UserID + "/restore", "/rooms/rom_1/stop"} {
		s.Refuse(s.op, "POST", api+path, `{"reason":" "}`, 422, "reason_length")
		s.Refuse(s.op, "POST", api+path, `{}`, 422, "request_invalid")
		if out := s.Call(s.op, "POST", api+path, reason, 204); len(out) != 0 {
			t.Errorf("%s answers %v", path, out)
		}
	}
	s.Refuse(s.op, "POST", api+"/rooms/rom_1/stop", reason, 409, "room_not_live")
	s.Refuse(s.op, "POST", api+"/users/usr_none/suspend", reason, 404, "user_not_found")

	page := s.Call(s.op, "GET", api+"/log?limit=5", "", 200)
	log := items(page)
	actor, _ := log[0]["actor"].(map[string]any)
	if len(log) != 5 || log[0]["act"] != "room.stop" || log[0]["subjectId"] != "rom_1" || log[0]["reason"] != "the rules, 3" || actor["name"] != "ops" || page["next"] != log[4]["id"] {
		t.Errorf("log %v", page)
	}
	for i, want := range []string{"Night market", "bob", "bob", "miracle tea", "miracle tea"} {
		if log[i]["subjectName"] != want {
			t.Errorf("line %d is about %v, want %q", i, log[i]["subjectName"], want)
		}
	}
	rest := s.Call(s.op, "GET", api+"/log?limit=5&cursor="+page["next"].(string), "", 200)
	if got := items(rest); len(got) != 2 || got[1]["act"] != "comment.hide" || got[1]["subjectName"] != "rude" || rest["next"] != nil {
		t.Errorf("the log's end %v", rest)
	}
}

func TestDoor_Lists(t *testing.T) {
	s := open(t)
	mei, bo := s.User("mei"), s.User("bob")
	p := s.Post(mei, s.Found(mei, "tea").ID, "miracle tea")
	said := s.Say(bo, p.ID, "rude")
	s.Call(s.op, "POST", api+"/posts/"+p.ID+"/hide", `{"reason":"false claim"}`, 204)
	s.Call(s.op, "POST", api+"/users/"+bo.UserID+"/suspend", `{"reason":"spam"}`, 204)

	users := items(s.Call(s.op, "GET", api+"/users?query=BOB", "", 200))
	if len(users) != 1 || users[0]["login"] != "bob" || users[0]["state"] != "suspended" || users[0]["suspendedReason"] != "spam" || users[0]["operator"] != false {
		t.Errorf("users %v", users)
	}
	posts := items(s.Call(s.op, "GET", api+"/posts?state=hidden&query=miracle", "", 200))
	if len(posts) != 1 || posts[0]["hiddenReason"] != "false claim" || posts[0]["state"] != "hidden" {
		t.Errorf("posts %v", posts)
	}
	if shown := items(s.Call(s.op, "GET", api+"/posts?state=live", "", 200)); len(shown) != 0 {
		t.Errorf("shown posts %v", shown)
	}
	comments := items(s.Call(s.op, "GET", api+"/comments?query=rude", "", 200))
	if len(comments) != 1 || comments[0]["id"] != said.ID || comments[0]["postId"] != p.ID || comments[0]["byAuthor"] != false {
		t.Errorf("comments %v", comments)
	}
	if list := items(s.Call(s.op, "GET", api+"/rooms?state=live", "", 200)); len(list) != 1 || list[0]["id"] != "rom_1" {
		t.Errorf("rooms %v", list)
	}
	orders := s.Call(s.op, "GET", api+"/orders?state=paid&query=tea&limit=1", "", 200)
	if list := items(orders); len(list) != 1 || list[0]["id"] != "ord_2" || orders["next"] != "ord_2" || s.office.query.State != "paid" || s.office.query.Query != "tea" {
		t.Errorf("orders %v for %+v", orders, s.office.query)
	}
	ledger := s.Call(s.op, "GET", api+"/ledger", "", 200)
	if breaks, _ := ledger["breaks"].([]any); ledger["ok"] != false || len(breaks) != 1 || len(ledger["accounts"].([]any)) != 1 {
		t.Errorf("ledger %v", ledger)
	}
	if o := s.Call(s.op, "GET", api+"/overview", "", 200); o["users"] != 3.0 || o["gmvTodayMinor"] != 2970.0 || o["onlineViewers"] != 42.0 {
		t.Errorf("overview %v", o)
	}
	s.Refuse(s.op, "GET", api+"/rooms?state=sleeping", "", 422, "request_invalid")
	s.Refuse(s.op, "GET", api+"/log?cursor=forged", "", 422, "cursor_invalid")
}

func TestDoor_StuckWorkIsListedAndPutBack(t *testing.T) {
	s := open(t)
	page := s.Call(s.op, "GET", api+"/stuck?kind=job", "", 200)
	list, counts := items(page), page["counts"].(map[string]any)
	if len(list) != 1 || list[0]["id"] != "job_1" || list[0]["name"] != "live.notice" || list[0]["why"] != "no" || list[0]["tries"] != 9.0 || list[0]["since"] != 5.0 || counts["job"] != 1.0 || counts["fact"] != 0.0 {
		t.Errorf("stuck %v", page)
	}
	s.Refuse(s.op, "GET", api+"/stuck?kind=letter", "", 422, "request_invalid")
	reason := `{"reason":"mended"}`
	if out := s.Call(s.op, "POST", api+"/stuck/job/job_1/retry", reason, 204); len(out) != 0 {
		t.Errorf("a retry answers %v", out)
	}
	s.Refuse(s.op, "POST", api+"/stuck/fact/c:evt_1/retry", reason, 404, "event_not_parked")
	s.Refuse(s.op, "POST", api+"/stuck/refund/retry", reason, 409, "nothing_stuck")
	s.Refuse(s.op, "POST", api+"/stuck/letter/retry", reason, 422, "request_invalid")
	if out := s.Call(s.op, "POST", api+"/stuck/job/retry", reason, 200); out["done"] != 1.0 || out["failed"] != 0.0 || out["left"] != 1.0 {
		t.Errorf("a retry of all answers %v", out)
	}
	log := items(s.Call(s.op, "GET", api+"/log", "", 200))
	if len(log) != 2 || log[0]["act"] != "stuck.retry" || log[0]["subjectKind"] != "job" || log[0]["subjectId"] != "all" || log[1]["subjectId"] != "job_1" {
		t.Errorf("log %v", log)
	}
}
