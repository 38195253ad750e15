package faults

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// stillFor is how long the disk stands: longer than any queue of a busy shop may hold its buyers unanswered, and
// short enough for an ordinary test.
const stillFor = 2 * time.Second

// standStill stops what stores a sale again and again. The shop waits with bounded queues, and goes on by itself.
func standStill(t *testing.T, what string, g *ground, halt, resume func()) {
	t.Helper()
	p := startShop(t, g.url, g.sku)
	p.warm(t, busyMachine*firstOrderWithin)
	before := rss(t, p.cmd.Process.Pid)
	_, seed := chance(t)
	c := count(t, what, seed)
	for range c.rounds(scale(1, 20)) {
		halt()
		time.Sleep(stillFor / 4) // what was under way is answered
		quiet := p.heard.count()
		time.Sleep(stillFor * 3 / 4)
		held := p.heard.count() - quiet
		resume()
		if held > 0 {
			t.Errorf("%d answers came while nothing could be stored", held)
		}
		back, had := time.Now(), p.heard.count()
		for p.heard.count() == had && time.Since(back) < busyMachine*firstOrderWithin {
			time.Sleep(time.Millisecond)
		}
		if p.heard.count() == had {
			t.Fatalf("it does not sell again: %s", p.errs)
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
	c.say("%d acknowledged, 0 lost, none while nothing could be stored; resident memory %d MB before, %d MB after", g.sold, before>>20, after>>20)
}

// The disk below PostgreSQL stands still for a while: its processes are stopped, as in an fsync that hangs.
func TestSlowDisk_TheShopWaitsAndGoesOn_Postgres(t *testing.T) {
	pg := newCluster(t, t.TempDir(), "fsync=off", "full_page_writes=off")
	pg.start(t)
	var stopped []int
	signal := func(s syscall.Signal) {
		for _, pid := range stopped {
			_ = syscall.Kill(pid, s)
		}
	}
	defer func() { signal(syscall.SIGCONT) }()
	standStill(t, "disk stands still for 2 s (PostgreSQL paused) in a flash sale", prepare(t, pg.url),
		func() { stopped = pg.pids(); signal(syscall.SIGSTOP) }, func() { signal(syscall.SIGCONT) })
}
