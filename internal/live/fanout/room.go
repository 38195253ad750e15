package fanout

import "sync"

const (
	// maxLag messages behind, a viewer skips to the newest and fetches what it missed over HTTP: a keyframe's
	// worth of ticks, so that joining never skips.
	maxLag = 40
	// ringSize holds what a viewer may still be owed.
	ringSize = maxLag + 1
)

// room holds the newest wires of one chain, for viewers on any loop.
type room struct {
	name string
	stop chan struct{} // closed when the last viewer left

	viewers int // under Hub.mu

	mu     sync.Mutex
	ring   [ringSize]*wire // by n modulo its size
	newest int64           // 0: none yet
	key    *wire           // the first message of those who come now
	news   chan struct{}   // closed at the next wire; nil when no goroutine waits
}

// first is the wire of a seat's first message; people who come together share it.
func (r *room) first(m Message) *wire {
	r.mu.Lock()
	key := r.key
	r.mu.Unlock()
	if key != nil && key.n == m.N {
		return key
	}
	key = newWire(m)
	r.mu.Lock()
	r.key = key
	r.mu.Unlock()
	return key
}

// add takes the next wire of the chain.
func (r *room) add(w *wire) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring[w.n%ringSize] = w
	r.newest = w.n
	if r.news != nil {
		close(r.news)
		r.news = nil
	}
}

// latest is the newest wire, nil before the first.
func (r *room) latest() *wire {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ring[r.newest%ringSize]
}

// owed appends what a viewer who has begun message n is still to get: the following ones in order, or the newest
// alone when it is too far behind.
func (r *room) owed(n int64, to []*wire) []*wire {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.owedLocked(n, to)
}

func (r *room) owedLocked(n int64, to []*wire) []*wire {
	if r.newest <= n {
		return to
	}
	from := n + 1
	if w := r.ring[from%ringSize]; r.newest-n > maxLag || w == nil || w.n != from {
		from = r.newest
	}
	for ; from <= r.newest; from++ {
		to = append(to, r.ring[from%ringSize])
	}
	return to
}

// wait gives what is owed after n, or a channel that is closed at the next wire.
func (r *room) wait(n int64) ([]*wire, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if due := r.owedLocked(n, nil); len(due) > 0 {
		return due, nil
	}
	if r.news == nil {
		r.news = make(chan struct{})
	}
	return nil, r.news
}
