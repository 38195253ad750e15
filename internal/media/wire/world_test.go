package wire_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mediaapi"
	"github.com/hawker-live/hawker/internal/media/wire"
	"github.com/hawker-live/hawker/internal/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a media service with one live session on a clock that is moved by hand, and its doors.
type world struct {
	t     *testing.T
	clk   *clock.Fake
	media *media.Service
	sink  av.Sink
	base  string // of the session
	size  int    // bytes a picture

	played     time.Duration
	vDTS, aDTS int64
	pictures   int
}

// grace is how long the session waits for its publisher.
const grace = 30 * time.Second

func newWorld(t *testing.T, size int) *world {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the loops are Linux's")
	}
	w := &world{t: t, clk: clock.NewFake(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)), size: size}
	blobs, err := blob.Open(t.Context(), "file:"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.media = media.New(media.Deps{DB: dbtest.Open(t, dbtest.SQLiteURL(t), media.Migrate), Blobs: blobs, Clock: w.clk, IDs: id.NewSource(w.clk.Now), Log: slog.New(slog.DiscardHandler), Grace: grace})
	t.Cleanup(w.media.Close)
	key, err := w.media.RotateKey(t.Context(), "chn_1")
	if err != nil {
		t.Fatal(err)
	}
	if w.sink, err = w.media.Publish(t.Context(), key, "rtmp"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.sink.Close(nil) })
	err = w.sink.Tracks([]av.Track{
		{ID: av.VideoID, Codec: av.H264, Timescale: 90000, Config: []byte{1, 0x64, 0, 0x1f, 0xff}, CodecTag: "avc1.64001f", Width: 1280, Height: 720},
		{ID: av.AudioID, Codec: av.AAC, Timescale: 48000, Config: []byte{0x11, 0x90}, CodecTag: "mp4a.40.2", SampleRate: 48000, Channels: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, ok := w.media.StreamOf("chn_1")
	if !ok {
		t.Fatal("no stream")
	}
	w.base = "/media/live/" + s.Session + "/"
	return w
}

// play sends d of media at 30 frames/s with a key frame every two seconds, in the clock's time.
func (w *world) play(d time.Duration) {
	w.t.Helper()
	for end := w.played + d; ; {
		v, a := time.Duration(w.vDTS)*time.Second/90000, time.Duration(w.aDTS)*time.Second/48000
		at := min(v, a)
		if at >= end {
			w.clk.Advance(end - w.played)
			w.played = end
			return
		}
		if at > w.played {
			w.clk.Advance(at - w.played)
			w.played = at
		}
		s := av.Sample{Track: av.AudioID, DTS: w.aDTS, Duration: 1024, Key: true, Data: make([]byte, 40)}
		if v <= a {
			s = av.Sample{Track: av.VideoID, DTS: w.vDTS, Duration: 3000, Key: w.pictures%60 == 0, Data: make([]byte, w.size)}
			w.vDTS += 3000
			w.pictures++
		} else {
			w.aDTS += 1024
		}
		if err := w.sink.Write(s); err != nil {
			w.t.Fatal(err)
		}
	}
}

// site is one web server over the world's media.
type site struct {
	t     *testing.T
	addr  string
	wire  *wire.Server // nil where net/http answers everything
	web   *http.Server
	meter *meter
	log   *text
	drain chan struct{}
}

func (w *world) site(looped bool, mind func(*wire.Deps)) *site {
	w.t.Helper()
	s := &site{t: w.t, meter: &meter{}, log: &text{}, drain: make(chan struct{})}
	log := slog.New(slog.NewTextHandler(s.log, nil))
	r := server.NewRouter(server.Deps{Clock: w.clk, Log: log, Version: "test", Secure: true, Meter: s.meter, AccessLog: true, Draining: s.drain})
	s.web = &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	s.addr = l.Addr().String()
	var serving sync.WaitGroup
	if looped {
		s.wire = mediaapi.NewWire(r, w.media, w.clk, log, mind)
		s.web.ConnContext = s.wire.ConnContext
		serving.Go(func() { _ = s.web.Serve(s.wire.Returns()) })
	}
	if _, err := mediaapi.Mount(r, mediaapi.Deps{Media: w.media, Wire: s.wire, UploadDir: filepath.Join(w.t.TempDir(), "up"), Clock: w.clk, IDs: id.NewSource(w.clk.Now), Log: log}); err != nil {
		w.t.Fatal(err)
	}
	serving.Go(func() { _ = s.web.Serve(l) })
	w.t.Cleanup(func() {
		if s.wire != nil {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			s.wire.Close(ctx)
		}
		_ = s.web.Close()
		serving.Wait()
		if !r.Wait(w.t.Context()) && w.t.Context().Err() == nil {
			w.t.Error("a request was begun and not ended")
		}
	})
	return s
}

// meter keeps what was counted.
type meter struct {
	mu     sync.Mutex
	flying int
	served []string
}

func (m *meter) Begin() { m.mu.Lock(); m.flying++; m.mu.Unlock() }

func (m *meter) Served(method, route string, status int, bytes int64, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.flying--
	m.served = append(m.served, fmt.Sprintf("%s %s %d %d", method, route, status, bytes))
}

func (m *meter) said() (flying int, served []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.flying, append([]string(nil), m.served...)
}

type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *text) Write(p []byte) (int, error) { t.mu.Lock(); defer t.mu.Unlock(); return t.b.Write(p) }
func (t *text) String() string              { t.mu.Lock(); defer t.mu.Unlock(); return t.b.String() }

// patience is beyond everything a test waits for that is to come.
const patience = 10 * time.Second

// player is a raw connection.
type player struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func (s *site) dial() *player {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	return &player{t: s.t, Conn: c, r: bufio.NewReader(c)}
}

// adopted is a connection that a loop has.
func (w *world) adopted(s *site) *player {
	s.t.Helper()
	var before int64
	if s.wire != nil {
		before = s.wire.Stats().Taken
	}
	p := s.dial()
	if a := p.ask("GET " + w.base + "index.m3u8 HTTP/1.1\r\nHost: a\r\n\r\n"); !strings.HasPrefix(a, "HTTP/1.1 200 ") {
		s.t.Fatal(a)
	}
	if s.wire != nil {
		s.wait("the connection to be taken over", func() bool { return s.wire.Stats().Taken > before })
	}
	return p
}

func (s *site) wait(what string, done func() bool) {
	s.t.Helper()
	for until := time.Now().Add(patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			s.t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (p *player) say(raw string) {
	p.t.Helper()
	if _, err := io.WriteString(p.Conn, raw); err != nil {
		p.t.Fatal(err)
	}
}

func (p *player) ask(raw string) string {
	p.t.Helper()
	p.say(raw)
	return p.hear(raw)
}

// answered waits a while for the first byte of an answer.
func (p *player) answered(d time.Duration) bool {
	p.t.Helper()
	_ = p.SetReadDeadline(time.Now().Add(d))
	_, err := p.r.Peek(1)
	_ = p.SetReadDeadline(time.Time{})
	if err != nil && !isTimeout(err) {
		p.t.Fatal(err)
	}
	return err == nil
}

// silent fails when something is answered.
func (p *player) silent(d time.Duration) {
	p.t.Helper()
	if p.answered(d) {
		b, _ := p.r.Peek(p.r.Buffered())
		p.t.Fatalf("answered with %.200q", b)
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

var varying = regexp.MustCompile(`(?m)^(Date: .{3}, .{20} GMT|X-Request-Id: \w{13})\r$|"requestId":"\w{13}"`)

// hear reads one answer byte by byte as it was sent, without what differs each time. "closed" is the end.
func (p *player) hear(asked string) string {
	p.t.Helper()
	_ = p.SetReadDeadline(time.Now().Add(patience))
	var head strings.Builder
	length := 0
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			if isTimeout(err) {
				p.t.Fatalf("no answer to %.200q: %q", asked, head.String()+line)
			}
			return "closed" + head.String() + line
		}
		head.WriteString(line)
		if _, err := fmt.Sscanf(line, "Content-Length: %d", &length); err == nil {
			continue
		}
		if line == "\r\n" {
			break
		}
	}
	body := ""
	if !strings.HasPrefix(asked, "HEAD ") {
		b := make([]byte, length)
		if _, err := io.ReadFull(p.r, b); err != nil {
			return head.String() + "cut: " + err.Error()
		}
		body = string(b)
	}
	text := head.String()
	if n := len(varying.FindAllString(text, -1)); n != 2 && !strings.Contains(text, " 400 Bad Request") && !strings.Contains(text, " 501 ") && !strings.Contains(text, " 505 ") {
		p.t.Errorf("%d of date and request id in %q", n, text)
	}
	if len(body) < 4<<10 { // a problem names its request
		body = varying.ReplaceAllString(body, "…")
	}
	return varying.ReplaceAllString(text, "…") + body
}
