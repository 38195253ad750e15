package identityapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/server"
)

// pictures belong to nobody but "img_mine".
type pictures struct{}

func (pictures) OwnImage(_ context.Context, _, assetID string) error {
	if assetID != "img_mine" {
		return errs.New(errs.NotFound, "asset_not_found", "no such file")
	}
	return nil
}

type silence struct{}

func (silence) Emit(context.Context, event.Fact) error { return nil }

type site struct {
	t *testing.T
	*server.Router
	identity *identity.Service
}

func open(t *testing.T, demo bool) *site {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLiteURL(t), func(ctx context.Context, d *db.DB) error {
		return errors.Join(identity.Migrate(ctx, d), server.Migrate(ctx, d))
	})
	log, c := slog.New(slog.DiscardHandler), clock.Real{}
	s := &site{t: t, identity: identity.New(identity.Deps{DB: d, Clock: c, IDs: id.NewSource(c.Now), Outbox: silence{}, Log: log, Demo: demo,
		Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 64, Passes: 1}, 1, 8)})}
	s.Router = server.NewRouter(server.Deps{DB: d, Clock: c, Log: log, Sessions: s.identity, Version: "test"})
	identityapi.Mount(s.Router, identityapi.Deps{Identity: s.identity, Images: pictures{}})
	return s
}

// browser keeps the session cookie between calls.
type browser struct {
	*site
	cookie string
}

// call sends a request as the browser's own page would. code is that of the problem, "" for success.
func (b *browser) call(method, path, body string, status int, code string) map[string]any {
	b.t.Helper()
	req := httptest.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if b.cookie != "" {
		req.AddCookie(&http.Cookie{Name: server.SessionCookie, Value: b.cookie})
	}
	rec := httptest.NewRecorder()
	b.ServeHTTP(rec, req)
	out := map[string]any{}
	if rec.Body.Len() > 0 && strings.Contains(rec.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			b.t.Errorf("%s %s answers %s", method, path, rec.Body)
		}
	}
	if got, _ := out["code"].(string); rec.Code != status || got != code {
		b.t.Errorf("%s %s %s: %d %q, want %d %q: %s", method, path, body, rec.Code, got, status, code, rec.Body)
	}
	for _, c := range rec.Result().Cookies() {
		if c.Name == server.SessionCookie {
			b.cookie = c.Value
		}
	}
	return out
}

const (
	api = "/api/v1/identity"
	mei = `{"login":"mei","name":"阿梅","password":"correct horse"}`
)

func TestDoor_AnAccountsLife(t *testing.T) {
	s := open(t, false)
	phone, laptop := &browser{site: s}, &browser{site: s}
	phone.call("GET", api+"/me", "", 401, "sign_in_required")
	me := phone.call("POST", api+"/sign-up", mei, 200, "")
	if u, _ := me["user"].(map[string]any); u["login"] != "mei" || u["name"] != "阿梅" || u["locale"] != "zh-CN" || me["operator"] != false || phone.cookie == "" {
		t.Errorf("signed up as %v", me)
	}
	laptop.call("POST", api+"/sign-up", mei, 409, "login_taken")
	laptop.call("POST", api+"/sign-up", `{"login":"bob","name":"Bob","password":"short"}`, 422, "request_invalid")
	laptop.call("POST", api+"/sign-in", `{"login":"mei","password":"wrong horse"}`, 401, "sign_in_failed")
	if laptop.cookie != "" {
		t.Error("a refused sign-in set a cookie")
	}
	laptop.call("POST", api+"/sign-in", `{"login":"MEI","password":"correct horse"}`, 200, "")

	changed := phone.call("PATCH", api+"/me", `{"bio":"茶","avatarAssetId":"img_mine","locale":"en"}`, 200, "")
	if u, _ := changed["user"].(map[string]any); u["bio"] != "茶" || u["avatarUrl"] != "/media/img/img_mine" || u["name"] != "阿梅" || u["locale"] != "en" {
		t.Errorf("changed to %v", changed)
	}
	phone.call("PATCH", api+"/me", `{"avatarAssetId":"img_other"}`, 404, "asset_not_found")

	list, _ := phone.call("GET", api+"/sessions", "", 200, "")["items"].([]any)
	if len(list) != 2 {
		t.Fatalf("sessions %v", list)
	}
	for _, v := range list {
		if ses := v.(map[string]any); ses["current"] == false {
			phone.call("DELETE", api+"/sessions/"+ses["id"].(string), "", 204, "")
			phone.call("DELETE", api+"/sessions/"+ses["id"].(string), "", 404, "session_not_found")
		}
	}
	laptop.call("GET", api+"/me", "", 401, "sign_in_required")
	laptop.call("POST", api+"/sign-in", `{"login":"mei","password":"correct horse"}`, 200, "")
	phone.call("POST", api+"/sign-out", "", 204, "")
	if phone.cookie != "" {
		t.Error("signing out left the cookie")
	}
	phone.call("POST", api+"/sign-out", "", 204, "") // pressed twice
	laptop.call("POST", api+"/sign-out-everywhere", "", 204, "")
	laptop.call("POST", api+"/sign-out-everywhere", "", 401, "sign_in_required")
}

