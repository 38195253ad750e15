package faults

import (
	"context"
	"fmt"
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
	soakFor  = "HAWKER_SOAK"       // how long `make soak` goes on, "" in an ordinary test
	seedFrom = "HAWKER_FAULT_SEED" // repeats one run
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

// evidence is one line of docs/reference/evidence.md; scripts/soak.sh collects what begins with this word.
func evidence(t *testing.T, fault string, cycles int, seed uint64, figures string, args ...any) {
	t.Helper()
	failed := 0
	if t.Failed() {
		failed = 1
	}
	line := fmt.Sprintf("EVIDENCE | %s | %d | %d | %d | %s |", fault, cycles, failed, seed, fmt.Sprintf(figures, args...))
	t.Log(line)
	if os.Getenv(soakFor) != "" {
		fmt.Println(line)
	}
}

func withStop(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	return ctx, stop
}
