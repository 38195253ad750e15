package demo

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

const (
	// grain is how fine a show's time is: waits end on multiples of it. A frame lasts 40 ms and a tick
	// 250 ms; finer time would only wake the same people more often.
	grain = 50 * time.Millisecond
	// patience is how long time stands still for somebody who was woken and has not asked to wait again.
	// Some never will: their wait was given up for something more urgent.
	patience = 10 * time.Millisecond
	// pictureWithin is how old the newest picture may be: the source sends twenty-five a second.
	pictureWithin = 500 * time.Millisecond
	// deadAfter of standing still for the next picture there will be none: a machine with much other work
	// lets a source wait for seconds.
	deadAfter = 20 * time.Second
	// busyFor is how long time stands still for the reader of a ticker, who may be writing to the disk.
	busyFor = 2 * time.Second
	// breath is how far a show may run ahead of its rate before it rests: shorter sleeps are not kept to.
	breath = 2 * time.Millisecond
)

// tempo is the clock of a show: it jumps from one wait to the next, at most rate times as fast as the
// clock below, and no faster than those who wait can follow. Whoever was woken has done its work of one
// moment before the next one comes, so that a busy machine makes a show take longer and not look worse: no
// picture is late, no tick is left out. A clock that only ran faster would lose seconds of the show whenever
// the machine had other work for some milliseconds.
type tempo struct {
	clock.Clock

	mu     sync.Mutex
	now    time.Time
	waits  waitHeap
	made   int64
	owed   int           // woken, and not yet asking to wait again
	answer chan struct{} // somebody asked, or something was set
	halts  int           // not taken back

	picture     func() time.Time // of the newest picture; nil when nobody looks
	dead        time.Duration    // without a picture a source is taken for dead
	rate        int
	began, from time.Time // of the clock below and of this one, when the rate was set
}

// wait is somebody who waits.
type wait struct {
	at    time.Time
	no    int64
	every time.Duration // 0 for After
	ch    chan time.Time
	done  bool
}

func newTempo(below clock.Clock, origin time.Time) *tempo {
	return &tempo{Clock: below, now: origin, answer: make(chan struct{}, 1), dead: deadAfter, rate: 1, began: below.Now(), from: origin}
}

// Now is the show's time.
func (c *tempo) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After waits for d of the show's time, or up to a grain longer.
func (c *tempo) After(d time.Duration) <-chan time.Time { return c.wait(d, 0).ch }

// Ticker fires every d of the show's time.
func (c *tempo) Ticker(d time.Duration) clock.Ticker {
	return &tempoTicker{c, c.wait(d, max(d, grain))}
}

func (c *tempo) wait(d, every time.Duration) *wait {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.now.Add(d)
	if over := at.Sub(at.Truncate(grain)); over > 0 {
		at = at.Add(grain - over)
	}
	c.made++
	w := &wait{at: at, no: c.made, every: every, ch: make(chan time.Time, 1)}
	heap.Push(&c.waits, w)
	if every == 0 && c.owed > 0 {
		c.owed--
	}
	c.tell()
	return w
}

func (c *tempo) tell() {
	select {
	case c.answer <- struct{}{}:
	default:
	}
}

// hasten sets how much faster than the clock below the show may go.
func (c *tempo) hasten(rate int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rate, c.began, c.from = rate, c.Clock.Now(), c.now
	c.tell()
}

// halt stops the show's time until the returned func is called.
func (c *tempo) halt() (goOn func()) {
	add := func(n int) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.halts += n
		c.tell()
	}
	add(1)
	return func() { add(-1) }
}

// run lets time pass until ctx ends.
func (c *tempo) run(ctx context.Context) {
	for ctx.Err() == nil {
		if c.settled(ctx) && c.rested(ctx) {
			c.step()
		}
	}
}

