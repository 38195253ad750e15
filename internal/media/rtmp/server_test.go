package rtmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

func TestServer_PublishGivesTracksThenSamples(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(t, w.addr)
	c.start()
	if p := <-w.asked; p.App != "live" || p.Key != "KEY" || p.RemoteAddr != c.nc.LocalAddr().String() {
		t.Errorf("asked for %+v", p)
	}
	c.media(typeAudio, 0, audioConfig)
	c.media(typeAudio, 0, audioFrame)
	c.media(typeVideo, 10, videoConfig)
	c.media(typeVideo, 10, keyFrame(66))
	c.media(typeAudio, 23, audioFrame)
	c.media(typeVideo, 43, interFrame(0))
	c.command(1, "FCUnpublish", 4.0, nil, "KEY")
	if code, _ := c.onStatus(); code != "NetStream.Unpublish.Success" {
		t.Errorf("goodbye: %s", code)
	}
	w.sink.wait(t)
	if len(w.sink.tracks) != 1 || len(w.sink.tracks[0]) != 2 {
		t.Fatalf("tracks %+v", w.sink.tracks)
	}
	v, a := w.sink.tracks[0][0], w.sink.tracks[0][1]
	if v.ID != av.VideoID || v.Codec != av.H264 || v.Width != 640 || v.Height != 360 || v.Timescale != 1000 || v.CodecTag != "avc1.64001e" {
		t.Errorf("video %+v", v)
	}
	if a.ID != av.AudioID || a.Codec != av.AAC || a.SampleRate != 48000 || a.Channels != 2 || a.Timescale != 1000 || a.CodecTag != "mp4a.40.2" {
		t.Errorf("audio %+v", a)
	}
	want := []av.Sample{
		{Track: av.AudioID, DTS: 0, Key: true, Data: audioFrame[2:]},
		{Track: av.VideoID, DTS: 10, CTS: 66, Key: true, Data: keyFrame(0)[5:]},
		{Track: av.AudioID, DTS: 23, Key: true, Data: audioFrame[2:]},
		{Track: av.VideoID, DTS: 43, Data: interFrame(0)[5:]},
	}
	equalSamples(t, w.sink.samples, want)
	if w.sink.cause != nil || w.sink.closed != 1 {
		t.Errorf("closed %d times with %v", w.sink.closed, w.sink.cause)
	}
}

func equalSamples(t *testing.T, got, want []av.Sample) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d samples, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		g, w := got[i], want[i]
		if g.Track != w.Track || g.DTS != w.DTS || g.CTS != w.CTS || g.Key != w.Key || !bytes.Equal(g.Data, w.Data) {
			t.Errorf("sample %d is %+v, want %+v", i, g, w)
		}
	}
}

func TestServer_WrongKeyIsRefusedWithItsText(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(t, w.addr)
	c.connect("live")
	// Media sent without waiting for the answer must not reach anybody.
	c.command(1, "publish", 3.0, nil, "WRONG", "live")
	c.media(typeVideo, 0, videoConfig)
	c.media(typeVideo, 0, keyFrame(0))
	if code, text := c.onStatus(); code != "NetStream.Publish.BadName" || text != errWrongKey.Error() {
		t.Errorf("%s %q", code, text)
	}
	c.closed()
	if w.sink.touched() {
		t.Error("the sink was touched")
	}
}

func TestServer_KeyIsFoundWhereEncodersPutIt(t *testing.T) {
	for _, c := range []struct{ app, name, wantApp, wantKey string }{
		{"live", "KEY", "live", "KEY"},
		{"live/", "KEY?a=b", "live/", "KEY"},
		{"live/KEY", "", "live", "KEY"},
		{"live", "/KEY/", "live", "KEY"},
	} {
		app, key, err := names(c.app, c.name)
		if err != nil || app != c.wantApp || key != c.wantKey {
			t.Errorf("%q %q: %q %q %v", c.app, c.name, app, key, err)
		}
	}
	for _, name := range []string{"", "?x=y", strings.Repeat("k", maxNames+1)} {
		if _, _, err := names("live", name); err == nil {
			t.Errorf("%.10q accepted", name)
		}
	}
}

