package normal

import (
	"errors"
	"fmt"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

const (
	// A timestamp further than these from its predecessor is a new timeline, not a late frame.
	jumpAheadUS = 3 * micro
	jumpBackUS  = 1 * micro
	// alignedUS is how close two tracks are on one timeline; encoders interleave within a second.
	alignedUS = 1500 * micro / 1000
	// maxPauseUS is the longest pause of one track that is bridged; it keeps Duration far below
	// 32 bits.
	maxPauseUS = 3600 * micro
	// joinUS is how far a track may begin from where the other is. Beyond it the encoder dates
	// its tracks from different origins, as some phones do, and they are laid side by side.
	joinUS = 10 * micro
)

// Discontinuer is what an output may implement besides av.Sink: it is told before the first
// sample of a new timeline. Every sample before it has been written, and the next picture is a
// random access point.
type Discontinuer interface{ Discontinuity() }

// Options are the normaliser's needs.
type Options struct {
	// Clock dates arrivals for bitrate and for the age of warnings; media time is the samples' own.
	Clock clock.Clock
}

// Normaliser is an av.Sink that repairs a stream on its way to another sink.
type Normaliser struct {
	out   av.Sink
	lines [av.AudioID + 1]*line // by track id

	epoch   int
	shiftUS int64
	started bool  // a sample arrived
	failure error // of the output; nothing more is written to it
	closed  bool

	health gauge
}

// New puts a normaliser in front of out.
func New(out av.Sink, o Options) *Normaliser {
	return &Normaliser{out: out, health: gauge{clock: o.Clock}}
}

var errClosed = errors.New("the stream has ended")

// Tracks announces tracks in their output timescales. Called again, it first completes what is
// pending under the old configuration; times run on.
func (n *Normaliser) Tracks(tracks []av.Track) error {
	if n.closed {
		return errClosed
	}
	var lines [len(n.lines)]*line
	out := make([]av.Track, 0, len(tracks))
	for _, t := range tracks {
		if want := trackID(t.Codec); t.ID != want || lines[want] != nil || t.Timescale == 0 {
			return fmt.Errorf("track %d %s with timescale %d cannot be taken", t.ID, t.Codec, t.Timescale)
		}
		l, err := newLine(t)
		if err != nil {
			return fmt.Errorf("prepare %s track: %w", t.Codec, err)
		}
		lines[t.ID] = l
		out = append(out, l.track)
	}
	if err := n.flush(); err != nil {
		return err
	}
	for id, l := range lines {
		if l == nil {
			continue
		}
		if old := n.lines[id]; old != nil {
			l.resume(old)
			continue
		}
		// A track that joins late is on the timeline of the others.
		l.epoch, l.shiftUS = n.epoch, n.shiftUS
	}
	n.lines = lines
	n.health.tracks(out)
	return n.failing(n.out.Tracks(out))
}

func trackID(c av.Codec) int {
	if c.Video() {
		return av.VideoID
	}
	return av.AudioID
}

// Write takes the next sample of an announced track.
func (n *Normaliser) Write(s av.Sample) error {
	if n.closed {
		return errClosed
	}
	if n.failure != nil {
		return n.failure
	}
	if s.Track < 0 || s.Track >= len(n.lines) || n.lines[s.Track] == nil {
		return fmt.Errorf("sample of track %d, which was not announced", s.Track)
	}
	l := n.lines[s.Track]
	at := l.inUS(s)
	n.health.arrived(s)
	if !n.started {
		n.begin(at)
	}
	if l.hasSuspect {
		return n.resolve(l, s, at)
	}
	return n.take(l, s, at)
}

// take places a sample, or holds it when its time is out of line: one wild timestamp is a slip of
// the encoder, two in a row are a new timeline.
func (n *Normaliser) take(l *line, s av.Sample, at int64) error {
	if n.strays(l, at) {
		l.suspect, l.hasSuspect = s, true
		return nil
	}
	return n.place(l, s, at)
}

// begin lifts a stream that starts below zero: container times are unsigned.
func (n *Normaliser) begin(at int64) {
	n.started = true
	n.shiftUS = max(0, -at)
	for _, l := range n.lines {
		if l != nil {
			l.shiftUS = n.shiftUS
		}
	}
}

func jumps(deltaUS int64) bool { return deltaUS > jumpAheadUS || deltaUS < -jumpBackUS }

// strays reports whether at cannot belong to the line's present timeline.
func (n *Normaliser) strays(l *line, at int64) bool {
	other := n.companion(l)
	if !l.hasIn {
		return other != nil && (at-other.lastInUS > joinUS || at-other.lastInUS < -joinUS)
	}
	step := at - l.lastInUS
	if !jumps(step) {
		return false
	}
	// A track that catches up with the other has only paused.
	return other == nil || step < 0 || step > maxPauseUS ||
		at-other.lastInUS > alignedUS || at-other.lastInUS < -alignedUS
}

// companion is the other track when it is under way on the same timeline.
func (n *Normaliser) companion(l *line) *line {
	for _, o := range n.lines {
		if o != nil && o != l && o.hasIn && o.epoch == l.epoch {
			return o
		}
	}
	return nil
}

// resolve decides about the sample that seemed to jump, now that its successor is here.
func (n *Normaliser) resolve(l *line, s av.Sample, at int64) error {
	first := l.suspect
	firstAt := l.inUS(first)
	l.suspect, l.hasSuspect = av.Sample{}, false
	if !n.strays(l, firstAt) {
		// The other track has caught up meanwhile: this one had only paused.
		if err := n.place(l, first, firstAt); err != nil {
			return err
		}
		return n.take(l, s, at)
	}
	if !n.strays(l, at) || jumps(at-firstAt) {
		// Not confirmed: the lone sample goes where an ordinary one would.
		if err := n.slip(l, first, firstAt); err != nil {
			return err
		}
		return n.take(l, s, at)
	}
	if err := n.rebase(l, firstAt); err != nil {
		return err
	}
	if err := n.place(l, first, firstAt); err != nil {
		return err
	}
	return n.place(l, s, at)
}

// slip places a sample whose timestamp is wild at the end of its line, and leaves the line's input
// position as if it had been right. A line that has not begun has no place to put it.
func (n *Normaliser) slip(l *line, s av.Sample, at int64) error {
	if l.lastDTS < 0 {
		n.health.drop()
		return nil
	}
	n.health.clamp()
	place := l.endUS() - l.shiftUS
	s.DTS = rescale(place, micro, int64(l.source.Timescale))
	before := l.lastInUS
	err := n.place(l, s, at)
	l.lastInUS = before
	return err
}

// rebase moves a line to a shift under which firstAt continues the stream. When the other track
// has begun a new epoch that fits, it is joined, which keeps both in step; otherwise one begins.
func (n *Normaliser) rebase(l *line, firstAt int64) error {
	if l.epoch < n.epoch && (l.lastDTS < 0 || !jumps(firstAt+n.shiftUS-l.endUS())) {
		l.epoch, l.shiftUS = n.epoch, n.shiftUS
		return nil
	}
	if err := n.release(); err != nil {
		return err
	}
	end := int64(0)
	for _, o := range n.lines {
		if o != nil {
			end = max(end, o.endUS())
		}
	}
	n.epoch++
	n.shiftUS = end - firstAt
	l.epoch, l.shiftUS = n.epoch, n.shiftUS
	for _, o := range n.lines {
		if o == nil {
			continue
		}
		o.needKey = o.track.Codec.Video()
		if !o.hasIn {
			o.epoch, o.shiftUS = n.epoch, n.shiftUS // it will begin on the new timeline
		}
	}
	n.health.jump()
	if d, ok := n.out.(Discontinuer); ok {
		d.Discontinuity()
	}
	return nil
}

// place gives a sample its output time and passes its predecessor on.
func (n *Normaliser) place(l *line, s av.Sample, at int64) error {
	l.hasIn, l.lastInUS = true, at
	if !l.track.Codec.Video() {
		s, ok := l.placeAudio(s)
		if !ok {
			n.health.drop()
			return nil
		}
		return n.pass(l.hold(s))
	}
	if l.needKey && !s.Key {
		n.health.dropPicture(at)
		return nil
	}
	l.needKey = false
	s, clamped := l.placeVideo(s)
	if clamped {
		n.health.clamp()
	}
	n.health.picture(s)
	return n.pass(l.hold(s))
}

func (n *Normaliser) pass(s av.Sample, ok bool) error {
	if !ok || n.failure != nil {
		return n.failure
	}
	return n.failing(n.out.Write(s))
}

func (n *Normaliser) failing(err error) error {
	if err != nil && n.failure == nil {
		n.failure = err
	}
	return err
}

// flush passes on everything that waits, suspects included, before tracks change or end.
func (n *Normaliser) flush() error {
	for _, l := range n.lines {
		if l == nil || !l.hasSuspect {
			continue
		}
		s := l.suspect
		l.suspect, l.hasSuspect = av.Sample{}, false
		if err := n.slip(l, s, l.lastInUS); err != nil {
			return err
		}
	}
	return n.release()
}

// release passes on the samples that wait for a duration, with ordinary ones. A suspect of the
// other track stays: it belongs to the new timeline.
func (n *Normaliser) release() error {
	for _, l := range n.lines {
		if l == nil {
			continue
		}
		if err := n.pass(l.release()); err != nil {
			return err
		}
	}
	return nil
}

// Close completes the last samples and closes the output once, with the flush's error when cause
// is nil.
func (n *Normaliser) Close(cause error) {
	if n.closed {
		return
	}
	n.closed = true
	if err := n.flush(); err != nil && cause == nil {
		cause = err
	}
	n.out.Close(cause)
}

// Health is a snapshot of the stream's state; safe from any goroutine.
func (n *Normaliser) Health() Health { return n.health.snapshot() }
