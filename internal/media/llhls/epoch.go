package llhls

import (
	"math/bits"
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
)

const (
	// keyWait bounds the wait for a key frame at the start of an epoch: an encoder with intra refresh
	// sends none, and a publisher who announced pictures may send only sound.
	keyWait = 6 * time.Second
	// maxHeld is the sound kept while waiting: more than the second by which it runs ahead of pictures.
	maxHeld = 64
	// A jump beyond these begins a new epoch even if nobody announced it. The normaliser announces
	// smaller ones; this keeps one bad timestamp from emptying or silencing the stream.
	jumpAhead  = 6 * time.Second
	jumpBehind = time.Second
)

// line is the media timeline of one epoch. All positions are ticks of the primary track.
type line struct {
	primary int
	scale   int64                 // of the primary track
	shift   [av.AudioID + 1]int64 // added to the publisher's DTS, in the track's own ticks
	end     [av.AudioID + 1]int64 // end of the last sample taken, in the track's own ticks
	floor   [av.AudioID + 1]int64 // lowest DTS still to be had from the publisher, shifted
	scales  [av.AudioID + 1]int64 // per track
	taken   [av.AudioID + 1]bool  // the track has had a sample in this epoch
	anchor  time.Time             // wall clock of base
	base    time.Duration         // media time at which the epoch begins
	seg     int64                 // start of the open segment
	part    int64                 // start of the open part
	pos     int64                 // how far the line is filled
}

// await begins an epoch that has no sample yet.
func (s *Stream) await() {
	s.state = waiting
	s.held = nil
	s.since = time.Time{}
	s.needKey, s.replaced = false, false
}

// start looks for the sample an epoch can begin with: a key frame, or any sound without pictures.
func (s *Stream) start(v av.Sample) {
	if s.since.IsZero() {
		s.since = s.stats.lastFrame
	}
	late := s.stats.lastFrame.Sub(s.since) >= keyWait
	pictures := s.track(av.VideoID) != nil
	switch {
	case v.Track == av.VideoID && (v.Key || late):
		s.needKey = false
		s.begin(v)
	case v.Track == av.AudioID && (!pictures || late):
		s.needKey = pictures
		s.begin(v)
	case v.Track == av.AudioID:
		if len(s.held) == maxHeld {
			s.stats.dropped++
			s.held = append(s.held[:0], s.held[1:]...)
		}
		s.held = append(s.held, v)
	default:
		s.stats.dropped++
	}
}

// begin lays the epoch's line so that v stands where the media ended so far.
func (s *Stream) begin(v av.Sample) {
	l := line{primary: av.AudioID, base: s.mediaEnd, anchor: s.stats.lastFrame}
	for _, t := range s.init.tracks {
		l.scales[t.ID] = int64(t.Timescale)
		if t.ID == av.VideoID {
			l.primary = av.VideoID
		}
	}
	from := l.scales[v.Track]
	for _, t := range s.init.tracks {
		at := rescaleUp(int64(l.base), int64(time.Second), l.scales[t.ID])
		l.shift[t.ID] = at - rescale(v.DTS, from, l.scales[t.ID])
		l.floor[t.ID], l.end[t.ID] = at, at
	}
	l.scale = l.scales[l.primary]
	l.seg = rescaleUp(int64(l.base), int64(time.Second), l.scale)
	l.part, l.pos = l.seg, l.seg
	l.base = l.duration(l.seg) // v stands here, up to a tick later
	s.line = l
	s.state = running
	s.open()
	held := s.held
	s.held = nil
	s.place(v)
	for _, a := range held {
		s.place(a)
	}
}

// jumps reports whether a sample does not belong to the epoch: far ahead of the line, or far behind
// its own track.
func (s *Stream) jumps(v av.Sample) bool {
	l := &s.line
	scale := l.scales[v.Track]
	at := v.DTS + l.shift[v.Track]
	ahead := at - rescale(l.pos, l.scale, scale)
	behind := l.floor[v.Track] - at
	return ahead > rescale(int64(jumpAhead), int64(time.Second), scale) ||
		l.taken[v.Track] && behind > rescale(int64(jumpBehind), int64(time.Second), scale)
}

// place puts a sample on the line, dropping what lies before the epoch or behind its track.
func (s *Stream) place(v av.Sample) {
	l := &s.line
	v.DTS += l.shift[v.Track]
	if v.DTS < l.floor[v.Track] || v.Track == av.VideoID && s.missesKey(v) {
		s.stats.dropped++
		return
	}
	l.floor[v.Track], l.taken[v.Track] = v.DTS+1, true
	s.room(len(v.Data))
	if v.Track == l.primary {
		s.advance(v)
	} else {
		s.accompany(v)
	}
}

// missesKey reports whether a picture has nothing to be decoded from.
func (s *Stream) missesKey(v av.Sample) bool {
	if v.Key || s.stats.lastFrame.Sub(s.since) >= 2*keyWait {
		s.needKey = false
	}
	return s.needKey
}

// duration converts ticks of the line.
func (l *line) duration(ticks int64) time.Duration {
	return time.Duration(rescale(ticks, l.scale, int64(time.Second)))
}

// ticks converts a duration, rounding down.
func (l *line) ticks(d time.Duration) int64 { return rescale(int64(d), int64(time.Second), l.scale) }

// wall is the wall clock of a position.
func (l *line) wall(at int64) time.Time { return l.anchor.Add(l.duration(at) - l.base) }

// rescale is v*to/from for v >= 0, rounded down; for v < 0 rounded towards zero.
func rescale(v, from, to int64) int64 {
	q, _ := mulDiv(v, from, to)
	return q
}

// rescaleUp is v*to/from for v >= 0, rounded up.
func rescaleUp(v, from, to int64) int64 {
	q, rest := mulDiv(v, from, to)
	if rest > 0 {
		q++
	}
	return q
}

// mulDiv does not overflow in between; a result beyond 64 bits, which no timestamp of a live stream
// reaches, is 0 instead of a panic.
func mulDiv(v, from, to int64) (q int64, rest uint64) {
	sign := int64(1)
	if v < 0 {
		v, sign = -v, -1
	}
	hi, lo := bits.Mul64(uint64(v), uint64(to))
	if hi >= uint64(from) {
		return 0, 0
	}
	u, rest := bits.Div64(hi, lo, uint64(from))
	return sign * int64(u), rest
}