func TestDoor_ATeam(t *testing.T) {
	s := open(t, false)
	owner, bob := &browser{site: s}, &browser{site: s}
	me := owner.call("POST", api+"/sign-up", mei, 200, "")
	bobID, _ := bob.call("POST", api+"/sign-up", `{"login":"bob","name":"Bob","password":"correct horse"}`, 200, "")["user"].(map[string]any)["id"].(string)
	meiID := me["user"].(map[string]any)["id"].(string)
	if err := s.identity.Found(t.Context(), identity.Scope{Kind: "shop", ID: "shp_1"}, meiID); err != nil {
		t.Fatal(err)
	}
	const team = api + "/team?kind=shop&id=shp_1"
	bob.call("GET", team, "", 403, "not_yours")
	bob.call("PUT", api+"/team", `{"kind":"shop","id":"shp_1","login":"bob","role":"owner"}`, 403, "not_yours")
	owner.call("PUT", api+"/team", `{"kind":"shop","id":"shp_1","login":"nobody","role":"staff"}`, 404, "user_not_found")
	owner.call("PUT", api+"/team", `{"kind":"shop","id":"shp_1","login":"bob","role":"king"}`, 422, "request_invalid")
	added := owner.call("PUT", api+"/team", `{"kind":"shop","id":"shp_1","login":"bob","role":"staff"}`, 200, "")
	if added["role"] != "staff" || added["user"].(map[string]any)["name"] != "Bob" {
		t.Errorf("added %v", added)
	}
	if list, _ := bob.call("GET", team, "", 200, "")["items"].([]any); len(list) != 2 {
		t.Errorf("team %v", list)
	}
	owner.call("DELETE", team+"&userId="+meiID, "", 409, "last_owner")
	owner.call("DELETE", api+"/team?userId="+bobID, "", 422, "request_invalid")
	owner.call("DELETE", team+"&userId="+bobID, "", 204, "")
	bob.call("GET", team, "", 403, "not_yours")
}

func TestDoor_DemoRoles(t *testing.T) {
	for _, on := range []bool{false, true} {
		s := open(t, on)
		if _, err := s.identity.CreateUser(t.Context(), identity.SignUp{Login: "host", Name: "Host", Password: "correct horse", DemoRole: "host"}); err != nil {
			t.Fatal(err)
		}
		b := &browser{site: s}
		if !on {
			b.call("POST", api+"/demo/host", "", 404, "demo_off")
			b.call("GET", "/demo/as/host", "", 404, "demo_off")
			if b.cookie != "" {
				t.Error("a refused role set a cookie")
			}
			continue
		}
		if me := b.call("POST", api+"/demo/host", "", 200, ""); me["demo"] != true {
			t.Errorf("acts as %v", me)
		}
		b.cookie = ""
		b.call("GET", "/demo/as/host", "", 303, "")
		b.call("GET", api+"/me", "", 200, "")
		b.call("POST", api+"/demo/emperor", "", 404, "user_not_found")
	}
}
