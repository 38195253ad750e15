package fanout

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

// Message is one text for everybody in a room.
type Message struct {
	N    int64 // dense and growing along a chain, from 1
	Body []byte
	Last bool // the chain ends with it
}

// Chain leads from one message to the following.
type Chain interface {
	// Next waits for the following message; false when stop was closed first or no more will come. A chain is
	// used by one goroutine.
	Next(stop <-chan struct{}) (m Message, ok bool)
}

// Seat is what one viewer is owed.
type Seat struct {
	// Room names the chain: viewers with the same name are served from one.
	Room string
	// First is sent at once; the chain's messages after First.N follow.
	First Message
	// Chain begins after First. Only the first viewer's is used.
	Chain Chain
	// Leave is called once, when the viewer is gone. It must not call the Hub.
	Leave func()
}

// Deps of a Hub.
type Deps struct {
	Clock clock.Clock
	Log   *slog.Logger
	// Loops is how many threads write, 0: one a core, at most maxLoops.
	Loops int
	// Stall is how long a viewer may finish no frame before it is let go; 0: 15 s.
	Stall time.Duration
	// PlainSend sends one by one even where the kernel offers io_uring.
	PlainSend bool
}

const (
	maxLoops = 8 // beyond it the network card's queues are the limit, not the writers
	stall    = 15 * time.Second
	// handshakeWait is how long the switch of protocols may take to be written.
	handshakeWait = 10 * time.Second
	// partWait is how long a viewer may take to answer our close frame.
	partWait = 2 * time.Second
	// sendBuffer caps what the kernel holds for a slow reader: some dozen ticks, which the kernel doubles for its
	// own bookkeeping. Left alone it grows to megabytes of stale ticks.
	sendBuffer = 32 << 10
	// maxPings a second of one viewer; browsers send none.
	maxPings = 20
)

// ErrClosing: the process is ending; the viewer should come back in a moment.
var ErrClosing = errors.New("the server is restarting")

// Hub serves all viewers of this process.
type Hub struct {
	deps   Deps
	work   sync.WaitGroup // followers and viewers with a goroutine
	ending chan struct{}  // closed by Close

	mu     sync.Mutex
	rooms  map[string]*room
	loops  []*loop // made at the first viewer
	closed bool
	joined int64 // ever
	tidy   tidy

	turn  atomic.Uint64
	stats counters
}

type counters struct{ viewers, skipped, stalled, refused atomic.Int64 }

// Stats are sums since the start, except Viewers, who are here now.
type Stats struct {
	Viewers int64
	Skipped int64 // messages that slow readers were not sent
	Stalled int64 // viewers let go because they finished no frame
	Refused int64 // viewers let go because of what they sent
}

// New makes a Hub; its threads start with the first viewer. Close ends it.
func New(d Deps) *Hub {
	if d.Loops == 0 {
		d.Loops = min(runtime.GOMAXPROCS(0), maxLoops)
	}
	if d.Stall == 0 {
		d.Stall = stall
	}
	return &Hub{deps: d, rooms: map[string]*room{}, ending: make(chan struct{})}
}

// Stats of now.
func (h *Hub) Stats() Stats {
	return Stats{Viewers: h.stats.viewers.Load(), Skipped: h.stats.skipped.Load(), Stalled: h.stats.stalled.Load(), Refused: h.stats.refused.Load()}
}

// Serve makes the request a WebSocket and sees to its viewer. It returns at once where a loop takes over, and
// otherwise when the viewer is gone. ErrClosing can still be answered; after another error nothing can.
func (h *Hub) Serve(w http.ResponseWriter, hs Handshake, s Seat) error {
	r, err := h.enter(s)
	if err != nil {
		s.Leave()
		return err
	}
	// Nothing else of the seat is kept: a chain held by a viewer would hold all that follows.
	v := viewer{room: r, form: hs.form, first: r.first(s.First), leave: s.Leave}
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		h.gone(r, v.leave)
		return err
	}
	v.early = make([]byte, rw.Reader.Buffered())
	_, _ = rw.Reader.Read(v.early) // it is in memory already
	_ = nc.SetDeadline(h.deps.Clock.Now().Add(handshakeWait))
	if _, err := nc.Write(hs.answer()); err != nil {
		h.gone(r, v.leave)
		return errors.Join(err, nc.Close())
	}
	if h.handOver(nc, v) {
		return nil
	}
	defer h.gone(r, v.leave)
	if !h.begin() { // closed since it entered: nobody waits for this goroutine any more
		_, err := nc.Write(closeFrame(codeComeBack, "come back"))
		return errors.Join(err, nc.Close())
	}
	defer h.work.Done()
	newTalker(h, nc, v).run()
	return nil
}

// begin counts a goroutine that Close waits for.
func (h *Hub) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.work.Add(1)
	return true
}

// viewer is what a loop or a goroutine needs to know of one.
type viewer struct {
	room  *room
	form  int
	first *wire
	early []byte // sent with the request already
	leave func()
}

// enter counts a viewer into its room, which begins with the first.
func (h *Hub) enter(s Seat) (*room, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrClosing
	}
	r := h.rooms[s.Room]
	if r == nil {
		r = &room{name: s.Room, stop: make(chan struct{})}
		h.rooms[s.Room] = r
		h.work.Go(func() { h.follow(r, s.Chain) })
	}
	r.viewers++
	h.joined++
	h.stats.viewers.Add(1)
	return r, nil
}

// gone counts a viewer out again; a room ends with its last.
func (h *Hub) gone(r *room, leave func()) {
	h.mu.Lock()
	h.stats.viewers.Add(-1)
	if r.viewers--; r.viewers == 0 {
		close(r.stop)
		delete(h.rooms, r.name)
	}
	h.mu.Unlock()
	leave()
}

// follow makes the wires of a room while it has viewers.
func (h *Hub) follow(r *room, c Chain) {
	for {
		m, ok := c.Next(r.stop)
		if !ok {
			return
		}
		r.add(newWire(m))
		h.mu.Lock()
		loops := h.loops
		h.mu.Unlock()
		for _, l := range loops {
			l.tell(r)
		}
		if m.Last {
			return
		}
	}
}

// Close tells every viewer to come back (1012) and waits until they are gone; when ctx ends first, they are cut.
// Serve refuses from now on.
func (h *Hub) Close(ctx context.Context) {
	h.mu.Lock()
	first := !h.closed
	h.closed = true
	loops := h.loops
	h.mu.Unlock()
	if first {
		close(h.ending)
	}
	for _, l := range loops {
		l.end()
	}
	cut := context.AfterFunc(ctx, func() {
		for _, l := range loops {
			l.cut()
		}
	})
	defer cut()
	for _, l := range loops {
		<-l.done
	}
	h.work.Wait()
}
