package live

import (
	"context"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const noticeColumns = `id, channel_id, title, cover, starts_at, state, room_id, reserved, moves, soon_turn, reason, created_at, ended_at`

func scanNotice(r db.Row) (n Notice, err error) {
	err = r.Scan(&n.ID, &n.ChannelID, &n.Title, &n.Cover, &n.StartsAt, &n.State, &n.RoomID, &n.Reserved, &n.Moves, &n.soonTurn, &n.Reason, &n.CreatedAt, &n.EndedAt)
	return n, err
}

func (s *Service) insertNotice(ctx context.Context, n Notice) error {
	_, err := s.DB.Exec(ctx, `INSERT INTO live_notices (`+noticeColumns+`) VALUES ($1,$2,$3,$4,$5,$6,'',0,0,$7,'',$8,0)`,
		n.ID, n.ChannelID, n.Title, n.Cover, n.StartsAt, string(n.State), n.soonTurn, n.CreatedAt)
	return err
}

// plannedNow counts a channel's planned notices for one more. The channel's row is written first, so that
// two posts take turns and the second sees the first.
func (s *Service) plannedNow(ctx context.Context, channelID string) (int64, error) {
	if _, err := s.DB.Exec(ctx, `INSERT INTO live_notice_channels (channel_id, posted) VALUES ($1, 1)
		ON CONFLICT (channel_id) DO UPDATE SET posted = live_notice_channels.posted + 1`, channelID); err != nil {
		return 0, err
	}
	var n int64
	err := s.DB.QueryRow(ctx, `SELECT count(*) FROM live_notices WHERE channel_id = $1 AND state = 'planned'`, channelID).Scan(&n)
	return n, err
}

func (s *Service) putNoticeProducts(ctx context.Context, noticeID string, ids []string) error {
	if _, err := s.DB.Exec(ctx, `DELETE FROM live_notice_products WHERE notice_id = $1`, noticeID); err != nil || len(ids) == 0 {
		return err
	}
	rows := make([]any, 0, 3*len(ids))
	for i, v := range ids {
		rows = append(rows, noticeID, v, i)
	}
	_, err := s.DB.InsertMany(ctx, db.Insert{Into: `live_notice_products (notice_id, product_id, position)`, Cols: 3}, rows)
	return err
}

// Notice finds a notice.
func (s *Service) Notice(ctx context.Context, noticeID string) (Notice, error) {
	n, found, err := db.Get(ctx, s.DB, scanNotice, `SELECT `+noticeColumns+` FROM live_notices WHERE id = $1`, noticeID)
	if err == nil && !found {
		err = errNoNotice
	}
	return n, err
}

// ComingNotices are a channel's planned and live notices, the next first; at most MaxPlanned and what is live.
func (s *Service) ComingNotices(ctx context.Context, channelID string) ([]Notice, error) {
	return db.List(ctx, s.DB, scanNotice, `SELECT `+noticeColumns+` FROM live_notices
		WHERE channel_id = $1 AND state IN ('planned', 'live') ORDER BY starts_at, id LIMIT $2`, channelID, MaxPlanned+1)
}

// DeskNotices are a channel's notices for its owner and staff: the coming ones, the next first; or with past
// the others, newest first after the cursor (a notice's id).
func (s *Service) DeskNotices(ctx context.Context, a identity.Actor, channelID string, past bool, cursor string, limit int) ([]Notice, error) {
	if err := s.host(ctx, a, channelID, identity.Staff); err != nil {
		return nil, err
	}
	if !past {
		return s.ComingNotices(ctx, channelID)
	}
	return db.List(ctx, s.DB, scanNotice, `SELECT `+noticeColumns+` FROM live_notices
		WHERE channel_id = $1 AND state IN ('done', 'cancelled', 'missed') AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, channelID, cursor, limit)
}

// NoticeProducts maps notices to their products in order. At most 500 ids a call.
func (s *Service) NoticeProducts(ctx context.Context, noticeIDs []string) (map[string][]string, error) {
	out := map[string][]string{}
	if len(noticeIDs) == 0 {
		return out, nil
	}
	type row struct{ notice, product string }
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.notice, &v.product); return v, err },
		`SELECT notice_id, product_id FROM live_notice_products WHERE notice_id IN (`+db.Placeholders(1, len(noticeIDs))+`) ORDER BY notice_id, position`, anys(noticeIDs)...)
	for _, r := range rows {
		out[r.notice] = append(out[r.notice], r.product)
	}
	return out, err
}

func anys(ids []string) []any {
	out := make([]any, len(ids))
	for i, v := range ids {
		out[i] = v
	}
	return out
}
