package mp4

import "math/bits"

// Edit is what a track's edit list (ISO/IEC 14496-12 8.6.6) says about playing it.
type Edit struct {
	Delay  int64 // empty time before the track starts, in the movie timescale
	Start  int64 // media time shown first (B-frame delay, AAC priming, trimming), track timescale
	Length int64 // how much is shown, in the movie timescale; 0 is "to the end"
}

// maxEdits bounds the entries looked at; editors flatten their cuts, phones write one to three.
const maxEdits = 1024

// parseEdit reads elst. Only one continuous piece of media is played: a list that jumps about
// plays from its first piece to the end of the track, which loses nothing.
func parseEdit(body []byte) (Edit, error) {
	width := 12
	if len(body) > 0 && body[0] == 1 {
		width = 20
	}
	_, entries, n, err := list(body, width, "edit list")
	if err != nil {
		return Edit{}, err
	}
	var e Edit
	seen := false
	for i := range min(n, maxEdits) {
		entry := entries[width*i:]
		length, start := int64(be32(entry)), int64(int32(be32(entry[4:])))
		if width == 20 {
			length, start = int64(be64(entry)), int64(be64(entry[8:]))
		}
		if length < 0 || length > maxFragmentTime || start < -1 || start > maxFragmentTime {
			return Edit{}, broken("edit list")
		}
		switch {
		case start == -1 && !seen:
			e.Delay = min(e.Delay+length, maxFragmentTime)
		case start == -1:
		case !seen:
			e.Start, e.Length, seen = start, length, true
		default:
			e.Length = 0
		}
	}
	return e, nil
}

// Rescale converts v ticks of one timescale to another, rounding down in size (towards zero).
// A result beyond int64 saturates; from must not be zero.
func Rescale(v int64, to, from uint32) int64 {
	neg := v < 0
	u := uint64(v)
	if neg {
		u = -u
	}
	hi, lo := bits.Mul64(u, uint64(to))
	q := uint64(1<<63 - 1)
	if hi < uint64(from) {
		q, _ = bits.Div64(hi, lo, uint64(from))
		q = min(q, 1<<63-1)
	}
	if neg {
		return -int64(q)
	}
	return int64(q)
}

// Span is the part of a track that a presentation plays, and where.
type Span struct {
	First, Last int // samples First <= i < Last
	// Shift added to a stored DTS gives the DTS on the presentation's own clock, in the track's
	// timescale. The earliest sample of all tracks stands at 0 and none is negative.
	Shift int64
}

// primingFrames is how many audio frames before the edit's start are kept: decoders need them to
// settle (ISO/IEC 14496-3 4.5.2.1, at most 2,112 samples in use), and they are inaudible.
const primingFrames = 3

// Align applies the edit lists of the tracks to be played together; either may be nil.
// Trimmed-off video is kept back to the sync sample it hangs on, with sound to match, because a
// repackaged stream cannot say "decode but do not show". A trimmed tail is dropped.
func (m *Movie) Align(video, audio *Track) (v, a Span) {
	if audio != nil && audio.Samples.Len() == 0 {
		audio = nil
	}
	cut := int64(0) // presentation time from which something is shown, <= 0, in video ticks
	if video != nil {
		v = m.span(video)
		o := m.offset(video)
		if v.First > 0 {
			s := video.Samples.At(v.First)
			cut = min(0, s.DTS+int64(s.CTS)+o)
		}
		v.Shift = o
	}
	if audio != nil {
		a = m.span(audio)
		a.Shift = m.offset(audio)
		if audio.Edit.Start > 0 {
			from := int64(0)
			if video != nil {
				from = Rescale(cut, audio.Timescale, video.Timescale)
			}
			frame := audio.Samples.DTS(1) - audio.Samples.Start()
			a.First = audio.Samples.IndexAt(from - a.Shift - primingFrames*frame)
			a.First = min(a.First, a.Last-1)
		}
	}
	m.zero(video, audio, &v, &a)
	return v, a
}

// offset added to a stored time gives presentation time, in the track's timescale.
func (m *Movie) offset(t *Track) int64 {
	return Rescale(t.Edit.Delay, t.Timescale, m.Timescale) - t.Edit.Start
}

// span finds the samples an edit list keeps.
func (m *Movie) span(t *Track) Span {
	s := Span{Last: t.Samples.Len()}
	if t.Video && t.Edit.Start > t.Samples.Start() {
		s.First = t.Samples.SyncAtOrBefore(max(0, t.Samples.IndexAt(t.Edit.Start+1)-1))
		// A sync sample is shown after it is decoded: step back while it is shown too late.
		for s.First > 0 {
			k := t.Samples.At(s.First)
			if k.DTS+int64(k.CTS) <= t.Edit.Start {
				break
			}
			s.First = t.Samples.SyncAtOrBefore(s.First - 1)
		}
	}
	if t.Edit.Length > 0 {
		frame := t.Playlength()/int64(t.Samples.Len()) + 1
		end := t.Edit.Start + Rescale(t.Edit.Length+1, t.Timescale, m.Timescale) + frame
		s.Last = max(s.First+1, t.Samples.IndexAt(end))
	}
	return s
}

// zero moves both spans so that the earliest decode time is 0.
func (m *Movie) zero(video, audio *Track, v, a *Span) {
	first := func(t *Track, s *Span) int64 { return t.Samples.DTS(s.First) + s.Shift }
	switch {
	case video == nil && audio == nil:
	case audio == nil:
		v.Shift -= first(video, v)
	case video == nil:
		a.Shift -= first(audio, a)
	default:
		fv, fa := first(video, v), first(audio, a)
		if Rescale(fv, audio.Timescale, video.Timescale) <= fa {
			v.Shift -= fv
			a.Shift -= Rescale(fv, audio.Timescale, video.Timescale)
			a.Shift += max(0, -first(audio, a))
		} else {
			a.Shift -= fa
			v.Shift -= Rescale(fa, video.Timescale, audio.Timescale)
			v.Shift += max(0, -first(video, v))
		}
	}
}
