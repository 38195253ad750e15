package wire

import (
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/internal/infra/epoll"
	"github.com/hawker-live/hawker/internal/media/llhls"
)

const possible = true

const (
	maxEvents = 512 // a turn
	// lookEvery bounds how late a limit on time is noticed.
	lookEvery = 250 * time.Millisecond
	bellSlot  = -1
	// Edge-triggered: a connection's interests never change, so that no request costs a call for them. Whoever is
	// told reads to the end, or notes that there is more.
	interests = syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | 1<<31 // EPOLLET
	endedPeer = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
)

// loop is one goroutine with its connections. Others reach it through mu and the bell.
type loop struct {
	server *Server
	poll   *epoll.Poller
	done   chan struct{}

	mu       sync.Mutex
	shut     bool // no more arrivals
	arrivals []*conn
	told     map[*crew]struct{}
	ending   bool
	cutting  bool

	// Owned by the loop's goroutine from here on.
	renderer *renderer
	crews    map[*llhls.Stream]*crew
	slots    []*conn
	free     []int32 // slots free to take
	freed    []int32 // free from the next turn on: events of this turn may still name them
	again    []*conn // stopped in the middle of what they asked, for others' sake
	here     int
	now      time.Time
	nowMS    int64
	looked   int64
	parted   bool // those who asked for nothing were let go
	out      []byte
	in       [maxHead]byte
}

func newLoop(s *Server) (*loop, error) {
	poll, err := epoll.NewPoller(bellSlot)
	if err != nil {
		return nil, err
	}
	return &loop{server: s, poll: poll, done: make(chan struct{}), told: map[*crew]struct{}{},
		renderer: newRenderer(s.deps.Dress), crews: map[*llhls.Stream]*crew{}}, nil
}

// board gives a connection to a loop; false when none can have it, which changes nothing.
func (s *Server) board(tcp *net.TCPConn, early []byte, times uint8) bool {
	l := s.loop()
	if l == nil {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	fd := -1
	if ctl := raw.Control(func(own uintptr) { fd, err = epoll.Dup(own) }); ctl != nil || err != nil {
		return false
	}
	c := &conn{fd: int32(fd), returns: times, unread: true}
	if len(early) > 0 {
		c.held = early
	}
	if !l.take(c) {
		_ = syscall.Close(fd)
		return false
	}
	_ = tcp.Close() // our descriptor keeps the connection; the runtime's poller forgets it
	return true
}

// loop chooses where the next connection goes; nil when there are none because the system refused.
func (s *Server) loop() *loop {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.loops) < s.deps.Loops && !s.closed {
		l, err := newLoop(s)
		if err != nil {
			s.deps.Log.Warn("live media stays with the web server: no event loop", "err", err)
			s.deps.Loops = len(s.loops)
			break
		}
		s.loops = append(s.loops[:len(s.loops):len(s.loops)], l)
		go l.run()
	}
	if len(s.loops) == 0 {
		return nil
	}
	s.turn++
	return s.loops[s.turn%uint64(len(s.loops))]
}

func (l *loop) take(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut {
		return false
	}
	l.server.conns.Add(1)
	l.server.taken.Add(1)
	l.arrivals = append(l.arrivals, c)
	l.poll.Ring()
	return true
}

// tell says that a crew's stream has news. It is called under the stream's lock.
func (l *loop) tell(c *crew) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.shut {
		l.told[c] = struct{}{}
		l.poll.Ring()
	}
}

func (l *loop) ring() { l.order(nil) }
func (l *loop) end()  { l.order(&l.ending) }
func (l *loop) cut()  { l.order(&l.cutting) }

func (l *loop) order(flag *bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut {
		return
	}
	if flag != nil {
		*flag = true
	}
	l.poll.Ring()
}