// settled reports whether all who were woken have done their work; false when it is to be asked again.
func (c *tempo) settled(ctx context.Context) bool {
	c.mu.Lock()
	owed, standing, busy, picture := c.owed, c.halts > 0 || len(c.waits) == 0, c.busy(), c.picture
	var oldest time.Time
	if !standing {
		oldest = c.waits[0].at.Add(-pictureWithin)
	}
	c.mu.Unlock()
	switch {
	case standing:
		select {
		case <-c.answer:
		case <-ctx.Done():
		}
		return false
	case owed > 0:
		select {
		case <-c.answer:
		case <-c.Clock.After(patience):
			c.mu.Lock()
			c.owed = 0
			c.mu.Unlock()
		case <-ctx.Done():
		}
		return false
	case busy != nil:
		// When it comes to nothing, that reader loses a tick, as of any ticker.
		c.await(ctx, busyFor, func() bool { return len(busy.ch) == 0 })
	case picture != nil:
		// Who sends pictures may be given up by patience alone, and what it then misses would be missing in
		// the recording. A source that is dead is not waited for again.
		if !c.await(ctx, c.dead, func() bool { return !picture().Before(oldest) }) {
			c.watch(nil)
		}
	}
	return ctx.Err() == nil
}

// await looks for something until it is so, or d has passed.
func (c *tempo) await(ctx context.Context, d time.Duration, done func() bool) bool {
	if done() {
		return true
	}
	for late := c.Clock.After(d); ; {
		select {
		case <-c.Clock.After(breath / 4):
			if done() {
				return true
			}
		case <-late:
			return false
		case <-ctx.Done():
			return true
		}
	}
}

// watch makes time wait for the pictures of a source: newest says of when its last one is. nil ends it.
func (c *tempo) watch(newest func() time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.picture = newest
}

// busy is a ticker due next whose reader has not taken its last tick. Callers hold mu.
func (c *tempo) busy() *wait {
	for _, w := range c.waits {
		if !w.done && len(w.ch) > 0 && !w.at.After(c.waits[0].at) {
			return w
		}
	}
	return nil
}

// rested reports whether the next wait may end by the rate; false after a rest.
func (c *tempo) rested(ctx context.Context) bool {
	c.mu.Lock()
	ahead := c.waits[0].at.Sub(c.from)/time.Duration(c.rate) - c.Clock.Now().Sub(c.began)
	if ahead < -time.Second { // what the machine could not do is not made up for
		c.began, c.from = c.Clock.Now(), c.now
	}
	c.mu.Unlock()
	if ahead <= breath {
		return true
	}
	select {
	case <-c.Clock.After(ahead):
	case <-c.answer: // somebody may want to be woken earlier
	case <-ctx.Done():
	}
	return false
}

// step wakes all who are due next.
func (c *tempo) step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.waits[0].at
	for len(c.waits) > 0 && !c.waits[0].at.After(c.now) {
		w := heap.Pop(&c.waits).(*wait)
		if w.done {
			continue
		}
		select {
		case w.ch <- c.now:
		default:
		}
		if w.every == 0 {
			c.owed++
			continue
		}
		w.at = w.at.Add(w.every)
		heap.Push(&c.waits, w)
	}
}

type tempoTicker struct {
	c *tempo
	w *wait
}

// C implements clock.Ticker.
func (t *tempoTicker) C() <-chan time.Time { return t.w.ch }

// Stop implements clock.Ticker.
func (t *tempoTicker) Stop() {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	t.w.done = true
	t.c.tell()
}

// waitHeap is ordered by time; equal times are woken in the order in which they asked.
type waitHeap []*wait

// Len implements heap.Interface.
func (h waitHeap) Len() int { return len(h) }

// Less implements heap.Interface.
func (h waitHeap) Less(i, j int) bool {
	return h[i].at.Before(h[j].at) || h[i].at.Equal(h[j].at) && h[i].no < h[j].no
}

// Swap implements heap.Interface.
func (h waitHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *waitHeap) Push(v any) { *h = append(*h, v.(*wait)) }

// Pop implements heap.Interface.
func (h *waitHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
