package fanout

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	// maxEvents a turn, and readBuffer of one read: viewers say little.
	maxEvents  = 512
	readBuffer = 4 << 10
	// batchBytes are sent at once to a viewer who is several messages behind.
	batchBytes = 32 << 10
	lookEvery  = time.Second
	bellSlot   = -1
)

// loop is one thread with its connections. Others reach it through mu and the bell.
type loop struct {
	hub      *Hub
	ep, bell int
	done     chan struct{}

	mu       sync.Mutex
	shut     bool // no more arrivals
	arrivals []*conn
	told     map[*room]struct{}
	ending   bool
	cutting  bool

	// Owned by the loop's goroutine from here on.
	crews   map[*room]*crew
	slots   []*conn
	free    []int32 // slots free to take
	freed   []int32 // free from the next turn on: events of this turn may still name them
	now     int64
	looked  int64
	batch   sender
	due     []*wire
	scratch []byte
	read    [readBuffer]byte
	parting bool
}

func newLoop(h *Hub) (*loop, error) {
	ep, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make epoll: %w", err)
	}
	bell, err := newBell()
	if err == nil {
		err = watch(ep, syscall.EPOLL_CTL_ADD, bell, readable, bellSlot)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make bell: %w", err), syscall.Close(ep))
	}
	l := &loop{hub: h, ep: ep, bell: bell, done: make(chan struct{}), told: map[*room]struct{}{}, crews: map[*room]*crew{}, scratch: make([]byte, 0, batchBytes)}
	return l, nil
}

// handOver gives a connection to a loop; false when it is none that a loop can have.
func (h *Hub) handOver(nc net.Conn, v viewer) bool {
	plain, ok := nc.(*net.TCPConn) // not one that merely has its methods: TLS and counting listeners wrap it
	if !ok {
		return false
	}
	l := h.loop()
	if l == nil {
		return false
	}
	raw, err := plain.SyscallConn()
	if err != nil {
		return false
	}
	fd := -1
	if ctl := raw.Control(func(own uintptr) { fd, err = dup(own) }); ctl != nil || err != nil {
		return false
	}
	_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_SNDBUF, sendBuffer)
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, userTimeout, int(h.deps.Stall.Milliseconds()))
	c := &conn{leave: v.leave, part: v.first.form[v.form], seq: v.first.n, fd: int32(fd), form: uint8(v.form)}
	c.crew = &crew{room: v.room}
	c.held = append(c.held, v.early...)
	if !l.board(c) {
		_ = syscall.Close(fd)
		return false
	}
	_ = nc.Close() // our descriptor keeps the connection; the runtime's poller forgets it
	return true
}

// loop chooses where the next connection goes; nil when there are none because the system refused.
func (h *Hub) loop() *loop {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.loops) < h.deps.Loops && !h.closed {
		l, err := newLoop(h)
		if err != nil {
			h.deps.Log.Warn("viewers get a goroutine each: no event loop", "err", err)
			h.deps.Loops = len(h.loops)
			break
		}
		h.loops = append(h.loops[:len(h.loops):len(h.loops)], l)
		go l.run()
	}
	if len(h.loops) == 0 {
		return nil
	}
	return h.loops[h.turn.Add(1)%uint64(len(h.loops))]
}

func (l *loop) board(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut {
		return false
	}
	l.arrivals = append(l.arrivals, c)
	ring(l.bell)
	return true
}

// tell says that a room has news.
func (l *loop) tell(r *room) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.shut {
		l.told[r] = struct{}{}
		ring(l.bell)
	}
}

func (l *loop) end() { l.order(&l.ending) }
func (l *loop) cut() { l.order(&l.cutting) }

func (l *loop) order(flag *bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.shut {
		*flag = true
		ring(l.bell)
	}
}

