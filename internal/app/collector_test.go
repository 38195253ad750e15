package app

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"
)

func TestCollector_OnlyARushLeavesMoreGarbageAndNeverMoreThanItsRoom(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		orders, live, room uint64
		want               int
	}{
		{0, 20 * mb, 512 * mb, everyday},
		{rushOrders - 1, 20 * mb, 512 * mb, everyday},
		{rushOrders, 20 * mb, 512 * mb, rushed},
		{rushOrders, 256 * mb, 512 * mb, 200},
		{rushOrders, 512 * mb, 512 * mb, everyday},
		{rushOrders, 4_000 * mb, 512 * mb, everyday}, // as Go would do
		{rushOrders, 32 * mb, 64 * mb, 200},
		{rushOrders, 0, 512 * mb, everyday},
	} {
		if got := percentFor(c.orders, c.live, c.room); got != c.want {
			t.Errorf("%d orders, %d MB live, room for %d MB: %d%%, want %d%%", c.orders, c.live/mb, c.room/mb, got, c.want)
		}
	}
}

func TestCollector_FollowsTheSaleAndGivesUpWhenStopped(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(everyday))
	var orders atomic.Uint64
	stop := tuneCollector(orders.Load)
	percent := func() int {
		p := debug.SetGCPercent(everyday)
		debug.SetGCPercent(p)
		return p
	}
	becomes := func(what string, ok func(int) bool, before func()) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !ok(percent()); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: the percent stays %d", what, percent())
			}
			before()
			runtime.GC()
		}
	}
	becomes("in a sale", func(p int) bool { return p > everyday }, func() { orders.Add(10 * rushOrders) })
	becomes("after it", func(p int) bool { return p == everyday }, func() {})
	becomes("in the next", func(p int) bool { return p > everyday }, func() { orders.Add(10 * rushOrders) })
	stop()
	if p := percent(); p != everyday {
		t.Errorf("stopped, and the percent stays %d", p)
	}
}
