package fanout

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
	"go.uber.org/goleak"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is one room that tells what the test says, behind a real HTTP server.
type stage struct {
	t      testing.TB
	hub    *Hub
	web    *httptest.Server
	left   atomic.Int64 // calls of Leave
	joined atomic.Int64

	mu   sync.Mutex
	said []Message
	more chan struct{}
}

// way is one of the three by which viewers are served.
type way struct {
	name  string
	tls   bool
	plain bool
}

var ways = []way{{name: "io_uring"}, {name: "single sends", plain: true}, {name: "goroutines", tls: true}}

func eachWay(t *testing.T, d Deps, fn func(t *testing.T, s *stage)) {
	t.Parallel()
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			d := d
			d.PlainSend = w.plain
			fn(t, newStage(t, d, w.tls))
		})
	}
}

func newStage(t testing.TB, d Deps, secure bool) *stage {
	t.Helper()
	d.Clock, d.Log = clock.Real{}, slog.New(slog.DiscardHandler)
	s := &stage{t: t, hub: New(d), more: make(chan struct{})}
	handler := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		hs, err := Check(req, "https://site.example")
		if err != nil {
			status := http.StatusForbidden
			if bad := (*HandshakeError)(nil); errors.As(err, &bad) {
				status = bad.Status
			}
			http.Error(w, err.Error(), status)
			return
		}
		s.joined.Add(1)
		if err := s.hub.Serve(w, hs, s.seat()); errors.Is(err, ErrClosing) {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	s.web = httptest.NewUnstartedServer(handler)
	s.web.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if secure {
		s.web.StartTLS()
	} else {
		s.web.Start()
	}
	t.Cleanup(func() {
		s.close(2 * time.Second)
		s.web.Close()
	})
	return s
}

func (s *stage) close(wait time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	s.hub.Close(ctx)
}

// seat stands after what was said so far, as a keyframe does.
func (s *stage) seat() Seat {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := int64(len(s.said))
	return Seat{Room: "stage", First: Message{N: n, Body: fmt.Appendf(nil, `{"key":%d}`, n)}, Chain: &script{s: s, at: n}, Leave: func() { s.left.Add(1) }}
}

func (s *stage) say(bodies ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range bodies {
		s.said = append(s.said, Message{N: int64(len(s.said)) + 1, Body: []byte(b)})
	}
	close(s.more)
	s.more = make(chan struct{})
}

func (s *stage) end(body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, Message{N: int64(len(s.said)) + 1, Body: []byte(body), Last: true})
	close(s.more)
	s.more = make(chan struct{})
}

// forget lets go of the bodies said, as a room does that keeps its newest ticks only.
func (s *stage) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.said[:max(0, len(s.said)-50)] {
		s.said[i].Body = nil
	}
}

type script struct {
	s  *stage
	at int64
}

func (c *script) Next(stop <-chan struct{}) (Message, bool) {
	for {
		c.s.mu.Lock()
		more := c.s.more
		if c.at < int64(len(c.s.said)) {
			m := c.s.said[c.at]
			c.at++
			c.s.mu.Unlock()
			return m, true
		}
		c.s.mu.Unlock()
		select {
		case <-more:
		case <-stop:
			return Message{}, false
		}
	}
}

// client is a viewer made of bytes.
type client struct {
	t       testing.TB
	conn    net.Conn
	r       *bufio.Reader
	deflate bool
	raw     int64 // bytes of payload as they travelled
}

const sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

func handshake(extra ...string) string {
	return "GET /ws HTTP/1.1\r\nHost: stage.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + sampleKey + "\r\n" +
		strings.Join(append(extra, ""), "\r\n") + "\r\n"
}

