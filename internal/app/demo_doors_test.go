package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hawker-live/hawker/internal/config"
)

func builtAt(t *testing.T, demo bool) *App {
	t.Helper()
	cfg, _, err := config.Load("test", []string{"--data", t.TempDir(), "--rtmp-addr", ""}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	a, err := Build(t.Context(), cfg, Options{Demo: demo, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func (a *App) asked(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.Router.ServeHTTP(w, r)
	return w
}

func TestDemoReset_OnceHoweverManyAsk(t *testing.T) {
	a := builtAt(t, true)
	if err := a.SeedDemo(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var resets, yes, no atomic.Int64
	a.OnReset = func() { resets.Add(1) }
	var asking sync.WaitGroup
	for range 5 {
		asking.Go(func() {
			switch w := a.asked("POST", "/api/v1/demo/reset", ""); w.Code {
			case http.StatusOK:
				yes.Add(1)
			case http.StatusConflict:
				no.Add(1)
			default:
				t.Errorf("%d: %s", w.Code, w.Body)
			}
		})
	}
	asking.Wait()
	if resets.Load() != 1 || yes.Load() != 1 || no.Load() != 4 {
		t.Errorf("%d resets, %d said yes to, %d no", resets.Load(), yes.Load(), no.Load())
	}
	if w := a.asked("PUT", "/api/v1/demo/life", `{"paused":true}`); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"paused":true`) {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
	if err := a.WipeDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestDemoDoors_DoNotExistOnARealSite(t *testing.T) {
	a := builtAt(t, false)
	a.OnReset = func() { t.Error("reset") }
	for _, ask := range [][3]string{{"GET", "/api/v1/demo", ""}, {"POST", "/api/v1/demo/reset", ""}, {"PUT", "/api/v1/demo/life", `{"paused":true}`}} {
		if w := a.asked(ask[0], ask[1], ask[2]); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "demo_off") {
			t.Errorf("%s %s: %d %s", ask[0], ask[1], w.Code, w.Body)
		}
	}
	if err := a.WipeDemo(t.Context()); err == nil {
		t.Error("a real site was wiped")
	}
}
