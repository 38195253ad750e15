package fanout

import (
	"runtime/debug"
	"time"
)

const (
	// tidyAfter newcomers their garbage is worth a collection: a handshake leaves some 12 KB behind (the web
	// server's buffers and the request), fifty times what the viewer keeps.
	tidyAfter = 500
	// tidyQuiet without newcomers is the end of a wave.
	tidyQuiet = 2 * time.Second
)

// tidy remembers the last wave of newcomers.
type tidy struct {
	seen  int64 // joined when last looked at
	since int64 // unix ms: when that last changed
	done  int64 // joined at the last collection
	under bool  // a collection is under way
}

// giveBack returns a wave's garbage to the system once the wave is over. Otherwise it would stay until the heap
// has doubled again, which in a room that only watches is never. Loops ask once a second.
func (h *Hub) giveBack(now int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := &h.tidy
	if h.joined != t.seen {
		t.seen, t.since = h.joined, now
	}
	if h.closed || t.under || t.seen-t.done < tidyAfter || now-t.since < tidyQuiet.Milliseconds() {
		return
	}
	t.done, t.under = t.seen, true
	h.work.Go(func() {
		debug.FreeOSMemory()
		h.mu.Lock()
		t.under = false
		h.mu.Unlock()
	})
}
