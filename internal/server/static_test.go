package server_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/server"
)

func TestWeb_IconsAndManifestSayWhatTheyAre(t *testing.T) {
	r := server.NewRouter(server.Deps{Clock: clock.Real{}})
	r.MountWeb(fstest.MapFS{
		"index.html": {Data: []byte("<p>")}, "console.html": {Data: []byte("<p>desk")},
		"manifest.webmanifest": {Data: []byte(`{"name":"x"}`)}, "favicon.svg": {Data: []byte("<svg/>")}, "icon-192.png": {Data: []byte("\x89PNG\r\n\x1a\n")},
	})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	for path, kind := range map[string]string{
		"/manifest.webmanifest": "application/manifest+json", "/favicon.svg": "image/svg+xml", "/icon-192.png": "image/png",
	} {
		w := get(path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d %q, want %q", path, w.Code, w.Header().Get("Content-Type"), kind)
		}
	}
	// What is guessed and not there is refused; a handle with a dot is still a page.
	for path, code := range map[string]int{"/favicon.ico": 404, "/assets/old-1.js": 404, "/c/tea.house": 200, "/ui.html": 200, "/console/live": 200, "/": 200} {
		if w := get(path); w.Code != code {
			t.Errorf("%s: %d, want %d", path, w.Code, code)
		}
	}
}
