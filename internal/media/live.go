package media

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/llhls"
	"github.com/hawker-live/hawker/internal/media/normal"
)

// Stream is one channel's current live session, as others see it.
type Stream struct {
	ChannelID  string
	Session    string // URL prefix under /media/live/
	Protocol   string // rtmp, whip or sample; of the last publisher
	Generation int64  // counts publishers of the session
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

// live is one channel's session and whoever publishes it. Lock order: live.mu, then Service.mu (Cut), then
// the packager's own; nobody takes live.mu while holding Service.mu.
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
}

// endedLinger keeps an ended session's last objects readable, so that players reach its end.
const endedLinger = 60 * time.Second

// open gives a new publisher the channel's session, replacing the one before.
func (s *Service) open(channelID, protocol string) *publication {
	s.mu.Lock()
	l := s.lives[channelID]
	if l == nil {
		l = &live{s: s, channelID: channelID}
		l.begin()
		s.lives[channelID] = l
		s.sessions[l.session] = l.stream
	}
	s.mu.Unlock()
	return l.admit(protocol)
}

// begin starts a new session. Callers hold l.mu or own l alone.
func (l *live) begin() {
	l.session = l.s.IDs.New("str")
	l.tracks, l.since = nil, 0
	l.stream = llhls.New(llhls.Options{Clock: l.s.Clock, OnSegment: l.keep})
}

func (l *live) admit(protocol string) *publication {
	l.mu.Lock()
	old := l.publisher
	l.generation++
	p := &publication{l: l, generation: l.generation, protocol: protocol, done: make(chan struct{})}
	p.norm = normal.New(packager{l}, normal.Options{Clock: l.s.Clock})
	l.publisher, l.protocol = p, protocol
	l.stopGrace()
	if old != nil {
		l.stream.Close(av.ErrReplaced)
	}
	l.mu.Unlock()
	if old != nil {
		old.kick(av.ErrReplaced)
		l.s.noteError(l.channelID, errs.New(errs.Conflict, "publisher_replaced", "a newer publisher took the stream over"))
	}
	return p
}

// drop ends the current publisher when it came by the protocol.
func (l *live) drop(protocol string, cause error) {
	l.mu.Lock()
	p := l.publisher
	l.mu.Unlock()
	if p != nil && p.protocol == protocol {
		p.kick(cause)
	}
}

func (l *live) snapshot() Stream {
	return Stream{ChannelID: l.channelID, Session: l.session, Protocol: l.protocol, Generation: l.generation, Since: l.since, OnAir: l.publisher != nil && l.tracks != nil}
}

// publication is one publisher's connection to a session.
type publication struct {
	l          *live
	generation int64
	protocol   string
	norm       *normal.Normaliser
	announced  bool

	once  sync.Once
	done  chan struct{}
	cause error
}

// kick makes the publisher's next call fail with cause and tells those waiting on Done.
func (p *publication) kick(cause error) {
	p.once.Do(func() { p.cause = cause; close(p.done) })
}

// Done is closed when the publisher must go (replaced, key revoked, room stopped); Cause says why.
func (p *publication) Done() <-chan struct{} { return p.done }

// Cause is why the publisher must go. Valid after Done.
func (p *publication) Cause() error { return p.cause }

func (p *publication) gone() error {
	select {
	case <-p.done:
		return p.cause
	default:
		return nil
	}
}

// Tracks implements av.Sink.
func (p *publication) Tracks(tracks []av.Track) error {
	if err := p.gone(); err != nil {
		return err
	}
	p.l.mu.Lock()
	if p.l.publisher != p {
		p.l.mu.Unlock()
		return av.ErrReplaced
	}
	err := p.norm.Tracks(tracks)
	first := err == nil && !p.announced
	p.announced = p.announced || first
	now := p.l.snapshot()
	p.l.mu.Unlock()
	if first {
		p.l.s.Log.Info("stream on air", "channel", p.l.channelID, "session", now.Session, "protocol", p.protocol)
		p.l.s.listener.StreamUp(p.l.s.life, now)
	}
	return err
}

// Write implements av.Sink.
func (p *publication) Write(sample av.Sample) error {
	if err := p.gone(); err != nil {
		return err
	}
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	if p.l.publisher != p {
		return av.ErrReplaced
	}
	return p.norm.Write(sample)
}

// Close implements av.Sink: the publisher is gone, and the session waits for it.
func (p *publication) Close(cause error) {
	p.kick(cause)
	l := p.l
	l.mu.Lock()
	if l.publisher != p {
		l.mu.Unlock()
		return
	}
	p.norm.Close(cause)
	l.publisher = nil
	now := l.snapshot()
	wait := !l.ended
	if wait {
		l.startGrace()
	}
	l.mu.Unlock()
	if cause != nil && !errors.Is(cause, context.Canceled) {
		l.s.noteError(l.channelID, cause)
	}
	if wait && p.announced {
		l.s.listener.StreamDown(l.s.life, now)
	}
}

func (l *live) startGrace() {
	ctx, cancel := context.WithCancel(l.s.life)
	l.grace = cancel
	l.s.work.Add(1)
	go func() {
		defer l.s.work.Done()
		select {
		case <-l.s.Clock.After(l.s.Grace):
			l.s.finish(l)
		case <-ctx.Done():
		}
	}()
}

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
	p := l.publisher
	l.stopGrace()
	l.endSession()
	now := l.snapshot()
	l.mu.Unlock()
	if p != nil {
		p.kick(errShutdown)
	}
	s.mu.Lock()
	if s.lives[l.channelID] == l {
		delete(s.lives, l.channelID)
	}
	s.mu.Unlock()
	s.forgetLater(now.Session)
	if !closing {
		s.listener.StreamGone(s.life, now)
	}
}

var errShutdown = errs.New(errs.Busy, "server_restarting", "the server is restarting; publish again in a moment")

// endSession writes the end of the packaging and of its recording. Callers hold l.mu.
func (l *live) endSession() {
	l.stream.End()
	if l.recorder != nil {
		l.recorder.finish()
		l.recorder = nil
	}
}

func (s *Service) forgetLater(session string) {
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		select {
		case <-s.Clock.After(endedLinger):
		case <-s.life.Done():
		}
		s.mu.Lock()
		delete(s.sessions, session)
		s.mu.Unlock()
	}()
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
