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
