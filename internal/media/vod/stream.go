package vod

import (
	"hash/fnv"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4"
)

const (
	// SegmentTarget is how much a segment holds at least before it is cut at a sync sample: long
	// enough to keep requests few, short enough that seeking fetches little.
	SegmentTarget = 4 * time.Second
	// MaxSegment cuts even without a sync sample, so that one request stays bounded.
	MaxSegment = 30 * time.Second
	// maxSegmentSamples bounds a moof to about 1 MB; 30 s at 120 fps is 3,600.
	maxSegmentSamples = 1 << 16
	// maxSegmentBytes keeps the 31-bit data offsets of trun valid.
	maxSegmentBytes = 1 << 30
)

// Stream is one playable upload. The reader must stay open and unchanged while it is used.
type Stream struct {
	movie        *mp4.Movie
	r            io.ReaderAt
	video, audio *mp4.Track // audio may be nil
	v, a         mp4.Span
	segments     []segment
	independent  bool // every segment starts with a sync sample
	info         Info
	init         []byte
	media        []byte // media playlist without dates
	etag         string

	front     sync.Once
	frontMoov []byte // moov to be placed before the data, nil while not needed
	frontErr  error
}

// segment is a run of samples of each track and the time they cover.
type segment struct {
	v0, v1, a0, a1 int
	start, end     int64 // on the presentation clock, in the video timescale
	bytes          int64 // of all samples
}

// Open prepares the movie for playing. It refuses what browsers cannot play (mp4.Movie.Playable)
// and streams that could not be cut into sane segments. Codecs in allow are accepted besides
// H.264 and AAC; they must be ones package cmaf can describe.
func Open(m *mp4.Movie, r io.ReaderAt, allow ...av.Codec) (*Stream, error) {
	if err := m.Playable(allow...); err != nil {
		return nil, err
	}
	s := &Stream{movie: m, r: r, video: m.Video(), audio: m.Audio()}
	s.v, s.a = m.Align(s.video, s.audio)
	s.cut()
	if err := s.measure(); err != nil {
		return nil, err
	}
	var err error
	if s.init, err = s.buildInit(); err != nil {
		return nil, err
	}
	s.media = s.Playlist(time.Time{})
	sum := fnv.New64a()
	sum.Write(s.init)
	sum.Write(s.media)
	sum.Write(strconv.AppendInt(nil, m.Size, 10))
	s.etag = `"` + strconv.FormatUint(sum.Sum64(), 36) + `"`
	return s, nil
}

// Info describes the stream to people and to the database.
func (s *Stream) Info() Info { return s.info }

// Segments is the number of media segments.
func (s *Stream) Segments() int { return len(s.segments) }

// Init is the HLS initialisation section. The caller must not change it.
func (s *Stream) Init() []byte { return s.init }

// Bytes is about how much memory the stream holds or may come to hold.
func (s *Stream) Bytes() int64 {
	n := s.movie.Bytes() + int64(len(s.init)+len(s.media)+72*len(s.segments)) + 1024
	if !s.asIs() {
		n += s.movie.MoovSize
	}
	return n
}

// cut fills the segment table: boundaries on the picture's decode clock, sound to match.
func (s *Stream) cut() {
	t := &s.video.Samples
	ticks := func(d time.Duration) int64 { return mp4.Rescale(int64(d), s.video.Timescale, uint32(time.Second)) }
	// A sync sample an eighth early is taken: a 4 s GOP must not become 8 s by a rounding tick.
	target, longest := ticks(SegmentTarget*7/8), ticks(MaxSegment)
	s.independent = true
	at, sound, start := s.v.First, s.a.First, int64(0)
	for at < s.v.Last {
		dts := t.DTS(at)
		next := t.SyncAtOrAfter(max(at+1, t.IndexAt(dts+target)))
		if hard := min(at+maxSegmentSamples, max(at+1, t.IndexAt(dts+longest))); next > hard && hard < s.v.Last {
			next = hard
			s.independent = s.independent && t.At(hard).Key
		}
		next = min(next, s.v.Last)
		end := t.DTS(next) + s.v.Shift
		seg := segment{v0: at, v1: next, a0: sound, a1: s.soundUntil(sound, end), start: start, end: end}
		s.segments = append(s.segments, seg)
		at, sound, start = seg.v1, seg.a1, end
	}
	s.cutSound(sound, start, target)
}

// cutSound places the sound that outlasts the picture: a little joins the last segment, more gets
// segments of its own.
func (s *Stream) cutSound(sound int, start, target int64) {
	last := &s.segments[len(s.segments)-1]
	for sound < s.a.Last {
		end := start + target
		next := s.soundUntil(sound, end)
		if rest := s.soundTime(s.a.Last); rest <= end {
			next, end = s.a.Last, max(start, rest)
			if len(s.segments) > 0 && rest-last.start <= 2*target {
				last.a1, last.end = next, end
				return
			}
		}
		s.segments = append(s.segments, segment{v0: s.v.Last, v1: s.v.Last, a0: sound, a1: next, start: start, end: end})
		last = &s.segments[len(s.segments)-1]
		sound, start = next, end
	}
}

// soundUntil is the first audio sample at or after end (video timescale), at most the span's last.
func (s *Stream) soundUntil(from int, end int64) int {
	if s.audio == nil {
		return 0
	}
	i := s.audio.Samples.IndexAt(mp4.Rescale(end, s.audio.Timescale, s.video.Timescale) - s.a.Shift)
	return max(from, min(i, s.a.Last))
}

// soundTime is the presentation time of audio sample i in the video timescale, rounded up.
func (s *Stream) soundTime(i int) int64 {
	return mp4.Rescale(s.audio.Samples.DTS(i)+s.a.Shift, s.video.Timescale, s.audio.Timescale) + 1
}

// measure sums the bytes of every segment and fills Info in one walk over the tables.
func (s *Stream) measure() error {
	v := s.video.Samples.Cursor(s.v.First)
	var a mp4.Cursor
	if s.audio != nil {
		a = s.audio.Samples.Cursor(s.a.First)
	}
	var sample mp4.Sample
	gaps := gapMeter{last: s.video.Samples.DTS(s.v.First)}
	for i := range s.segments {
		seg := &s.segments[i]
		for range seg.v1 - seg.v0 {
			v.Next(&sample)
			seg.bytes += int64(sample.Size)
			gaps.add(sample)
		}
		for range seg.a1 - seg.a0 {
			a.Next(&sample)
			seg.bytes += int64(sample.Size)
		}
		if seg.bytes > maxSegmentBytes || seg.a1-seg.a0 > maxSegmentSamples {
			return errs.New(errs.Invalid, "bitrate_too_high",
				"the video has more than %d MB in a few seconds; export it with a lower bitrate", maxSegmentBytes>>20)
		}
	}
	gaps.end(s.video.Samples.DTS(s.v.Last))
	s.info = s.describe(gaps.longest)
	return nil
}

// gapMeter finds the longest stretch without a sync sample, in track ticks.
type gapMeter struct{ last, longest int64 }

func (g *gapMeter) add(s mp4.Sample) {
	if s.Key {
		g.end(s.DTS)
	}
}

func (g *gapMeter) end(dts int64) {
	g.longest = max(g.longest, dts-g.last)
	g.last = dts
}
