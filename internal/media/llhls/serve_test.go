package llhls

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// ask starts a request that may wait and returns the channel of its answer.
func (r *rig) ask(path string) <-chan *httptest.ResponseRecorder {
	ch := make(chan *httptest.ResponseRecorder, 1)
	go func() { ch <- get(r.s, path) }()
	return ch
}

// stillWaiting fails when the answer is there already.
func stillWaiting(t *testing.T, what string, ch <-chan *httptest.ResponseRecorder) {
	t.Helper()
	select {
	case w := <-ch:
		t.Fatalf("%s was answered at once: %d %s", what, w.Code, w.Body)
	case <-time.After(20 * time.Millisecond):
	}
}

func answer(t *testing.T, what string, ch <-chan *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	t.Helper()
	select {
	case w := <-ch:
		return w
	case <-time.After(5 * time.Second):
		t.Fatalf("%s was not answered", what)
		return nil
	}
}

func TestBlockingReload_AnswersWhenThePartIsThere(t *testing.T) {
	r := newRig(t, 30).begin().play(4700 * time.Millisecond) // segments 0 and 1, part 2-0
	ch := r.ask("/video.m3u8?_HLS_msn=2&_HLS_part=1")
	stillWaiting(t, "part 2-1", ch)
	r.play(400 * time.Millisecond)
	if w := answer(t, "part 2-1", ch); w.Code != 200 || !strings.Contains(w.Body.String(), "part-2-1.m4s\"\n#EXT-X-PRELOAD") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	ch = r.ask("/video.m3u8?_HLS_msn=2")
	stillWaiting(t, "segment 2", ch)
	r.play(1200 * time.Millisecond)
	if w := answer(t, "segment 2", ch); !strings.Contains(w.Body.String(), "\nseg-2.m4s") {
		t.Errorf("%s", w.Body)
	}
}

