package rtmp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

const (
	// maxConnections bounds publishers and half-open connections of one node; a node's ingest
	// bandwidth ends well below it.
	maxConnections = 512
	// acceptPause is the wait after a failed accept, typically for want of file descriptors.
	acceptPause = 100 * time.Millisecond
	// maxAcceptFailures in a row mean the listener is broken for good.
	maxAcceptFailures = 100
)

var (
	// ErrLost is wrapped by a sink's Close cause when the connection broke without a goodbye:
	// network failure, silence, protocol error. The publisher may come back.
	ErrLost = errors.New("connection to the publisher lost")
	// ErrClosed is the Close cause when the server itself shuts down.
	ErrClosed = errors.New("rtmp server closed")
)

// Publish is what a publisher asks for.
type Publish struct {
	App        string // path before the key, e.g. "live"
	Key        string // stream name without query; a secret
	RemoteAddr string // host:port
}

// Deps are the server's needs. Clock must run with real time: connection deadlines come from it.
type Deps struct {
	Clock clock.Clock
	Log   *slog.Logger
	// Authorize decides on a publish command, before any media is kept, and returns the sink for
	// it. Its error's text is shown to the publisher. It has 5 s and is called from the
	// connection's goroutine, so concurrently for different connections; ctx ends with the call.
	Authorize func(ctx context.Context, p Publish) (av.Sink, error)
	// IdleTimeout is the longest silence of a publisher; 0 means 20 s.
	IdleTimeout time.Duration
}

// Server accepts RTMP publishers.
type Server struct{ deps Deps }

// New makes a server.
func New(deps Deps) *Server {
	if deps.IdleTimeout <= 0 {
		deps.IdleTimeout = defaultIdle
	}
	return &Server{deps: deps}
}

// Serve accepts connections until ctx ends, then closes the listener and every connection and
// returns once all sinks are closed. It returns nil after ctx ended and the listener's error when
// that breaks.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel(ErrClosed)
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	defer l.Close()

	slots := make(chan struct{}, maxConnections)
	failures := 0
	for {
		nc, err := l.Accept()
		if ctx.Err() != nil {
			if err == nil {
				nc.Close()
			}
			return nil
		}
		if err != nil {
			if failures++; failures == maxAcceptFailures || errors.Is(err, net.ErrClosed) {
				return fmt.Errorf("accept rtmp connection: %w", err)
			}
			select {
			case <-ctx.Done():
			case <-s.deps.Clock.After(acceptPause):
			}
			continue
		}
		failures = 0
		select {
		case slots <- struct{}{}:
		default:
			s.deps.Log.Warn("rtmp connection refused", "remote", nc.RemoteAddr().String(), "reason", "too many connections", "limit", maxConnections)
			nc.Close()
			continue
		}
		running.Go(func() {
			defer func() { <-slots }()
			s.serveConn(ctx, nc)
		})
	}
}

// serveConn runs one connection; the end of ctx interrupts its reads and writes by closing it.
func (s *Server) serveConn(ctx context.Context, nc net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	newConn(s.deps, nc).serve(ctx)
}
