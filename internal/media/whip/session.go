package whip

import (
	"fmt"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"github.com/hawker-live/hawker/internal/media/av"
)

const (
	// setupTimeout is from the answer to the first packet: ICE and DTLS on a poor network.
	setupTimeout = 15 * time.Second
	// idleTimeout is the longest silence of a connected publisher, as of a tab in the background.
	idleTimeout = 20 * time.Second
	// tickInterval is how often waits are checked.
	tickInterval = 250 * time.Millisecond
	// keyInterval is the pace of key frames, which browsers make only when asked: a segment's length.
	keyInterval = 2 * time.Second
	// urgentKey is the pace while no picture can be shown, and the least distance of two requests.
	urgentKey = 300 * time.Millisecond
)

// session is one answered offer.
type session struct {
	h      *Handler
	secret string // in its URL
	etag   string
	name   string // in logs
	pc     *webrtc.PeerConnection
	sink   av.Sink
	media  *publication
	began  time.Time
	want   chan struct{} // a key frame is wanted at once
	quit   chan struct{} // closed when the session must end
	done   chan struct{} // closed when it has

	lastKey time.Time // of the last request; run's own

	mu         sync.Mutex
	ended      bool
	cause      error
	streams    int
	video      webrtc.SSRC
	candidates int
	readers    sync.WaitGroup // Add only while not ended
}

// departing is what a sink may offer: Done is closed when the publisher must go, Cause says why.
type departing interface {
	Done() <-chan struct{}
	Cause() error
}

// end makes the session end with cause; only the first call counts.
func (s *session) end(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.ended, s.cause = true, cause
	close(s.quit)
}

// run watches the session to its end and then takes it apart.
func (s *session) run() {
	defer close(s.done)
	s.watch()
	if err := s.pc.GracefulClose(); err != nil {
		s.h.deps.Log.Debug("close peer connection", "session", s.name, "err", err)
	}
	s.readers.Wait()
	s.media.finish()
	s.sink.Close(s.cause)
	s.h.forget(s)
	reason := "goodbye"
	if s.cause != nil {
		reason = s.cause.Error()
	}
	total := s.media.totals()
	s.h.deps.Log.Info("whip publication ended", "session", s.name, "reason", reason,
		"duration_ms", s.h.deps.Clock.Now().Sub(s.began).Milliseconds(),
		"samples", total.samples, "dropped", total.dropped, "gaps", total.gaps)
}

func (s *session) watch() {
	tick := s.h.deps.Clock.Ticker(tickInterval)
	defer tick.Stop()
	var gone <-chan struct{}
	leaving, ok := s.sink.(departing)
	if ok {
		gone = leaving.Done()
	}
	for {
		select {
		case <-s.quit:
			return
		case <-gone:
			s.end(leaving.Cause())
			return
		case <-s.want:
			s.requestKey(urgentKey)
		case <-tick.C():
			s.tick()
		}
	}
}

func (s *session) tick() {
	now := s.h.deps.Clock.Now()
	if err := s.media.tick(now); err != nil {
		s.end(err)
		return
	}
	last, waiting := s.media.state()
	switch {
	case last.IsZero() && now.Sub(s.began) >= setupTimeout:
		s.end(fmt.Errorf("%w: no media within %s", ErrLost, setupTimeout))
	case !last.IsZero() && now.Sub(last) >= idleTimeout:
		s.end(fmt.Errorf("%w: no media for %s", ErrLost, idleTimeout))
	case waiting:
		s.requestKey(urgentKey)
	default:
		s.requestKey(keyInterval)
	}
}

// wantKey asks run for a key frame without waiting for it.
func (s *session) wantKey() {
	select {
	case s.want <- struct{}{}:
	default:
	}
}

// requestKey sends a PLI unless the last one is younger than pace.
func (s *session) requestKey(pace time.Duration) {
	now := s.h.deps.Clock.Now()
	s.mu.Lock()
	ssrc := s.video
	s.mu.Unlock()
	if ssrc == 0 || now.Sub(s.lastKey) < pace {
		return
	}
	s.lastKey = now
	if err := s.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(ssrc)}}); err != nil {
		s.h.deps.Log.Debug("ask for key frame", "session", s.name, "err", err)
	}
}

func (s *session) over() bool {
	select {
	case <-s.quit:
		return true
	default:
		return false
	}
}
