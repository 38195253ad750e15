package normal

import (
	"math"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

const (
	videoScale = 90000
	// micro is the common unit in which shifts and jumps are measured.
	micro = 1_000_000
	// defaultFrame stands for a picture's duration until the second picture, 1/30 s.
	defaultFrame = videoScale / 30
	// shortFrame and longFrame bound what is believed to be a usual picture duration: 1 ms, 1 s.
	shortFrame = videoScale / 1000
	longFrame  = videoScale
	// maxDriftMS is how far counted sound may stray from its timestamps.
	maxDriftMS = 100
	// opusGapMS is the smallest hole in Opus: packets carry exact times, and one lost 20 ms packet
	// must move the rest.
	opusGapMS = 15
)

// line is one track's state.
type line struct {
	source av.Track // as the publisher announced it
	track  av.Track // as it goes out

	epoch    int
	shiftUS  int64
	hasIn    bool
	lastInUS int64

	lastDTS int64 // -1 before the first sample
	usual   int64 // duration of an ordinary sample
	next    int64 // where the next counted frame goes, sound only
	counted bool  // next is valid

	pending    av.Sample // waits for its duration
	hasPending bool
	suspect    av.Sample // first sample beyond a jump, waits for confirmation
	hasSuspect bool
	needKey    bool
}

// newLine prepares a track's output form. AAC's frame length comes from its configuration.
func newLine(t av.Track) (*line, error) {
	l := &line{source: t, track: t, lastDTS: -1, needKey: t.Codec.Video()}
	switch t.Codec {
	case av.AAC:
		asc, err := codec.ParseASC(t.Config)
		if err != nil {
			return nil, err
		}
		l.track.Timescale, l.usual = uint32(asc.SampleRate()), int64(asc.FrameSamples())
	case av.Opus:
		l.track.Timescale, l.usual = codec.OpusRate, codec.OpusRate/50
	default:
		l.track.Timescale, l.usual = videoScale, defaultFrame
	}
	return l, nil
}

// resume carries the position of the same track before its configuration changed.
func (l *line) resume(old *line) {
	l.epoch, l.shiftUS, l.hasIn, l.lastInUS = old.epoch, old.shiftUS, old.hasIn, old.lastInUS
	if old.lastDTS < 0 {
		return
	}
	end := rescale(old.end(), int64(old.track.Timescale), int64(l.track.Timescale))
	l.lastDTS, l.next, l.counted = end-1, end, old.counted
}

func (l *line) inUS(s av.Sample) int64 { return rescale(s.DTS, int64(l.source.Timescale), micro) }

// end is where an ordinary next sample would go.
func (l *line) end() int64 {
	if l.counted {
		return l.next
	}
	if l.lastDTS < 0 {
		return 0
	}
	return l.lastDTS + l.usual
}

func (l *line) endUS() int64 { return rescale(l.end(), int64(l.track.Timescale), micro) }

// mapped is a sample's place on the output timeline before any repair.
func (l *line) mapped(s av.Sample) int64 {
	scale := int64(l.track.Timescale)
	return rescale(s.DTS, int64(l.source.Timescale), scale) + rescale(l.shiftUS, micro, scale)
}

// placeVideo gives a picture its output times and tells whether they had to be clamped. The
// presentation time is kept when possible: encoders that repeat a decode time still mean it.
func (l *line) placeVideo(s av.Sample) (av.Sample, bool) {
	dts := l.mapped(s)
	cts := rescale(int64(s.CTS), int64(l.source.Timescale), int64(l.track.Timescale))
	clamped := dts <= l.lastDTS
	if clamped {
		pts := dts + cts
		dts = l.lastDTS + 1
		if late := pts - dts; cts < 0 || late >= 0 {
			cts = late
		} else {
			cts = 0
		}
	}
	s.DTS, s.CTS = dts, int32(max(math.MinInt32, min(math.MaxInt32, cts)))
	l.lastDTS = dts
	return s, clamped
}

// placeAudio counts frames forward and looks at timestamps only to notice drift. It reports false
// for a frame to leave out: sound that runs ahead of its own clock can only be caught up by
// leaving frames out, one click each instead of growing lip-sync error.
func (l *line) placeAudio(s av.Sample) (av.Sample, bool) {
	scale := int64(l.track.Timescale)
	ahead, behind := maxDriftMS*scale/1000, maxDriftMS*scale/1000
	frame := l.usual
	if l.track.Codec == av.Opus {
		ahead = opusGapMS * scale / 1000
		if n, err := codec.OpusSamples(s.Data); err == nil {
			frame = int64(n)
		}
	}
	dts := max(l.mapped(s), 0)
	switch drift := dts - l.next; {
	case !l.counted:
		l.next, l.counted = max(dts, l.lastDTS+1), true
	case drift > ahead:
		l.next = dts
	case drift < -behind:
		return s, false
	}
	s.DTS, s.CTS, s.Key = l.next, 0, true
	l.lastDTS, l.usual = l.next, frame
	l.next += frame
	return s, true
}

// hold keeps s for its duration and returns the sample before it, complete.
func (l *line) hold(s av.Sample) (av.Sample, bool) {
	done, ok := l.pending, l.hasPending
	if ok {
		d := s.DTS - done.DTS
		if l.track.Codec.Video() && d >= shortFrame && d <= longFrame {
			l.usual = d
		}
		done.Duration = uint32(min(d, math.MaxUint32))
	}
	l.pending, l.hasPending = s, true
	return done, ok
}

// release gives up the held sample with the duration of an ordinary one.
func (l *line) release() (av.Sample, bool) {
	done, ok := l.pending, l.hasPending
	l.pending, l.hasPending = av.Sample{}, false
	done.Duration = uint32(l.usual)
	return done, ok
}

// rescale converts ticks between rates, rounding to nearest, without overflow for any time a
// stream can reach.
func rescale(v, from, to int64) int64 {
	if from == to {
		return v
	}
	whole, rest := v/from, v%from
	if rest < 0 {
		whole, rest = whole-1, rest+from
	}
	return whole*to + (rest*to+from/2)/from
}
