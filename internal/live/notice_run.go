package live

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

const (
	// jobNotice brings one notice up to date with the clock. It carries no time: what is due is read from the
	// row, so that a job that is late, repeated or left over from another time does the right thing or nothing.
	jobNotice = "live.notice"
	// soonBefore the start, people are told.
	soonBefore = 10 * time.Minute
	// missedAfter the planned time a notice without a room is given up.
	missedAfter = 2 * time.Hour
)

func (s *Service) registerJobs() {
	s.Jobs.Handle(jobNotice, job.Options{}, func(ctx context.Context, payload []byte) error {
		var noticeID string
		if err := json.Unmarshal(payload, &noticeID); err != nil {
			return fmt.Errorf("read job payload: %w", err)
		}
		return s.wakeNotice(ctx, noticeID)
	})
}

// scheduleNotice asks for the next thing that is due, in the caller's transaction.
func (s *Service) scheduleNotice(ctx context.Context, n Notice) error {
	at, now := n.StartsAt-soonBefore.Milliseconds(), s.now()
	switch {
	case n.soonTurn < n.Moves && now < n.StartsAt:
	case now < n.StartsAt:
		at = n.StartsAt
	default:
		at = n.StartsAt + missedAfter.Milliseconds()
	}
	return s.Jobs.Enqueue(ctx, job.Job{Kind: jobNotice, Payload: n.ID, RunAt: at, UniqueKey: n.ID})
}

// wakeNotice does what is due for a planned notice: tell that it is soon, take the channel's room on air for
// the live that was promised, or give the notice up.
func (s *Service) wakeNotice(ctx context.Context, noticeID string) error {
	n, err := s.Notice(ctx, noticeID)
	if err != nil || n.State != NoticePlanned {
		return err
	}
	if s.now() >= n.StartsAt {
		r, busy, err := s.Current(ctx, n.ChannelID)
		if err != nil {
			return err
		}
		if busy {
			// Refused when the room has a notice already, or ended just now: this one goes on waiting.
			if err := s.linkNotice(ctx, r, n.ID, true); err != nil && errs.KindOf(err) == errs.Internal {
				return err
			}
		}
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.DB.Exec(ctx, `UPDATE live_notices SET reserved = reserved WHERE id = $1`, noticeID); err != nil {
			return err
		}
		n, err := s.Notice(ctx, noticeID)
		if err != nil || n.State != NoticePlanned {
			return err
		}
		now := s.now()
		switch {
		case now >= n.StartsAt+missedAfter.Milliseconds():
			_, err := s.DB.Exec(ctx, `UPDATE live_notices SET state = 'missed', ended_at = $1, room_id = '' WHERE id = $2`, now, n.ID)
			return err
		case now < n.StartsAt && now >= n.StartsAt-soonBefore.Milliseconds() && n.soonTurn < n.Moves:
			if _, err := s.DB.Exec(ctx, `UPDATE live_notices SET soon_turn = moves WHERE id = $1`, n.ID); err != nil {
				return err
			}
			n.soonTurn = n.Moves
			if err := s.tell(ctx, n, Soon); err != nil {
				return err
			}
		}
		return s.scheduleNotice(ctx, n)
	})
}

// LinkNotice says which planned notice a room fulfils, "" for none. Starting the room then starts the notice
// and tells everybody who reserved; on a room on air that happens at once. Owner or staff.
func (s *Service) LinkNotice(ctx context.Context, a identity.Actor, roomID, noticeID string) error {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff)
	if err != nil {
		return err
	}
	return s.linkNotice(ctx, r, noticeID, false)
}

// linkNotice joins room and notice under the room's row lock; with keep a notice that has the room already stays.
func (s *Service) linkNotice(ctx context.Context, r Room, noticeID string, keep bool) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		open, err := s.DB.Exec(ctx, `UPDATE live_rooms SET title = title WHERE id = $1 AND state IN ('prepared', 'live', 'reconnecting')`, r.ID)
		if err != nil {
			return err
		}
		if open == 0 {
			return errOver
		}
		r, err := s.Room(ctx, r.ID)
		if err != nil {
			return err
		}
		old, found, err := s.noticeOfRoom(ctx, r.ID)
		switch {
		case err != nil:
			return err
		case found && old.ID == noticeID && old.State == NoticeLive:
			return nil
		case found && (old.State != NoticePlanned || keep && old.ID != noticeID):
			return errs.New(errs.Conflict, "room_noticed", "this room stands for another notice already, and its people were told")
		}
		if found && old.ID != noticeID {
			if _, err := s.DB.Exec(ctx, `UPDATE live_notices SET room_id = '' WHERE id = $1`, old.ID); err != nil {
				return err
			}
		}
		if noticeID == "" {
			return nil
		}
		linked, err := s.DB.Exec(ctx, `UPDATE live_notices SET room_id = $1 WHERE id = $2 AND channel_id = $3 AND state = 'planned'`, r.ID, noticeID, r.ChannelID)
		if err != nil {
			return err
		}
		if linked == 0 {
			n, err := s.Notice(ctx, noticeID)
			if err != nil {
				return err
			}
			if n.ChannelID != r.ChannelID {
				return errNoNotice
			}
			return over(n)
		}
		if !r.OnAir() {
			return nil
		}
		return s.startNotice(ctx, r)
	})
}

// startNotice makes the room's notice live and tells everybody who reserved, in the transaction that puts
// the room on air. A room without one takes the channel's notice whose time has come: people wait for it.
func (s *Service) startNotice(ctx context.Context, r Room) error {
	n, err := s.DB.Exec(ctx, `UPDATE live_notices SET state = 'live' WHERE room_id = $1 AND room_id <> '' AND state = 'planned'`, r.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		n, err = s.DB.Exec(ctx, `UPDATE live_notices SET state = 'live', room_id = $1 WHERE state = 'planned' AND id = (SELECT id FROM live_notices
			WHERE channel_id = $2 AND state = 'planned' AND starts_at <= $3 ORDER BY starts_at DESC LIMIT 1)`, r.ID, r.ChannelID, s.now())
		if err != nil || n == 0 {
			return err
		}
	}
	notice, _, err := s.noticeOfRoom(ctx, r.ID)
	if err != nil {
		return err
	}
	return s.tell(ctx, notice, Started)
}

// leaveNotice follows a room that ended or was withdrawn: a live notice is done, a planned one is free again.
func (s *Service) leaveNotice(ctx context.Context, roomID string, to timeline.State, at int64) error {
	q, args := `UPDATE live_notices SET room_id = '' WHERE room_id = $1 AND room_id <> '' AND state = 'planned'`, []any{roomID}
	if to == timeline.Ended {
		q, args = `UPDATE live_notices SET state = 'done', ended_at = $1 WHERE room_id = $2 AND room_id <> '' AND state = 'live'`, []any{at, roomID}
	}
	_, err := s.DB.Exec(ctx, q, args...)
	return err
}