// run turns until the hub is closed and nobody is left. It keeps its thread, which sleeps in the kernel.
func (l *loop) run() {
	defer close(l.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	l.batch = newSender(l.hub.deps)
	defer l.batch.close()
	events := make([]syscall.EpollEvent, maxEvents)
	for {
		n, err := syscall.EpollWait(l.ep, events, int(lookEvery.Milliseconds()))
		if err != nil && !errors.Is(err, syscall.EINTR) {
			panic(fmt.Sprintf("epoll_wait: %v", err)) // only a wrong call fails otherwise
		}
		l.now = l.hub.deps.Clock.Now().UnixMilli()
		for _, e := range events[:max(n, 0)] {
			if e.Fd == bellSlot {
				quiet(l.bell)
			} else if c := l.slots[e.Fd]; c != nil {
				l.handle(c, e.Events)
			}
		}
		if l.takeOrders() {
			return
		}
		if l.now-l.looked >= lookEvery.Milliseconds() || l.now < l.looked {
			l.looked = l.now
			l.look()
			l.hub.giveBack(l.now)
		}
		l.free, l.freed = append(l.free, l.freed...), l.freed[:0]
	}
}

// takeOrders does what others asked for; true when the loop is done.
func (l *loop) takeOrders() bool {
	l.mu.Lock()
	arrivals := l.arrivals
	l.arrivals = nil
	var told map[*room]struct{}
	if len(l.told) > 0 {
		told, l.told = l.told, map[*room]struct{}{}
	}
	ending, cutting := l.ending, l.cutting
	l.mu.Unlock()
	for _, c := range arrivals {
		l.settle(c)
	}
	if ending || cutting {
		if !l.parting {
			l.parting = true
			l.each(func(c *conn) { l.say(c, closeFrame(codeComeBack, "come back")) })
		} else {
			for _, c := range arrivals { // came between the word and its hearing
				l.say(c, closeFrame(codeComeBack, "come back"))
			}
		}
		if cutting {
			l.each(l.drop)
		}
		if l.close() {
			return true
		}
	}
	for r := range told {
		l.sweep(r)
	}
	return false
}

// close ends the loop when nobody is left.
func (l *loop) close() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.crews) > 0 || len(l.arrivals) > 0 {
		return false
	}
	l.shut = true
	_, _ = syscall.Close(l.bell), syscall.Close(l.ep) // nobody uses them after shut
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
	r := c.crew.room
	if l.crews[r] == nil {
		l.crews[r] = c.crew
	}
	l.crews[r].add(c)
	if n := len(l.free); n > 0 {
		c.slot, l.free = l.free[n-1], l.free[:n-1]
	} else {
		c.slot = int32(len(l.slots))
		l.slots = append(l.slots, nil)
	}
	l.slots[c.slot] = c
	c.since = l.now
	if err := watch(l.ep, syscall.EPOLL_CTL_ADD, int(c.fd), readable, c.slot); err != nil {
		l.hub.deps.Log.Warn("let a viewer go: not to be watched", "err", err)
		l.drop(c)
		return
	}
	if early := c.held; len(early) > 0 {
		c.held = nil
		if !l.listen(c, early) {
			return
		}
	}
	l.flush(c)
}

// drop ends a connection at once.
func (l *loop) drop(c *conn) {
	if c.fd < 0 {
		return
	}
	_ = syscall.Close(int(c.fd)) // takes it out of epoll too
	c.fd = -1
	l.slots[c.slot] = nil
	l.freed = append(l.freed, c.slot)
	if c.crew.remove(c); len(c.crew.members) == 0 {
		delete(l.crews, c.crew.room)
	}
	l.hub.gone(c.crew.room, c.leave)
}

// look lets go of viewers who finish nothing, once a second.
func (l *loop) look() {
	limit := l.now - l.hub.deps.Stall.Milliseconds()
	l.each(func(c *conn) {
		c.pings = 0
		switch {
		case c.mood == parted && l.now-c.since >= partWait.Milliseconds():
			l.drop(c)
		case c.out && c.since <= limit:
			l.hub.stats.stalled.Add(1)
			l.drop(c)
		}
	})
}
