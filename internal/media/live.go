package media

import (
	"context"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/llhls"
	"github.com/hawker-live/hawker/internal/media/normal"
)

// Stream is one channel's current live session, as others see it.
type Stream struct {
	ChannelID  string
	Session    string // URL prefix under /media/live/
	Protocol   string // rtmp, whip or sample; of the last publisher
	Generation int64  // counts the channel's publishers since it came on air
	Since      int64  // unix ms of the session's first media
	OnAir      bool
}

// Health is what the host's console shows of the incoming stream.
type Health struct {
	Stream
	normal.Health
	Picture   av.Track // zero while off air or without pictures
	Sound     av.Track
	LastError IngestError
}

// live is one channel's session and whoever publishes it. Lock order: live.telling, live.mu, Service.mu,
// then the packager's own; nobody takes live.mu while holding Service.mu.
type live struct {
	s         *Service
	channelID string

	mu         sync.Mutex
	session    string
	stream     *llhls.Stream
	since      int64
	generation int64
	protocol   string
	publisher  *publication // nil while nobody publishes
	tracks     []av.Track   // what the packager was told; nil before the first media
	recorder   *recorder
	grace      context.CancelFunc
	ended      bool

	telling sync.Mutex // held while the listener hears, so that it hears in order
	told    word
	toldGen int64
}

// word is what the listener last heard of a channel.
type word int

const (
	nothing word = iota
	up
	down
	gone
)

// endedLinger keeps an ended session's last objects readable, so that players reach its end.
const endedLinger = 60 * time.Second

// open gives a new publisher the channel's session, replacing the one before.
func (s *Service) open(channelID, protocol string, keyed bool) (*publication, error) {
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return nil, errShutdown
		}
		l := s.lives[channelID]
		if l == nil {
			l = &live{s: s, channelID: channelID}
			l.begin()
			s.lives[channelID] = l
			s.sessions[l.session] = l.stream
		}
		s.mu.Unlock()
		if p := l.admit(protocol, keyed); p != nil {
			return p, nil
		}
		// The session ended between the look-up and the admission: the next round makes a new one.
		s.forget(l)
	}
}

// forget takes an ended session out of the channel's place.
func (s *Service) forget(l *live) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lives[l.channelID] == l {
		delete(s.lives, l.channelID)
	}
}

// begin starts a new session. Callers hold l.mu or own l alone.
func (l *live) begin() {
	l.session = l.s.IDs.New("str")
	l.tracks, l.since = nil, 0
	l.stream = llhls.New(llhls.Options{Clock: l.s.Clock, OnSegment: l.keep})
}

// admit makes a publication the current one; nil when the session has ended.
func (l *live) admit(protocol string, keyed bool) *publication {
	l.mu.Lock()
	if l.ended {
		l.mu.Unlock()
		return nil
	}
	old := l.publisher
	l.generation++
	p := &publication{l: l, generation: l.generation, protocol: protocol, keyed: keyed, done: make(chan struct{})}
	p.norm = normal.New(packager{l}, normal.Options{Clock: l.s.Clock})
	l.publisher, l.protocol = p, protocol
	l.stopGrace()
	if old != nil {
		l.stream.Close(av.ErrReplaced)
		old.kick(av.ErrReplaced)
	}
	l.mu.Unlock()
	if old != nil && old.protocol != sampleProtocol {
		l.s.noteError(l.channelID, errReplaced)
	}
	return p
}

// snapshot is the session as others see it. Callers hold l.mu.
func (l *live) snapshot() Stream {
	on := l.publisher != nil && l.publisher.announced && !l.ended
	return Stream{ChannelID: l.channelID, Session: l.session, Protocol: l.protocol, Generation: l.generation, Since: l.since, OnAir: on}
}

// tell lets the listener hear the session's present state, unless it has heard it already. States that
// passed by while it listened are skipped, never swapped: what it heard last is true. Callers hold no lock.
func (l *live) tell() {
	l.telling.Lock()
	defer l.telling.Unlock()
	l.mu.Lock()
	now := l.snapshot()
	next := down
	switch {
	case l.ended:
		next = gone
	case now.OnAir:
		next = up
	case l.told == nothing:
		next = nothing // a publisher that never announced anything is nobody's business
	}
	again := next == l.told && (next != up || l.toldGen == now.Generation)
	if again || next == gone && l.told == nothing {
		l.mu.Unlock()
		return
	}
	l.told, l.toldGen = next, now.Generation
	l.mu.Unlock()
	if l.s.life.Err() != nil || l.s.listener == nil {
		return // a restart is no loss: the room waits for its publisher
	}
	switch next {
	case up:
		l.s.Log.Info("stream on air", "channel", l.channelID, "session", now.Session, "protocol", now.Protocol)
		l.s.listener.StreamUp(l.s.life, now)
	case down:
		l.s.listener.StreamDown(l.s.life, now)
	case gone:
		l.s.listener.StreamGone(l.s.life, now)
	}
}

// startGrace waits for the publisher to come back. Callers hold l.mu.
func (l *live) startGrace() {
	l.stopGrace()
	ctx, cancel := context.WithCancel(l.s.life)
	l.grace = cancel
	l.s.work.Go(func() {
		select {
		case <-l.s.Clock.After(l.s.Grace):
			l.s.finish(l)
		case <-ctx.Done():
		}
	})
}

// stopGrace ends the wait. Callers hold l.mu.
func (l *live) stopGrace() {
	if l.grace != nil {
		l.grace()
		l.grace = nil
	}
}

// finish ends a channel's session for good, unless a publisher came back meanwhile.
func (s *Service) finish(l *live) {
	closing := s.life.Err() != nil
	l.mu.Lock()
	if l.ended || (l.publisher != nil && !closing) {
		l.mu.Unlock()
		return
	}
	l.ended = true
	if l.publisher != nil {
		l.publisher.kick(errShutdown)
	}
	l.stopGrace()
	l.endSession()
	s.forgetLater(l.session)
	l.mu.Unlock()
	s.forget(l)
	l.tell()
}

// endSession writes the end of the packaging and of its recording. Callers hold l.mu.
func (l *live) endSession() {
	l.stream.End()
	if l.recorder != nil {
		l.recorder.finish()
		l.recorder = nil
	}
}

// forgetLater takes a session's objects away once players had the time to reach its end. Callers hold the
// live.mu of a session that had not ended, which keeps Close from having begun to wait.
func (s *Service) forgetLater(session string) {
	s.work.Go(func() {
		select {
		case <-s.Clock.After(endedLinger):
		case <-s.life.Done():
		}
		s.mu.Lock()
		delete(s.sessions, session)
		s.mu.Unlock()
	})
}

// packager is the normaliser's sink: it feeds the session's LL-HLS stream. It runs under live.mu.
type packager struct{ l *live }

func (k packager) Tracks(tracks []av.Track) error {
	l := k.l
	if l.tracks == nil {
		l.since = l.s.Clock.Now().UnixMilli()
	}
	l.tracks = tracks
	return l.stream.Tracks(tracks)
}

func (k packager) Write(sample av.Sample) error { return k.l.stream.Write(sample) }

// Close flushes what the publisher sent; the session outlives it.
func (k packager) Close(cause error) { k.l.stream.Close(cause) }

// Discontinuity tells the packager that timestamps jumped.
func (k packager) Discontinuity() { k.l.stream.Discontinuity() }
