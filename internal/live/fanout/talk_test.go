package fanout

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func tick(n int) string {
	return fmt.Sprintf(`{"n":%d,"c":["%s"]}`, n, strings.Repeat("又便宜又好看 ", 40))
}

func TestServe_PlainAndCompressedReadersGetTheSame(t *testing.T) {
	eachWay(t, Deps{}, func(t *testing.T, s *stage) {
		s.say(tick(1), tick(2))
		a, b := s.watch(false), s.watch(true)
		const last = 2 + maxLag // as many as nobody skips
		for i := 3; i <= last; i++ {
			s.say(tick(i))
		}
		if k := a.text(); k != `{"key":2}` || b.text() != k {
			t.Fatalf("they begin with %s", k)
		}
		for i := 3; i <= last; i++ {
			if x, y := a.text(), b.text(); x != tick(i) || y != x {
				t.Fatalf("tick %d came as %s and %s", i, x, y)
			}
		}
		if b.raw*3 > a.raw {
			t.Errorf("%d bytes compressed, %d plain", b.raw, a.raw)
		}
		a.send(fin|opClose, nil)
		if code := a.closed(); code != 1005 {
			t.Errorf("an empty close frame is answered with %d", code)
		}
		s.end(`{"over":true}`)
		if x := b.text(); x != `{"over":true}` {
			t.Error(x)
		}
		if code := b.closed(); code != codeDone {
			t.Errorf("a room that is over closes with %d", code)
		}
		s.gone()
	})
}

func TestServe_AnOrdinaryClientLibraryIsContent(t *testing.T) {
	eachWay(t, Deps{}, func(t *testing.T, s *stage) {
		for _, mode := range []websocket.CompressionMode{websocket.CompressionDisabled, websocket.CompressionNoContextTakeover, websocket.CompressionContextTakeover} {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(s.web.URL, "http"), &websocket.DialOptions{CompressionMode: mode, HTTPClient: s.web.Client()})
			if err != nil {
				t.Fatal(err)
			}
			if _, b, err := c.Read(ctx); err != nil || !strings.HasPrefix(string(b), `{"key":`) {
				t.Fatalf("%q %v", b, err)
			}
			s.say(tick(7))
			pinged := make(chan error, 1)
			go func() { pinged <- c.Ping(ctx) }()
			if _, b, err := c.Read(ctx); err != nil || string(b) != tick(7) {
				t.Fatalf("%q %v", b, err)
			}
			_, _, _ = c.Read(contextSoon(ctx, pinged)) // a ping is answered while somebody reads
			_ = c.CloseNow()
			cancel()
		}
		s.gone()
	})
}

// contextSoon ends when the ping is answered.
func contextSoon(ctx context.Context, pinged chan error) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		<-pinged
		cancel()
	}()
	return ctx
}

func TestListen_WhatViewersSendIsTakenByTheBook(t *testing.T) {
	long := strings.Repeat("x", 126)
	cases := []struct {
		name string
		sent []byte
		code int // of our close frame
	}{
		{"a message", masked4(fin|opText, []byte("hello")), codePolicy},
		{"the beginning of a message", masked4(opText, []byte("hel")), codePolicy},
		{"binary", masked4(fin|2, []byte{1}), codePolicy},
		{"a message of 64 KB", masked4(fin|opText, make([]byte, 1<<16))[:14], codeTooBig},
		{"a message of 5 KB", masked4(fin|opText, make([]byte, 5000))[:8], codeTooBig},
		{"an unmasked message", frame(fin|opText, []byte("hello")), codeProtocol},
		{"an unmasked ping", frame(fin|opPing, nil), codeProtocol},
		{"a fragmented ping", masked4(opPing, []byte("p")), codeProtocol},
		{"a ping of 126 bytes", masked4(fin|opPing, []byte(long)), codeProtocol},
		{"a continuation of nothing", masked4(fin, []byte("lo")), codeProtocol},
		{"opcode 3", masked4(fin|3, nil), codeProtocol},
		{"opcode 11", masked4(fin|0xB, nil), codeProtocol},
		{"reserved bit 2", masked4(fin|0x20|opPing, nil), codeProtocol},
		{"a compressed ping", masked4(fin|rsv1|opPing, nil), codeProtocol},
		{"a close code of one byte", masked4(fin|opClose, []byte{3}), codeProtocol},
		{"close code 1005", masked4(fin|opClose, []byte{0x03, 0xED}), codeProtocol},
		{"close code 999", masked4(fin|opClose, []byte{0x03, 0xE7}), codeProtocol},
		{"close code 2999", masked4(fin|opClose, []byte{0x0B, 0xB7}), codeProtocol},
		{"a reason that is not UTF-8", masked4(fin|opClose, []byte{0x03, 0xE8, 0xC3, 0x28}), codeNotUTF8},
		{"a proper close", masked4(fin|opClose, append([]byte{0x03, 0xE9}, "再见"...)), 1001},
		{"a close of its own code", masked4(fin|opClose, []byte{0x0F, 0xA0}), 4000},
		{"a close with nothing", masked4(fin|opClose, nil), 1005},
		{"a close, then more", append(masked4(fin|opClose, []byte{0x03, 0xE8}), masked4(fin|opText, []byte("late"))...), 1000},
	}
	eachWay(t, Deps{}, func(t *testing.T, s *stage) {
		var all sync.WaitGroup
		for i, c := range cases {
			v := s.watch(i%2 == 0)
			all.Go(func() {
				if i%3 == 0 { // one byte at a time: a frame's pieces are put together
					for _, b := range c.sent {
						if _, err := v.conn.Write([]byte{b}); err != nil {
							break // refused by its head alone
						}
					}
				} else {
					v.write(c.sent)
				}
				if code := v.closed(); code != c.code {
					t.Errorf("%s is answered with %d, want %d", c.name, code, c.code)
				}
			})
		}
		all.Wait()
		s.gone()
	})
}

