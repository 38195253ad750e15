package live

import (
	"context"
	"encoding/json"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// Pin fixes a comment, or a line of the host's own, on top of the talk. The team only.
func (s *Service) Pin(ctx context.Context, a identity.Actor, roomID, commentID, text string) error {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator)
	if err != nil {
		return err
	}
	if !r.OnAir() {
		return errNotYet
	}
	var c timeline.Comment
	if commentID == "" {
		if c, err = s.Say(ctx, a, roomID, text); err != nil {
			return err
		}
	}
	defer s.acting(r.ChannelID)()
	if commentID != "" {
		var removed bool
		if c, removed, err = s.comment(ctx, roomID, commentID); err != nil {
			return err
		}
		if removed {
			return errNoComment
		}
	}
	return s.setPin(ctx, r, &c)
}

// Unpin takes the pinned line down. The team only.
func (s *Service) Unpin(ctx context.Context, a identity.Actor, roomID string) error {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator)
	if err != nil {
		return err
	}
	defer s.acting(r.ChannelID)()
	return s.setPin(ctx, r, nil)
}

func (s *Service) setPin(ctx context.Context, r Room, c *timeline.Comment) error {
	body := ""
	if c != nil {
		b, err := json.Marshal(c)
		if err != nil {
			return err
		}
		body = string(b)
	}
	if _, err := s.DB.Exec(ctx, `UPDATE live_rooms SET pin = $1 WHERE id = $2`, body, r.ID); err != nil {
		return err
	}
	if c != nil {
		if err := s.mark(ctx, r.ID, markPin, c.Text); err != nil {
			return err
		}
	}
	if q := s.sequencer(r.ID); q != nil {
		q.say(timeline.Event{T: timeline.KindPin, Comment: c})
	}
	return nil
}
