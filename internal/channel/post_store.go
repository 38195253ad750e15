package channel

import (
	"context"
	"encoding/json"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const postColumns = `id, channel_id, kind, body, assets, cover, product_id, tags, state, hidden_reason, pinned_at, likes, comments, saves, shares, created_at`

func scanPost(r db.Row) (p Post, err error) {
	var assets, tags string
	if err := r.Scan(&p.ID, &p.ChannelID, &p.Kind, &p.Text, &assets, &p.Cover, &p.ProductID, &tags, &p.State, &p.HiddenReason, &p.PinnedAt, &p.Likes, &p.Comments, &p.Saves, &p.Shares, &p.CreatedAt); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(assets), &p.Assets); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(tags), &p.Tags)
}

func jsonList(list []string) string {
	if list == nil {
		list = []string{}
	}
	b, err := json.Marshal(list)
	if err != nil { // strings always encode
		panic(err)
	}
	return string(b)
}

func (s *Service) insertPost(ctx context.Context, p Post) error {
	if _, err := s.DB.Exec(ctx, `INSERT INTO channel_posts (`+postColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,'',0,0,0,0,0,$10)`,
		p.ID, p.ChannelID, string(p.Kind), p.Text, jsonList(p.Assets), p.Cover, p.ProductID, jsonList(p.Tags), string(p.State), p.CreatedAt); err != nil {
		return err
	}
	return s.putTags(ctx, p)
}

func (s *Service) putTags(ctx context.Context, p Post) error {
	for _, t := range p.Tags {
		if _, err := s.DB.Exec(ctx, `INSERT INTO channel_tags (tag, post_id) VALUES ($1,$2) ON CONFLICT (tag, post_id) DO NOTHING`, t, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) updatePost(ctx context.Context, p Post) error {
	if _, err := s.DB.Exec(ctx, `UPDATE channel_posts SET body = $1, tags = $2, product_id = $3 WHERE id = $4`, p.Text, jsonList(p.Tags), p.ProductID, p.ID); err != nil {
		return err
	}
	if _, err := s.DB.Exec(ctx, `DELETE FROM channel_tags WHERE post_id = $1`, p.ID); err != nil {
		return err
	}
	return s.putTags(ctx, p)
}

func (s *Service) setPostState(ctx context.Context, postID string, from, to State, reason string) error {
	n, err := s.DB.Exec(ctx, `UPDATE channel_posts SET state = $1, hidden_reason = $2, pinned_at = 0 WHERE id = $3 AND state = $4`, string(to), reason, postID, string(from))
	if err != nil || n == 1 {
		return err
	}
	if _, err := s.post(ctx, postID); err != nil {
		return err
	}
	return errs.New(errs.Conflict, "post_state", "this post is %s already", to)
}

var errNoPost = errs.New(errs.NotFound, "post_not_found", "this post is gone, or was never here")

func (s *Service) post(ctx context.Context, postID string) (Post, error) {
	p, found, err := db.Get(ctx, s.DB, scanPost, `SELECT `+postColumns+` FROM channel_posts WHERE id = $1 AND state <> 'deleted'`, postID)
	if err == nil && !found {
		err = errNoPost
	}
	return p, err
}

// Post finds a post the actor may see: hidden ones only for their team and operators.
func (s *Service) Post(ctx context.Context, a identity.Actor, postID string) (Post, error) {
	p, err := s.post(ctx, postID)
	if err != nil || p.State == Shown || a.Operator {
		return p, err
	}
	in, err := s.InTeam(ctx, a, p.ChannelID)
	if err == nil && !in {
		err = errNoPost
	}
	return p, err
}

// last follows an id's prefix in a value that sorts after every id, also where the database compares
// text by a language's rules, in which "~" comes before letters.
const last = "_zzzzzzzzzzzzzzzzzzzzzzzzzzz"

// beyond is the cursor of a first page, unless there is one.
func beyond(cursor, prefix string) string {
	if cursor == "" {
		return prefix + last
	}
	return cursor
}

// PostsOf lists a channel's posts, newest first; hidden ones too when team is set.
func (s *Service) PostsOf(ctx context.Context, channelID string, team bool, cursor string, limit int) ([]Post, error) {
	return db.List(ctx, s.DB, scanPost, `SELECT `+postColumns+` FROM channel_posts WHERE channel_id = $1 AND id < $2 AND (state = 'live' OR (state = 'hidden' AND $3 = 1)) ORDER BY id DESC LIMIT $4`,
		channelID, beyond(cursor, "pst"), flag(team), limit)
}

// PinnedOf lists a channel's pinned posts, newest pin first.
func (s *Service) PinnedOf(ctx context.Context, channelID string) ([]Post, error) {
	return db.List(ctx, s.DB, scanPost, `SELECT `+postColumns+` FROM channel_posts WHERE channel_id = $1 AND pinned_at > 0 AND state = 'live' ORDER BY pinned_at DESC LIMIT $2`, channelID, MaxPinned)
}

// Newest lists shown posts of all channels, newest first.
func (s *Service) Newest(ctx context.Context, cursor string, limit int) ([]Post, error) {
	return db.List(ctx, s.DB, scanPost, `SELECT `+postColumns+` FROM channel_posts WHERE state = 'live' AND id < $1 ORDER BY id DESC LIMIT $2`, beyond(cursor, "pst"), limit)
}

// NewestFollowed lists shown posts of the channels the actor follows, newest first.
func (s *Service) NewestFollowed(ctx context.Context, a identity.Actor, cursor string, limit int) ([]Post, error) {
	return db.List(ctx, s.DB, scanPost, `SELECT `+postColumns+` FROM channel_posts WHERE state = 'live' AND id < $1
		AND channel_id IN (SELECT channel_id FROM channel_follows WHERE user_id = $2) ORDER BY id DESC LIMIT $3`, beyond(cursor, "pst"), a.UserID, limit)
}

// Tagged lists shown posts with a tag, newest first.
func (s *Service) Tagged(ctx context.Context, tag, cursor string, limit int) ([]Post, error) {
	return db.List(ctx, s.DB, scanPost, `SELECT `+postColumns+` FROM channel_posts WHERE state = 'live' AND id < $1
		AND id IN (SELECT post_id FROM channel_tags WHERE tag = $2) ORDER BY id DESC LIMIT $3`, beyond(cursor, "pst"), tag, limit)
}

// Kept lists the posts the actor liked or saved, newest post first. The cursor is the post id last seen.
func (s *Service) Kept(ctx context.Context, a identity.Actor, saved bool, cursor string, limit int) ([]Post, error) {
	q := `SELECT ` + postColumns + ` FROM channel_posts WHERE state = 'live' AND id < $1 AND id IN (SELECT post_id FROM channel_likes WHERE user_id = $2) ORDER BY id DESC LIMIT $3`
	if saved {
		q = `SELECT ` + postColumns + ` FROM channel_posts WHERE state = 'live' AND id < $1 AND id IN (SELECT post_id FROM channel_saves WHERE user_id = $2) ORDER BY id DESC LIMIT $3`
	}
	return db.List(ctx, s.DB, scanPost, q, beyond(cursor, "pst"), a.UserID, limit)
}

// Search lists posts for operators: part of the text, any state but deleted.
func (s *Service) Search(ctx context.Context, a identity.Actor, query string, state State, cursor string, limit int) ([]Post, error) {
	if err := identity.RequireOperator(a); err != nil {
		return nil, err
	}
	return db.List(ctx, s.DB, scanPost, `SELECT `+postColumns+` FROM channel_posts WHERE state <> 'deleted' AND ($1 = '' OR state = $1) AND lower(body) LIKE $2 ESCAPE '!' AND id < $3 ORDER BY id DESC LIMIT $4`,
		string(state), likePattern(query), beyond(cursor, "pst"), limit)
}

// OwnersOfPosts maps posts to the owners of their channels. At most 500 ids a call.
func (s *Service) OwnersOfPosts(ctx context.Context, postIDs []string) (map[string]string, error) {
	out := map[string]string{}
	args := distinct(postIDs)
	if len(args) == 0 {
		return out, nil
	}
	type row struct{ post, owner string }
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.post, &v.owner); return v, err },
		`SELECT p.id, c.owner_id FROM channel_posts p JOIN channel_channels c ON c.id = p.channel_id WHERE p.id IN (`+db.Placeholders(1, len(args))+`)`, args...)
	for _, r := range rows {
		out[r.post] = r.owner
	}
	return out, err
}

// CountSince counts posts published since a time in unix ms.
func (s *Service) CountSince(ctx context.Context, since int64) (int64, error) {
	n, _, err := db.Get(ctx, s.DB, scanCount, `SELECT count(*) FROM channel_posts WHERE created_at >= $1 AND state <> 'deleted'`, since)
	return n, err
}

// Marks tells which of the posts the actor liked and saved.
func (s *Service) Marks(ctx context.Context, a identity.Actor, postIDs []string) (liked, saved map[string]bool, err error) {
	liked, saved = map[string]bool{}, map[string]bool{}
	args := distinct(postIDs)
	if a.Anonymous() || len(args) == 0 {
		return liked, saved, nil
	}
	args = append([]any{a.UserID}, args...)
	in := db.Placeholders(2, len(args)-1)
	ids, err := db.List(ctx, s.DB, scanText, `SELECT post_id FROM channel_likes WHERE user_id = $1 AND post_id IN (`+in+`)`, args...)
	if err != nil {
		return liked, saved, err
	}
	for _, v := range ids {
		liked[v] = true
	}
	ids, err = db.List(ctx, s.DB, scanText, `SELECT post_id FROM channel_saves WHERE user_id = $1 AND post_id IN (`+in+`)`, args...)
	for _, v := range ids {
		saved[v] = true
	}
	return liked, saved, err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