func TestServer_Refusals(t *testing.T) {
	for name, c := range map[string]struct {
		send       func(c *client)
		code, text string
	}{
		"play":             {func(c *client) { c.connect("live"); c.command(1, "play", 3.0, nil, "KEY") }, "NetStream.Play.Failed", "only takes streams"},
		"empty key":        {func(c *client) { c.connect("live"); c.command(1, "publish", 3.0, nil, "") }, "NetStream.Publish.BadName", "key is missing"},
		"second publish":   {func(c *client) { c.start(); c.command(1, "publish", 4.0, nil, "KEY") }, "NetStream.Publish.BadName", "already publishes"},
		"H.263":            {func(c *client) { c.start(); c.media(typeVideo, 0, []byte{0x12, 0}) }, "NetStream.Publish.Denied", "set the encoder to H.264"},
		"MP3":              {func(c *client) { c.start(); c.media(typeAudio, 0, []byte{0x2f, 0}) }, "NetStream.Publish.Denied", "set the encoder to AAC"},
		"multitrack video": {func(c *client) { c.start(); c.media(typeVideo, 0, []byte{0x96, 0}) }, "NetStream.Publish.Denied", "multitrack"},
		"multitrack audio": {func(c *client) { c.start(); c.media(typeAudio, 0, []byte{0x95, 0}) }, "NetStream.Publish.Denied", "multitrack"},
		"VP9":              {func(c *client) { c.start(); c.media(typeVideo, 0, []byte("\x90vp09")) }, "NetStream.Publish.Denied", "vp09"},
		"broken avcC":      {func(c *client) { c.start(); c.media(typeVideo, 0, []byte{0x17, 0, 0, 0, 0, 1, 2}) }, "NetStream.Publish.Denied", "cannot be read"},
		"frames, no config": {func(c *client) {
			c.start()
			c.media(typeVideo, 0, keyFrame(0))
			c.media(typeVideo, 10_000, keyFrame(0))
		}, "NetStream.Publish.Denied", "without a codec configuration"},
		"nested aggregate":   {func(c *client) { c.start(); c.media(typeAggregate, 0, flvTag(typeAggregate, 0, nil)) }, "NetStream.Publish.Denied", "aggregate"},
		"video tag cut off":  {func(c *client) { c.start(); c.media(typeVideo, 0, []byte{0x17, 1}) }, "NetStream.Publish.Denied", "cannot read"},
		"modifier cut off":   {func(c *client) { c.start(); c.media(typeVideo, 0, []byte{0x97, 9}) }, "NetStream.Publish.Denied", "cannot read"},
		"unknown video type": {func(c *client) { c.start(); c.media(typeVideo, 0, []byte("\x9fhvc1")) }, "NetStream.Publish.Denied", "cannot read"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 0)
			cl := dial(t, w.addr)
			c.send(cl)
			code, text := cl.onStatus()
			if code != c.code || !strings.Contains(text, c.text) {
				t.Errorf("%s %q, want %s %q", code, text, c.code, c.text)
			}
			cl.closed()
		})
	}
}

