package demo

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

var evening = time.Date(2026, 11, 19, 20, 0, 0, 0, time.UTC)

// deadSoon is deadAfter of the tests.
const deadSoon = 500 * time.Millisecond

// passing is a tempo whose time passes as fast as it may.
func passing(t *testing.T, rate int) *tempo {
	t.Helper()
	c := newTempo(clock.Real{}, evening)
	c.dead = deadSoon
	c.hasten(rate)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { c.run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	return c
}

const atOnce = 1_000_000

// Those who wait keep to their times to the moment, however long their work takes.
func TestTempo_NobodyIsLate(t *testing.T) {
	c := passing(t, atOnce)
	hold := c.halt()
	var working sync.WaitGroup
	for n, every := range []time.Duration{250 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond} {
		working.Go(func() {
			d := rand.New(rand.NewPCG(FixedSeed, uint64(n)))
			for k := 1; k <= 60; k++ {
				due := evening.Add(time.Duration(k) * every)
				<-c.After(due.Sub(c.Now()))
				if late := c.Now().Sub(due); late != 0 {
					t.Errorf("%s late by %s in round %d", every, late, k)
					return
				}
				time.Sleep(time.Duration(d.Int64N(int64(patience / 10))))
			}
		})
	}
	time.Sleep(20 * time.Millisecond) // until all of them wait
	hold()
	working.Wait()
}

func TestTempo_TickersLoseNothingWhileTheirReaderWorks(t *testing.T) {
	c := passing(t, atOnce)
	tick := c.Ticker(time.Second)
	defer tick.Stop()
	for k := 1; k <= 8; k++ {
		at := <-tick.C()
		if want := evening.Add(time.Duration(k) * time.Second); !at.Equal(want) {
			t.Fatalf("tick %d says %s, want %s", k, at, want)
		}
		time.Sleep(3 * patience)
		if ahead := c.Now().Sub(at); ahead > time.Second {
			t.Fatalf("tick %d: time is %s ahead of its reader", k, ahead)
		}
	}
}

func TestTempo_AWaitThatWasGivenUpStopsNobody(t *testing.T) {
	c := passing(t, atOnce)
	for range 20 {
		c.After(time.Second) // nobody reads it
	}
	select {
	case at := <-c.After(time.Minute):
		if at.Sub(evening) < time.Minute {
			t.Errorf("woken at %s", at)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("time stands still")
	}
}

func TestTempo_WaitsForPicturesButNotForADeadSource(t *testing.T) {
	c := passing(t, atOnce)
	var mu sync.Mutex
	newest := evening
	hold := c.halt()
	c.watch(func() time.Time { mu.Lock(); defer mu.Unlock(); return newest })
	woken := c.After(time.Second)
	hold()
	select {
	case <-woken:
		t.Fatal("time went on without a picture")
	case <-time.After(20 * patience):
	}
	mu.Lock()
	newest = evening.Add(600 * time.Millisecond)
	mu.Unlock()
	<-woken
	began := time.Now()
	<-c.After(time.Minute) // its source sends nothing more
	if took := time.Since(began); took < deadSoon || took > 10*deadSoon {
		t.Errorf("a dead source was waited for %s", took)
	}
}

func TestTempo_KeepsItsRateAndStandsWhenHalted(t *testing.T) {
	c := passing(t, 100)
	began := time.Now()
	<-c.After(20 * time.Second)
	if took := time.Since(began); took < 190*time.Millisecond {
		t.Errorf("20 s at a hundredfold took %s", took)
	}
	goOn := c.halt()
	woken := c.After(time.Second)
	select {
	case <-woken:
		t.Error("woken while time stood still")
	case <-time.After(100 * time.Millisecond):
	}
	goOn()
	select {
	case <-woken:
	case <-time.After(5 * time.Second):
		t.Error("time did not go on")
	}
}

func TestArc_RisesIsFullAndFalls(t *testing.T) {
	const lasts = 20 * time.Minute
	a := newArc(evening, lasts)
	var all, inside []int
	for i := range 40 {
		all = append(all, i)
	}
	outside := all
	d := rand.New(rand.NewPCG(FixedSeed, 1))
	most, mostAt, met := 0, time.Duration(0), map[int]bool{}
	for at := time.Duration(0); at <= lasts; at += presentEvery {
		if at%(4*time.Minute) == 0 {
			a.shown = evening.Add(at)
		}
		if inside, outside = a.gather(evening.Add(at), d, inside, outside); len(inside)+len(outside) != len(all) || len(inside) == 0 {
			t.Fatalf("at %s %d are inside, %d outside", at, len(inside), len(outside))
		}
		here := map[int]bool{}
		for _, who := range inside {
			met[who], here[who] = true, true
		}
		for _, who := range outside {
			here[who] = true
		}
		if len(here) != len(all) {
			t.Fatalf("at %s %d of %d people are left", at, len(here), len(all))
		}
		if len(inside) > most {
			most, mostAt = len(inside), at
		}
		if at == time.Minute && len(inside) > 14 {
			t.Errorf("%d are there after a minute", len(inside))
		}
	}
	if most < 36 || mostAt < lasts/3 || mostAt > lasts*2/3 || len(inside) > most*2/3 || len(met) < most {
		t.Errorf("at most %d, at %s; %d at the end; %d in all", most, mostAt, len(inside), len(met))
	}
	a.shown = time.Time{}
	before := a.share(evening.Add(11 * time.Minute))
	if a.shown = evening.Add(11 * time.Minute); a.share(evening.Add(11*time.Minute)) <= before {
		t.Error("showing a product brings nobody in")
	}
}
