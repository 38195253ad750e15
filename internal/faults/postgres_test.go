package faults

import (
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
