package whip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/media/av"
)

const (
	// setupTimeout is from the answer to the first packet: ICE and DTLS on a poor network.
	setupTimeout = 15 * time.Second
	// idleTimeout is the longest silence of a connected publisher, as of a tab in the background.
	idleTimeout = 20 * time.Second
	// gatherTimeout bounds the collection of our own addresses, which asks no other machine.
	gatherTimeout = 3 * time.Second
	// tickInterval is how often waits are checked.
	tickInterval = 250 * time.Millisecond
	// keyInterval is the pace of key frames, which browsers make only when asked: a segment's length.
	keyInterval = 2 * time.Second
	// urgentKey is the pace while no picture can be shown, and the least distance of two requests.
	urgentKey = 300 * time.Millisecond
	// maxStreams bounds the RTP streams of one session, replaced ones included.
	maxStreams = 16
	// maxBadReads in a row end a reader: packets of a payload type that was not agreed on.
	maxBadReads = 1000
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

// negotiate builds the peer connection and its answer.
func (h *Handler) negotiate(ctx context.Context, o offer, sink av.Sink) (*session, string, error) {
	pc, err := h.engine.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, "", fmt.Errorf("make peer connection: %w", err)
	}
	s := &session{
		h: h, secret: id.Secret(secretBytes), etag: `"` + id.Secret(8) + `"`, name: h.deps.IDs.New("whip"),
		pc: pc, sink: sink, began: h.deps.Clock.Now(), candidates: o.candidates,
		want: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	s.media = newPublication(h.deps.Clock, sink, o, s.wantKey)
	pc.OnTrack(s.track)
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		switch state {
		case webrtc.PeerConnectionStateFailed:
			s.end(fmt.Errorf("%w: unreachable", ErrLost))
		case webrtc.PeerConnectionStateClosed:
			s.end(fmt.Errorf("%w: closed by the publisher", ErrLost))
		}
	})
	answer, err := s.answer(ctx, o)
	if err != nil {
		s.discard()
		return nil, "", err
	}
	return s, answer, nil
}

// discard undoes negotiate.
func (s *session) discard() {
	s.end(ErrClosed)
	_ = s.pc.GracefulClose()
	s.readers.Wait()
}

func (s *session) answer(ctx context.Context, o offer) (string, error) {
	if err := s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: o.sdp}); err != nil {
		return "", errs.New(errs.Invalid, "whip_sdp_refused", "this offer cannot be answered").Because(err)
	}
	for _, t := range s.pc.GetTransceivers() {
		if t.Kind() != webrtc.RTPCodecTypeVideo {
			continue
		}
		codecs := t.Receiver().GetParameters().Codecs
		slices.SortStableFunc(codecs, func(a, b webrtc.RTPCodecParameters) int { return preference(a) - preference(b) })
		if err := t.SetCodecPreferences(codecs); err != nil {
			return "", fmt.Errorf("order codecs: %w", err)
		}
	}
	answer, err := s.pc.CreateAnswer(nil)
	if err != nil {
		return "", errs.New(errs.Invalid, "whip_sdp_refused", "this offer cannot be answered").Because(err)
	}
	parsed, err := answer.Unmarshal()
	if err != nil {
		return "", fmt.Errorf("read own answer: %w", err)
	}
	for _, m := range parsed.MediaDescriptions {
		if kind := m.MediaName.Media; m.MediaName.Port.Value == 0 && (kind == "video" && o.video || kind == "audio" && o.audio) {
			return "", errs.New(errs.Invalid, "whip_codec", "no %s codec of the offer is taken; offer H.264 baseline, main or high, and Opus", kind)
		}
	}
	gathered := webrtc.GatheringCompletePromise(s.pc)
	if err := s.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("apply answer: %w", err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", ctx.Err()
	case <-s.h.deps.Clock.After(gatherTimeout):
		return "", errors.New("own addresses were not found in time")
	}
	sdp := s.pc.LocalDescription().SDP
	if o.stereo {
		sdp = inviteStereo(sdp)
	}
	return sdp, nil
}

func preference(c webrtc.RTPCodecParameters) int {
	for i, profile := range profiles {
		if strings.Contains(strings.ToLower(c.SDPFmtpLine), "profile-level-id="+profile[:4]) {
			return i
		}
	}
	return len(profiles)
}

// patch takes trickled candidates (RFC 9725 4.3.1). ICE restarts are refused as 4.3.3 wants it; a
// publisher whose network changed publishes again and takes its own session over.
func (s *session) patch(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r, typeFragment, maxFragment)
	if err != nil {
		return err
	}
	switch match := r.Header.Get("If-Match"); match {
	case "":
		return at(http.StatusPreconditionRequired, "whip_etag_missing", "send the session's ETag as If-Match")
	case s.etag:
	case "*":
		return errNoRestart
	default:
		return at(http.StatusPreconditionFailed, "whip_etag_stale", "the session has another ETag")
	}
	f, err := parseFragment(body)
	if err != nil {
		return err
	}
	if remote := s.pc.RemoteDescription(); remote != nil && !strings.Contains(remote.SDP, "a=ice-ufrag:"+f.ufrag) {
		return errNoRestart
	}
	s.mu.Lock()
	s.candidates += len(f.candidates)
	over := s.candidates > maxCandidates
	s.mu.Unlock()
	if over {
		return errTooManyCandidates
	}
	for _, c := range f.candidates {
		if err := s.pc.AddICECandidate(c); err != nil {
			return at(http.StatusBadRequest, "whip_fragment_invalid", "a candidate cannot be read")
		}
	}
	w.Header().Set("ETag", s.etag)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

var errNoRestart = errs.New(errs.Invalid, "whip_no_restart", "ICE restarts are not taken; publish again with the same key")

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

// track takes a new RTP stream; pion calls it in a goroutine of its own.
func (s *session) track(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	s.mu.Lock()
	s.streams++
	if s.ended || s.streams > maxStreams {
		s.mu.Unlock()
		return
	}
	video := t.Kind() == webrtc.RTPCodecTypeVideo
	if video {
		s.video = t.SSRC()
	}
	s.readers.Add(2)
	s.mu.Unlock()
	in := s.media.attach(video)
	if video {
		s.wantKey()
	}
	go func() {
		defer s.readers.Done()
		s.readReports(r, t, in)
	}()
	defer s.readers.Done()
	s.readMedia(t, in)
}

func (s *session) readMedia(t *webrtc.TrackRemote, in *input) {
	for bad := 0; bad < maxBadReads; {
		p, _, err := t.ReadRTP()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || s.over():
			return
		case err != nil:
			bad++
			continue
		}
		bad = 0
		if err := s.media.packet(in, packet{seq: p.SequenceNumber, ts: p.Timestamp, marker: p.Marker, payload: p.Payload, at: s.h.deps.Clock.Now()}); err != nil {
			s.end(err)
			return
		}
	}
}

func (s *session) readReports(r *webrtc.RTPReceiver, t *webrtc.TrackRemote, in *input) {
	for bad := 0; bad < maxBadReads; {
		packets, _, err := r.ReadRTCP()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || s.over():
			return
		case err != nil:
			bad++
			continue
		}
		bad = 0
		for _, p := range packets {
			if sr, ok := p.(*rtcp.SenderReport); ok && sr.SSRC == uint32(t.SSRC()) {
				s.media.report(in, sr.NTPTime, sr.RTPTime)
			}
		}
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
