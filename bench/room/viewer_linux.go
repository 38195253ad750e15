package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/flate"
)

// viewer is one raw WebSocket reader.
type viewer struct {
	fd      int
	open    bool // the handshake is answered
	full    bool // decodes what it gets
	head    []byte
	skip    int    // bytes of the frame under way that are still to come
	body    []byte // of the frame under way, when full
	packed  bool
	ticks   int64 // within the window
	seen    int64 // at all
	lastN   int64
	decoded func(v *viewer, body []byte)
}

var endOfHead = []byte("\r\n\r\n")

// take reads what came: first the answer to the handshake, then frames.
func (v *viewer) take(b []byte, counting bool) error {
	if !v.open {
		v.head = append(v.head, b...)
		i := bytes.Index(v.head, endOfHead)
		if i < 0 {
			return nil
		}
		if !bytes.HasPrefix(v.head, []byte("HTTP/1.1 101")) {
			return fmt.Errorf("the handshake was answered with %q", v.head[:min(len(v.head), 200)])
		}
		b, v.head, v.open = v.head[i+len(endOfHead):], nil, true
	}
	for len(b) > 0 {
		if v.skip > 0 {
			n := min(v.skip, len(b))
			if v.full {
				v.body = append(v.body, b[:n]...)
			}
			v.skip -= n
			b = b[n:]
			if v.skip == 0 {
				v.finish(counting)
			}
			continue
		}
		// Heads are at most 10 bytes; mostly the whole is there at once.
		need := 2 - len(v.head)
		if len(v.head) >= 2 {
			need = headSize(v.head[1]) - len(v.head)
		}
		n := min(need, len(b))
		v.head = append(v.head, b[:n]...)
		b = b[n:]
		if len(v.head) >= 2 && len(v.head) == headSize(v.head[1]) {
			if op := v.head[0] & 0xF; op == 8 {
				return fmt.Errorf("closed by the server")
			}
			v.packed = v.head[0]&0x40 != 0
			v.skip = frameSize(v.head)
			v.head, v.body = v.head[:0], v.body[:0]
		}
	}
	return nil
}

func headSize(second byte) int {
	switch second & 0x7F {
	case 126:
		return 4
	case 127:
		return 10
	}
	return 2
}

func frameSize(head []byte) int {
	switch head[1] & 0x7F {
	case 126:
		return int(binary.BigEndian.Uint16(head[2:]))
	case 127:
		return int(binary.BigEndian.Uint64(head[2:]))
	}
	return int(head[1])
}

func (v *viewer) finish(counting bool) {
	v.seen++
	if counting {
		v.ticks++
	}
	if v.full {
		v.decoded(v, v.body)
	}
}

// decoder reads the frames of the viewers who decode.
type decoder struct {
	z        io.ReadCloser
	src      bytes.Reader
	raw      bytes.Buffer
	counting bool

	ages     []int64 // ms from seal to read
	ticks    int64   // decoded within the window
	shown    int64   // comments in them
	said     int64   // comments they speak for
	bytes    int64   // payload as it travelled
	gaps     int64   // ticks missing between two frames
	problems int64
}

// tickHead is what the bench looks at of a tick.
type tickHead struct {
	Key      bool            `json:"key"`
	N        int64           `json:"n"`
	At       int64           `json:"at"`
	Said     int64           `json:"k"`
	Comments json.RawMessage `json:"c"`
}

// centrifugoPush stands before a tick published to its channel.
const centrifugoPush = `{"push":{"channel":"room","pub":{"data":`

func newDecoder() *decoder { return &decoder{z: flate.NewReader(bytes.NewReader(nil))} }

func (d *decoder) decode(v *viewer, body []byte) {
	now := time.Now()
	travelled := len(body)
	if v.packed {
		d.raw.Reset()
		tail := append(body, 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff)
		d.src.Reset(tail)
		if err := d.z.(flate.Resetter).Reset(&d.src, nil); err != nil {
			d.problems++
			return
		}
		if _, err := d.raw.ReadFrom(d.z); err != nil {
			d.problems++
			return
		}
		body = d.raw.Bytes()
	} else if bytes.HasPrefix(body, []byte(centrifugoPush)) {
		body = body[len(centrifugoPush):] // the decoder stops at the tick's end
	} else if bytes.HasPrefix(body, []byte(`{"id":`)) {
		return // Centrifugo: answers to its two commands
	} else if i := bytes.IndexByte(body, '{'); i > 0 {
		body = body[i:] // NATS: MSG room 1 1903\r\n{…}\r\n
	} else if i < 0 {
		return // NATS: INFO is longer, but +OK and PING are not ours
	}
	var t tickHead
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&t); err != nil || t.N == 0 {
		if !bytes.Contains(body, []byte("server_id")) {
			d.problems++
		}
		return
	}
	if t.Key {
		v.lastN = t.N
		return
	}
	if gap := t.N - v.lastN - 1; v.lastN > 0 && gap > 0 && d.counting {
		d.gaps += gap
	}
	v.lastN = t.N
	if !d.counting {
		return
	}
	d.ticks++
	d.bytes += int64(travelled)
	d.said += t.Said
	d.shown += int64(bytes.Count(t.Comments, []byte(`"text":`)))
	d.ages = append(d.ages, now.UnixMilli()-t.At)
}
