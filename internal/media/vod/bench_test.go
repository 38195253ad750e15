package vod

import (
	"io"
	"os"
	"testing"

	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

// From an upload's last byte to its first segment in hand: the goal is 0.3 s for 100 MB.
func BenchmarkPlayable100MB(b *testing.B) {
	f, err := os.Open(mp4test.File(b, "large.mp4"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/1e6, "MB")
	b.ReportAllocs()
	for b.Loop() {
		m, err := mp4.Parse(f, info.Size())
		if err != nil {
			b.Fatal(err)
		}
		s, err := Open(m, f)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Segment(io.Discard, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// The whole upload as segments: what ffmpeg's copy remux is compared with.
func BenchmarkSegments(b *testing.B) {
	s, _ := open(b, "large.mp4")
	b.SetBytes(s.movie.Size)
	b.ReportAllocs()
	for b.Loop() {
		for n := range s.Segments() {
			if err := s.Segment(io.Discard, n); err != nil {
				b.Fatal(err)
			}
		}
	}
}
