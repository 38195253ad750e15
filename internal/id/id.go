package id

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

// alphabet is Crockford's base 32 in lower case: no i, l, o, u, so an id can be read aloud.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Length of the part after the underscore: 48 bits of milliseconds and 80 bits of randomness.
const Length = 26

// Source makes ids: prefix + "_" + time-sortable part. Safe for concurrent use.
type Source struct {
	mu   sync.Mutex
	now  func() time.Time
	read func([]byte) (int, error)
	last int64
	tail [10]byte
}

// NewSource takes its time from now and its randomness from crypto/rand.
func NewSource(now func() time.Time) *Source { return &Source{now: now, read: rand.Read} }

// NewSeeded takes randomness from read: for simulators and the demo's fixed seed.
func NewSeeded(now func() time.Time, read func([]byte) (int, error)) *Source {
	return &Source{now: now, read: read}
}

// New returns an id such as ord_01j9... . Ids from one Source ascend strictly, also within a millisecond.
func (s *Source) New(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := s.now().UnixMilli()
	if ms <= s.last {
		ms = s.last
		for i := len(s.tail) - 1; i >= 0; i-- {
			s.tail[i]++
			if s.tail[i] != 0 {
				break
			}
		}
	} else {
		s.last = ms
		if _, err := s.read(s.tail[:]); err != nil {
			panic("id: no randomness: " + err.Error())
		}
		s.tail[0] &= 0x7f // head room so that increments within a millisecond cannot wrap
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(ms)<<16)
	copy(b[6:], s.tail[:])
	return prefix + "_" + encode(b)
}

func encode(b [16]byte) string {
	var out [Length]byte
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	for i := Length - 1; i >= 0; i-- {
		out[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// Valid reports whether s has the prefix and the shape of an id.
func Valid(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(rest) != Length {
		return false
	}
	for _, c := range rest {
		if !strings.ContainsRune(alphabet, c) {
			return false
		}
	}
	return true
}

// Secret returns n random bytes as base 32 text: stream keys, tokens. 24 bytes give 192 bits.
func Secret(n int) string {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic("id: no randomness: " + err.Error())
	}
	var sb strings.Builder
	var acc uint64
	var bits uint
	for _, c := range b {
		acc = acc<<8 | uint64(c)
		bits += 8
		for bits >= 5 {
			bits -= 5
			sb.WriteByte(alphabet[acc>>bits&31])
		}
	}
	if bits > 0 {
		sb.WriteByte(alphabet[acc<<(5-bits)&31])
	}
	return sb.String()
}

// Time is when an id of New was made, in unix ms; false when s is not one. A Source that was asked too often
// within a millisecond is not ahead of it.
func Time(s string) (ms int64, ok bool) {
	prefix, rest, found := strings.Cut(s, "_")
	if !found || !Valid(prefix, s) {
		return 0, false
	}
	// The first ten characters are the 48 bits of milliseconds, behind two bits that are always zero.
	for _, c := range rest[:10] {
		ms = ms<<5 | int64(strings.IndexRune(alphabet, c))
	}
	return ms, true
}
