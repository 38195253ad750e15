package live

import (
	"context"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Reserve asks to be told when the notice's live begins. Twice is once. Refused once it has started or is
// over. The notice's row is locked first: a reservation made beside a cancel either hears of it or is refused.
func (s *Service) Reserve(ctx context.Context, a identity.Actor, noticeID string) error {
	return s.reserving(ctx, a, noticeID, func(ctx context.Context) (int64, error) {
		now := s.now()
		n, err := s.DB.Exec(ctx, `INSERT INTO live_reservations (notice_id, user_id, at) VALUES ($1, $2, $3) ON CONFLICT (notice_id, user_id) DO NOTHING`, noticeID, a.UserID, now)
		if err != nil || n == 0 {
			return 0, err
		}
		return n, s.Outbox.Emit(ctx, event.Reserved{NoticeID: noticeID, UserID: a.UserID, At: now})
	})
}

// Unreserve takes a reservation back; without one it changes nothing. Refused like Reserve.
func (s *Service) Unreserve(ctx context.Context, a identity.Actor, noticeID string) error {
	return s.reserving(ctx, a, noticeID, func(ctx context.Context) (int64, error) {
		n, err := s.DB.Exec(ctx, `DELETE FROM live_reservations WHERE notice_id = $1 AND user_id = $2`, noticeID, a.UserID)
		return -n, err
	})
}

// reserving runs fn on a locked planned notice and adds what it says to the count.
func (s *Service) reserving(ctx context.Context, a identity.Actor, noticeID string, fn func(ctx context.Context) (int64, error)) error {
	if a.Anonymous() {
		return identity.ErrSignIn
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		locked, err := s.DB.Exec(ctx, `UPDATE live_notices SET reserved = reserved WHERE id = $1 AND state = 'planned'`, noticeID)
		if err != nil {
			return err
		}
		if locked == 0 {
			return s.noticeRefusal(ctx, noticeID)
		}
		delta, err := fn(ctx)
		if err != nil || delta == 0 {
			return err
		}
		_, err = s.DB.Exec(ctx, `UPDATE live_notices SET reserved = reserved + $1 WHERE id = $2`, delta, noticeID)
		return err
	})
}

// ReservedBy says which of the notices the user reserved. At most 500 ids a call.
func (s *Service) ReservedBy(ctx context.Context, userID string, noticeIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	if userID == "" || len(noticeIDs) == 0 {
		return out, nil
	}
	ids, err := db.List(ctx, s.DB, scanString, `SELECT notice_id FROM live_reservations WHERE user_id = $1 AND notice_id IN (`+db.Placeholders(2, len(noticeIDs))+`)`,
		append([]any{userID}, anys(noticeIDs)...)...)
	for _, v := range ids {
		out[v] = true
	}
	return out, err
}

const (
	// maxComingReservations and maxPastReservations fit on one page of a phone with a swipe or two.
	maxComingReservations = 50
	maxPastReservations   = 20
)

// Reservations are what the actor reserved: what comes or is live, the next first, and the newest of the rest.
func (s *Service) Reservations(ctx context.Context, a identity.Actor) (coming, past []Notice, err error) {
	if a.Anonymous() {
		return nil, nil, identity.ErrSignIn
	}
	columns := `n.id, n.channel_id, n.title, n.cover, n.starts_at, n.state, n.room_id, n.reserved, n.moves, n.soon_turn, n.reason, n.created_at, n.ended_at`
	coming, err = db.List(ctx, s.DB, scanNotice, `SELECT `+columns+` FROM live_reservations r JOIN live_notices n ON n.id = r.notice_id
		WHERE r.user_id = $1 AND n.state IN ('planned', 'live') ORDER BY n.starts_at, n.id LIMIT $2`, a.UserID, maxComingReservations)
	if err != nil {
		return nil, nil, err
	}
	past, err = db.List(ctx, s.DB, scanNotice, `SELECT `+columns+` FROM live_reservations r JOIN live_notices n ON n.id = r.notice_id
		WHERE r.user_id = $1 AND n.state IN ('done', 'cancelled', 'missed') ORDER BY n.starts_at DESC, n.id LIMIT $2`, a.UserID, maxPastReservations)
	return coming, past, err
}

// NoticeBar is the reservations of one stretch of time that still stand.
type NoticeBar struct{ At, Count int64 } // At: the stretch's start, unix ms

const (
	hourMS = 3_600_000
	dayMS  = 24 * hourMS
	// hourlyUntil: a notice younger than two days is drawn by the hour, later by the day.
	hourlyUntil = 2 * dayMS
	// maxBars bounds the curve: the horizon and as long again for a notice that was moved.
	maxBars = 200
)

// NoticeDesk is a notice as its team sees it, with the reservations by hour (young notices) or by day of the
// zone that is offsetMin minutes east of UTC. Owner or staff.
func (s *Service) NoticeDesk(ctx context.Context, a identity.Actor, noticeID string, offsetMin int64) (n Notice, bars []NoticeBar, stepMS int64, err error) {
	if n, err = s.teamNotice(ctx, a, noticeID); err != nil {
		return n, nil, 0, err
	}
	until := min(s.now(), max(n.StartsAt, n.CreatedAt))
	if n.EndedAt > 0 {
		until = min(until, n.EndedAt)
	}
	stepMS = int64(dayMS)
	if until-n.CreatedAt < hourlyUntil {
		stepMS = hourMS
	}
	shift := offsetMin * 60_000
	from := (n.CreatedAt+shift)/stepMS*stepMS - shift
	counted, err := db.List(ctx, s.DB, func(r db.Row) (b NoticeBar, err error) { err = r.Scan(&b.At, &b.Count); return b, err },
		`SELECT bar, count(*) FROM (SELECT (at - CAST($1 AS BIGINT)) / CAST($2 AS BIGINT) AS bar FROM live_reservations WHERE notice_id = $3) b
		GROUP BY bar ORDER BY bar LIMIT $4`, from, stepMS, n.ID, maxBars)
	if err != nil {
		return n, nil, 0, err
	}
	bars = make([]NoticeBar, min((max(until, from)-from)/stepMS+1, maxBars))
	for i := range bars {
		bars[i].At = from + int64(i)*stepMS
	}
	for _, c := range counted {
		bars[min(max(c.At, 0), int64(len(bars)-1))].Count += c.Count
	}
	return n, bars, stepMS, nil
}

func scanString(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err }
