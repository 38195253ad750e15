package faults

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// fullSize leaves a site some megabytes to work with before it is filled.
const fullSize = 96 << 20

// The disk fills up in a flash sale and is freed again, without a restart: no order is acknowledged that is not
// stored, refusals are a busy that says when to come back, reading goes on, and it sells again by itself.
func TestDisk_FullAndFreed(t *testing.T) {
	d := newDisk(t, fullSize)
	s := newSite(t, d.dir, "", 16)
	s.start()
	t.Cleanup(s.kill)
	_, seed := chance(t)
	c := count(t, "disk full and freed in a flash sale, whole product", seed)
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
	for range c.rounds(scale(2, 20)) {
		fillUp(t, filler)
		time.Sleep(time.Second)
		for _, path := range []string{"/api/v1/live/rooms", "/api/v1/server/info", "/healthz"} {
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
	c.say("%d acknowledged, 0 lost; answers that were no order, by status and code: %v", len(o.orders), refused)
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
