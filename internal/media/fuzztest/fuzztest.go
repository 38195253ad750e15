package fuzztest

import (
	"runtime/metrics"
	"syscall"
	"testing"
	"time"
)

// hang is the wall time after which an input is taken to wait for something that never comes.
const hang = 20 * time.Second

// Cost is how much memory an input of n bytes may make its parser allocate, freed or not:
// Fixed + PerByte*n bytes.
type Cost struct{ Fixed, PerByte int64 }

// Within runs what an input of n bytes asks for, and fails the test when it took more than a second
// of processor time, allocated more than cost allows, or did not return.
func Within(t testing.TB, n int, cost Cost, run func()) {
	t.Helper()
	watchdog := time.AfterFunc(hang, func() { panic("fuzztest: an input hangs") })
	defer watchdog.Stop()
	cpu, heap := used(t), allocated()
	run()
	if took := used(t) - cpu; took > MostCPU {
		t.Errorf("%d bytes took %v of CPU", n, took)
	}
	// The runtime counts small objects when their span is full, so up to a span of each size class
	// may be somebody else's.
	const slack = 4 << 20
	if got, limit := int64(allocated()-heap), cost.Fixed+cost.PerByte*int64(n)+slack; got > limit {
		t.Errorf("%d bytes of input allocated %d KB, the limit is %d KB", n, got>>10, limit>>10)
	}
}

func used(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func allocated() uint64 {
	sample := [1]metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample[:])
	return sample[0].Value.Uint64()
}
