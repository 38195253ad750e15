package server_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/server"
)

func TestWeb_TextTravelsCompressedToThoseWhoTakeIt(t *testing.T) {
	script := strings.Repeat("const stall = 'open';\n", 400)
	r := server.NewRouter(server.Deps{Clock: clock.Real{}})
	r.MountWeb(fstest.MapFS{"index.html": {Data: []byte("<p>")}, "assets/app-1.js": {Data: []byte(script)}, "assets/tiny-1.js": {Data: []byte("run()")}, "assets/pic-1.png": {Data: []byte(script)}})
	get := func(path, encoding, span string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodGet, path, nil)
		req.Header.Set("Accept-Encoding", encoding)
		if span != "" {
			req.Header.Set("Range", span)
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		return w
	}
	for range 2 { // made once, then kept
		w := get("/assets/app-1.js", "br, gzip", "")
		if w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Content-Type"), "javascript") || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Fatalf("headers %v", w.Header())
		}
		if w.Body.Len() > len(script)/10 {
			t.Errorf("%d of %d bytes", w.Body.Len(), len(script))
		}
		zr, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(zr); err != nil || string(got) != script {
			t.Fatalf("%d bytes come out, %v", len(got), err)
		}
	}
	for _, c := range []struct{ path, encoding, span string }{
		{"/assets/app-1.js", "identity", ""}, {"/assets/app-1.js", "gzip", "bytes=0-9"}, {"/assets/tiny-1.js", "gzip", ""}, {"/assets/pic-1.png", "gzip", ""},
	} {
		if w := get(c.path, c.encoding, c.span); w.Header().Get("Content-Encoding") != "" || w.Code >= 300 {
			t.Errorf("%+v: %d %v", c, w.Code, w.Header())
		}
	}
}
