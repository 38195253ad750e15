package fanout

import (
	"bytes"
	"encoding/binary"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
)

// Opcodes and bits of RFC 6455 section 5.2.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA

	fin        = 0x80
	rsv1       = 0x40 // compressed, RFC 7692 section 6
	rsv2and3   = 0x30
	masked     = 0x80
	controlBit = 0x8
)

// Close codes of RFC 6455 section 7.4.1; 1012 is from the IANA registry.
const (
	codeDone      = 1000
	codeProtocol  = 1002
	codeNotUTF8   = 1007
	codePolicy    = 1008
	codeTooBig    = 1009
	codeComeBack  = 1012
	maxControl    = 125  // section 5.5
	maxClientData = 4096 // beyond it the refusal says so; nothing of it is read either way
	// maxHeld is the longest that can be kept of a frame not whole yet: a control frame less its last byte.
	maxHeld = 2 + 4 + maxControl - 1
)

// Forms a message travels in.
const (
	plain = iota
	packed
	forms
)

// wire is a message as bytes for the socket. Never changed once made.
type wire struct {
	n    int64
	last bool
	form [forms][]byte
}

func newWire(m Message) *wire {
	w := &wire{n: m.N, last: m.Last}
	w.form[plain] = frame(fin|opText, m.Body)
	w.form[packed] = w.form[plain] // a message may travel plain under permessage-deflate too: RFC 7692 section 6
	if z := deflate(m.Body); len(z) < len(m.Body) {
		w.form[packed] = frame(fin|rsv1|opText, z)
	}
	return w
}

// frame is one unmasked frame, as servers send them.
func frame(first byte, payload []byte) []byte {
	var head [10]byte
	head[0] = first
	n := 2
	switch size := len(payload); {
	case size <= maxControl:
		head[1] = byte(size)
	case size < 1<<16:
		head[1], n = 126, 4
		binary.BigEndian.PutUint16(head[2:], uint16(size))
	default:
		head[1], n = 127, 10
		binary.BigEndian.PutUint64(head[2:], uint64(size))
	}
	out := make([]byte, 0, n+len(payload))
	return append(append(out, head[:n]...), payload...)
}

func closeFrame(code uint16, reason string) []byte {
	return frame(fin|opClose, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// deflaters are shared by all rooms: one takes most of a megabyte, and is needed for half a millisecond a tick.
var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		panic(err) // only a level that does not exist
	}
	return w
}}

// deflate compresses alone-standing payload (RFC 7692 section 7.2.1): a sync flush without its last four bytes.
func deflate(payload []byte) []byte {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	_, _ = w.Write(payload) // a bytes.Buffer takes everything
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

// refusal is why a connection is closed, told in its close frame.
type refusal struct {
	code   uint16
	reason string
}

// clientFrame is a whole control frame of a viewer.
type clientFrame struct {
	op      byte
	payload []byte
}

// readFrame reads the frame at the start of b, which it unmasks in place, and says how many bytes it took; 0:
// it is not whole yet. A refusal ends the connection. Only control frames ever get through.
func readFrame(b []byte, form int) (f clientFrame, n int, bad *refusal) {
	if len(b) < 2 {
		return f, 0, nil
	}
	op, size := b[0]&0xF, int(b[1]&^masked)
	switch {
	case b[1]&masked == 0:
		return f, 0, &refusal{codeProtocol, "frames of a client are masked"} // section 5.1
	case b[0]&rsv2and3 != 0 || b[0]&rsv1 != 0 && (form != packed || op&controlBit != 0 || op == 0):
		return f, 0, &refusal{codeProtocol, "a reserved bit is set"}
	case op > opPong || op > 2 && op < opClose:
		return f, 0, &refusal{codeProtocol, "unknown opcode"}
	case op == 0:
		return f, 0, &refusal{codeProtocol, "nothing to continue"}
	case op&controlBit == 0:
		return f, 0, refuseData(b, size)
	case b[0]&fin == 0:
		return f, 0, &refusal{codeProtocol, "control frames are not fragmented"}
	case size > maxControl:
		return f, 0, &refusal{codeProtocol, "control frames have at most 125 bytes"}
	}
	n = 6 + size
	if len(b) < n {
		return f, 0, nil
	}
	f = clientFrame{op: op, payload: b[6:n]}
	for i := range f.payload {
		f.payload[i] ^= b[2+i%4]
	}
	return f, n, nil
}

// refuseData refuses a data frame by what its head promises; 126 and 127 stand for longer lengths.
func refuseData(b []byte, size int) *refusal {
	if size == 127 || size == 126 && len(b) >= 4 && binary.BigEndian.Uint16(b[2:]) > maxClientData {
		return &refusal{codeTooBig, "too big, and nothing is taken here: send by POST"}
	}
	return &refusal{codePolicy, "nothing is taken here: send by POST"}
}

// answerClose is what answers a viewer's close frame: the same code (section 5.5.1), or why it is no proper one.
func answerClose(payload []byte) []byte {
	if len(payload) == 0 {
		return frame(fin|opClose, nil)
	}
	if len(payload) == 1 {
		return closeFrame(codeProtocol, "a close code has two bytes")
	}
	code := binary.BigEndian.Uint16(payload)
	switch {
	case !mayBeSent(code):
		return closeFrame(codeProtocol, "no such close code")
	case !utf8.Valid(payload[2:]):
		return closeFrame(codeNotUTF8, "the reason is not UTF-8")
	}
	return closeFrame(code, "")
}

// mayBeSent tells the close codes an endpoint may send: RFC 6455 section 7.4 and the registry.
func mayBeSent(code uint16) bool {
	switch {
	case code == 1004 || code == 1005 || code == 1006:
		return false
	case code >= 1000 && code <= 1014, code >= 3000 && code <= 4999:
		return true
	}
	return false
}
