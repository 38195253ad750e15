package moderation

import (
	"context"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
)

// What an operator may do, as the log names it.
const (
	SuspendUser    = "user.suspend"
	RestoreUser    = "user.restore"
	StopRoom       = "room.stop"
	HidePost       = "post.hide"
	RestorePost    = "post.restore"
	HideComment    = "comment.hide"
	RestoreComment = "comment.restore"
)

// Suspend closes an account, ends its sessions and stops the rooms on air of channels it owns.
func (s *Service) Suspend(ctx context.Context, a identity.Actor, userID, reason string) error {
	err := s.act(ctx, a, Entry{Act: SuspendUser, SubjectKind: "user", SubjectID: userID, Reason: reason}, func(ctx context.Context, reason string) error {
		_, err := s.Identity.Suspend(ctx, a, userID, reason)
		return err
	})
	if err != nil {
		return err
	}
	// After the commit: whoever could still start a room did so before, and is found here.
	return s.stopRoomsOf(ctx, a, userID, reason)
}

func (s *Service) stopRoomsOf(ctx context.Context, a identity.Actor, userID, reason string) error {
	roles, err := s.Identity.ScopesOf(ctx, userID, "channel")
	if err != nil {
		return err
	}
	var owned []string
	for channelID, role := range roles {
		if role == identity.Owner {
			owned = append(owned, channelID)
		}
	}
	if len(owned) == 0 {
		return nil
	}
	rooms, err := s.Rooms.CurrentByChannels(ctx, owned)
	if err != nil {
		return err
	}
	for _, roomID := range rooms {
		err := s.Stop(ctx, a, roomID, reason)
		if errs.Is(err, errs.Conflict) {
			continue // it ended by itself
		}
		if err != nil {
			return errs.New(errs.Busy, "room_still_on_air", "the account is suspended, but its room is still on air; stop it in the list of rooms").With("roomId", roomID).Because(err)
		}
	}
	return nil
}

// Restore opens a suspended account again.
func (s *Service) Restore(ctx context.Context, a identity.Actor, userID, reason string) error {
	return s.act(ctx, a, Entry{Act: RestoreUser, SubjectKind: "user", SubjectID: userID, Reason: reason}, func(ctx context.Context, _ string) error {
		_, err := s.Identity.Restore(ctx, a, userID)
		return err
	})
}

// Stop ends a broadcast and cuts its stream. A room that is not on air is a conflict.
func (s *Service) Stop(ctx context.Context, a identity.Actor, roomID, reason string) error {
	var why string
	err := s.act(ctx, a, Entry{Act: StopRoom, SubjectKind: "room", SubjectID: roomID, Reason: reason}, func(ctx context.Context, reason string) error {
		r, err := s.Rooms.Room(ctx, roomID)
		if err == nil && !r.OnAir() {
			err = errs.New(errs.Conflict, "room_not_live", "the room is not on air")
		}
		why = reason
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.Rooms.Stop(ctx, a, roomID, why)
	return err
}

// HidePost takes a post out of sight; its team reads the reason.
func (s *Service) HidePost(ctx context.Context, a identity.Actor, postID, reason string) error {
	return s.act(ctx, a, Entry{Act: HidePost, SubjectKind: "post", SubjectID: postID, Reason: reason}, func(ctx context.Context, reason string) error {
		return s.Channel.Hide(ctx, a, postID, reason)
	})
}

// RestorePost puts a hidden post back.
func (s *Service) RestorePost(ctx context.Context, a identity.Actor, postID, reason string) error {
	return s.act(ctx, a, Entry{Act: RestorePost, SubjectKind: "post", SubjectID: postID, Reason: reason}, func(ctx context.Context, _ string) error {
		return s.Channel.Show(ctx, a, postID)
	})
}

// HideComment takes a comment out of sight.
func (s *Service) HideComment(ctx context.Context, a identity.Actor, commentID, reason string) error {
	return s.act(ctx, a, Entry{Act: HideComment, SubjectKind: "comment", SubjectID: commentID, Reason: reason}, func(ctx context.Context, _ string) error {
		return s.Channel.HideComment(ctx, a, commentID)
	})
}

// RestoreComment puts a hidden comment back.
func (s *Service) RestoreComment(ctx context.Context, a identity.Actor, commentID, reason string) error {
	return s.act(ctx, a, Entry{Act: RestoreComment, SubjectKind: "comment", SubjectID: commentID, Reason: reason}, func(ctx context.Context, _ string) error {
		return s.Channel.ShowComment(ctx, a, commentID)
	})
}
