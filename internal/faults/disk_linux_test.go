package faults

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// lostWhileFull is more than one segment of the recording (2 s), so that each time at least one cannot be stored.
const lostWhileFull = 2500 * time.Millisecond

// fullSize leaves a site some megabytes to work with before it is filled.
const fullSize = 96 << 20

// The disk fills up in a flash sale beside a recorded live room, and is freed again, without a restart. No order is
// acknowledged that is not stored, refusals are a busy that says when to come back, reading goes on, and it sells
// again by itself. The room stays on air with a picture that moves; its recording lacks what could not be stored,
// says where, and goes on.
func TestDisk_FullAndFreed(t *testing.T) {
	d := newDisk(t, fullSize)
	s := newSite(t, d.dir, "", 16)
	s.start()
	t.Cleanup(s.kill)
	_, seed := chance(t)
	c := count(t, "disk full and freed in a flash sale, whole product", seed)
	g := newStage(s)
	g.begin(true)
	people, o := s.shoppers(), &told{}
	stop := make(chan struct{})
	var rushing sync.WaitGroup
	rushing.Go(func() { rush(people, stop, o.hear) })
	finish := sync.OnceFunc(func() { close(stop); rushing.Wait() })
	defer finish()
	rises := func(than int, what string) {
		t.Helper()
		for begun := time.Now(); o.count() <= than; time.Sleep(5 * time.Millisecond) {
			if time.Since(begun) > 60*time.Second || !s.alive() {
				t.Fatalf("%s: no order; answers %v\n%s", what, o.statuses(), s.dump())
			}
		}
	}
	rises(0, "before")
	filler := filepath.Join(d.dir, "filler")
	begun, _ := s.watch(g.playlist)
	g.until("a recorded picture", func() bool { w, ok := s.watch(g.playlist); return ok && w.newest.Sub(begun.newest) > lostWhileFull })
	for range c.rounds(scale(1, 20)) {
		before, _ := s.watch(g.playlist)
		fillUp(t, filler)
		g.until("a picture while the disk is full", func() bool {
			w, ok := s.watch(g.playlist)
			return ok && w.newest.Sub(before.newest) > lostWhileFull
		})
		if state := g.state(); state != "live" {
			t.Errorf("with a full disk the room is %q", state)
		}
		for _, path := range []string{"/api/v1/live/rooms", "/api/v1/server/info", "/api/v1/live/rooms/" + g.room + "/head", "/healthz"} {
			if a := s.ask(-1, "GET", path, "", nil); a.status != 200 {
				t.Errorf("with a full disk %s answers %d %s", path, a.status, a.body)
			}
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		rises(o.count(), "after the disk was freed")
	}
	finish()
	files, breaks := g.replay(t)
	refused := o.statuses()
	if !onlyBusy(refused) {
		t.Errorf("answers that were no order: %v", refused)
	}
	s.kill()
	if n := s.lost(o.orders); n > 0 {
		t.Errorf("%d of %d acknowledged orders are lost", n, len(o.orders))
	}
	s.audit()
	d.unmount()
	c.say("%d acknowledged, 0 lost; answers that were no order, by status and code: %v; the room stayed live, its recording has %d files and marks %d gaps", len(o.orders), refused, files, breaks)
}

// replay ends the room and reads its whole recording.
func (g *stage) replay(t *testing.T) (files, breaks int) {
	t.Helper()
	if a := g.s.ask(0, "POST", "/api/v1/live/rooms/"+g.room+"/end", "", map[string]any{}); a.status != 200 {
		t.Fatalf("end: %d %s", a.status, a.body)
	}
	gone(g.encoder)
	var text string
	g.until("a whole replay", func() bool {
		at := g.s.ask(-1, "GET", "/api/v1/live/rooms/"+g.room+"/replay", "", nil).field("hlsUrl")
		if at == "" {
			return false
		}
		files, text = g.s.whole(t, at)
		return strings.Contains(text, "#EXT-X-ENDLIST")
	})
	breaks = strings.Count(text, "#EXT-X-DISCONTINUITY\n")
	if files < 3 || breaks == 0 {
		t.Errorf("the recording has %d files and marks %d gaps:\n%s", files, breaks, text)
	}
	return files, breaks
}

// fillUp takes every block that is left, down to the last kilobyte.
func fillUp(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size >= 1<<10; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	_ = f.Close() // it cannot say anything new
}
