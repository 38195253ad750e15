package media

import (
	"context"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/llhls"
)

var errOffAir = errs.New(errs.Conflict, "stream_off_air", "no picture arrives yet; start the camera, the encoder or the sample source first")

// StreamOf is the channel's current session; false when nobody publishes or waits.
func (s *Service) StreamOf(channelID string) (Stream, bool) {
	l := s.liveOf(channelID)
	if l == nil {
		return Stream{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.snapshot(), !l.ended
}

func (s *Service) liveOf(channelID string) *live {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lives[channelID]
}

// Health is what the host's console shows; OnAir is false when nobody publishes.
func (s *Service) Health(ctx context.Context, channelID string) (Health, error) {
	last, err := s.lastError(ctx, channelID)
	if err != nil {
		return Health{}, err
	}
	h := Health{Stream: Stream{ChannelID: channelID}, LastError: last}
	if l := s.liveOf(channelID); l != nil {
		l.mu.Lock()
		h.Stream = l.snapshot()
		if h.OnAir {
			h.Picture, h.Sound = split(l.tracks)
			h.Health = l.publisher.norm.Health()
		}
		l.mu.Unlock()
	}
	return h, nil
}

func split(tracks []av.Track) (picture, sound av.Track) {
	for _, t := range tracks {
		if t.Codec.Video() {
			picture = t
		} else {
			sound = t
		}
	}
	return picture, sound
}

// Origin is the LL-HLS origin of a session, also for a while after its end.
func (s *Service) Origin(session string) (*llhls.Stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stream := s.sessions[session]; stream != nil {
		return stream, nil
	}
	return nil, errs.New(errs.NotFound, "stream_ended", "this live stream has ended")
}

// Cut ends the channel's session and its recording, as when a room ends. A publisher that goes on sending
// starts the next session at its next key frame.
func (s *Service) Cut(channelID string) {
	l := s.liveOf(channelID)
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.endSession()
	s.forgetLater(l.session)
	tracks := l.tracks
	l.begin()
	s.mu.Lock()
	s.sessions[l.session] = l.stream
	s.mu.Unlock()
	if l.publisher != nil && len(tracks) > 0 {
		if err := (packager{l}).Tracks(tracks); err != nil {
			s.Log.Warn("restart packaging", "channel", channelID, "err", err)
		}
	}
}

// Stop cuts the channel's publisher, with a reason it can read, and ends the session.
func (s *Service) Stop(channelID string, cause error) {
	s.StopSample(channelID)
	l := s.liveOf(channelID)
	if l == nil {
		return
	}
	l.mu.Lock()
	p := l.publisher
	l.publisher = nil
	if p != nil {
		p.kick(cause)
	}
	l.mu.Unlock()
	if p != nil {
		s.noteError(channelID, cause)
	}
	s.finish(l)
}
