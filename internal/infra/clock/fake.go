package clock

import (
	"sync"
	"time"
)

// Fake is a clock that moves only when told. Tickers and After fire during Advance, in order.
type Fake struct {
	mu      sync.Mutex
	now     time.Time
	waiters []*fakeWaiter
}

type fakeWaiter struct {
	at    time.Time
	every time.Duration // 0 for After
	ch    chan time.Time
	done  bool
}

// NewFake starts at the given time.
func NewFake(at time.Time) *Fake { return &Fake{now: at} }

func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *Fake) After(d time.Duration) <-chan time.Time { return f.wait(d, 0).ch }

func (f *Fake) Ticker(d time.Duration) Ticker { return &fakeTicker{f: f, w: f.wait(d, d)} }

func (f *Fake) wait(d, every time.Duration) *fakeWaiter {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &fakeWaiter{at: f.now.Add(d), every: every, ch: make(chan time.Time, 1)}
	f.waiters = append(f.waiters, w)
	return w
}

// Advance moves the clock by d, firing everything that falls due on the way. A ticker whose
// reader is behind loses ticks, as time.Ticker does.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	end := f.now.Add(d)
	for {
		var next *fakeWaiter
		for _, w := range f.waiters {
			if !w.done && !w.at.After(end) && (next == nil || w.at.Before(next.at)) {
				next = w
			}
		}
		if next == nil {
			break
		}
		f.now = next.at
		select {
		case next.ch <- next.at:
		default:
		}
		if next.every > 0 {
			next.at = next.at.Add(next.every)
		} else {
			next.done = true
		}
	}
	f.now = end
}

type fakeTicker struct {
	f *Fake
	w *fakeWaiter
}

func (t *fakeTicker) C() <-chan time.Time { return t.w.ch }
func (t *fakeTicker) Stop() {
	t.f.mu.Lock()
	defer t.f.mu.Unlock()
	t.w.done = true
}
