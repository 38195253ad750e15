package llhls

import (
	"math"
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
)

// Stats is the state of a stream at one moment, for the host's page and for metrics.
type Stats struct {
	Segments      uint64        // finished since the start
	Parts         uint64        // published since the start
	ForcedCuts    uint64        // segments closed without a key frame: ask the host for a 2 s keyframe interval
	Dropped       uint64        // samples that could not be placed
	Retimed       uint64        // frames whose decode interval was divided to keep PART-TARGET
	Evicted       uint64        // times a listed segment left early because of the byte limit
	HeldBytes     int           // media in memory
	LastPartAge   time.Duration // 0 before the first part
	LastFrameAt   time.Time     // zero before the first
	Width, Height int           // pixels, 0 without pictures
	FrameRate     float64       // of the last segment
	BitsPerSecond int           // of the last segment
	PeakBits      int           // highest of any segment, per second
	Live          bool          // a publisher is sending
	Ended         bool
}

// counters are what the writer counts; they are read under the stream's lock.
type counters struct {
	segments, parts, forced, dropped, retimed, evicted uint64

	lastFrame, lastPart time.Time
	frameRate           float64
	bits, peak          int // per second
	totalBytes          int64
	total               time.Duration
}

// finish counts a finished segment. A fragment of a segment left by a publisher who went away says
// nothing about the bit rate, unless there is nothing else to go by.
func (c *counters) finish(g *segment) {
	c.segments++
	c.totalBytes += int64(len(g.buf))
	c.total += g.duration
	if g.duration < SegmentTarget/2 && c.peak > 0 || g.duration <= 0 {
		return
	}
	c.frameRate = nominal(float64(g.frames) / g.duration.Seconds())
	c.bits = int(float64(8*len(g.buf)) / g.duration.Seconds())
	c.peak = max(c.peak, c.bits)
}

// nominal is the usual frame rate a measurement stands for: RTMP's millisecond clock measures 29.99
// where the encoder runs at 30. An unusual rate stays as measured.
func nominal(measured float64) float64 {
	const tolerance = 0.002
	best := measured
	near := tolerance * measured
	for _, usual := range [...]float64{15, 20, 24000. / 1001, 24, 25, 30000. / 1001, 30, 48, 50, 60000. / 1001, 60} {
		if d := math.Abs(measured - usual); d < near {
			best, near = usual, d
		}
	}
	return best
}

func (c *counters) average() int {
	if c.total <= 0 {
		return 0
	}
	return int(float64(8*c.totalBytes) / c.total.Seconds())
}

// Stats may be called at any time.
func (s *Stream) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.stats
	out := Stats{
		Segments: c.segments, Parts: c.parts, ForcedCuts: c.forced, Dropped: c.dropped,
		Retimed: c.retimed, Evicted: c.evicted, HeldBytes: s.bytes + cap(s.cur.buf),
		LastFrameAt: c.lastFrame, FrameRate: c.frameRate, BitsPerSecond: c.bits, PeakBits: c.peak,
		Live: s.state == running || s.state == waiting, Ended: s.state == ended,
	}
	for _, g := range s.segs {
		out.HeldBytes += cap(g.buf)
	}
	for i := range s.held {
		out.HeldBytes += len(s.held[i].Data)
	}
	if !c.lastPart.IsZero() {
		out.LastPartAge = s.clk.Now().Sub(c.lastPart)
	}
	if s.init != nil {
		if t := s.track(av.VideoID); t != nil {
			out.Width, out.Height = t.Width, t.Height
		}
	}
	return out
}

// LastFrameAt is when the last sample arrived, zero before the first.
func (s *Stream) LastFrameAt() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats.lastFrame
}
