package fanout

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/http"
	"testing"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// FuzzFrames reads what a viewer may send, cut where the network cuts it.
func FuzzFrames(f *testing.F) {
	f.Add(masked4(fin|opPing, []byte("are you there")), 3, true)
	f.Add(append(masked4(fin|opPong, nil), masked4(fin|opClose, []byte{3, 0xe8, 'b', 'y', 'e'})...), 1, false)
	f.Add([]byte{fin | opText, masked | 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 2, false)
	f.Add([]byte{fin | rsv1 | opText, masked | 1, 1, 2, 3, 4, 5}, 7, true)
	f.Fuzz(func(t *testing.T, b []byte, cut int, deflate bool) {
		form := plain
		if deflate {
			form = packed
		}
		fuzztest.Within(t, len(b), fuzztest.Cost{Fixed: 64 << 10, PerByte: 64}, func() {
			taken, why := read(t, bytes.Clone(b), form, len(b))
			again, whyCut := read(t, bytes.Clone(b), form, 1+max(0, cut)%200)
			if taken != again || (why == nil) != (whyCut == nil) {
				t.Fatalf("whole: %d bytes, %v; in pieces: %d, %v", taken, why, again, whyCut)
			}
		})
	})
}

// read feeds b in pieces as a connection does, and returns how much made whole frames and the refusal.
func read(t *testing.T, b []byte, form, piece int) (taken int, why *refusal) {
	t.Helper()
	var held []byte
	for len(b) > 0 {
		n := min(max(1, piece), len(b))
		held, b = append(held, b[:n]...), b[n:]
		for {
			f, n, bad := readFrame(held, form)
			if bad != nil {
				if !mayBeSent(bad.code) || len(closeFrame(bad.code, bad.reason)) > 2+maxControl {
					t.Fatalf("refused with %d %q", bad.code, bad.reason)
				}
				return taken, bad
			}
			if n == 0 {
				if len(held) > maxHeld {
					t.Fatalf("%d bytes are kept of a frame", len(held))
				}
				break
			}
			if f.op < opClose || len(f.payload) > maxControl || n > len(held) {
				t.Fatalf("frame %+v of %d bytes", f, n)
			}
			if f.op == opClose {
				checkAnswer(t, answerClose(f.payload))
			}
			taken, held = taken+n, held[n:]
		}
	}
	return taken, nil
}

// checkAnswer asserts that a close frame of ours is one a peer accepts.
func checkAnswer(t *testing.T, b []byte) {
	t.Helper()
	if b[0] != fin|opClose || int(b[1]) != len(b)-2 || len(b) == 3 {
		t.Fatalf("answered % x", b)
	}
	if len(b) > 2 && (!mayBeSent(binary.BigEndian.Uint16(b[2:])) || !utf8.Valid(b[4:])) {
		t.Fatalf("answered % x", b)
	}
}

// FuzzCheck reads any handshake; the answer to one that is taken holds nothing the peer chose.
func FuzzCheck(f *testing.F) {
	f.Add("dGhlIHNhbXBsZSBub25jZQ==", "https://site.example", "permessage-deflate; client_max_window_bits", "upgrade")
	f.Add("x\r\nSet-Cookie: a=b", "null", "permessage-deflate; server_max_window_bits=8, permessage-deflate", "keep-alive, Upgrade")
	f.Fuzz(func(t *testing.T, key, origin, extensions, connection string) {
		req := &http.Request{Method: http.MethodGet, ProtoMajor: 1, ProtoMinor: 1, Host: "site.example", Header: http.Header{
			"Connection": {connection}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {key},
			"Origin": {origin}, "Sec-Websocket-Extensions": {extensions},
		}}
		n := len(key) + len(origin) + len(extensions) + len(connection)
		fuzztest.Within(t, n, fuzztest.Cost{Fixed: 64 << 10, PerByte: 64}, func() {
			hs, err := Check(req, "https://site.example")
			var bad *HandshakeError
			switch {
			case err == nil:
				if lines := bytes.Count(hs.answer(), []byte("\r\n")); lines < 5 || lines > 6 || len(hs.accept) != 28 {
					t.Fatalf("%q", hs.answer())
				}
			case errors.As(err, &bad):
				if bad.Status < 400 || bad.Status >= 500 {
					t.Fatalf("status %d", bad.Status)
				}
			case !errors.Is(err, ErrForeignOrigin):
				t.Fatal(err)
			}
		})
	})
}
