package live

import (
	"context"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// maxMuteMinutes is a day; 0 means for the whole session.
const maxMuteMinutes = 24 * 60

// Mute keeps a viewer from commenting in the room. The team only; nobody mutes the team.
func (s *Service) Mute(ctx context.Context, a identity.Actor, roomID, userID string, minutes int64) error {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator)
	if err != nil {
		return err
	}
	if minutes < 0 || minutes > maxMuteMinutes {
		return errs.New(errs.Invalid, "mute_minutes", "mute for 1 to %d minutes, or 0 for the whole session", maxMuteMinutes).In("minutes")
	}
	if _, err := s.Identity.User(ctx, userID); err != nil {
		return err
	}
	badge, err := s.badge(ctx, identity.Actor{UserID: userID}, r.ChannelID)
	if err != nil {
		return err
	}
	if badge != "" {
		return errs.New(errs.Conflict, "mute_team", "members of the team cannot be muted; remove them from the team first")
	}
	defer s.acting(r.ChannelID)()
	until := int64(0)
	if minutes > 0 {
		until = s.now() + minutes*60_000
	}
	if _, err := s.DB.Exec(ctx, `INSERT INTO live_mutes (room_id, user_id, until, by_user) VALUES ($1,$2,$3,$4)
		ON CONFLICT (room_id, user_id) DO UPDATE SET until = excluded.until, by_user = excluded.by_user`, roomID, userID, until, a.UserID); err != nil {
		return err
	}
	if q := s.sequencer(roomID); q != nil {
		q.mu.Lock()
		q.mutes[userID] = until
		q.mu.Unlock()
		told := until
		if told == 0 {
			told = forever
		}
		q.say(timeline.Event{T: timeline.KindMute, UserID: userID, Until: &told})
	}
	return nil
}

// forever is sent for a session-long mute: the year 9999. 0 on the wire means lifted.
const forever = 253_402_300_799_000

// Unmute lets a viewer comment again. The team only.
func (s *Service) Unmute(ctx context.Context, a identity.Actor, roomID, userID string) error {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator)
	if err != nil {
		return err
	}
	defer s.acting(r.ChannelID)()
	if _, err := s.DB.Exec(ctx, `DELETE FROM live_mutes WHERE room_id = $1 AND user_id = $2`, roomID, userID); err != nil {
		return err
	}
	if q := s.sequencer(roomID); q != nil {
		q.mu.Lock()
		delete(q.mutes, userID)
		q.mu.Unlock()
		lifted := int64(0)
		q.say(timeline.Event{T: timeline.KindMute, UserID: userID, Until: &lifted})
	}
	return nil
}

// Muted reports whether the user may not comment in the room now.
func (s *Service) Muted(ctx context.Context, roomID, userID string) (bool, error) {
	until, found, err := db.Get(ctx, s.DB, func(r db.Row) (v int64, err error) { err = r.Scan(&v); return v, err },
		`SELECT until FROM live_mutes WHERE room_id = $1 AND user_id = $2`, roomID, userID)
	return found && (until == 0 || until > s.now()), err
}

func (s *Service) loadMutes(ctx context.Context, roomID string) (map[string]int64, error) {
	type row struct {
		user  string
		until int64
	}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.user, &v.until); return v, err },
		`SELECT user_id, until FROM live_mutes WHERE room_id = $1`, roomID)
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.user] = r.until
	}
	return out, err
}
