package llhls

import (
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/cmaf"
)

const (
	// PartTarget is PART-TARGET: half a second is four requests a second less than 200 ms parts and
	// stays clear of the look-up tolerances that make players skip short ones.
	PartTarget = 500 * time.Millisecond
	// SegmentTarget is where a segment is cut at the next key frame.
	SegmentTarget = 2 * time.Second

	// cutSlack lets a key frame that comes early by an RTMP millisecond, or a frame, still cut: without
	// it a two-second interval gives four-second segments now and then.
	cutSlack = 50 * time.Millisecond
	// minPartPercent of PartTarget: RFC 8216bis 4.4.3.7.
	minPartPercent = 85
	// minTail is the shortest part of sound alone at the end of an epoch: players skip parts shorter
	// than their look-up tolerance.
	minTail = 100 * time.Millisecond
	// audioLead is how far sound may run ahead before pictures count as stalled and it closes parts.
	audioLead = time.Second
	// maxPull is how far a frame may decode before its time when frames are farther apart than parts.
	maxPull = 2 * time.Second
)

type part struct {
	data        []byte
	duration    time.Duration
	independent bool
}

// advance adds a sample of the primary track, closing what ends before it.
func (s *Stream) advance(v av.Sample) {
	l := &s.line
	target := l.ticks(PartTarget)
	pictures := l.primary == av.VideoID
	if pictures {
		if v.DTS-l.pos > l.ticks(maxPull) {
			s.skipTo(v.DTS)
		}
		s.retime(&v)
		if at := max(v.DTS, l.part); v.Key && s.mayCut(at) {
			s.closePart(at)
			s.closeSegment(at, false)
		}
	} else if v.DTS > l.part+target && v.DTS > l.pos {
		s.skipTo(v.DTS) // sound cannot decode before it is heard
	}
	shortest := l.ticks(PartTarget * minPartPercent / 100)
	end := v.DTS + int64(v.Duration)
	if at := max(v.DTS, l.part); end > l.part+target && at-l.part >= shortest {
		s.endPart(at)
	}
	if cut := l.part + target; end > cut {
		// Too short without the sample and too long with it: the part takes the interval up to its
		// target, and the following sample decodes from there.
		v.Duration = uint32(cut - v.DTS)
		s.stats.retimed++
		s.take(v)
		s.endPart(cut)
		for pictures && end-l.part >= target && s.soundBefore(l.part+target) {
			s.endPart(l.part + target)
		}
		return
	}
	s.take(v)
	// No later sample of this length fits: do not wait for it to arrive. At a possible cut it decides
	// whether the segment ends too, and the preload hint must be right, so there we do wait.
	full := l.pos-l.part >= shortest && l.pos+int64(v.Duration)-l.part > target
	if full && !(pictures && s.mayCut(l.pos)) {
		s.endPart(l.pos)
	}
}

// skipTo ends the segment and moves the line over a time without media. The next segment's date
// tells of the hole; counting it into this one would break TARGETDURATION.
func (s *Stream) skipTo(at int64) {
	l := &s.line
	s.closePart(l.pos)
	s.closeSegment(l.pos, l.primary == av.VideoID)
	l.seg, l.part, l.pos = at, at, at
	s.open()
}

// retime makes a picture decode where the line ends, and still be shown when it was.
func (s *Stream) retime(v *av.Sample) {
	l := &s.line
	at := max(min(v.DTS, l.pos), l.end[v.Track])
	moved := v.DTS - at
	v.DTS = at
	v.CTS += int32(moved)
	v.Duration = uint32(max(1, int64(v.Duration)+moved))
}

func (s *Stream) mayCut(at int64) bool {
	return at-s.line.seg >= s.line.ticks(SegmentTarget-cutSlack)
}

// accompany adds sound beside pictures. When it has run too far ahead of them it closes the part.
func (s *Stream) accompany(v av.Sample) {
	l := &s.line
	s.take(v)
	target := l.ticks(PartTarget)
	for rescale(l.end[v.Track], l.scales[v.Track], l.scale)-l.part > target+l.ticks(audioLead) {
		s.endPart(l.part + target)
	}
}

// take appends a sample to the open part.
func (s *Stream) take(v av.Sample) {
	l := &s.line
	s.pending[v.Track] = append(s.pending[v.Track], v)
	s.bytes += len(v.Data)
	l.end[v.Track] = max(l.end[v.Track], v.DTS+int64(v.Duration))
	if v.Track == l.primary {
		l.pos = max(l.pos, l.end[v.Track])
	}
}

