package fanout

import (
	"crypto/sha1" // RFC 6455 section 4.2.2 asks for it; nothing is secured by it
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// ErrForeignOrigin: the page that opened the socket belongs to another site.
var ErrForeignOrigin = errors.New("this request came from another site")

// HandshakeError is a request that cannot become a WebSocket, and the status that says why.
type HandshakeError struct {
	Status int
	Reason string
}

func (e *HandshakeError) Error() string { return e.Reason }

// Handshake is a request that may become a WebSocket.
type Handshake struct {
	accept string
	form   int
}

// maxOffers of extensions are looked at; browsers make one.
const maxOffers = 8

// Check validates an opening handshake (RFC 6455 section 4.2.1) and chooses the form messages travel in. The
// request's own host is at home, and so is site, the address people reach it under behind a proxy ("" when there
// is no other). It answers a *HandshakeError or ErrForeignOrigin.
func Check(req *http.Request, site string) (Handshake, error) {
	h := req.Header
	switch {
	case req.Method != http.MethodGet || !req.ProtoAtLeast(1, 1) || req.ProtoMajor != 1:
		return Handshake{}, &HandshakeError{http.StatusBadRequest, "a WebSocket begins with a GET of HTTP/1.1"}
	case !hasToken(h, "Connection", "upgrade"), !hasToken(h, "Upgrade", "websocket"):
		return Handshake{}, &HandshakeError{http.StatusUpgradeRequired, "this address speaks WebSocket: send Connection: Upgrade and Upgrade: websocket"}
	case h.Get("Sec-WebSocket-Version") != "13":
		return Handshake{}, &HandshakeError{http.StatusUpgradeRequired, "only version 13 is spoken"}
	}
	keys := h.Values("Sec-WebSocket-Key")
	if len(keys) != 1 {
		return Handshake{}, &HandshakeError{http.StatusBadRequest, "send one Sec-WebSocket-Key"}
	}
	key := strings.TrimSpace(keys[0])
	if raw, err := base64.StdEncoding.DecodeString(key); err != nil || len(raw) != 16 {
		return Handshake{}, &HandshakeError{http.StatusBadRequest, "Sec-WebSocket-Key is 16 bytes in base64"}
	}
	if !atHome(h.Values("Origin"), req.Host, site) {
		return Handshake{}, ErrForeignOrigin
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	hs := Handshake{accept: base64.StdEncoding.EncodeToString(sum[:])}
	if takesDeflate(h.Values("Sec-WebSocket-Extensions")) {
		hs.form = packed
	}
	return hs, nil
}

// answer is the switch of protocols (section 4.2.2). Neither side keeps its window, so that a message can be
// compressed once for everybody, and a viewer's window costs no memory here.
func (h Handshake) answer() []byte {
	deflate := ""
	if h.form == packed {
		deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
	}
	return fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n", h.accept, deflate)
}

// atHome: no Origin is no browser; a browser's must name this host.
func atHome(origins []string, host, site string) bool {
	if len(origins) == 0 {
		return true
	}
	if len(origins) > 1 {
		return false
	}
	u, err := url.Parse(origins[0])
	if err != nil || u.Host == "" {
		return false // "null" among others: a sandboxed frame
	}
	if strings.EqualFold(u.Host, host) {
		return true
	}
	home, err := url.Parse(site)
	return err == nil && home.Host != "" && strings.EqualFold(u.Host, home.Host) && u.Scheme == home.Scheme
}

func hasToken(h http.Header, name, token string) bool {
	for _, v := range h.Values(name) {
		for part := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// takesDeflate looks for an offer of permessage-deflate that one shared compression can serve (RFC 7692 section
// 7.1). An offer with a smaller window for the server, or with what we do not know, is passed over.
func takesDeflate(headers []string) bool {
	looked := 0
	for _, header := range headers {
		for offer := range strings.SplitSeq(header, ",") {
			if looked++; looked > maxOffers {
				return false
			}
			if suits(offer) {
				return true
			}
		}
	}
	return false
}

func suits(offer string) bool {
	parts := strings.Split(offer, ";")
	if strings.TrimSpace(parts[0]) != "permessage-deflate" {
		return false
	}
	seen := map[string]bool{}
	for _, p := range parts[1:] {
		name, value, valued := strings.Cut(strings.TrimSpace(p), "=")
		value = strings.Trim(value, `"`)
		if seen[name] {
			return false
		}
		seen[name] = true
		switch name {
		case "server_no_context_takeover", "client_no_context_takeover":
			if valued {
				return false
			}
		case "client_max_window_bits":
			if valued && !windowBits[value] {
				return false
			}
		case "server_max_window_bits":
			if value != "15" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

var windowBits = map[string]bool{"8": true, "9": true, "10": true, "11": true, "12": true, "13": true, "14": true, "15": true}