func TestBlockingReload_ServesManyConcurrentReadersOfEachPart(t *testing.T) {
	r := newRig(t, 30).begin().play(4700 * time.Millisecond)
	const readers, rounds = 40, 6
	var wg sync.WaitGroup
	faults := make(chan string, readers)
	for range readers {
		wg.Go(func() {
			for i := range rounds {
				index := i + 1
				path := fmt.Sprintf("/video.m3u8?_HLS_msn=2&_HLS_part=%d", index)
				if index > 3 {
					path = fmt.Sprintf("/video.m3u8?_HLS_msn=3&_HLS_part=%d", index-4)
				}
				if w := get(r.s, path); w.Code != 200 {
					faults <- fmt.Sprintf("%s: %d %s", path, w.Code, w.Body)
					return
				}
			}
		})
	}
	for range 50 {
		r.play(100 * time.Millisecond)
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
	close(faults)
	for f := range faults {
		t.Error(f)
	}
}

func TestBlockingReload_PartPastTheEndOfAFinishedSegmentIsPartZeroOfTheNext(t *testing.T) {
	r := newRig(t, 30).begin().play(4100 * time.Millisecond) // segment 1 has parts 0 to 3
	ch := r.ask("/video.m3u8?_HLS_msn=1&_HLS_part=4")
	stillWaiting(t, "part 1-4", ch)
	r.play(500 * time.Millisecond)
	if w := answer(t, "part 1-4", ch); !strings.Contains(w.Body.String(), "part-2-0.m4s\",INDEPENDENT") {
		t.Errorf("the answer lacks part 2-0:\n%s", w.Body)
	}
}

func TestBlockingReload_RefusesWhatNoPlayerAsks(t *testing.T) {
	r := newRig(t, 30).begin().play(90 * time.Second)
	cur := int(r.s.snap.Load().cur.seq) // cur-1 is the last finished
	for _, query := range []string{
		fmt.Sprintf("_HLS_msn=%d", cur+2), "_HLS_part=0", "_HLS_msn=x", "_HLS_msn=-1", "_HLS_msn=007",
		"_HLS_msn=18446744073709551615", fmt.Sprintf("_HLS_msn=%d&_HLS_part=-1", cur), "_HLS_msn=0",
		fmt.Sprintf("_HLS_msn=%d&_HLS_part=500", cur), fmt.Sprintf("_HLS_msn=%d&_HLS_part=11", cur),
		"_HLS_skip=MAYBE", "%zz",
	} {
		w := r.get("/video.m3u8?" + query)
		if w.Code != http.StatusBadRequest || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %q", query, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	ch := r.ask(fmt.Sprintf("/video.m3u8?_HLS_msn=%d", cur+1))
	stillWaiting(t, "two segments ahead", ch)
	r.play(4100 * time.Millisecond)
	if w := answer(t, "two segments ahead", ch); w.Code != 200 {
		t.Errorf("two segments ahead: %d", w.Code)
	}
}

func TestBlockingReload_WaitIsBoundedByThreeTargets(t *testing.T) {
	r := newRig(t, 30).begin().play(5 * time.Second)
	for _, path := range []string{"/video.m3u8?_HLS_msn=3", "/" + r.playlist().hint} {
		ch := r.ask(path)
		stillWaiting(t, path, ch)
		r.clk.Advance(3*shortTarget - time.Millisecond)
		stillWaiting(t, path, ch)
		r.clk.Advance(time.Millisecond)
		w := answer(t, path, ch)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
}

func TestBlockingReload_EndReleasesEveryoneWithEndlist(t *testing.T) {
	r := newRig(t, 30).begin().play(5 * time.Second)
	list := r.ask("/video.m3u8?_HLS_msn=3&_HLS_part=2")
	hint := r.ask("/part-2-2.m4s")
	stillWaiting(t, "part 3-2", list)
	stillWaiting(t, "the hinted part", hint)
	r.s.Close(nil)
	stillWaiting(t, "part 3-2, publisher away,", list)
	r.s.End()
	if w := answer(t, "part 3-2", list); w.Code != 200 || !strings.HasSuffix(w.Body.String(), "#EXT-X-ENDLIST\n") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := answer(t, "the hinted part", hint); w.Code != http.StatusNotFound {
		t.Errorf("a part that never came: %d", w.Code)
	}
}

func TestBlockingReload_EndsWithTheReadersContext(t *testing.T) {
	r := newRig(t, 30).begin().play(5 * time.Second)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		req := httptest.NewRequest(http.MethodGet, "/video.m3u8?_HLS_msn=3", nil).WithContext(ctx)
		r.s.ServeHTTP(httptest.NewRecorder(), req)
	}()
	cancel()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("the handler outlived its reader")
	}
}

func TestServe_HintedPartBlocksUntilItExists(t *testing.T) {
	r := newRig(t, 30).begin().play(5200 * time.Millisecond)
	hint := r.playlist().hint
	ch := r.ask("/" + hint)
	stillWaiting(t, hint, ch)
	r.play(400 * time.Millisecond)
	w := answer(t, hint, ch)
	if w.Code != 200 || w.Body.Len() == 0 || !strings.Contains(r.playlist().text, hint) {
		t.Errorf("%s: %d with %d bytes", hint, w.Code, w.Body.Len())
	}
	if w := r.get("/part-2-9.m4s"); w.Code != http.StatusNotFound {
		t.Errorf("a part beyond the hint: %d", w.Code)
	}
}

func TestServe_FirstPlaylistWaitsForTheFirstSegment(t *testing.T) {
	r := newRig(t, 30).begin()
	media, multi := r.ask("/video.m3u8"), r.ask("/index.m3u8")
	stillWaiting(t, "the media playlist", media)
	stillWaiting(t, "the multivariant playlist", multi)
	r.play(2100 * time.Millisecond)
	if a, b := answer(t, "media", media), answer(t, "multi", multi); a.Code != 200 || b.Code != 200 {
		t.Errorf("answers %d and %d", a.Code, b.Code)
	}
	empty := newRig(t, 30).begin()
	waiting := empty.ask("/video.m3u8")
	empty.s.End()
	if w := answer(t, "a stream without media", waiting); w.Code != http.StatusNotFound {
		t.Errorf("a stream that ended without media: %d", w.Code)
	}
}

func TestServe_CachingHeaders(t *testing.T) {
	r := newRig(t, 30).begin().play(5 * time.Second)
	for path, want := range map[string]string{
		"/video.m3u8":                       "public, max-age=1",
		"/video.m3u8?_HLS_skip=YES":         "public, max-age=1",
		"/video.m3u8?_HLS_msn=1":            "public, max-age=24",
		"/index.m3u8":                       "public, max-age=1",
		"/init-0.mp4":                       "public, max-age=31536000, immutable",
		"/seg-0.m4s":                        "public, max-age=31536000, immutable",
		"/part-2-0.m4s?token=of-one-viewer": "public, max-age=31536000, immutable",
		"/seg-77.m4s":                       "public, max-age=1",
		"/seg-00.m4s":                       "public, max-age=1",
		"/init-9.mp4":                       "public, max-age=1",
		"/../secret":                        "public, max-age=1",
	} {
		w := r.get(path)
		if got := w.Header().Get("Cache-Control"); got != want || (w.Code == 404) != (want == "public, max-age=1" && !strings.Contains(path, "m3u8")) {
			t.Errorf("%s: %d %q, want %q", path, w.Code, got, want)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: no CORS header", path)
		}
	}
	if body := r.get("/video.m3u8?token=secret&_HLS_msn=1").Body.String(); strings.Contains(body, "secret") {
		t.Error("a query token was copied into media URLs")
	}
	r.s.End()
	if got := r.get("/video.m3u8").Header().Get("Cache-Control"); got != cacheEnded {
		t.Errorf("ended: %q", got)
	}
}

func TestServe_GzipOnlyWhenAccepted(t *testing.T) {
	r := newRig(t, 30).begin().play(40 * time.Second)
	for _, path := range []string{"/video.m3u8", "/video.m3u8?_HLS_skip=YES", "/index.m3u8"} {
		plain := r.get(path).Body.Bytes()
		for accept, want := range map[string]bool{
			"gzip": true, "br, GZIP;q=0.5": true, "gzip;q=0": false, "": false, "br": false, "xgzip": false,
		} {
			req := httptest.NewRequest(http.MethodGet, path, nil)
			req.Header.Set("Accept-Encoding", accept)
			w := httptest.NewRecorder()
			r.s.ServeHTTP(w, req)
			if got := w.Header().Get("Content-Encoding") == "gzip"; got != want {
				t.Errorf("%s, %q: gzip %v", path, accept, got)
			}
			if w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) || w.Header().Get("Vary") == "" {
				t.Errorf("%s, %q: headers %v for %d bytes", path, accept, w.Header(), w.Body.Len())
			}
			if !want {
				continue
			}
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(z); err != nil || !bytes.Equal(text, plain) {
				t.Errorf("%s: gzip holds another text (%v)", path, err)
			}
		}
	}
}

func TestServe_Methods(t *testing.T) {
	r := newRig(t, 30).begin().play(5 * time.Second)
	for method, want := range map[string]int{"HEAD": 200, "OPTIONS": 204, "POST": 405, "DELETE": 405} {
		w := httptest.NewRecorder()
		r.s.ServeHTTP(w, httptest.NewRequest(method, "/seg-1.m4s", nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", method, w.Code, want)
		}
		if n := r.get("/seg-1.m4s").Header().Get("Content-Length"); method == "HEAD" &&
			(w.Body.Len() != 0 || w.Header().Get("Content-Length") != n) {
			t.Errorf("HEAD: %d bytes, Content-Length %s, want none and %s", w.Body.Len(), w.Header().Get("Content-Length"), n)
		}
	}
}
