package llhls

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestAnswer_WaitsOnlyForWhatIsToCome(t *testing.T) {
	r := newRig(t, 30).begin().play(4700 * time.Millisecond) // segments 0 and 1, part 2-0
	for name, status := range map[string]int{
		"index.m3u8": 200, "video.m3u8": 200, "init-0.mp4": 200, "seg-1.m4s": 200, "part-2-0.m4s": 200,
		"part-2-2.m4s": 404, "seg-2.m4s": 404, "": 404, "part-2-.m4s": 404,
	} {
		a, wait := r.s.Answer(Ask{Name: name})
		if wait != nil || a.Status != status || len(a.Body) == 0 || a.Header.Get("Content-Length") != "" {
			t.Errorf("%s: %+v, %v", name, a.Head, wait)
		}
	}
	_, reload := r.s.Answer(Ask{Name: "video.m3u8", Query: "_HLS_msn=2&_HLS_part=1", Gzip: true})
	_, hint := r.s.Answer(Ask{Name: "part-2-1.m4s"})
	if reload == nil || hint == nil || reload.Patience() != 3*shortTarget {
		t.Fatalf("%+v, %+v", reload, hint)
	}
	if a := hint.TooLate(); a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") != "1" {
		t.Errorf("too late is %+v", a.Head)
	}
	if _, ok := reload.Answer(); ok {
		t.Error("a part that is not there was answered")
	}
	r.play(400 * time.Millisecond)
	list, ok := reload.Answer()
	part, also := hint.Answer()
	if !ok || !also || list.Header.Get("Content-Encoding") != "gzip" || part.Header.Get("Cache-Control") != cacheForever || len(part.Body) == 0 {
		t.Errorf("%v %+v, %v %+v", ok, list.Head, also, part.Head)
	}
	if again, _ := r.s.Answer(Ask{Name: "part-2-1.m4s"}); again.Head != part.Head || &again.Body[0] != &part.Body[0] {
		t.Error("two readers of a part do not share its answer")
	}
}

func TestWatch_TellsOfEveryChangeUntilStopped(t *testing.T) {
	r := newRig(t, 30).begin().play(4700 * time.Millisecond)
	var one, two atomic.Int64
	stopOne := r.s.Watch(func() { one.Add(1) })
	stopTwo := r.s.Watch(func() { two.Add(1) })
	r.play(500 * time.Millisecond)
	if one.Load() == 0 || one.Load() != two.Load() {
		t.Fatalf("told %d and %d times", one.Load(), two.Load())
	}
	stopOne()
	stopOne()
	before := one.Load()
	r.play(500 * time.Millisecond)
	if one.Load() != before || two.Load() <= before {
		t.Errorf("after the end told %d times, the other %d", one.Load(), two.Load())
	}
	before = two.Load()
	r.s.End()
	if two.Load() != before+1 {
		t.Error("not told of the end")
	}
	stopTwo()
	if len(r.s.watchers) != 0 {
		t.Error("a watcher stays")
	}
}
