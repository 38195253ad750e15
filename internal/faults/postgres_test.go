package faults

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// PostgreSQL is stopped at once and started again under load. The shop is not restarted: it says busy, never
// yes, and sells again by itself.
func TestPostgres_StoppedAndStartedUnderLoad(t *testing.T) {
	pg := newCluster(t, t.TempDir(), "fsync=off", "full_page_writes=off")
	pg.start(t)
	g := prepare(t, pg.url)
	r, seed := chance(t)
	c := count(t, "PostgreSQL stopped (immediate) and started under load", seed)
	p := startShop(t, g.url, g.sku)
	p.warm(t, busyMachine*firstOrderWithin)
	var slowest time.Duration
	for range c.rounds(scale(4, 60)) {
		time.Sleep(between(r, 150*time.Millisecond))
		pg.stop(t)
		time.Sleep(between(r, 100*time.Millisecond))
		pg.start(t)
		back, before := time.Now(), p.heard.count()
		for p.heard.count() == before {
			if time.Since(back) > busyMachine*firstOrderWithin {
				p.kill()
				t.Fatalf("it does not sell again: %s", p.errs)
			}
			time.Sleep(time.Millisecond)
		}
		slowest = max(slowest, time.Since(back))
	}
	p.kill()
	if said := p.errs.String(); said != "" { // a buyer ends with a complaint when an answer is not "busy"
		t.Errorf("not an honest answer: %s", said)
	}
	g.judge(t, p.heard, true)
	c.say("%d acknowledged, 0 lost; slowest recovery %d ms", g.sold, slowest.Milliseconds())
}

// The disk below PostgreSQL stands still for a while (its processes are stopped, as in an fsync that hangs). The
// shop waits with a bounded queue, and goes on.
func TestSlowDisk_TheShopWaitsAndGoesOn(t *testing.T) {
	pg := newCluster(t, t.TempDir(), "fsync=off", "full_page_writes=off")
	pg.start(t)
	g := prepare(t, pg.url)
	p := startShop(t, g.url, g.sku)
	p.warm(t, busyMachine*firstOrderWithin)
	before := rss(t, p.cmd.Process.Pid)
	_, seed := chance(t)
	c := count(t, "disk stands still for 2 s (PostgreSQL paused) in a flash sale", seed)
	for range c.rounds(scale(1, 20)) {
		stopped := pg.pids()
		for _, pid := range stopped {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
		time.Sleep(2 * time.Second)
		for _, pid := range stopped {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
		back, had := time.Now(), p.heard.count()
		for p.heard.count() == had && time.Since(back) < busyMachine*firstOrderWithin {
			time.Sleep(time.Millisecond)
		}
		if p.heard.count() == had {
			t.Fatal("it does not sell again")
		}
	}
	after := rss(t, p.cmd.Process.Pid)
	p.kill()
	if said := strings.TrimSpace(p.errs.String()); said != "" {
		t.Errorf("not an honest answer: %s", said)
	}
	g.judge(t, p.heard, true)
	// The heap of a shop that has just begun still grows by its caches; twice its size would be a queue without end.
	if after > 2*before+32<<20 {
		t.Errorf("resident memory went from %d to %d MB", before>>20, after>>20)
	}
	c.say("%d acknowledged, 0 lost; resident memory %d MB before, %d MB after", g.sold, before>>20, after>>20)
}
