package rtmp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a sink that keeps what it got.
type recorder struct {
	mu       sync.Mutex
	tracks   [][]av.Track
	samples  []av.Sample
	closed   int
	cause    error
	writeErr error
	done     chan struct{}
}

func newRecorder() *recorder { return &recorder{done: make(chan struct{})} }

func (r *recorder) Tracks(t []av.Track) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tracks = append(r.tracks, t)
	return nil
}

func (r *recorder) Write(s av.Sample) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.samples = append(r.samples, s)
	return r.writeErr
}

func (r *recorder) Close(cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed++; r.closed == 1 {
		r.cause = cause
		close(r.done)
	}
}

func (r *recorder) closes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// touched reports whether anything at all was asked of the sink.
func (r *recorder) touched() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.tracks)+len(r.samples)+r.closed > 0
}

func (r *recorder) wait(t *testing.T) {
	t.Helper()
	select {
	case <-r.done:
	case <-time.After(8 * time.Second):
		t.Fatal("sink was not closed")
	}
}

// world is a running server on loopback that knows one key.
type world struct {
	addr  string
	sink  *recorder
	asked chan Publish
	stop  func() error
}

var errWrongKey = errors.New("this stream key does not exist")

func newWorld(t *testing.T, idle time.Duration) *world {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{addr: l.Addr().String(), sink: newRecorder(), asked: make(chan Publish, 16)}
	s := New(Deps{
		Clock: clock.Real{}, Log: slog.New(slog.DiscardHandler), IdleTimeout: idle,
		Authorize: func(_ context.Context, p Publish) (av.Sink, error) {
			w.asked <- p
			if p.Key != "KEY" {
				return nil, errWrongKey
			}
			return w.sink, nil
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	w.stop = sync.OnceValue(func() error { cancel(); return <-served })
	t.Cleanup(func() {
		if err := w.stop(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return w
}

// client is the publishing side, with the chunk code turned round.
type client struct {
	t  *testing.T
	nc net.Conn
	r  *chunkReader
	w  *chunkWriter
}

func dial(t *testing.T, addr string) *client {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	if err := nc.SetDeadline(time.Now().Add(8 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &client{t: t, nc: nc, r: newChunkReader(bufio.NewReader(nc)), w: &chunkWriter{w: bufio.NewWriter(nc), size: defaultChunkSize}}
}

func (c *client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) handshake() {
	c.t.Helper()
	_, err := c.nc.Write(append([]byte{3}, make([]byte, handshakeSize)...))
	c.must(err)
	s := make([]byte, 1+2*handshakeSize)
	_, err = io.ReadFull(c.r.r, s)
	c.must(err)
	_, err = c.nc.Write(s[1 : 1+handshakeSize])
	c.must(err)
}

func (c *client) command(stream uint32, values ...any) {
	c.t.Helper()
	c.write(commandChunk, message{kind: typeCommand, stream: stream, payload: encodeAMF(values...)})
}

func (c *client) write(chunk byte, m message) {
	c.t.Helper()
	c.must(c.w.write(chunk, m))
	c.must(c.w.w.Flush())
}

// answer reads until a command called name and returns its values.
func (c *client) answer(name string) []any {
	c.t.Helper()
	for {
		m, err := c.r.next()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", name, err)
		}
		if m.kind != typeCommand {
			continue
		}
		values, err := decodeAMF(m.payload)
		c.must(err)
		if values[0] == name {
			return values
		}
	}
}

func (c *client) connect(app string) {
	c.t.Helper()
	c.handshake()
	c.command(0, "connect", 1.0, object{{"app", app}, {"tcUrl", "rtmp://127.0.0.1/" + app}})
	if code := at(c.answer("_result"), 3).(object).get("code"); code != "NetConnection.Connect.Success" {
		c.t.Fatalf("connect: %v", code)
	}
	c.command(0, "createStream", 2.0, nil)
	if id := at(c.answer("_result"), 3); id != 1.0 {
		c.t.Fatalf("createStream: %v", id)
	}
}

// publish returns the code and description of the answer.
func (c *client) publish(key string) (string, string) {
	c.t.Helper()
	c.command(1, "publish", 3.0, nil, key, "live")
	return c.onStatus()
}

func (c *client) onStatus() (string, string) {
	c.t.Helper()
	o := at(c.answer("onStatus"), 3).(object)
	return o.get("code").(string), o.get("description").(string)
}

func (c *client) start() {
	c.t.Helper()
	c.connect("live")
	if code, text := c.publish("KEY?token=x"); code != "NetStream.Publish.Start" {
		c.t.Fatalf("publish: %s %s", code, text)
	}
}

// media sends a tag with an absolute timestamp, extended when it needs to be.
func (c *client) media(kind byte, timestamp uint32, body []byte) {
	c.t.Helper()
	var out bytes.Buffer
	field := min(timestamp, extendedMark)
	out.Write([]byte{6, byte(field >> 16), byte(field >> 8), byte(field),
		byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body)), kind, 1, 0, 0, 0})
	var ext []byte
	if field == extendedMark {
		ext = binary.BigEndian.AppendUint32(nil, timestamp)
		out.Write(ext)
	}
	for rest := body; ; {
		n := min(len(rest), c.w.size)
		out.Write(rest[:n])
		if rest = rest[n:]; len(rest) == 0 {
			break
		}
		out.WriteByte(0xc0 | 6)
		out.Write(ext)
	}
	_, err := c.nc.Write(out.Bytes())
	c.must(err)
}

// closed waits for the server to hang up.
func (c *client) closed() {
	c.t.Helper()
	for {
		if _, err := c.r.next(); err != nil {
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				c.t.Fatal("the server kept the connection")
			}
			return
		}
	}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

var (
	avcc360 = unhex("0164001effe1001a6764001eacd940a02ff970110000030001000003003c0f162d9601000668ebe3cb22c0fdf8f800")
	avcc720 = unhex("01f4001fffe1001a67f4001f919680b412fe3f011000000300100000030320f1832a01000568ce0f1920fff8f800")

	videoConfig = append([]byte{0x17, 0, 0, 0, 0}, avcc360...)
	audioConfig = []byte{0xaf, 0, 0x11, 0x90}
	audioFrame  = []byte{0xaf, 1, 0x21, 0x10, 0x05}
)

func keyFrame(cts byte) []byte {
	return []byte{0x17, 1, 0, 0, cts, 0, 0, 0, 2, 0x65, 0x88}
}

func interFrame(cts byte) []byte {
	return []byte{0x27, 1, 0, 0, cts, 0, 0, 0, 2, 0x41, 0x9a}
}
