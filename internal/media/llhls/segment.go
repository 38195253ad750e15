package llhls

import (
	"slices"
	"time"

	"github.com/hawker-live/hawker/internal/media/cmaf"
)

const (
	// Window is the media a playlist lists.
	Window = 30 * time.Second
	// linger is how long a segment stays readable after it left the playlist: a player that holds an
	// older playlist may still ask for it (RFC 8216bis 6.2.2).
	linger = Window
	// minListed segments stay whatever their size; a playlist of fewer cannot be played.
	minListed = 3
	// segmentShare of the stream's bytes is the most one segment may take: minListed of them with a
	// quarter of slack, the open one with its buffer's growth, and the samples of its open part fit.
	segmentShare = 6

	// shortTarget and longTarget are the TARGETDURATION to choose from once the first segment tells how
	// often the encoder sends key frames. Four seconds hold every cut of a two-second interval with
	// scene cuts in between; six is the longest gap that is not cut by force.
	shortTarget = 4 * time.Second
	longTarget  = 6 * time.Second
	// targetSlack is what a segment may exceed TARGETDURATION by, as EXTINF is compared rounded.
	targetSlack = 490 * time.Millisecond

	firstBuffer = 512 << 10 // two seconds of 2 Mbit/s
	// partsRoom is the usual number of parts with room for a late key frame.
	partsRoom = 16
)

// segment is a run of parts in one buffer. It is changed only while it is the stream's open one.
type segment struct {
	seq           uint64
	init          *initSegment
	start         time.Duration // media time
	pdt           time.Time
	duration      time.Duration // when finished
	discontinuity bool
	keyStart      bool
	buf           []byte
	parts         []part
	frames        int
}

// append adds one fragment as a part. Parts handed out earlier keep the buffer they were cut from.
func (g *segment) append(frag uint32, room int, duration time.Duration, independent bool, runs ...cmaf.Run) {
	if g.buf == nil {
		g.buf = make([]byte, 0, room)
		g.parts = make([]part, 0, partsRoom)
	}
	from, size := len(g.buf), cap(g.buf)
	g.buf = cmaf.AppendFragment(g.buf, frag, runs...)
	if cap(g.buf) != size {
		g.rebase()
	}
	data := g.buf[from:len(g.buf):len(g.buf)]
	g.parts = append(g.parts, part{data: data, duration: duration, independent: independent})
}

// rebase makes the parts slices of the present buffer. The slice itself is new, as readers hold the old.
func (g *segment) rebase() {
	parts := make([]part, len(g.parts), max(partsRoom, cap(g.parts)))
	at := 0
	for i, p := range g.parts {
		p.data = g.buf[at : at+len(p.data) : at+len(p.data)]
		at += len(p.data)
		parts[i] = p
	}
	g.parts = parts
}

// open makes the next segment begin at the line's segment start.
func (s *Stream) open() {
	l := &s.line
	s.cur = segment{seq: s.cur.seq, init: s.init, start: l.duration(l.seg), pdt: l.wall(l.seg)}
}

// closeSegment finishes the open segment at a position of the line and opens the next.
func (s *Stream) closeSegment(at int64, forced bool) {
	l := &s.line
	if len(s.cur.parts) == 0 {
		l.seg = at
		s.open()
		return
	}
	done := s.cur
	done.duration = l.duration(at) - l.duration(l.seg)
	if cap(done.buf)-len(done.buf) > len(done.buf)/4 {
		done.buf = append(make([]byte, 0, len(done.buf)), done.buf...)
		done.rebase()
	}
	if s.target == 0 {
		s.target = shortTarget
		if done.duration > shortTarget+targetSlack {
			s.target = longTarget
		}
	}
	if forced {
		s.stats.forced++
	}
	s.stats.finish(&done)
	s.segs = append(slices.Clone(s.segs), &done)
	s.cur.seq++
	l.seg = at
	s.open()
	s.retire()
	s.dirty = true
	if s.onSegment != nil {
		s.finished = append(s.finished, Segment{
			Seq: done.seq, InitID: done.init.id, Init: done.init.data, Data: done.buf,
			Start: done.start, Duration: done.duration, PDT: done.pdt,
			Discontinuity: done.discontinuity, KeyStart: done.keyStart,
		})
	}
}

// retire moves the window: what is listed, what is only still readable, and what is let go.
func (s *Stream) retire() {
	var listed, kept time.Duration
	total := 2 * s.maxSegmentBytes() // the open segment's share, buffer and samples
	first, keep := len(s.segs), len(s.segs)
	for i := len(s.segs) - 1; i >= 0; i-- {
		g := s.segs[i]
		total += cap(g.buf)
		must := len(s.segs)-i <= minListed
		if total > s.maxBytes && !must {
			if g.seq >= s.first {
				s.stats.evicted++
			}
			break
		}
		if must || first == i+1 && listed+g.duration <= Window {
			listed += g.duration
			first = i
		} else if kept += g.duration; kept > linger {
			break
		}
		keep = i
	}
	// The first listed segment never goes back: a media sequence number only grows.
	next := max(s.first, s.segs[first].seq)
	for _, g := range s.segs {
		if g.discontinuity && g.seq >= s.first && g.seq < next {
			s.discSeq++
		}
	}
	s.first = next
	s.segs = slices.Clone(s.segs[keep:])
}

// room closes the segment when n more bytes would exceed its share of the stream's memory.
func (s *Stream) room(n int) {
	if len(s.cur.buf)+s.bytes+n <= s.maxSegmentBytes() {
		return
	}
	s.closePart(s.line.pos)
	s.closeSegment(s.line.part, true)
}

// segmentCap is the longest a segment may become.
func (s *Stream) segmentCap() time.Duration {
	if s.target == 0 {
		return longTarget + targetSlack
	}
	return s.target + targetSlack
}

// bufferSize is the room for a new segment: the last one's size and an eighth, as sizes repeat.
func (s *Stream) bufferSize() int {
	if len(s.segs) == 0 {
		return min(firstBuffer, s.maxSegmentBytes())
	}
	n := len(s.segs[len(s.segs)-1].buf)
	return min(n+n/8, s.maxSegmentBytes())
}
