package live

import (
	"context"
	"time"
)

const (
	// keepUnrecorded is how long the timeline of a room that is not recorded is kept: nobody can replay it,
	// and a room that never ends would grow for ever. Late readers ask for seconds, the team scrolls back.
	keepUnrecorded = time.Hour
	// trimBatch bounds one statement, so that trimming never holds the writer for long.
	trimBatch = 500
)

// Trim drops the old timeline and talk of rooms that are not recorded, and reminders nobody needs. Run it every few minutes.
func (s *Service) Trim(ctx context.Context) error {
	now := s.Clock.Now()
	before, told := now.Add(-keepUnrecorded).UnixMilli(), now.Add(-keepReminders).UnixMilli()
	for _, t := range []struct {
		q      string
		before int64
	}{
		{`DELETE FROM live_ticks WHERE to_at < $1 AND (room_id, epoch, first_n) IN (SELECT t.room_id, t.epoch, t.first_n FROM live_ticks t
			JOIN live_rooms r ON r.id = t.room_id WHERE r.record = 0 AND t.to_at < $1 ORDER BY t.to_at LIMIT $2)`, before},
		{`DELETE FROM live_keyframes WHERE at < $1 AND (room_id, epoch, n) IN (SELECT k.room_id, k.epoch, k.n FROM live_keyframes k
			JOIN live_rooms r ON r.id = k.room_id WHERE r.record = 0 AND k.at < $1 ORDER BY k.at LIMIT $2)`, before},
		{`DELETE FROM live_comments WHERE at < $1 AND id IN (SELECT c.id FROM live_comments c
			JOIN live_rooms r ON r.id = c.room_id WHERE r.record = 0 AND c.at < $1 ORDER BY c.id LIMIT $2)`, before},
		{`DELETE FROM live_reminders WHERE at < $1 AND (user_id, notice_id, kind, turn) IN (SELECT r.user_id, r.notice_id, r.kind, r.turn FROM live_reminders r
			WHERE r.at < $1 ORDER BY r.at LIMIT $2)`, told},
	} {
		for {
			n, err := s.DB.Exec(ctx, t.q, t.before, trimBatch)
			if err != nil {
				return err
			}
			if n < trimBatch {
				break
			}
		}
	}
	return nil
}
