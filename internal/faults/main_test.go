package faults

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// TestMain is also the way in of the bare shop, which is this binary again.
func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		os.Exit(runChild(url))
	}
	code := m.Run()
	removeProgram()
	os.Exit(code)
}

const (
	soakFor = "HAWKER_SOAK" // how long `make soak` goes on, "" in an ordinary test
	// soakUntil is the second at which `make soak` wants its lines: a round ends early then.
	soakUntil = "HAWKER_SOAK_UNTIL"
	// programAt is the program that `make soak` has built, so that not every round builds it again.
	programAt = "HAWKER_FAULT_PROGRAM"
	seedFrom  = "HAWKER_FAULT_SEED" // repeats one run
)

// scale is how often a fault is brought about: the first number in T1, the second in a round of T2.
func scale(t1, t2 int) int {
	if os.Getenv(soakFor) != "" {
		return t2
	}
	return t1
}

// chance is the randomness of one run; its seed is printed when the run fails, and in every line of evidence.
func chance(t *testing.T) (*rand.Rand, uint64) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv(seedFrom); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", seedFrom, err)
		}
		seed = n
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with %s=%d", seedFrom, seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 1)), seed
}

// tally counts one fault for docs/reference/evidence.md; scripts/soak.sh collects the lines that begin with EVIDENCE.
// The line is written however the test ends, so that a round that broke off is counted with its failure.
type tally struct {
	n       int
	figures string
}

func count(t *testing.T, fault string, seed uint64) *tally {
	t.Helper()
	c := &tally{}
	t.Cleanup(func() {
		if t.Skipped() {
			return
		}
		failed := 0
		if t.Failed() {
			failed = 1
		}
		if c.figures == "" {
			c.figures = "broke off"
		}
		line := fmt.Sprintf("EVIDENCE | %s | %d | %d | %d | %s |", fault, c.n, failed, seed, c.figures)
		t.Log(line)
		if os.Getenv(soakFor) != "" {
			fmt.Println(line)
		}
	})
	return c
}

// say gives the figures of the line.
func (c *tally) say(figures string, args ...any) { c.figures = fmt.Sprintf(figures, args...) }

// rounds counts up to most, and ends early when the time of `make soak` is over.
func (c *tally) rounds(most int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := range most {
			if n > 0 && over() {
				return
			}
			c.n++
			if !yield(n) {
				return
			}
		}
	}
}

// over reports whether the time of `make soak` has passed.
func over() bool {
	until, _ := strconv.ParseInt(os.Getenv(soakUntil), 10, 64)
	return until > 0 && time.Now().Unix() >= until
}

func withStop(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	return ctx, stop
}
