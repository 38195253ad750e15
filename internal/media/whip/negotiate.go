package whip

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/media/av"
)

// gatherTimeout bounds the collection of our own addresses, which asks no other machine.
const gatherTimeout = 3 * time.Second

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
		return "", errs.ForProgram(errs.Invalid, "whip_sdp_refused", "this offer cannot be answered").Because(err)
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
		return "", errs.ForProgram(errs.Invalid, "whip_sdp_refused", "this offer cannot be answered").Because(err)
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

var errNoRestart = errs.ForProgram(errs.Invalid, "whip_no_restart", "ICE restarts are not taken; publish again with the same key")
