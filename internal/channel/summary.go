package channel

import (
	"context"
	"time"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Summary is a channel's figures.
type Summary struct {
	Followers, FollowersToday int64
	Likes, Comments, Posts    int64
}

// zone is whose midnight starts a day: UTC+8, which has no daylight saving.
var zone = time.FixedZone("UTC+8", 8*60*60)

// Today is when the current day began, in unix ms.
func (s *Service) Today() int64 {
	now := s.Clock.Now().In(zone)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone).UnixMilli()
}

// Summary adds a channel's figures up for its team.
func (s *Service) Summary(ctx context.Context, a identity.Actor, channelID string) (Summary, error) {
	if err := s.team(ctx, a, channelID, identity.Staff, identity.Moderator); err != nil {
		return Summary{}, err
	}
	c, err := s.Channel(ctx, channelID)
	if err != nil {
		return Summary{}, err
	}
	out := Summary{Followers: c.Followers, Likes: c.Likes, Posts: c.Posts}
	if out.FollowersToday, err = s.FollowsSince(ctx, c.ID, s.Today()); err != nil {
		return out, err
	}
	out.Comments, _, err = db.Get(ctx, s.DB, scanCount, `SELECT CAST(coalesce(sum(comments), 0) AS BIGINT) FROM channel_posts
		WHERE channel_id = $1 AND state <> 'deleted'`, c.ID)
	return out, err
}