func TestServer_ProtocolViolationsEndTheConnection(t *testing.T) {
	for name, send := range map[string]func(c *client){
		"media before publish": func(c *client) { c.connect("live"); c.media(typeVideo, 0, videoConfig) },
		"publish unconnected":  func(c *client) { c.handshake(); c.command(1, "publish", 1.0, nil, "KEY") },
		"second connect":       func(c *client) { c.connect("a"); c.command(0, "connect", 2.0, object{{"app", "b"}}) },
		"huge set-up message":  func(c *client) { c.connect("live"); c.media(typeCommand, 0, make([]byte, maxSetupMessage+1)) },
		"http":                 func(c *client) { _, _ = c.nc.Write(bytes.Repeat([]byte("GET / HTTP/1.1\r\n"), 100)) },
		"RTMPE":                func(c *client) { _, _ = c.nc.Write(append([]byte{6}, make([]byte, handshakeSize)...)) },
		"chunk size 0":         func(c *client) { c.handshake(); c.write(2, message{kind: typeSetChunkSize, payload: make([]byte, 4)}) },
		"torn AMF0":            func(c *client) { c.handshake(); c.write(3, message{kind: typeCommand, payload: []byte{2, 0, 9}}) },
		"real AMF3":            func(c *client) { c.handshake(); c.write(3, message{kind: typeCommandAMF3, payload: []byte{9}}) },
		"too many streams": func(c *client) {
			c.connect("live")
			for i := 0; i < maxMessageStreams; i++ {
				c.command(0, "createStream", 3.0, nil)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 0)
			c := dial(t, w.addr)
			send(c)
			c.closed()
			if w.sink.touched() || len(w.asked) != 0 {
				t.Error("somebody was asked about a broken connection")
			}
		})
	}
}

func TestServer_IdlePublisherIsClosed(t *testing.T) {
	w := newWorld(t, 150*time.Millisecond)
	c := dial(t, w.addr)
	c.start()
	c.closed()
	w.sink.wait(t)
	if !errors.Is(w.sink.cause, ErrLost) || w.sink.closes() != 1 {
		t.Errorf("closed %d times with %v", w.sink.closes(), w.sink.cause)
	}
}

func TestServer_PingsAloneDoNotKeepAPublication(t *testing.T) {
	w := newWorld(t, 500*time.Millisecond)
	c := dial(t, w.addr)
	c.start()
	var pings sync.WaitGroup
	pings.Go(func() {
		for range 200 {
			if c.w.write(2, message{kind: typeUserControl, payload: []byte{0, 6, 1, 2, 3, 4}}) != nil || c.w.w.Flush() != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Error("the publication stayed open for 4 s")
	})
	c.closed()
	c.nc.Close()
	pings.Wait()
	w.sink.wait(t)
	if !errors.Is(w.sink.cause, errIdle) || !errors.Is(w.sink.cause, ErrLost) {
		t.Errorf("cause %v", w.sink.cause)
	}
}

func TestServer_PingAndAcknowledgement(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(t, w.addr)
	c.start()
	c.write(2, message{kind: typeWindowAck, payload: binary.BigEndian.AppendUint32(nil, 1)})
	c.write(2, message{kind: typeUserControl, payload: []byte{0, 6, 1, 2, 3, 4}})
	m, err := c.r.next()
	if err != nil || m.kind != typeUserControl || !bytes.Equal(m.payload, []byte{0, 7, 1, 2, 3, 4}) {
		t.Fatalf("pong %+v, %v", m, err)
	}
	c.write(2, message{kind: typeSetChunkSize, payload: binary.BigEndian.AppendUint32(nil, 60000)})
	c.w.size = 60000
	c.media(typeVideo, 0, append([]byte{0x27, 1, 0, 0, 0}, make([]byte, minWindow+10)...))
	m, err = c.r.next()
	if err != nil || m.kind != typeAck || binary.BigEndian.Uint32(m.payload) < minWindow {
		t.Fatalf("acknowledgement %+v, %v", m, err)
	}
}

func TestServer_SinkErrorReachesThePublisher(t *testing.T) {
	w := newWorld(t, 0)
	w.sink.writeErr = av.ErrReplaced
	c := dial(t, w.addr)
	c.start()
	c.media(typeVideo, 0, videoConfig)
	c.media(typeAudio, 0, audioConfig)
	c.media(typeVideo, 0, keyFrame(0))
	if code, text := c.onStatus(); code != "NetStream.Publish.Denied" || text != av.ErrReplaced.Error() {
		t.Errorf("%s %q", code, text)
	}
	w.sink.wait(t)
	if w.sink.cause != av.ErrReplaced || len(w.sink.samples) != 1 {
		t.Errorf("cause %v after %d samples", w.sink.cause, len(w.sink.samples))
	}
}

func TestServer_ShutdownClosesPublishersAndWaits(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(t, w.addr)
	c.start()
	halfway, err := net.Dial("tcp", w.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer halfway.Close()
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	if w.sink.closed != 1 || !errors.Is(w.sink.cause, ErrClosed) {
		t.Errorf("closed %d times with %v", w.sink.closed, w.sink.cause)
	}
	c.closed()
	if _, err := net.Dial("tcp", w.addr); err == nil {
		t.Error("the listener still accepts")
	}
}

func TestServer_ConnectionsAreCapped(t *testing.T) {
	w := newWorld(t, 0)
	var open []net.Conn
	defer func() {
		for _, nc := range open {
			nc.Close()
		}
	}()
	for range maxConnections {
		nc, err := net.Dial("tcp", w.addr)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, nc)
	}
	dial(t, w.addr).closed() // one too many
	for _, nc := range open[:4] {
		nc.Close()
	}
	// The slots come back; how soon the server notices is the kernel's business.
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		nc, err := net.Dial("tcp", w.addr)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, nc)
		s := make([]byte, 1)
		_, _ = nc.Write(append([]byte{3}, make([]byte, handshakeSize)...))
		if _, err := io.ReadFull(nc, s); err == nil {
			return
		}
		if time.Now().After(until) {
			t.Fatal("slots of closed connections stay taken")
		}
	}
}