// soundBefore reports whether sound is pending that begins before a position of the line.
func (s *Stream) soundBefore(at int64) bool {
	p := s.pending[av.AudioID]
	return len(p) > 0 && rescale(p[0].DTS, s.line.scales[av.AudioID], s.line.scale) < at
}

// endPart closes the open part, and the segment when the next part may not fit it.
func (s *Stream) endPart(at int64) {
	l := &s.line
	s.closePart(at)
	switch {
	case at-l.seg+l.ticks(PartTarget) > l.ticks(s.segmentCap()):
		s.closeSegment(at, true)
	case l.primary == av.AudioID && at-l.seg >= l.ticks(SegmentTarget-PartTarget/2):
		s.closeSegment(at, false) // sound can be cut anywhere; cut where a part ends anyway
	}
}

// closePart ends the open part at a position of the line. Sound from there on stays for the next one.
func (s *Stream) closePart(at int64) {
	l := &s.line
	if at <= l.part {
		return
	}
	video, audio := s.pending[av.VideoID], s.pending[av.AudioID]
	sound := len(audio)
	if l.primary == av.VideoID {
		for sound = 0; sound < len(audio) && rescale(audio[sound].DTS, l.scales[av.AudioID], l.scale) < at; {
			sound++
		}
	}
	s.emit(video, audio[:sound], l.duration(at)-l.duration(l.part))
	clear(video)
	s.pending[av.VideoID] = video[:0]
	left := copy(audio, audio[sound:])
	clear(audio[left:])
	s.pending[av.AudioID] = audio[:left]
	s.bytes = 0
	for i := range audio[:left] {
		s.bytes += len(audio[i].Data)
	}
	l.part, l.pos = at, max(l.pos, at)
}

// emit appends one fragment to the open segment.
func (s *Stream) emit(video, audio []av.Sample, duration time.Duration) {
	if len(video)+len(audio) == 0 {
		return
	}
	independent := s.line.primary == av.AudioID
	for i := range video {
		independent = independent || video[i].Key
	}
	if len(s.cur.parts) == 0 {
		s.cur.discontinuity, s.broken = s.broken, false
		s.cur.keyStart = s.line.primary == av.AudioID || len(video) > 0 && video[0].Key
	}
	joinDurations(video)
	joinDurations(audio)
	s.frag++
	s.cur.append(s.frag, s.bufferSize(), duration, independent,
		cmaf.Run{Track: av.VideoID, Samples: video}, cmaf.Run{Track: av.AudioID, Samples: audio})
	s.cur.frames += len(video)
	s.stats.parts++
	s.stats.lastPart = s.clk.Now()
	s.dirty = true
}

// joinDurations makes each sample last until the next, because a run carries durations only.
func joinDurations(run []av.Sample) {
	for i := 0; i+1 < len(run); i++ {
		run[i].Duration = uint32(run[i+1].DTS - run[i].DTS)
	}
}

// flush closes the epoch with everything that is pending.
func (s *Stream) flush() {
	if s.state != running {
		return
	}
	l := &s.line
	at := l.pos
	video, audio := s.pending[av.VideoID], s.pending[av.AudioID]
	if at <= l.part && len(audio) > 0 {
		at = min(rescale(l.end[av.AudioID], l.scales[av.AudioID], l.scale), l.part+l.ticks(PartTarget))
	}
	// Sound after the last picture goes into the last part; a part of nothing else must be worth one.
	if len(video) > 0 || at-l.part >= l.ticks(minTail) {
		at = max(at, l.part+1)
		s.emit(video, audio, l.duration(at)-l.duration(l.part))
		l.part, l.pos = at, at
	} else {
		s.stats.dropped += uint64(len(audio))
	}
	s.pending[av.VideoID], s.pending[av.AudioID], s.bytes = nil, nil, 0
	s.closeSegment(l.part, false)
	for id, scale := range l.scales {
		if scale > 0 {
			s.mediaEnd = max(s.mediaEnd, time.Duration(rescaleUp(l.end[id], scale, int64(time.Second))))
		}
	}
	s.mediaEnd = max(s.mediaEnd, l.duration(l.part))
	s.broken = s.cur.seq > 0
}
