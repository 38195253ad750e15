package whip

import (
	"errors"
	"io"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

const (
	// maxStreams bounds the RTP streams of one session, replaced ones included.
	maxStreams = 16
	// maxBadReads in a row end a reader: packets of a payload type that was not agreed on.
	maxBadReads = 1000
)

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
