package channel

import (
	"context"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const channelColumns = `id, handle, name, bio, avatar, cover, kind, owner_id, followers, posts, likes, created_at`

func scanChannel(r db.Row) (c Channel, err error) {
	err = r.Scan(&c.ID, &c.Handle, &c.Name, &c.Bio, &c.Avatar, &c.Cover, &c.Kind, &c.OwnerID, &c.Followers, &c.Posts, &c.Likes, &c.CreatedAt)
	return c, err
}

func (s *Service) insertChannel(ctx context.Context, c Channel) (bool, error) {
	n, err := s.DB.Exec(ctx, `INSERT INTO channel_channels (`+channelColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,0,0,0,$9) ON CONFLICT (handle) DO NOTHING`,
		c.ID, c.Handle, c.Name, c.Bio, c.Avatar, c.Cover, c.Kind, c.OwnerID, c.CreatedAt)
	return n == 1, err
}

// Channel finds a channel by id or handle.
func (s *Service) Channel(ctx context.Context, idOrHandle string) (Channel, error) {
	c, found, err := db.Get(ctx, s.DB, scanChannel, `SELECT `+channelColumns+` FROM channel_channels WHERE id = $1 OR handle = $1`, idOrHandle)
	if err == nil && !found {
		err = errs.New(errs.NotFound, "channel_not_found", "there is no such channel")
	}
	return c, err
}

// CardsByID returns those of the channels that exist, keyed by id. At most 500 ids a call.
func (s *Service) CardsByID(ctx context.Context, ids []string) (map[string]Channel, error) {
	out := make(map[string]Channel, len(ids))
	args := distinct(ids)
	if len(args) == 0 {
		return out, nil
	}
	list, err := db.List(ctx, s.DB, scanChannel, `SELECT `+channelColumns+` FROM channel_channels WHERE id IN (`+db.Placeholders(1, len(args))+`)`, args...)
	for _, c := range list {
		out[c.ID] = c
	}
	return out, err
}

// Mine lists the channels in which the actor has a role, with the role.
func (s *Service) Mine(ctx context.Context, a identity.Actor) ([]Channel, map[string]identity.Role, error) {
	roles, err := s.Identity.ScopesOf(ctx, a.UserID, "channel")
	if err != nil {
		return nil, nil, err
	}
	ids := make([]string, 0, len(roles))
	for v := range roles {
		ids = append(ids, v)
	}
	if len(ids) == 0 {
		return nil, roles, nil
	}
	args := distinct(ids)
	list, err := db.List(ctx, s.DB, scanChannel, `SELECT `+channelColumns+` FROM channel_channels WHERE id IN (`+db.Placeholders(1, len(args))+`) ORDER BY created_at, id`, args...)
	return list, roles, err
}

// Follow makes the actor follow a channel, or stop. Twice counts once.
func (s *Service) Follow(ctx context.Context, a identity.Actor, channelID string, on bool) (followers int64, err error) {
	if a.Anonymous() {
		return 0, identity.ErrSignIn
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := s.Channel(ctx, channelID)
		if err != nil {
			return err
		}
		followers = c.Followers
		changed, err := s.toggle(ctx, on, toggleFollow, c.ID, a.UserID)
		if err != nil || changed == 0 {
			return err
		}
		followers += changed
		if _, err := s.DB.Exec(ctx, `UPDATE channel_channels SET followers = followers + $1 WHERE id = $2`, changed, c.ID); err != nil || !on {
			return err
		}
		return s.Outbox.Emit(ctx, followed(c.ID, a.UserID, s.now()))
	})
	return followers, err
}

// Followed tells which of the channels the actor follows.
func (s *Service) Followed(ctx context.Context, a identity.Actor, channelIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	args := distinct(channelIDs)
	if a.Anonymous() || len(args) == 0 {
		return out, nil
	}
	ids, err := db.List(ctx, s.DB, scanText, `SELECT channel_id FROM channel_follows WHERE user_id = $1 AND channel_id IN (`+db.Placeholders(2, len(args))+`)`, append([]any{a.UserID}, args...)...)
	for _, v := range ids {
		out[v] = true
	}
	return out, err
}

// Following lists the channels the actor follows, newest first; at most limit.
func (s *Service) Following(ctx context.Context, a identity.Actor, limit int) ([]Channel, error) {
	return db.List(ctx, s.DB, scanChannel, `SELECT c.id, c.handle, c.name, c.bio, c.avatar, c.cover, c.kind, c.owner_id, c.followers, c.posts, c.likes, c.created_at
		FROM channel_follows f JOIN channel_channels c ON c.id = f.channel_id WHERE f.user_id = $1 ORDER BY f.at DESC, c.id LIMIT $2`, a.UserID, limit)
}

// FollowsSince counts a channel's new followers since a time in unix ms.
func (s *Service) FollowsSince(ctx context.Context, channelID string, since int64) (int64, error) {
	n, _, err := db.Get(ctx, s.DB, scanCount, `SELECT count(*) FROM channel_follows WHERE channel_id = $1 AND at >= $2`, channelID, since)
	return n, err
}

func scanText(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err }
func scanCount(r db.Row) (v int64, err error) { err = r.Scan(&v); return v, err }

// distinct turns ids into statement arguments, each once, without empties.
func distinct(ids []string) []any {
	seen := make(map[string]bool, len(ids))
	args := make([]any, 0, len(ids))
	for _, v := range ids {
		if v != "" && !seen[v] {
			seen[v] = true
			args = append(args, v)
		}
	}
	return args
}