func TestListen_PingsAreEchoedAndFloodsRefused(t *testing.T) {
	eachWay(t, Deps{}, func(t *testing.T, s *stage) {
		v := s.watch(true)
		v.text()
		for _, p := range []string{"", "are you there", strings.Repeat("p", 125)} {
			b := masked4(fin|opPing, []byte(p))
			for _, part := range [][]byte{b[:1], b[1:5], b[5:]} {
				v.write(part)
				time.Sleep(2 * time.Millisecond)
			}
			if op, got := v.frame(); op != opPong || string(got) != p {
				t.Errorf("ping %q is answered by opcode %d with %q", p, op, got)
			}
		}
		v.send(fin|opPong, []byte("nobody asked")) // allowed, and means nothing
		s.say(tick(1))
		if x := v.text(); x != tick(1) {
			t.Error(x)
		}
		var flood []byte
		for range 300 {
			flood = append(flood, masked4(fin|opPing, nil)...)
		}
		v.write(flood)
		if code := v.closed(); code != codePolicy {
			t.Errorf("a flood of pings is answered with %d", code)
		}
		s.gone()
	})
}

func TestListen_WhatCameWithTheHandshakeIsHeard(t *testing.T) {
	eachWay(t, Deps{}, func(t *testing.T, s *stage) {
		v, _ := s.ask(handshake() + string(masked4(fin|opPing, []byte("early"))) + string(masked4(fin|opClose, nil)[:3]))
		first, a := v.frame()
		second, b := v.frame()
		if first == opPong {
			second, a, b = first, b, a
		}
		if string(a) != `{"key":0}` || string(b) != "early" || second != opPong {
			t.Errorf("%q and %q", a, b)
		}
		v.write(masked4(fin|opClose, nil)[3:])
		if code := v.closed(); code != 1005 {
			t.Error(code)
		}
		s.gone()
	})
}

func TestClose_TellsEverybodyToComeBack(t *testing.T) {
	eachWay(t, Deps{}, func(t *testing.T, s *stage) {
		var viewers []*client
		for i := range 20 {
			viewers = append(viewers, s.watch(i%2 == 0))
		}
		viewers[0].text() // somebody is surely served
		var told sync.WaitGroup
		for _, v := range viewers {
			told.Go(func() {
				if code := v.closed(); code != codeComeBack {
					t.Errorf("closed with %d", code)
				}
			})
		}
		silent := s.watch(false) // never answers: its end waits for nothing but the time given
		begin := time.Now()
		s.close(time.Second)
		if took := time.Since(begin); took > 4*time.Second {
			t.Errorf("it took %v", took)
		}
		told.Wait()
		s.gone()
		if _, resp := s.ask(handshake()); resp.StatusCode != 503 {
			t.Errorf("a closed hub answers %s", resp.Status)
		}
		_ = silent
		s.gone()
	})
}

func TestCloseFrame_HoldsItsCode(t *testing.T) {
	f := closeFrame(codeComeBack, "come back")
	if f[0] != fin|opClose || int(f[1]) != len(f)-2 || binary.BigEndian.Uint16(f[2:]) != 1012 {
		t.Errorf("%x", f)
	}
}
