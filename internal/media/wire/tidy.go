package wire

import (
	"runtime/debug"
	"time"
)

const (
	// tidyAfter newcomers their garbage is worth a collection: the web server's buffers, goroutine and request.
	tidyAfter = 500
	// tidyQuiet without newcomers is the end of a wave.
	tidyQuiet = 2 * time.Second
)

// tidy remembers the last wave of newcomers.
type tidy struct {
	seen  int64 // taken over when last looked at
	since int64 // unix ms: when that last changed
	done  int64 // taken over at the last collection
	under bool  // a collection is under way
}

// tidyUp returns a wave's garbage to the system once the wave is over; left alone it would stay until the heap has
// doubled again, which a site that only sends video does seldom. Loops ask several times a second.
func (s *Server) tidyUp(now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.tidy
	if taken := s.taken.Load(); taken != t.seen {
		t.seen, t.since = taken, now
	}
	if s.closed || t.under || t.seen-t.done < tidyAfter || now-t.since < tidyQuiet.Milliseconds() {
		return
	}
	t.done, t.under = t.seen, true
	s.work.Go(func() {
		debug.FreeOSMemory()
		s.mu.Lock()
		t.under = false
		s.mu.Unlock()
	})
}
