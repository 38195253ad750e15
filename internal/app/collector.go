package app

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"
)

const (
	// everyday is Go's own: the heap may double before it is collected.
	everyday = 100
	// rushed is the most garbage a rush may leave for each byte that lives. In a sale of 5,000 buyers who press at
	// once, collecting took a sixth of the CPU at 100, and at 400 a few hundredths.
	rushed = 400
	// rushOrders between two collections are a rush. Otherwise they are seconds apart and cost next to nothing.
	rushOrders = 256
	// mostGarbage is what a rush may leave beyond the everyday, and never more than an eighth of the memory there is.
	mostGarbage   = 512 << 20
	leastGarbage  = 64 << 20 // also where nobody says how much memory there is
	shareOfMemory = 8
)

// collector lets more garbage gather while a sale is on, when the heap fills with requests that live for a moment and
// every collection would look at each waiting buyer's stack. It decides anew after each collection, which also comes
// when nothing happens, every two minutes; then the everyday holds again, so that rooms and players pay nothing for it.
type collector struct {
	orders  func() uint64 // asked for since the start
	before  uint64        // of them at the last collection
	room    uint64        // bytes of garbage
	now     int           // the percent that is set
	stopped atomic.Bool
}

// tuneCollector begins; the returned function ends it. An operator who sets GOGC has decided it.
func tuneCollector(orders func() uint64) (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	c := &collector{orders: orders, before: orders(), room: min(max(memory()/shareOfMemory, leastGarbage), mostGarbage), now: everyday}
	c.await()
	return func() {
		c.stopped.Store(true)
		debug.SetGCPercent(everyday)
	}
}

// await hears of the end of the next collection: nothing refers to the mark, so that it goes with it.
func (c *collector) await() {
	mark := new([16]byte)
	runtime.AddCleanup(mark, func(c *collector) { c.collected() }, c)
}

func (c *collector) collected() {
	if c.stopped.Load() {
		return
	}
	orders := c.orders()
	percent := percentFor(orders-c.before, liveHeap(), c.room)
	c.before = orders
	if percent != c.now {
		c.now = percent
		debug.SetGCPercent(percent)
		if c.stopped.Load() { // stop came in between
			debug.SetGCPercent(everyday)
			return
		}
	}
	c.await()
}

// percentFor is the garbage allowed for each hundred bytes that live.
func percentFor(orders, live, room uint64) int {
	if orders < rushOrders || live == 0 {
		return everyday
	}
	return int(min(max(100*room/live, everyday), rushed))
}

func liveHeap() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return s[0].Value.Uint64()
}

// memory is what this process may use: the machine's, or its control group's when that is less; 0 when nobody says.
func memory() uint64 {
	least := uint64(math.MaxUint64)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if f := strings.Fields(string(text)); len(f) > 1 && f[0] == "MemTotal:" {
			if kb, err := strconv.ParseUint(f[1], 10, 64); err == nil {
				least = kb << 10
			}
		}
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil { // "max" is no number
		if n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil {
			least = min(least, n)
		}
	}
	if least == math.MaxUint64 {
		return 0
	}
	return least
}
