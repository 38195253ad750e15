package vod

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

// rounds of damage per file; each costs some tens of microseconds.
const rounds = 1500

// Uploads with a few bytes of the index changed are refused or played: never a panic, an endless
// loop, or an answer larger than the upload and its index.
func TestOpen_SurvivesDamage(t *testing.T) {
	for _, name := range []string{"silent.mp4", "bframes.mp4", "fragmented.mp4", "trimmed.mp4"} {
		whole, err := os.ReadFile(mp4test.File(t, name))
		if err != nil {
			t.Fatal(err)
		}
		m, err := mp4.Parse(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		index := indexBytes(whole, m)
		seed := uint64(len(name))
		r := rand.New(rand.NewPCG(seed, 2))
		played := 0
		data := bytes.Clone(whole)
		for round := range rounds {
			var spots []int
			for range 1 + r.IntN(3) {
				at := index[r.IntN(len(index))]
				spots = append(spots, at)
				data[at] = []byte{0, 1, 0x7f, 0x80, 0xff, byte(r.Uint32())}[r.IntN(6)]
			}
			if play(t, data) {
				played++
			}
			for _, at := range spots {
				data[at] = whole[at]
			}
			if t.Failed() {
				t.Fatalf("%s, seed %d, round %d, bytes %v", name, seed, round, spots)
			}
		}
		if played == 0 || played == rounds {
			t.Errorf("%s: %d of %d played", name, played, rounds)
		}
	}
}

// indexBytes lists the places that tell where samples are: moov, and every moof.
func indexBytes(data []byte, m *mp4.Movie) []int {
	var out []int
	for i := range m.MoovSize {
		out = append(out, int(m.MoovOffset+i))
	}
	for at := 0; ; {
		next := bytes.Index(data[at:], []byte("moof"))
		if next < 0 {
			return out
		}
		at += next + 4
		size := int(binary.BigEndian.Uint32(data[at-8:]))
		for i := range size {
			out = append(out, at-8+i)
		}
	}
}

// play uses everything of an upload once and reports whether it was accepted.
func play(t *testing.T, data []byte) bool {
	r := bytes.NewReader(data)
	m, err := mp4.Parse(r, int64(len(data)))
	if err != nil {
		return false
	}
	s, err := Open(m, r)
	if err != nil {
		return false
	}
	limit := int64(4*len(data)) + 1<<20
	total := int64(len(s.Init()) + len(s.Multivariant()) + len(s.Playlist(time.Time{})))
	for n := range s.Segments() {
		l, err := s.segment(n)
		if err != nil {
			t.Errorf("segment %d: %v", n, err)
			return true
		}
		sent, err := io.Copy(io.Discard, l)
		if err != nil || sent != l.size {
			t.Errorf("segment %d: %d of %d bytes, %v", n, sent, l.size, err)
		}
		total += sent
	}
	if total > limit {
		t.Errorf("%d bytes served of an upload of %d", total, len(data))
	}
	if p, err := s.Progressive(); err == nil {
		if _, err := io.Copy(io.Discard, p); err != nil {
			t.Errorf("progressive: %v", err)
		}
	}
	return true
}
