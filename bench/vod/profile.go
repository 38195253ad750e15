package main

import (
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"time"

	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/vod"
)

// profileRounds make a profile of a few seconds.
const profileRounds = 40

// profile indexes and segments the file in this process, without HTTP, and writes where the time went.
func profile(m movie, path string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	f, err := os.Open(m.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	cpu, begun := report.CPU(), time.Now()
	for range profileRounds {
		index, err := mp4.Parse(f, m.size)
		if err != nil {
			return err
		}
		s, err := vod.Open(index, f)
		if err != nil {
			return err
		}
		for n := range s.Segments() {
			if err := s.Segment(io.Discard, n); err != nil {
				return err
			}
		}
	}
	fmt.Printf("index and all segments: %.1f CPU ms, %.1f ms\n", report.MS(report.CPU()-cpu)/profileRounds, report.MS(time.Since(begun))/profileRounds)
	return nil
}
