package vod

import (
	"fmt"
	"io"
	"math"

	"github.com/hawker-live/hawker/internal/media/mp4"
)

// Progressive is the upload as one file that starts playing before it is loaded: moov first. A file
// that has it in front already, and a fragmented one, is passed through. Otherwise the moov is
// read once, its chunk offsets are corrected, and it is placed before the first mdat; media data is
// read from the original. Errors are those of reading the index again.
func (s *Stream) Progressive() (io.ReadSeeker, error) {
	l := &layout{r: s.r}
	if s.asIs() {
		l.add(piece{n: s.movie.Size})
		return l, nil
	}
	s.front.Do(func() { s.frontMoov, s.frontErr = s.moveFront() })
	if s.frontErr != nil {
		return nil, s.frontErr
	}
	m := s.movie
	l.add(piece{n: m.MdatOffset})
	l.add(piece{mem: s.frontMoov, n: int64(len(s.frontMoov))})
	l.add(piece{off: m.MdatOffset, n: m.MoovOffset - m.MdatOffset})
	l.add(piece{off: m.MoovOffset + m.MoovSize, n: m.Size - m.MoovOffset - m.MoovSize})
	return l, nil
}

func (s *Stream) asIs() bool { return s.movie.FastStart || s.movie.Fragmented }

func (s *Stream) moveFront() ([]byte, error) {
	m := s.movie
	moov := make([]byte, m.MoovSize) // at most mp4.MaxIndexBytes
	if n, err := s.r.ReadAt(moov, m.MoovOffset); n < len(moov) {
		return nil, fmt.Errorf("read index again: %w", err)
	}
	wide := m.Size+2*m.MoovSize > math.MaxUint32
	moved, err := mp4.Relocate(moov, wide, func(off int64) int64 { return off })
	if err != nil {
		return nil, err
	}
	grown := int64(len(moved))
	return mp4.Relocate(moov, wide, func(off int64) int64 {
		switch {
		case off >= m.MoovOffset+m.MoovSize:
			return off + grown - m.MoovSize
		case off >= m.MdatOffset:
			return off + grown
		}
		return off
	})
}
