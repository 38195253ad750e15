package liveapi

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

func get(h *door, path, encoding, cache string, body []byte) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	if encoding != "" {
		req.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	h.send(w, req, cache, body)
	return w
}

func unzipped(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("not compressed: %v", w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSend_CompressesOnceForThoseWhoTakeIt(t *testing.T) {
	h := &door{}
	tick := []byte(`{"v":1,"c":["` + strings.Repeat("又便宜又好看", 100) + `"]}`)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			w := get(h, "/ticks/1-7", "gzip, br", immutable, tick)
			if got := unzipped(t, w); got != string(tick) || w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("Cache-Control") != immutable {
				t.Errorf("%v", w.Header())
			}
		})
	}
	all.Wait()
	first := h.zips.of("/ticks/1-7", tick)
	if again := h.zips.of("/ticks/1-7", append([]byte{}, tick...)); &first[0] != &again[0] {
		t.Error("the same tick was compressed twice")
	}
	if len(first)*3 > len(tick) {
		t.Errorf("%d of %d bytes", len(first), len(tick))
	}
	for _, encoding := range []string{"", "br", "gzip;q=0", "gzip; q=0.0, *", "identity"} {
		w := get(h, "/ticks/1-7", encoding, immutable, tick)
		if w.Body.String() != string(tick) || w.Header().Get("Content-Encoding") != "" || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %v", encoding, w.Header())
		}
	}
	for _, encoding := range []string{"*", "br;q=1, GZIP;q=0.5", "x-gzip"} {
		if got := unzipped(t, get(h, "/ticks/1-7", encoding, immutable, tick)); got != string(tick) {
			t.Errorf("%q", encoding)
		}
	}
	if w := get(h, "/ticks/1-8", "gzip", immutable, []byte(`{}`)); w.Header().Get("Content-Encoding") != "" {
		t.Error("two bytes were compressed")
	}
}

func TestSend_AChunkThatLostACommentIsSentAnew(t *testing.T) {
	h := &door{}
	for _, text := range []string{strings.Repeat("rude ", 400), strings.Repeat("kind ", 400)} {
		if got := unzipped(t, get(h, "/replay/3", "gzip", "public, max-age=300", []byte(text))); got != text {
			t.Errorf("%.20s in place of %.20s", got, text)
		}
	}
}

func TestZips_HoldsNoMoreThanItsLimit(t *testing.T) {
	var z zips
	held := func() (n int) {
		for _, e := range z.kept {
			n += len(e.src)
		}
		return n
	}
	for i := range 300 {
		z.of(fmt.Sprint("/ticks/1-", i%120, "-200"), []byte(strings.Repeat(fmt.Sprint(i, "又便宜又好看"), 5000)))
		if len(z.kept) != len(z.order) || held() != z.bytes || z.bytes > maxZipped {
			t.Fatalf("%d kept, %d in order, %d bytes counted, %d held", len(z.kept), len(z.order), z.bytes, held())
		}
	}
	if z.bytes < maxZipped/2 {
		t.Errorf("only %d bytes: the limit was not met", z.bytes)
	}
}
