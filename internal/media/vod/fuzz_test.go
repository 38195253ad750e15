package vod

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/fuzztest"
	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

// FuzzStream plays any file that is taken: every segment has the length it says, every range of it lies in the
// upload, and reading from the middle gives the same bytes.
func FuzzStream(f *testing.F) {
	for _, head := range mp4test.Seeds() {
		f.Add(head, int64(len(head)/2), uint32(80_000)) // the media of a generated film are 77,000 bytes
	}
	f.Fuzz(func(t *testing.T, head []byte, at int64, zeros uint32) {
		if len(head) > 1<<20 {
			return
		}
		file := mp4test.Sparse{Head: head, Length: int64(len(head)) + int64(zeros%(1<<20))}
		// Samples of nothing are bounded by their number: an index of up to 96 MB, and a playlist of it.
		fuzztest.Within(t, int(file.Size()), fuzztest.Cost{Fixed: 256 << 20, PerByte: 128}, func() {
			m, err := mp4.Parse(file, file.Size())
			if err != nil {
				return
			}
			s, err := Open(m, file)
			if err != nil {
				if errs.CodeOf(err) == "" {
					t.Fatal(err)
				}
				return
			}
			// A few segments of each file: the first ones, the last, and one in the middle.
			for _, n := range []int{0, 1, s.Segments() / 2, s.Segments() - 1} {
				if n < s.Segments() {
					checkSegment(t, s, n, at)
				}
			}
			checkProgressive(t, s, at)
		})
	})
}

func checkSegment(t *testing.T, s *Stream, n int, at int64) {
	t.Helper()
	l, err := s.segment(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range l.pieces {
		if p.mem == nil && (p.off < 0 || p.n < 0 || p.off+p.n > s.movie.Size) {
			t.Fatalf("segment %d reads %d bytes at %d of a file of %d", n, p.n, p.off, s.movie.Size)
		}
	}
	whole := readThrough(t, l, at)
	moof := binary.BigEndian.Uint32(whole)
	mdat := binary.BigEndian.Uint32(whole[moof:])
	if string(whole[4:8]) != "moof" || string(whole[moof+4:moof+8]) != "mdat" || int64(moof)+int64(mdat) != int64(len(whole)) || int64(mdat)-8 != s.segments[n].bytes {
		t.Fatalf("segment %d: moof of %d and mdat of %d in %d bytes, %d of media", n, moof, mdat, len(whole), s.segments[n].bytes)
	}
}

func checkProgressive(t *testing.T, s *Stream, at int64) {
	t.Helper()
	r, err := s.Progressive()
	if err != nil {
		if errs.CodeOf(err) == "" {
			t.Fatal(err)
		}
		return
	}
	whole := readThrough(t, r, at)
	if most := s.movie.Size + 3*s.movie.MoovSize + 64; int64(len(whole)) < s.movie.Size || int64(len(whole)) > most {
		t.Fatalf("%d bytes of an upload of %d with a moov of %d", len(whole), s.movie.Size, s.movie.MoovSize)
	}
}

// readThrough reads all, and again from at on, which must give the same bytes.
func readThrough(t *testing.T, r io.ReadSeeker, at int64) []byte {
	t.Helper()
	whole, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil || size != int64(len(whole)) || size < 8 {
		t.Fatalf("%d bytes are %d long, %v", len(whole), size, err)
	}
	at = max(0, at) % size
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(r); err != nil || !bytes.Equal(rest, whole[at:]) {
		t.Fatalf("from %d on %d bytes, %v", at, len(rest), err)
	}
	return whole
}
