package live

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// Break is one rule that the stored state does not keep.
type Break struct{ Rule, Subject, Detail string }

// maxBreaks bounds the list per rule: the first hundred tell as much as a million.
const maxBreaks = 100

// rules each select the subject and the detail of what breaks them.
var rules = []struct{ name, query string }{
	{"ticks_dense", `SELECT room_id, 'epoch ' || CAST(epoch AS TEXT) || ': ticks ' || CAST(first_n AS TEXT) || ' to ' || CAST(last_n AS TEXT) || ' after ' || CAST(coalesce(before, 0) AS TEXT)
		FROM (SELECT room_id, epoch, first_n, last_n, lag(last_n) OVER (PARTITION BY room_id, epoch ORDER BY first_n) AS before FROM live_ticks) t
		WHERE last_n < first_n OR first_n < 1 OR first_n <> before + 1 ORDER BY room_id LIMIT $1`},
	{"keyframe_of_tick", `SELECT k.room_id, 'epoch ' || CAST(k.epoch AS TEXT) || ': keyframe ' || CAST(k.n AS TEXT) || ' has no tick' FROM live_keyframes k
		WHERE NOT EXISTS (SELECT 1 FROM live_ticks t WHERE t.room_id = k.room_id AND t.epoch = k.epoch AND t.first_n <= k.n AND t.last_n >= k.n) ORDER BY k.room_id LIMIT $1`},
	{"epoch_known", `SELECT r.id, 'ticks of epoch ' || CAST(max(t.epoch) AS TEXT) || ', the room is in ' || CAST(r.epoch AS TEXT) FROM live_rooms r JOIN live_ticks t ON t.room_id = r.id
		GROUP BY r.id, r.epoch HAVING max(t.epoch) > r.epoch ORDER BY r.id LIMIT $1`},
	{"one_on_air", `SELECT channel_id, CAST(count(*) AS TEXT) || ' rooms on air' FROM live_rooms WHERE state IN ('live', 'reconnecting')
		GROUP BY channel_id HAVING count(*) > 1 ORDER BY channel_id LIMIT $1`},
	{"ended_after_start", `SELECT id, 'started ' || CAST(started_at AS TEXT) || ', ended ' || CAST(ended_at AS TEXT) FROM live_rooms
		WHERE state = 'ended' AND (started_at = 0 OR ended_at < started_at) ORDER BY id LIMIT $1`},
	{"explain_closed", `SELECT r.id, 'product ' || e.product_id || ' is still explained' FROM live_explains e JOIN live_rooms r ON r.id = e.room_id
		WHERE e.to_at = 0 AND r.state IN ('ended', 'cancelled') ORDER BY r.id LIMIT $1`},
	{"explain_once", `SELECT room_id, CAST(count(*) AS TEXT) || ' products are explained at once' FROM live_explains
		WHERE to_at = 0 GROUP BY room_id HAVING count(*) > 1 ORDER BY room_id LIMIT $1`},
	{"notice_counted", `SELECT n.id, 'says ' || CAST(n.reserved AS TEXT) || ' reservations' FROM live_notices n
		WHERE n.reserved <> (SELECT count(*) FROM live_reservations r WHERE r.notice_id = n.id) ORDER BY n.id LIMIT $1`},
	{"notice_of_room", `SELECT n.id, n.state || ', its room is ' || coalesce(r.state, 'missing') FROM live_notices n LEFT JOIN live_rooms r ON r.id = n.room_id
		WHERE n.state = 'live' AND coalesce(r.state, '') NOT IN ('live', 'reconnecting') OR n.state = 'done' AND coalesce(r.state, '') <> 'ended'
		OR n.state = 'planned' AND n.room_id <> '' AND coalesce(r.state, '') <> 'prepared' ORDER BY n.id LIMIT $1`},
	{"counters", `SELECT id, 'likes ' || CAST(likes AS TEXT) || ', comments ' || CAST(comments AS TEXT) || ', entered ' || CAST(entered AS TEXT) || ', peak ' || CAST(peak AS TEXT) FROM live_rooms
		WHERE likes < 0 OR comments < 0 OR entered < 0 OR online < 0 OR peak < 0 OR peak > entered ORDER BY id LIMIT $1`},
}

// Audit lists the rules of the package that the stored rooms do not keep, at most maxBreaks of each. It may
// run beside a working server.
func (s *Service) Audit(ctx context.Context) ([]Break, error) {
	var out []Break
	for _, r := range rules {
		found, err := db.List(ctx, s.DB, func(row db.Row) (Break, error) {
			b := Break{Rule: r.name}
			err := row.Scan(&b.Subject, &b.Detail)
			return b, err
		}, r.query, maxBreaks)
		if err != nil {
			return nil, fmt.Errorf("audit %s: %w", r.name, err)
		}
		out = append(out, found...)
	}
	return out, nil
}
