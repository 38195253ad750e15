package live

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// ReminderKind is what a person who reserved is told.
type ReminderKind string

const (
	Soon      ReminderKind = "soon"
	Started   ReminderKind = "started"
	Cancelled ReminderKind = "cancelled"
	Moved     ReminderKind = "moved"
)

// Reminder is one thing told to one person. It stays until it is read, so that whoever was away sees it.
type Reminder struct {
	NoticeID string
	Kind     ReminderKind
	At       int64 // unix ms
}

const (
	// maxReminders of one answer: more would be old news.
	maxReminders = 20
	// keepReminders is how long they are kept, read or not.
	keepReminders = 30 * 24 * time.Hour
)

// ReminderSubject is where hints of a person's new reminders go; the data is the reminder as JSON.
func ReminderSubject(userID string) string { return "live.reminded." + userID }

// tell notes the kind for everybody who reserved, in the transaction that made it true, and wakes those who
// listen after the commit. The same kind of the same move is told once, however often it is asked for.
func (s *Service) tell(ctx context.Context, n Notice, kind ReminderKind) error {
	now := s.now()
	told, err := s.DB.Exec(ctx, `INSERT INTO live_reminders (user_id, notice_id, kind, turn, at, read_at)
		SELECT user_id, notice_id, $1, $2, $3, 0 FROM live_reservations WHERE notice_id = $4 ON CONFLICT (user_id, notice_id, kind, turn) DO NOTHING`, string(kind), n.Moves, now, n.ID)
	if err != nil || told == 0 {
		return err
	}
	people, err := db.List(ctx, s.DB, scanString, `SELECT user_id FROM live_reservations WHERE notice_id = $1`, n.ID)
	if err != nil {
		return err
	}
	hint, err := json.Marshal(map[string]any{"noticeId": n.ID, "kind": kind})
	if err != nil {
		return err
	}
	db.AfterCommit(ctx, func() {
		for _, userID := range people {
			if err := s.Hints.Publish(ReminderSubject(userID), hint); err != nil {
				s.Log.Warn("hint of a reminder lost; it is read at the next visit", "notice", n.ID, "err", err)
				return
			}
		}
	})
	return nil
}

// Reminders are what the actor was told, did not read yet and can still use, newest first: what is soon or
// moved while it is planned, what started while it is live, what was cancelled.
func (s *Service) Reminders(ctx context.Context, a identity.Actor) ([]Reminder, error) {
	if a.Anonymous() {
		return nil, identity.ErrSignIn
	}
	return db.List(ctx, s.DB, func(r db.Row) (v Reminder, err error) { err = r.Scan(&v.NoticeID, &v.Kind, &v.At); return v, err },
		`SELECT r.notice_id, r.kind, r.at FROM live_reminders r JOIN live_notices n ON n.id = r.notice_id
		WHERE r.user_id = $1 AND r.read_at = 0 AND (r.kind = 'cancelled' OR r.kind = 'started' AND n.state = 'live' OR n.state = 'planned' AND r.turn = n.moves
			AND (r.kind = 'moved' AND n.soon_turn < r.turn OR r.kind = 'soon'))
		ORDER BY r.at DESC, r.notice_id LIMIT $2`, a.UserID, maxReminders)
}

// ReadReminders marks the actor's reminders of one kind and notice as read.
func (s *Service) ReadReminders(ctx context.Context, a identity.Actor, noticeID string, kind ReminderKind) error {
	if a.Anonymous() {
		return identity.ErrSignIn
	}
	_, err := s.DB.Exec(ctx, `UPDATE live_reminders SET read_at = $1 WHERE user_id = $2 AND notice_id = $3 AND kind = $4 AND read_at = 0`, s.now(), a.UserID, noticeID, string(kind))
	return err
}

func (s *Service) noticeOfRoom(ctx context.Context, roomID string) (Notice, bool, error) {
	return db.Get(ctx, s.DB, scanNotice, `SELECT `+noticeColumns+` FROM live_notices WHERE room_id = $1 AND room_id <> ''`, roomID)
}

// NoticesByID maps the ids that exist to their notices. At most 500 ids a call.
func (s *Service) NoticesByID(ctx context.Context, ids []string) (map[string]Notice, error) {
	out := map[string]Notice{}
	if len(ids) == 0 {
		return out, nil
	}
	list, err := db.List(ctx, s.DB, scanNotice, `SELECT `+noticeColumns+` FROM live_notices WHERE id IN (`+db.Placeholders(1, len(ids))+`)`, anys(ids)...)
	for _, n := range list {
		out[n.ID] = n
	}
	return out, err
}
