package fanout

import (
	"net/http"
	"strings"
	"testing"
)

func TestCheck_RefusesWhatIsNoHandshake(t *testing.T) {
	s := newStage(t, Deps{}, false)
	good := handshake()
	for _, c := range []struct {
		name, request string
		status        int
	}{
		{"no upgrade", strings.Replace(good, "Upgrade: websocket\r\n", "", 1), 426},
		{"another protocol", strings.Replace(good, "Upgrade: websocket", "Upgrade: h2c", 1), 426},
		{"no connection token", strings.Replace(good, "keep-alive, Upgrade", "keep-alive", 1), 426},
		{"HTTP/1.0", strings.Replace(good, "HTTP/1.1", "HTTP/1.0", 1), 400},
		{"version 8", strings.Replace(good, "Version: 13", "Version: 8", 1), 426},
		{"no key", strings.Replace(good, "Sec-WebSocket-Key: "+sampleKey+"\r\n", "", 1), 400},
		{"two keys", strings.Replace(good, "Sec-WebSocket-Key", "Sec-WebSocket-Key: "+sampleKey+"\r\nSec-WebSocket-Key", 1), 400},
		{"a short key", strings.Replace(good, sampleKey, "c2hvcnQ=", 1), 400},
		{"a key that is no base64", strings.Replace(good, sampleKey, "?????", 1), 400},
		{"another site", handshake("Origin: https://evil.example"), 403},
		{"another site that ends alike", handshake("Origin: http://evil-stage.example"), 403},
		{"a sandboxed frame", handshake("Origin: null"), 403},
		{"two origins", handshake("Origin: http://stage.example", "Origin: http://evil.example"), 403},
		{"the site over http", handshake("Origin: http://site.example"), 403},

		{"no browser", good, 101},
		{"this host", handshake("Origin: http://stage.example"), 101},
		{"this host in capitals", handshake("Origin: https://STAGE.example"), 101},
		{"the site behind its proxy", handshake("Origin: https://site.example"), 101},
	} {
		v, resp := s.ask(c.request)
		if resp.StatusCode != c.status {
			t.Errorf("%s: %s", c.name, resp.Status)
		}
		if resp.StatusCode == 101 && resp.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" { // RFC 6455 section 1.3
			t.Errorf("%s: accepted with %q", c.name, resp.Header.Get("Sec-WebSocket-Accept"))
		}
		_ = v.conn.Close()
	}
	if s.joined.Load() != 4 {
		t.Errorf("%d joined", s.joined.Load())
	}
	s.gone()
}

func TestCheck_ChoosesDeflateOnlyAsItCanBeShared(t *testing.T) {
	for offer, want := range map[string]bool{
		"permessage-deflate":                                                       true,
		"permessage-deflate; client_max_window_bits":                               true,
		"permessage-deflate;client_max_window_bits=10; server_no_context_takeover": true,
		"permessage-deflate; server_max_window_bits=15":                            true,
		`permessage-deflate; server_max_window_bits="15"`:                          true,
		"x-webkit-deflate-frame, permessage-deflate":                               true,
		"permessage-deflate; server_max_window_bits=10, permessage-deflate":        true,
		"permessage-deflate; server_max_window_bits=10":                            false,
		"permessage-deflate; client_max_window_bits=7":                             false,
		"permessage-deflate; server_no_context_takeover=1":                         false,
		"permessage-deflate; client_max_window_bits; client_max_window_bits":       false,
		"permessage-deflate; surprise":                                             false,
		"permessage-bzip2":                                                         false,
		"":                                                                         false,
		strings.Repeat("x,", 8) + "permessage-deflate":                             false,
	} {
		h := http.Header{"Sec-Websocket-Extensions": {offer}}
		if got := takesDeflate(h.Values("Sec-WebSocket-Extensions")); got != want {
			t.Errorf("%q: %v", offer, got)
		}
	}
}

func FuzzReadFrame_NeverReadsBeyondAndNeverStalls(f *testing.F) {
	f.Add(masked4(fin|opPing, []byte("p")), true)
	f.Add(masked4(fin|opText, make([]byte, 300)), false)
	f.Add([]byte{0x89, 0xFF, 0, 0}, true)
	f.Fuzz(func(t *testing.T, b []byte, compressed bool) {
		form := plain
		if compressed {
			form = packed
		}
		for {
			fr, n, bad := readFrame(b, form)
			switch {
			case bad != nil && (bad.code < 1002 || len(bad.reason) > maxControl-2):
				t.Fatalf("%+v", bad)
			case bad != nil:
				return
			case n == 0 && len(b) > maxHeld:
				t.Fatalf("%d bytes are no frame yet", len(b))
			case n == 0:
				return
			case n > len(b) || fr.op < opClose || fr.op > opPong || len(fr.payload) > maxControl:
				t.Fatalf("%d of %d bytes: %+v", n, len(b), fr)
			}
			if a := answerClose(fr.payload); len(a) > 2+maxControl {
				t.Fatalf("an answer of %d bytes", len(a))
			}
			b = b[n:]
		}
	})
}
