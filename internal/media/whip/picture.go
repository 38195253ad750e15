package whip

import (
	"encoding/binary"

	"github.com/hawker-live/hawker/internal/media/codec"
)

// Payload structures (RFC 6184 table 1) and NAL unit types (ITU-T H.264 table 7-1).
const (
	nalIDR       = 5
	nalSPS       = 7
	nalPPS       = 8
	nalDelimiter = 9
	nalFiller    = 12
	nalLast      = 23 // of the types that are a packet by themselves
	stapA        = 24
	fuA          = 28
	fuHeader     = 2
	fuStart      = 0x80
	fuEnd        = 0x40
)

// maxPicture bounds one access unit in bytes: a key frame of 4K at high quality stays below 2 MB.
const maxPicture = 4 << 20

// picture is one access unit.
type picture struct {
	ts   uint32
	nals [][]byte
}

// assembler makes access units of packets in sequence (RFC 6184, packetization mode 1).
type assembler struct {
	open bool // a picture has begun
	ts   uint32
	nals [][]byte
	size int
	fu   []byte // fragments of a NAL unit under way
	bad  bool   // this picture is not whole
	skip bool   // until the next picture begins: the beginning of this one may be missing
}

// push takes the next packet and passes on whole pictures; lost reports that one is not.
func (a *assembler) push(p packet, gap bool, pass func(picture) error) (lost bool, err error) {
	if gap {
		a.reset()
		a.skip, a.ts = !beginsPicture(p.payload), p.ts
		lost = true
	}
	if len(p.payload) == 0 {
		return lost, nil // padding probes the bandwidth and carries nothing
	}
	if a.open && p.ts != a.ts {
		torn, err := a.finish(pass)
		if lost = lost || torn; err != nil {
			return lost, err
		}
	}
	if a.skip {
		if p.ts == a.ts {
			a.skip = !p.marker
			return lost, nil
		}
		a.skip = false
	}
	a.open, a.ts = true, p.ts
	if !a.bad && !a.unpack(p.payload) {
		a.bad = true
	}
	if p.marker {
		torn, err := a.finish(pass)
		return lost || torn, err
	}
	return lost, nil
}

func (a *assembler) reset() {
	*a = assembler{}
}

// finish passes the open picture on, unless it is damaged.
func (a *assembler) finish(pass func(picture) error) (torn bool, err error) {
	pic := picture{ts: a.ts, nals: a.nals}
	torn = a.bad || a.fu != nil
	a.reset()
	a.ts = pic.ts
	if torn || len(pic.nals) == 0 {
		return torn, nil
	}
	return false, pass(pic)
}

// unpack takes the NAL units of one payload; false means that it is damaged.
func (a *assembler) unpack(b []byte) bool {
	switch kind := b[0] & 0x1f; {
	case a.fu != nil && kind != fuA:
		return false // the end of a fragmented unit never came
	case kind >= 1 && kind <= nalLast:
		return a.add(b)
	case kind == stapA:
		for b = b[1:]; len(b) > 0; {
			if len(b) < 2 {
				return false
			}
			n := int(binary.BigEndian.Uint16(b))
			if b = b[2:]; n == 0 || n > len(b) {
				return false
			}
			if !a.add(b[:n:n]) {
				return false
			}
			b = b[n:]
		}
		return true
	case kind == fuA:
		return a.fragment(b)
	}
	return false
}

func (a *assembler) fragment(b []byte) bool {
	if len(b) < fuHeader {
		return false
	}
	start, end := b[1]&fuStart != 0, b[1]&fuEnd != 0
	if start == (a.fu != nil) {
		return false
	}
	if start {
		a.fu = append(make([]byte, 0, 4*len(b)), b[0]&0xe0|b[1]&0x1f)
	}
	if a.size+len(a.fu)+len(b) > maxPicture {
		return false
	}
	a.fu = append(a.fu, b[fuHeader:]...)
	if !end {
		return true
	}
	whole := a.fu
	a.fu = nil
	return a.add(whole)
}

func (a *assembler) add(nal []byte) bool {
	if len(a.nals) == codec.MaxNALs || a.size+len(nal) > maxPicture {
		return false
	}
	a.nals = append(a.nals, nal)
	a.size += len(nal)
	return true
}

// beginsPicture reports whether a payload can only be the first of its picture: encoders put the
// delimiter or the parameter sets before everything else.
func beginsPicture(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if b[0]&0x1f == stapA && len(b) > 3 {
		b = b[3:]
	}
	kind := b[0] & 0x1f
	return kind == nalSPS || kind == nalDelimiter
}

// body is a picture's data without units that an MP4 sample must not hold: delimiters and filler
// always, parameter sets when the sample entry has them.
func (p picture) body(key bool) [][]byte {
	out := make([][]byte, 0, len(p.nals))
	for _, n := range p.nals {
		switch kind := n[0] & 0x1f; {
		case kind == nalDelimiter || kind == nalFiller:
		case key && (kind == nalSPS || kind == nalPPS):
		default:
			out = append(out, n)
		}
	}
	return out
}

// coded reports whether units hold slices and not only what describes them.
func coded(nals [][]byte) bool {
	for _, n := range nals {
		if kind := n[0] & 0x1f; kind >= 1 && kind <= nalIDR {
			return true
		}
	}
	return false
}
