package channelapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/identity"
)

func TestDoor_CaptionsAreReadAsWebVTTAndKeptByVersion(t *testing.T) {
	s := open(t)
	mei, bo := s.User("mei"), s.User("bob")
	c := s.Found(mei, "tea")
	p, err := s.Channel.Publish(s.Ctx, mei, c.ID, channel.PostDraft{Kind: channel.VideoPost, Assets: []string{s.Video(mei, 9000)}})
	s.OK(err)
	at := api + "/posts/" + p.ID + "/captions/"
	const file = `{"vtt":"WEBVTT\n\n00:01.000 --> 00:02.000\n茶\n"}`

	made := s.Call(mei, "PUT", at+"en", file, 200)
	list, _ := made["captions"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["lang"] != "en" {
		t.Fatalf("captions %v", made["captions"])
	}
	address, _ := list[0].(map[string]any)["url"].(string)
	read := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.Router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	if w := read(address); w.Code != 200 || w.Header().Get("Content-Type") != "text/vtt; charset=utf-8" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.String() != "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n茶\n" {
		t.Errorf("%s answers %d %v %q", address, w.Code, w.Header(), w.Body)
	}
	for _, path := range []string{at + "en", at + "en?v=old"} {
		if w := read(path); w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s answers %d %v", path, w.Code, w.Header())
		}
	}

	s.Refuse(identity.Actor{}, "PUT", at+"en", file, 401, "sign_in_required")
	s.Refuse(bo, "PUT", at+"en", file, 403, "not_yours")
	s.Refuse(bo, "DELETE", at+"en", "", 403, "not_yours")
	s.Refuse(mei, "PUT", at+"fr", file, 422, "captions_language")
	s.Refuse(mei, "PUT", at+"en", `{"vtt":"hello"}`, 422, "captions_invalid")
	s.Refuse(mei, "PUT", at+"en", `{"vtt":"WEBVTT`+strings.Repeat("x", channel.MaxCaptionBytes)+`"}`, 422, "captions_large")
	s.Refuse(bo, "GET", at+"zh-CN", "", 404, "captions_not_found")
	s.Call(mei, "DELETE", at+"en", "", 204)
	s.Refuse(mei, "GET", address, "", 404, "captions_not_found")
	if got := s.Call(bo, "GET", api+"/posts/"+p.ID, "", 200); len(got["captions"].([]any)) != 0 {
		t.Errorf("captions left: %v", got["captions"])
	}
}