func TestDeadlines_TrickleDoesNotExtendTheSetUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	peer, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	var trickle sync.WaitGroup
	defer trickle.Wait()
	d := &deadlineConn{Conn: nc, clock: clock.Real{}, setup: time.Now().Add(200 * time.Millisecond), idleFor: time.Hour}
	trickle.Go(func() {
		for range 200 {
			if _, err := peer.Write([]byte{3}); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	var timeout net.Error
	if _, err := io.ReadFull(d, make([]byte, handshakeSize)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("read ended with %v", err)
	}
	peer.Close()
}

func TestServer_LostConnectionIsNoGoodbye(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(t, w.addr)
	c.start()
	c.nc.Close()
	w.sink.wait(t)
	if !errors.Is(w.sink.cause, ErrLost) || !errors.Is(w.sink.cause, io.EOF) {
		t.Errorf("cause %v", w.sink.cause)
	}
}

func TestServer_BrokenListenerEndsServe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := New(Deps{Clock: clock.Real{}, Log: slog.New(slog.DiscardHandler)})
	if err := s.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("serve: %v", err)
	}
}

func TestHandshake_OneByteAtATime(t *testing.T) {
	var out bytes.Buffer
	in := append([]byte{3}, make([]byte, 2*handshakeSize)...)
	err := acceptHandshake(struct {
		io.Reader
		io.Writer
	}{iotest.OneByteReader(bytes.NewReader(in)), &out}, zeros{})
	if err != nil || out.Len() != 1+2*handshakeSize {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
}

func TestServer_ExtendedTimestampsAndJumpsBackArriveAsSent(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(t, w.addr)
	c.start()
	c.media(typeVideo, 0xfffff0, videoConfig)
	c.media(typeAudio, 0xfffff0, audioConfig)
	// A frame of several chunks repeats the extended timestamp in each.
	long := append(keyFrame(0)[:5], codec.JoinAVCC([][]byte{append([]byte{0x65}, make([]byte, 1000)...)})...)
	for _, at := range []uint32{0xfffff1, 0xffffff, 0x01000010, 20, 40} {
		c.media(typeVideo, at, long)
	}
	c.command(1, "deleteStream", 4.0, nil, 1.0)
	w.sink.wait(t)
	var got []int64
	for _, s := range w.sink.samples {
		if !s.Key || len(s.Data) != len(long)-5 {
			t.Errorf("sample of %d bytes, key %v", len(s.Data), s.Key)
		}
		got = append(got, s.DTS)
	}
	if want := []int64{0xfffff1, 0xffffff, 0x01000010, 20, 40}; !slices.Equal(got, want) {
		t.Errorf("times %v, want %v", got, want)
	}
}
