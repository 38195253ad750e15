package tus

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
)

const (
	// stallAfter is how long a writer may be silent before another PATCH takes over: beyond the
	// gaps of a mobile link that still works, within the first retries of tus clients (0, 1, 3, 5 s).
	stallAfter = 2 * time.Second
	// handOver is how long the old writer gets to save what it has.
	handOver = 5 * time.Second
)

// leases grants one writer per upload. Lock order: mu is never held while waiting or doing I/O.
type leases struct {
	mu    sync.Mutex
	held  map[string]*lease
	clock clock.Clock
}

// lease is a writer's right. The holder reads the client's body through it.
type lease struct {
	control *http.ResponseController
	ended   atomic.Bool  // told to stop
	reading atomic.Bool  // waiting for the client rather than for the disk or OnFinish
	heardMS atomic.Int64 // when the client last sent something
	freed   chan struct{}
}

// acquire takes the lease of an upload. A holder is ended when it has stalled, or always with
// force. Error: 423 upload_locked.
func (l *leases) acquire(ctx context.Context, w http.ResponseWriter, name string, force bool) (*lease, func(), error) {
	mine := &lease{control: http.NewResponseController(w), freed: make(chan struct{})}
	mine.heardMS.Store(clock.UnixMS(l.clock))
	var limit <-chan time.Time
	for {
		l.mu.Lock()
		holder := l.held[name]
		if holder == nil {
			l.held[name] = mine
			l.mu.Unlock()
			return mine, func() { l.release(name, mine) }, nil
		}
		l.mu.Unlock()
		silent := time.Duration(clock.UnixMS(l.clock)-holder.heardMS.Load()) * time.Millisecond
		if !force && (!holder.reading.Load() || silent < stallAfter) {
			return nil, nil, locked()
		}
		holder.end()
		if limit == nil {
			limit = l.clock.After(handOver)
		}
		select {
		case <-holder.freed:
		case <-limit:
			return nil, nil, locked()
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
}

func (l *leases) release(name string, mine *lease) {
	l.mu.Lock()
	delete(l.held, name)
	l.mu.Unlock()
	close(mine.freed)
}

// end makes the holder's read of the body return now.
func (l *lease) end() {
	l.ended.Store(true)
	// Without deadlines (a recorder in a test, an odd middleware) the holder ends at its next byte.
	_ = l.control.SetReadDeadline(time.Unix(1, 0))
}

// waitAtMost bounds the next read of the body. It reports false when the lease has been ended:
// the flag is looked at after the deadline is set, so that end's own deadline cannot be lost.
func (l *lease) waitAtMost(until time.Time) bool {
	_ = l.control.SetReadDeadline(until)
	return !l.ended.Load()
}

func locked() error {
	return at(http.StatusLocked, errs.New(errs.Busy, "upload_locked", "another connection is sending this upload").After(1000))
}
