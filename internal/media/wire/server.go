package wire

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/llhls"
	"github.com/hawker-live/hawker/internal/server"
)

const (
	// maxConns are served at once; beyond it connections stay with the web server. A connection here costs a
	// quarter of a kilobyte beside what the kernel keeps of it.
	maxConns = 64 << 10
	// maxLoops write: beyond it the network card's queues are the limit.
	maxLoops = 8
	// maxReturns of one connection to the web server: after them it stays there, as taking it over costs more than
	// an answer.
	maxReturns = 4
)

// Book counts requests and writes their lines: *server.Router.
type Book interface {
	Arrive(method string) server.Visit
	Leave(ctx context.Context, v server.Visit, pattern string, status int, bytes int64)
}

// Deps of a Server.
type Deps struct {
	Clock clock.Clock
	Log   *slog.Logger
	Book  Book
	// Pattern is the route that requests count for.
	Pattern string
	// Origin is the stream of a session. Who asks for one that is not there goes back to the web server.
	Origin func(session string) (*llhls.Stream, error)
	// Dress writes the headers that the web server's door gives these answers before the stream's own.
	Dress func(h http.Header, requestID string)
	// Loops is how many goroutines serve, 0: one a core, at most maxLoops.
	Loops int
	// Limits on time; a zero one is the web server's or the default.
	Times Times
}

// Times bound what a connection may keep others waiting for.
type Times struct {
	Head   time.Duration // from a head's first byte to its end; 10 s as at the web server
	Idle   time.Duration // between an answer and the next head; 120 s as at the web server
	Stall  time.Duration // without the reader taking a byte of an answer; 30 s
	Answer time.Duration // for a whole answer: longer than any object stays readable; 120 s
}

func (t *Times) defaults() {
	for _, d := range []struct {
		at *time.Duration
		to time.Duration
	}{{&t.Head, 10 * time.Second}, {&t.Idle, 120 * time.Second}, {&t.Stall, 30 * time.Second}, {&t.Answer, 120 * time.Second}} {
		if *d.at == 0 {
			*d.at = d.to
		}
	}
}

// Server takes connections over from a web server. Make it with New.
type Server struct {
	deps    Deps
	counter *counter
	conns   atomic.Int64 // here now
	taken   atomic.Int64 // ever
	given   atomic.Int64 // back
	leaving atomic.Bool
	work    sync.WaitGroup // collections under way

	mu     sync.Mutex
	loops  []*loop // made at the first connection
	closed bool
	turn   uint64
	tidy   tidy
}

// New makes a Server; its loops start with the first connection. Close ends it.
func New(d Deps) *Server {
	if d.Loops == 0 {
		d.Loops = min(runtime.GOMAXPROCS(0), maxLoops)
	}
	d.Times.defaults()
	return &Server{deps: d, counter: newCounter(&net.TCPAddr{})}
}

// Stats count connections.
type Stats struct {
	Conns    int64 // here now
	Taken    int64 // taken over since the start
	Returned int64 // given back since the start
}

// Stats of now.
func (s *Server) Stats() Stats {
	return Stats{Conns: s.conns.Load(), Taken: s.taken.Load(), Returned: s.given.Load()}
}

// Returns is the listener over which the web server must accept connections that come back.
func (s *Server) Returns() net.Listener { return s.counter }

type connKey struct{}

// ConnContext is the web server's: it remembers the connections that could be taken over.
func (s *Server) ConnContext(ctx context.Context, c net.Conn) context.Context {
	switch c.(type) {
	case *net.TCPConn, *returned:
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx // TLS, or wrapped by somebody who wants to see every byte
}

// Adopt takes over the connection of a request that has been answered, where that can be done; the handler must not
// touch w any more. Otherwise it does nothing.
func (s *Server) Adopt(w http.ResponseWriter, req *http.Request) {
	if !s.wants(w, req) {
		return
	}
	ctl := http.NewResponseController(w)
	if ctl.Flush() != nil {
		return
	}
	c, rw, err := ctl.Hijack()
	if err != nil {
		return
	}
	early := make([]byte, rw.Reader.Buffered())
	n, _ := rw.Reader.Read(early) // what is buffered is there
	early = early[:n]
	tcp, times := plain(c)
	if r, ok := c.(*returned); ok {
		early = append(early, r.unread...)
	}
	if !s.board(tcp, early, times) {
		s.counter.give(&returned{TCPConn: tcp, unread: early, times: times})
	}
}

// wants tells a connection worth having: plain, kept alive by both sides, between two requests.
func (s *Server) wants(w http.ResponseWriter, req *http.Request) bool {
	c, ok := req.Context().Value(connKey{}).(net.Conn)
	if !ok || !possible || s.leaving.Load() || s.conns.Load() >= maxConns {
		return false
	}
	if _, times := plain(c); times >= maxReturns {
		return false
	}
	return req.ProtoMajor == 1 && req.ProtoMinor == 1 && !req.Close && req.Body == http.NoBody && w.Header().Get("Connection") == "" &&
		(req.Method == http.MethodGet || req.Method == http.MethodHead)
}

func plain(c net.Conn) (tcp *net.TCPConn, times uint8) {
	if r, ok := c.(*returned); ok {
		return r.TCPConn, r.times
	}
	tcp, _ = c.(*net.TCPConn)
	return tcp, 0
}

// Leave begins to let go of connections: those that have asked for nothing at once, the others with their next
// answer, which tells them so. No more are taken over.
func (s *Server) Leave() {
	s.leaving.Store(true)
	for _, l := range s.each() {
		l.ring()
	}
}

// Close lets go of all connections and ends the loops. Answers under way, waits among them, are finished first,
// until ctx ends.
func (s *Server) Close(ctx context.Context) {
	s.Leave()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	for _, l := range s.each() {
		l.end()
		select {
		case <-l.done:
		case <-ctx.Done():
			l.cut()
			<-l.done
		}
	}
	_ = s.counter.Close()
	s.work.Wait()
}

func (s *Server) each() []*loop {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loops
}
