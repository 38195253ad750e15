package feed

import (
	"context"
	"slices"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	// MaxSeen posts in one report.
	MaxSeen = 100
	// keepSeen posts are remembered per reader: five windows, more than anybody scrolls back.
	keepSeen = 5 * windowSize
	// keepSeenMS is how long: what was met three months ago may come again.
	keepSeenMS = 90 * 24 * msPerHour
)

var seenInsert = db.Insert{Into: "feed_seen (user_id, post_id, at)", Cols: 3, Tail: "ON CONFLICT (user_id, post_id) DO UPDATE SET at = excluded.at"}

// Seen notes that the actor has met the posts, so that others come first. Nothing is kept of a visitor.
func (s *Service) Seen(ctx context.Context, a identity.Actor, postIDs []string) error {
	if len(postIDs) > MaxSeen {
		return errs.ForProgram(errs.Invalid, "seen_many", "report at most %d posts at once", MaxSeen).In("postIds").With("max", MaxSeen)
	}
	ids := slices.Compact(slices.Sorted(slices.Values(postIDs))) // one order for all: two reports cannot deadlock
	for _, v := range ids {
		if !id.Valid("pst", v) {
			return errs.ForProgram(errs.Invalid, "post_id_invalid", "this is not the id of a post").In("postIds")
		}
	}
	if a.Anonymous() || len(ids) == 0 {
		return nil
	}
	now := s.Clock.Now().UnixMilli()
	args := make([]any, 0, 3*len(ids))
	for _, v := range ids {
		args = append(args, a.UserID, v, now)
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.DB.InsertMany(ctx, seenInsert, args); err != nil {
			return err
		}
		// The table stays small whatever ids somebody makes up.
		_, err := s.DB.Exec(ctx, `DELETE FROM feed_seen WHERE user_id = $1 AND at <
			(SELECT at FROM feed_seen WHERE user_id = $1 ORDER BY at DESC LIMIT 1 OFFSET $2)`, a.UserID, keepSeen)
		return err
	})
}

// seenOf tells which of the posts the actor has met. At most 500 a call.
func (s *Service) seenOf(ctx context.Context, a identity.Actor, postIDs []string) (map[string]bool, error) {
	args := make([]any, 0, len(postIDs)+1)
	args = append(args, a.UserID)
	for _, v := range postIDs {
		args = append(args, v)
	}
	ids, err := db.List(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
		`SELECT post_id FROM feed_seen WHERE user_id = $1 AND post_id IN (`+db.Placeholders(2, len(postIDs))+`)`, args...)
	out := make(map[string]bool, len(ids))
	for _, v := range ids {
		out[v] = true
	}
	return out, err
}

// Forget drops what was seen long ago. Run it once a day.
func (s *Service) Forget(ctx context.Context) error {
	_, err := s.DB.Exec(ctx, `DELETE FROM feed_seen WHERE at < $1`, s.Clock.Now().UnixMilli()-keepSeenMS)
	return err
}
