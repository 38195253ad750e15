package sim

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/shop/order"
)

var (
	oneSeed = flag.Int64("seed", -1, "run this seed alone, with its trace")
	seeds   = flag.Uint64("seeds", 5_000, "how many seeds to run; make sim runs 100,000")
	from    = flag.Uint64("from", 0, "the first seed")
	evident = flag.String("evidence", "", "add a row about the run to this page")
)

// seen adds up what seeds came to.
type seen struct {
	mu      sync.Mutex
	reached map[string]int
	steps   int
}

func TestSim_NoSeedBreaksStockOrdersMoneyOrTheRoom(t *testing.T) {
	if *oneSeed >= 0 {
		one(t, uint64(*oneSeed))
		return
	}
	began, used := time.Now(), cpu()
	all := seen{reached: map[string]int{}}
	failed := each(*from, *seeds, &all, func(w *world, buf []event, seed uint64) ([]event, error) {
		buf = commands(seed, buf)
		return buf, w.run(seed, buf)
	})
	took, spent := time.Since(began), cpu()-used
	t.Logf("%d seeds from %d, %d events, %.1f s on %d CPUs, %.1f CPU seconds: %.0f seeds per CPU second", *seeds, *from, all.steps,
		took.Seconds(), runtime.GOMAXPROCS(0), spent.Seconds(), float64(*seeds)/spent.Seconds())
	for _, f := range failed {
		t.Error(report(f.seed, f.err))
	}
	if *seeds >= 1_000 {
		notBlind(t, &all)
	}
	evidence(t, all.steps, spent, len(failed))
}

// cpu is the processor time this process has used: what a run costs on a machine that others use too.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// notBlind: a simulator that never comes to a state says nothing about it.
func notBlind(t *testing.T, all *seen) {
	wanted := []string{"settled", "paid late", "order_closed", "wrong_amount", "duplicate", "stale batch", "stale order", "stale settle", "takeover", "gap"}
	for _, s := range order.States {
		if s != order.Unpaid && s != order.Shipped {
			wanted = append(wanted, string(s))
		}
	}
	for _, what := range wanted {
		if n := uint64(all.reached[what]); n < *seeds/1_000 {
			t.Errorf("the simulator hardly comes to %q: %d times in %d seeds", what, n, *seeds)
		}
	}
}

func one(t *testing.T, seed uint64) {
	w := newWorld()
	w.trace = &strings.Builder{}
	err := w.run(seed, commands(seed, nil))
	t.Logf("seed %d, profile %+v%s", seed, w.profile, w.trace)
	if err != nil {
		t.Error(report(seed, err))
	}
}

type failure struct {
	seed uint64
	err  error
}

// maxFailures end a run: the first few say it all.
const maxFailures = 3

// each runs seeds on all CPUs, a world for each; a seed itself is one goroutine's.
func each(from, count uint64, all *seen, fn func(w *world, buf []event, seed uint64) ([]event, error)) []failure {
	var next atomic.Uint64
	var mu sync.Mutex
	var failed []failure
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			w, buf := newWorld(), []event(nil)
			reached, steps := map[string]int{}, 0
			for {
				i := next.Add(1) - 1
				mu.Lock()
				enough := len(failed) >= maxFailures
				mu.Unlock()
				if i >= count || enough {
					break
				}
				var err error
				if buf, err = fn(w, buf, from+i); err != nil {
					mu.Lock()
					failed = append(failed, failure{from + i, err})
					mu.Unlock()
				}
				for what, n := range w.reached {
					reached[what] += n
				}
				steps += w.steps
			}
			all.mu.Lock()
			defer all.mu.Unlock()
			for what, n := range reached {
				all.reached[what] += n
			}
			all.steps += steps
		})
	}
	wg.Wait()
	return failed
}

func TestSim_ASeedRunTwiceIsTheSameWorld(t *testing.T) {
	count := min(*seeds, max(2_000, *seeds/20))
	all := seen{reached: map[string]int{}}
	failed := each(*from, count, &all, func(w *world, buf []event, seed uint64) ([]event, error) {
		buf = commands(seed, buf)
		_ = w.run(seed, buf)
		first, steps := w.hash, w.steps
		fresh := newWorld()
		_ = fresh.run(seed, commands(seed, nil))
		if fresh.hash != first || fresh.steps != steps {
			return buf, fmt.Errorf("two runs differ: %d events and %x, %d events and %x", steps, first, fresh.steps, fresh.hash)
		}
		return buf, nil
	})
	for _, f := range failed {
		t.Errorf("seed %d: %v", f.seed, f.err)
	}
	t.Logf("%d seeds were run twice", count)
}

// evidenceMark is the line of the evidence above which a run writes its row.
const evidenceMark = "<!-- simulator runs end here -->"

// evidence adds what a long run found to the committed table.
func evidence(t *testing.T, steps int, spent time.Duration, failures int) {
	if *evident == "" {
		return
	}
	page, err := os.ReadFile(*evident)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(page), evidenceMark) != 1 {
		t.Fatalf("%s has no single line %q", *evident, evidenceMark)
	}
	row := fmt.Sprintf("| %d to %d | %d | %d | %s | %s | %s | %.0f | %d |\n", *from, *from+*seeds-1, *seeds, steps, os.Getenv("SIM_COMMIT"),
		os.Getenv("SIM_MACHINE"), time.Now().UTC().Format("2006-01-02"), spent.Seconds(), failures)
	if err := os.WriteFile(*evident, []byte(strings.Replace(string(page), evidenceMark, row+evidenceMark, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}
