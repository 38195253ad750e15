package llhls

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/cmaf"
)

// DefaultMaxBytes is what one stream may hold: a minute of 8 Mbit/s.
const DefaultMaxBytes = 64 << 20

// Options are what a Stream needs.
type Options struct {
	Clock clock.Clock
	// OnSegment is called with each finished segment, in order, on the publisher's goroutine and
	// outside the locks readers wait for. It must queue and return; it must not call the stream.
	OnSegment func(Segment)
	MaxBytes  int // media held in memory; DefaultMaxBytes when 0
}

// Segment is a finished segment as handed to OnSegment. Init and Data are shared with readers and
// must not be changed.
type Segment struct {
	Seq           uint64
	InitID        int           // grows by one when the configuration changes
	Init          []byte        // ftyp + moov
	Data          []byte        // whole fragments
	Start         time.Duration // media time of the first sample; grows across discontinuities
	Duration      time.Duration
	PDT           time.Time // wall clock of Start
	Discontinuity bool      // does not continue the segment before it
	KeyStart      bool      // decodable from its first sample
}

type initSegment struct {
	id     int
	tracks []av.Track
	data   []byte
}

// Stream is the packager and origin of one live session. Make it with New.
type Stream struct {
	clk       clock.Clock
	onSegment func(Segment)
	maxBytes  int

	snap   atomic.Pointer[snapshot]
	hookMu sync.Mutex

	watchMu  sync.Mutex // a leaf: taken with mu held
	watchers map[uint64]func()
	watched  uint64

	mu      sync.Mutex
	state   state
	init    *initSegment
	inits   int
	line    line
	held    []av.Sample // sound that came before the first key frame, on the publisher's clock
	since   time.Time   // start of the wait for a key frame
	needKey bool        // pictures are dropped until the next key frame
	pending [av.AudioID + 1][]av.Sample
	bytes   int // of pending

	cur      segment
	segs     []*segment // finished and still served, oldest first
	first    uint64     // sequence number of the first listed segment
	discSeq  uint64
	replaced bool // the next Tracks is another publisher's
	broken   bool // the next segment follows a discontinuity
	frag     uint32
	target   time.Duration // 0 until the first segment is closed
	mediaEnd time.Duration
	finished []Segment // waiting for OnSegment
	dirty    bool      // readers have something new to see
	stats    counters
}

type state int

const (
	idle    state = iota // no tracks, or the publisher left
	waiting              // tracks are known, the epoch's first sample is not
	running
	ended
)

// New returns a stream without media; playlist requests wait for the first segment.
func New(o Options) *Stream {
	s := &Stream{clk: o.Clock, onSegment: o.OnSegment, maxBytes: o.MaxBytes}
	if s.maxBytes <= 0 {
		s.maxBytes = DefaultMaxBytes
	}
	s.snap.Store(&snapshot{next: make(chan struct{})})
	return s
}

// Tracks declares or changes the configuration. While a publication runs, the same configuration
// again changes nothing; another one, or the first after Close, starts a new epoch, which the playlist
// shows as a discontinuity.
func (s *Stream) Tracks(tracks []av.Track) error {
	if err := validate(tracks); err != nil {
		return err
	}
	defer s.deliver()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == ended {
		return errEnded()
	}
	data := cmaf.Init(tracks)
	same := s.init != nil && bytes.Equal(s.init.data, data)
	if same && s.state != idle && !s.replaced {
		return nil
	}
	s.flush()
	if !same {
		s.init = &initSegment{id: s.inits, tracks: append([]av.Track(nil), tracks...), data: data}
		s.inits++
	}
	s.await()
	s.publish()
	return nil
}

// Discontinuity ends the epoch: the next sample's timestamps have nothing to do with the last one's.
func (s *Stream) Discontinuity() {
	defer s.deliver()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != running {
		return
	}
	s.flush()
	s.await()
	s.publish()
}

// Write takes the next sample. It refuses samples of unknown tracks, before Tracks and after End;
// samples it cannot place (no data, no duration, behind what was already sent) are dropped and counted.
func (s *Stream) Write(v av.Sample) error {
	defer s.deliver()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.state {
	case ended:
		return errEnded()
	case idle:
		return errs.ForProgram(errs.Conflict, "tracks_missing", "declare the tracks before sending samples")
	}
	if s.track(v.Track) == nil {
		return errs.ForProgram(errs.Invalid, "track_unknown", "track %d was not declared", v.Track)
	}
	s.stats.lastFrame = s.clk.Now()
	if len(v.Data) == 0 || v.Duration == 0 || len(v.Data) > s.maxSegmentBytes() {
		s.stats.dropped++
		return nil
	}
	if s.state == running && s.jumps(v) {
		s.flush()
		s.await()
	}
	if s.state == waiting {
		s.start(v)
	} else {
		s.place(v)
	}
	s.publish()
	return nil
}

// Close tells that the publisher left. The stream stays open for Tracks or Resume until End. For
// av.ErrReplaced it only notes that the next Tracks begins a new epoch, whatever it declares: the
// notice may come late, and must not end what the newer publisher has begun.
func (s *Stream) Close(cause error) {
	if errors.Is(cause, av.ErrReplaced) {
		s.mu.Lock()
		s.replaced = true
		s.mu.Unlock()
		return
	}
	s.stop(idle)
}

// End finishes the stream: ENDLIST is listed and everyone waiting is answered. Twice is once.
func (s *Stream) End() { s.stop(ended) }

func (s *Stream) stop(to state) {
	defer s.deliver()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == ended {
		return
	}
	s.flush()
	s.state = to
	s.dirty = s.dirty || to == ended
	s.publish()
}

// deliver hands finished segments to OnSegment. It runs after mu is released.
func (s *Stream) deliver() {
	if s.onSegment == nil {
		return
	}
	s.hookMu.Lock()
	defer s.hookMu.Unlock()
	s.mu.Lock()
	finished := s.finished
	s.finished = nil
	s.mu.Unlock()
	for _, seg := range finished {
		s.onSegment(seg)
	}
}

func (s *Stream) maxSegmentBytes() int { return s.maxBytes / segmentShare }

func errEnded() error {
	return errs.New(errs.Gone, "stream_ended", "this stream has ended; start a new one")
}
