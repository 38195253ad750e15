package codec

import (
	"errors"
	"fmt"
)

// ErrMalformed is the cause of every parse error in this package.
var ErrMalformed = errors.New("malformed codec data")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// bitReader reads big-endian bit fields. Reading past the end yields zeros and sets over, so a
// parser checks once at its end instead of after every field.
type bitReader struct {
	data []byte
	pos  int // in bits
	over bool
}

// u reads n bits, n <= 32.
func (r *bitReader) u(n int) uint32 {
	if r.over || n > len(r.data)*8-r.pos {
		r.over = true
		return 0
	}
	var v uint32
	for i := 0; i < n; i++ {
		v = v<<1 | uint32(r.data[r.pos>>3]>>(7-r.pos&7)&1)
		r.pos++
	}
	return v
}

func (r *bitReader) flag() bool { return r.u(1) == 1 }

func (r *bitReader) skip(n int) {
	if r.over || n > len(r.data)*8-r.pos {
		r.over = true
		return
	}
	r.pos += n
}

func (r *bitReader) left() int {
	if r.over {
		return 0
	}
	return len(r.data)*8 - r.pos
}

// ue reads an unsigned Exp-Golomb code (ITU-T H.264 9.1). More than 31 leading zeros cannot be a
// value of any field and count as an overrun.
func (r *bitReader) ue() uint32 {
	zeros := 0
	for !r.flag() {
		zeros++
		if r.over || zeros > 31 {
			r.over = true
			return 0
		}
	}
	return uint32(1)<<zeros - 1 + r.u(zeros)
}

// se reads a signed Exp-Golomb code (ITU-T H.264 9.1.1).
func (r *bitReader) se() int32 {
	v := r.ue()
	if v&1 == 1 {
		return int32(v/2 + 1)
	}
	return -int32(v / 2)
}

// bitWriter is the counterpart, for the few configurations we build bit by bit.
type bitWriter struct {
	out []byte
	n   int // bits written
}

func (w *bitWriter) u(n int, v uint32) {
	for i := n - 1; i >= 0; i-- {
		if w.n&7 == 0 {
			w.out = append(w.out, 0)
		}
		w.out[w.n>>3] |= byte(v>>i&1) << (7 - w.n&7)
		w.n++
	}
}