// run turns until the server is closed and nobody is left.
func (l *loop) run() {
	defer close(l.done)
	events := make([]syscall.EpollEvent, maxEvents)
	late := true // the first wait has no end yet
	for {
		var n int
		var err error
		if late {
			err = l.poll.Until(lookEvery)
		}
		if err == nil {
			n, late, err = l.poll.Wait(events, len(l.again) == 0)
		}
		if err != nil {
			panic(fmt.Sprintf("wait for players: %v", err)) // only a wrong call fails
		}
		l.now = l.server.deps.Clock.Now()
		l.nowMS = l.now.UnixMilli()
		for _, e := range events[:n] {
			if e.Fd == bellSlot {
				l.poll.Quiet()
			} else if c := l.slots[e.Fd]; c != nil {
				l.handle(c, e.Events)
			}
		}
		l.continued()
		if l.takeOrders() {
			return
		}
		if l.nowMS-l.looked >= lookEvery.Milliseconds() || l.nowMS < l.looked {
			l.looked = l.nowMS
			l.look()
			l.server.tidyUp(l.nowMS)
		}
		l.free, l.freed = append(l.free, l.freed...), l.freed[:0]
	}
}

// continued serves those who were stopped for others' sake.
func (l *loop) continued() {
	again := l.again
	l.again = nil
	for _, c := range again {
		c.queued = false
		if c.fd >= 0 && c.mood == idle {
			l.serve(c)
		}
	}
}

// takeOrders does what others asked for; true when the loop is done.
func (l *loop) takeOrders() bool {
	l.mu.Lock()
	arrivals := l.arrivals
	l.arrivals = nil
	var told map[*crew]struct{}
	if len(l.told) > 0 {
		told, l.told = l.told, map[*crew]struct{}{}
	}
	ending, cutting := l.ending, l.cutting
	l.mu.Unlock()
	for _, c := range arrivals {
		l.settle(c)
	}
	for c := range told {
		l.sweep(c)
	}
	if l.server.leaving.Load() && (!l.parted || len(arrivals) > 0) {
		l.parted = true
		l.each(l.part)
	}
	if cutting {
		l.each(l.drop)
	}
	return (ending || cutting) && l.close()
}

// close ends the loop when nobody is left.
func (l *loop) close() bool {
	if l.here > 0 {
		return false
	}
	l.disband() // without mu, which a stream's news take
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.arrivals) > 0 {
		return false
	}
	l.shut = true
	_ = l.poll.Close() // nobody uses it after shut
	return true
}

func (l *loop) each(do func(*conn)) {
	for _, c := range l.slots {
		if c != nil {
			do(c)
		}
	}
}

// settle begins to serve a connection.
func (l *loop) settle(c *conn) {
	if n := len(l.free); n > 0 {
		c.slot, l.free = l.free[n-1], l.free[:n-1]
	} else {
		c.slot = int32(len(l.slots))
		l.slots = append(l.slots, nil)
	}
	l.slots[c.slot] = c
	l.here++
	c.since = l.nowMS
	if err := l.poll.Watch(syscall.EPOLL_CTL_ADD, int(c.fd), interests, c.slot); err != nil {
		l.server.deps.Log.Warn("let a player go: not to be watched", "err", err)
		l.drop(c)
		return
	}
	l.serve(c)
}

// drop ends a connection at once.
func (l *loop) drop(c *conn) {
	if c.fd < 0 {
		return
	}
	l.finish(c)
	_ = syscall.Close(int(c.fd)) // takes it out of epoll too
	l.forget(c)
}

// forget ends what the loop has of a connection, whose descriptor is another's or nobody's.
func (l *loop) forget(c *conn) {
	c.fd, c.held = -1, nil
	l.slots[c.slot] = nil
	l.freed = append(l.freed, c.slot)
	l.here--
	l.server.conns.Add(-1)
}

// giveBack returns a connection between two requests to the web server, with what it said.
func (l *loop) giveBack(c *conn, unread []byte) {
	said := append([]byte(nil), unread...)
	_ = l.poll.Watch(syscall.EPOLL_CTL_DEL, int(c.fd), 0, 0) // the descriptor made below is the same socket
	f := os.NewFile(uintptr(c.fd), "live media")
	nc, err := net.FileConn(f)
	_ = f.Close()
	l.forget(c)
	if err != nil {
		l.server.deps.Log.Warn("let a player go: not to be given back", "err", err)
		return
	}
	l.server.given.Add(1)
	l.server.counter.give(&returned{TCPConn: nc.(*net.TCPConn), unread: said, times: c.returns + 1})
}
