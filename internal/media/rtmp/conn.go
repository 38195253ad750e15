package rtmp

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

const (
	// setupTimeout is the whole time from accept to publish; a phone on a poor network needs 2 s.
	setupTimeout = 10 * time.Second
	// authorizeTimeout bounds the key lookup.
	authorizeTimeout = 5 * time.Second
	// defaultIdle is the longest silence of a publisher. Shorter ones end broadcasts at every
	// tunnel; the room's own grace period starts after it.
	defaultIdle = 20 * time.Second
	// writeTimeout is for the few hundred bytes we ever send.
	writeTimeout = 5 * time.Second
	// lingerTimeout and maxLinger bound reading on after a refusal, so that the status reaches the
	// publisher before the reset that closing with unread input would cause.
	lingerTimeout = time.Second
	maxLinger     = 8 << 20
	// readBuffer holds several audio messages or a good part of a frame.
	readBuffer = 64 << 10
	// minWindow keeps a hostile window size from making us acknowledge every byte.
	minWindow = 64 << 10
)

var errIdle = errors.New("no media from the publisher")

// conn is one publisher's connection, run by one goroutine.
type conn struct {
	deps   Deps
	remote string
	net    *deadlineConn
	r      *chunkReader
	w      *chunkWriter

	connected     bool
	app           string
	streams       uint32
	publication   *publication
	publishStream uint32
	lastMedia     time.Time

	window uint64 // acknowledge after this many bytes
	acked  uint64
}

func newConn(deps Deps, nc net.Conn) *conn {
	d := &deadlineConn{Conn: nc, clock: deps.Clock, idleFor: deps.IdleTimeout}
	d.setup = deps.Clock.Now().Add(setupTimeout)
	return &conn{
		deps: deps, remote: nc.RemoteAddr().String(), net: d, window: announcedWindow,
		r: newChunkReader(bufio.NewReaderSize(d, readBuffer)),
		w: &chunkWriter{w: bufio.NewWriter(d), size: defaultChunkSize},
	}
}

// serve runs the connection to its end, tells the publisher why, closes the sink and logs once.
func (c *conn) serve(ctx context.Context) {
	began := c.deps.Clock.Now()
	err := c.run(ctx)
	if ctx.Err() != nil && err != errGoodbye {
		err = ErrClosed
	}
	if c.publication == nil {
		c.farewell(err)
		level := slog.LevelDebug // port scans and probes
		if c.connected {
			level = slog.LevelInfo
		}
		c.deps.Log.Log(ctx, level, "rtmp connection refused", "remote", c.remote, "app", c.app, "reason", reason(err))
		return
	}
	if err == errGoodbye {
		if finishErr := c.publication.finish(); finishErr != nil {
			err = &refusal{code: "NetStream.Publish.Denied", stream: c.publishStream, cause: finishErr}
		}
	}
	c.publication.sink.Close(closeCause(err))
	c.farewell(err)
	c.deps.Log.Info("rtmp publication ended", "remote", c.remote, "app", c.app, "reason", reason(err),
		"duration_ms", c.deps.Clock.Now().Sub(began).Milliseconds(), "bytes", c.r.read,
		"samples", c.publication.samples, "dropped", c.publication.dropped)
}

func (c *conn) run(ctx context.Context) error {
	// The handshake reads through the same buffer: a client may send C2 and connect together.
	if err := acceptHandshake(struct {
		io.Reader
		io.Writer
	}{c.r.r, c.net}, rand.Reader); err != nil {
		return err
	}
	for {
		m, err := c.r.next()
		if err != nil {
			return err
		}
		if err := c.handle(ctx, m); err != nil {
			return err
		}
		// Pings keep the socket alive but are no broadcast.
		if c.publication != nil && c.deps.Clock.Now().Sub(c.lastMedia) > c.deps.IdleTimeout {
			return errIdle
		}
		if c.r.read-c.acked >= c.window {
			c.acked = c.r.read
			if err := c.control(typeAck, binary.BigEndian.AppendUint32(nil, uint32(c.acked))); err != nil {
				return err
			}
		}
	}
}

func (c *conn) handle(ctx context.Context, m message) error {
	switch m.kind {
	case typeCommand, typeCommandAMF3:
		return c.command(ctx, m)
	case typeAudio, typeVideo, typeAggregate:
		if c.publication == nil {
			return errors.New("media before publish")
		}
		c.lastMedia = c.deps.Clock.Now()
		if err := c.publication.message(m); err != nil {
			return &refusal{code: "NetStream.Publish.Denied", stream: c.publishStream, cause: err}
		}
	case typeWindowAck:
		if len(m.payload) < 4 {
			return fmt.Errorf("window message of %d bytes", len(m.payload))
		}
		// Half of what the publisher allows, so that an acknowledgement is never late.
		c.window = max(minWindow, uint64(binary.BigEndian.Uint32(m.payload))/2)
	case typeUserControl:
		if len(m.payload) >= 6 && binary.BigEndian.Uint16(m.payload) == 6 { // PingRequest
			return c.control(typeUserControl, append([]byte{0, 7}, m.payload[2:6]...))
		}
	}
	return nil // onMetaData and acknowledgements carry nothing we rely on
}

func (c *conn) control(kind byte, payload []byte) error {
	if err := c.w.write(controlChunk, message{kind: kind, payload: payload}); err != nil {
		return err
	}
	return c.w.w.Flush()
}

// farewell sends the status of a refusal and closes so that it arrives.
func (c *conn) farewell(err error) {
	defer c.net.Close()
	var r *refusal
	if errors.As(err, &r) {
		if c.status(r.stream, "error", r.code, text(r.cause)) != nil {
			return
		}
	} else if err != errGoodbye {
		return
	}
	half, ok := c.net.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	c.net.setup = c.deps.Clock.Now().Add(lingerTimeout)
	// Whatever ends the reading, the connection closes; there is nobody left to tell.
	_, _ = io.CopyN(io.Discard, c.net, maxLinger)
}

// closeCause is what a sink learns: nil for a goodbye, ErrLost for a broken connection.
func closeCause(err error) error {
	var r *refusal
	switch {
	case err == errGoodbye:
		return nil
	case errors.As(err, &r):
		return r.cause
	case errors.Is(err, ErrClosed):
		return err
	}
	return fmt.Errorf("%w: %w", ErrLost, err)
}

func reason(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "silence"
	}
	if errors.Is(err, io.EOF) {
		return "connection closed by the publisher"
	}
	return err.Error()
}

// deadlineConn gives every read and write its deadline. Until idle is called all reads share the
// set-up deadline, so that a client sending a byte now and then cannot stay.
type deadlineConn struct {
	net.Conn
	clock   clock.Clock
	setup   time.Time
	idleFor time.Duration
}

func (d *deadlineConn) idle() { d.setup = time.Time{} }

func (d *deadlineConn) Read(b []byte) (int, error) {
	until := d.setup
	if until.IsZero() {
		until = d.clock.Now().Add(d.idleFor)
	}
	if err := d.SetReadDeadline(until); err != nil {
		return 0, err
	}
	return d.Conn.Read(b)
}

func (d *deadlineConn) Write(b []byte) (int, error) {
	if err := d.SetWriteDeadline(d.clock.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return d.Conn.Write(b)
}
