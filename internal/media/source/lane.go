package source

import (
	"fmt"
	"io"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
	"github.com/hawker-live/hawker/internal/media/mp4"
)

// maxSample bounds what one sample may allocate; a live encoder's largest frame is far smaller.
const maxSample = 16 << 20

// lane plays one track over and over. All times are in ticks of out.Timescale unless said otherwise.
type lane struct {
	track *mp4.Track
	span  mp4.Span
	out   av.Track

	length int64 // of one pass through the span
	join   int64 // when the loop starts again
	period int64 // between joins, in ticks of periodScale: exact, so that lanes do not drift apart
	scale  uint32
	joins  int64 // passed so far
	first  int64 // when the first sample of the first pass is due

	cursor mp4.Cursor
	index  int // of the sample in next
	base   int64
	end    int64     // decode time after the last sample sent
	next   av.Sample // without Data
	place  mp4.Sample
}

// newLane prepares a track to start at its aligned place.
func newLane(t *mp4.Track, span mp4.Span, timescale uint32) (*lane, error) {
	out, err := codec.Track(t.Codec, t.Config, timescale)
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", t.Name, err)
	}
	l := &lane{track: t, span: span, out: out}
	l.length = l.at(span.Last)
	l.first = l.ticks(t.Samples.DTS(span.First) + span.Shift)
	return l, nil
}

// loop sets the time between joins, the same for all lanes, and goes to the start.
func (l *lane) loop(period int64, scale uint32) {
	l.period, l.scale = period, scale
	l.setJoin()
	l.rewind(l.first)
}

func (l *lane) setJoin() {
	l.joins++
	l.join = l.first + mp4.Rescale(l.joins*l.period, l.out.Timescale, l.scale)
}

// ticks converts from the file's timescale.
func (l *lane) ticks(v int64) int64 { return mp4.Rescale(v, l.out.Timescale, l.track.Timescale) }

// at is the time of sample i from the span's first; rounding does not add up.
func (l *lane) at(i int) int64 {
	return l.ticks(l.track.Samples.DTS(i) - l.track.Samples.DTS(l.span.First))
}

// rewind makes the span's first sample the next, at time base.
func (l *lane) rewind(base int64) {
	l.base, l.index = base, l.span.First
	l.cursor = l.track.Samples.Cursor(l.index)
	l.load()
}

func (l *lane) load() {
	l.cursor.Next(&l.place)
	// A sample without duration in the file gets a tick, so that decode times rise strictly.
	dts := max(l.base+l.at(l.index), l.end)
	l.next = av.Sample{
		Track: l.out.ID, DTS: dts, CTS: int32(l.ticks(int64(l.place.CTS))),
		Duration: uint32(max(1, l.base+l.at(l.index+1)-dts)), Key: l.place.Key,
	}
}

// advance moves on after a sample was sent.
func (l *lane) advance() {
	l.end = l.next.DTS + int64(l.next.Duration)
	l.index++
	switch {
	case l.end >= l.join:
		l.setJoin()
		l.rewind(l.end)
	case l.index >= l.span.Last:
		l.rewind(l.end)
	default:
		l.load()
	}
}

// due is when the next sample leaves, from the start of the publication.
func (l *lane) due() time.Duration {
	return time.Duration(mp4.Rescale(l.next.DTS, uint32(time.Second), l.out.Timescale))
}

// read loads the next sample's bytes, with 4-byte NAL lengths.
func (l *lane) read(r io.ReaderAt) (av.Sample, error) {
	s := l.next
	if l.place.Size > maxSample {
		return s, errs.New(errs.Invalid, "bitrate_too_high", "a frame of %d MB is too large for a live stream", l.place.Size>>20)
	}
	s.Data = make([]byte, l.place.Size) // a fresh one each time: the sink keeps it
	if n, err := r.ReadAt(s.Data, l.place.Offset); n < len(s.Data) {
		return s, fmt.Errorf("read sample %d of %s: %w", l.index, l.track.Name, err)
	}
	if l.track.LengthSize == 0 {
		return s, nil
	}
	data, err := codec.NormaliseLengths(s.Data, l.track.LengthSize)
	if err != nil {
		return s, fmt.Errorf("sample %d of %s: %w", l.index, l.track.Name, err)
	}
	s.Data = data
	return s, nil
}
