package media

import (
	"context"
	"errors"
	"sync"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/normal"
)

var (
	errShutdown = errs.New(errs.Busy, "server_restarting", "the server is restarting; publish again in a moment")
	errReplaced = errs.New(errs.Conflict, "publisher_replaced", "a newer publisher took the stream over")
)

// publication is one publisher's connection to a session.
type publication struct {
	l          *live
	generation int64
	protocol   string
	keyed      bool // let in by the stream key, not by a publish token
	norm       *normal.Normaliser
	announced  bool // guarded by live.mu

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

// refusal is why the publisher may not go on; nil while it is the current one. Callers hold live.mu.
func (p *publication) refusal() error {
	select {
	case <-p.done:
		if p.cause != nil {
			return p.cause
		}
		return av.ErrReplaced
	default:
	}
	if p.l.publisher != p {
		return av.ErrReplaced
	}
	return nil
}

// Tracks implements av.Sink.
func (p *publication) Tracks(tracks []av.Track) error {
	p.l.mu.Lock()
	err := p.refusal()
	if err == nil {
		err = p.norm.Tracks(tracks)
	}
	p.announced = p.announced || err == nil
	p.l.mu.Unlock()
	if err == nil {
		p.l.tell()
	}
	return err
}

// Write implements av.Sink.
func (p *publication) Write(sample av.Sample) error {
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	if err := p.refusal(); err != nil {
		return err
	}
	p.l.s.received.Add(uint64(len(sample.Data)))
	return p.norm.Write(sample)
}

// Close implements av.Sink: the publisher is gone, and the session waits for it.
func (p *publication) Close(cause error) {
	l := p.l
	l.mu.Lock()
	p.kick(cause)
	if l.publisher != p {
		l.mu.Unlock()
		return
	}
	p.norm.Close(cause)
	l.publisher = nil
	if !l.ended {
		l.startGrace()
	}
	l.mu.Unlock()
	if cause != nil && !errors.Is(cause, context.Canceled) {
		l.s.noteError(l.channelID, cause)
	}
	l.tell()
}