func (s *stage) dial() net.Conn {
	s.t.Helper()
	addr := s.web.Listener.Addr().String()
	var c net.Conn
	var err error
	if s.web.TLS != nil {
		c, err = tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true}) // the test's own certificate
	} else {
		c, err = net.Dial("tcp", addr)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// watch joins as a browser does; offers of permessage-deflate decide the form.
func (s *stage) watch(deflate bool) *client {
	s.t.Helper()
	var extra []string
	if deflate {
		extra = append(extra, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
	}
	c, resp := s.ask(handshake(extra...))
	if resp.StatusCode != http.StatusSwitchingProtocols {
		s.t.Fatalf("joining answers %s", resp.Status)
	}
	c.deflate = strings.HasPrefix(resp.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate")
	if c.deflate != deflate {
		s.t.Fatalf("deflate asked %v, got %q", deflate, resp.Header.Get("Sec-WebSocket-Extensions"))
	}
	return c
}

func (s *stage) ask(request string) (*client, *http.Response) {
	s.t.Helper()
	c := &client{t: s.t, conn: s.dial()}
	c.r = bufio.NewReader(c.conn)
	s.t.Cleanup(func() { _ = c.conn.Close() })
	if _, err := io.WriteString(c.conn, request); err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.ReadResponse(c.r, &http.Request{Method: http.MethodGet})
	if err != nil {
		s.t.Fatal(err)
	}
	return c, resp
}

// frame reads one frame of the server; op 0 at the end of the connection.
func (c *client) frame() (op byte, payload []byte) {
	var head [2]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return 0, []byte(err.Error())
	}
	size := uint64(head[1])
	switch size {
	case 126:
		var b [2]byte
		_, _ = io.ReadFull(c.r, b[:])
		size = uint64(binary.BigEndian.Uint16(b[:]))
	case 127:
		var b [8]byte
		_, _ = io.ReadFull(c.r, b[:])
		size = binary.BigEndian.Uint64(b[:])
	}
	if size > 1<<24 || head[0]&fin == 0 || head[0]&rsv2and3 != 0 {
		c.t.Fatalf("no frame of ours: %x of %d bytes", head, size)
	}
	payload = make([]byte, size)
	if _, err := io.ReadFull(c.r, payload); err != nil {
		return 0, []byte(err.Error())
	}
	c.raw += int64(size)
	if head[0]&rsv1 != 0 {
		if !c.deflate {
			c.t.Fatal("compressed for one who did not ask")
		}
		z := flate.NewReader(io.MultiReader(bytes.NewReader(payload), strings.NewReader("\x00\x00\xff\xff\x01\x00\x00\xff\xff")))
		out, err := io.ReadAll(z)
		if err != nil {
			c.t.Fatalf("inflate: %v", err)
		}
		payload = out
	}
	return head[0] & 0xF, payload
}

func (c *client) text() string {
	c.t.Helper()
	op, payload := c.frame()
	if op != opText {
		c.t.Fatalf("opcode %d with %q in place of a message", op, payload)
	}
	return string(payload)
}

// closed reads on to the close frame and the end of the connection.
func (c *client) closed() (code int) {
	c.t.Helper()
	defer func() { _ = c.conn.Close() }()
	for {
		op, payload := c.frame()
		switch op {
		case 0:
			return 0
		case opClose:
			if len(payload) >= 2 {
				code = int(binary.BigEndian.Uint16(payload))
			} else {
				code = 1005 // none given
			}
			if op, rest := c.frame(); op != 0 {
				c.t.Errorf("opcode %d with %q after the close frame", op, rest)
			}
			return code
		}
	}
}

// send writes a masked frame as clients do.
func (c *client) send(first byte, payload []byte) { c.write(masked4(first, payload)) }

func masked4(first byte, payload []byte) []byte {
	mask := [4]byte{0xA1, 0x02, 0x33, 0xF4}
	b := []byte{first}
	switch n := len(payload); {
	case n <= 125:
		b = append(b, masked|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, masked|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, masked|127), uint64(n))
	}
	b = append(b, mask[:]...)
	for i, v := range payload {
		b = append(b, v^mask[i%4])
	}
	return b
}

func (c *client) write(b []byte) {
	c.t.Helper()
	if _, err := c.conn.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

// gone waits until as many left as joined, and none twice.
func (s *stage) gone() {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); s.left.Load() != s.joined.Load(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%d joined, %d left", s.joined.Load(), s.left.Load())
		}
	}
	if n := s.hub.Stats().Viewers; n != 0 {
		s.t.Errorf("%d viewers are left", n)
	}
}
