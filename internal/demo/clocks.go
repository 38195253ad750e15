package demo

import (
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

// calendar is a clock that stands wherever the seed puts it. Waiting still takes real time.
type calendar struct {
	clock.Clock
	mu sync.Mutex
	at time.Time
}

// Now is where the calendar stands.
func (c *calendar) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *calendar) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *calendar) pass(d time.Duration) { c.set(c.Now().Add(d)) }

// hurried is a clock that began at origin when the one below showed from, and runs rate times as fast.
// Its waits are that much shorter; the times they send are of the clock below, and only tell that the
// wait is over.
type hurried struct {
	clock.Clock
	from, origin time.Time
	rate         int
}

// Now is the hurried time.
func (c *hurried) Now() time.Time {
	return c.origin.Add(c.Clock.Now().Sub(c.from) * time.Duration(c.rate))
}

// After waits for d of hurried time.
func (c *hurried) After(d time.Duration) <-chan time.Time {
	return c.Clock.After(d / time.Duration(c.rate))
}

// Ticker fires every d of hurried time.
func (c *hurried) Ticker(d time.Duration) clock.Ticker {
	return c.Clock.Ticker(max(d/time.Duration(c.rate), time.Microsecond))
}
