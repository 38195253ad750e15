package channel

import (
	"context"

	"github.com/hawker-live/hawker/internal/event"
)

// A toggle is a row that exists or not: a like, a save, a follow. Its two statements take (thing, user, at)
// and (thing, user).
type toggleSQL struct{ add, remove string }

var (
	toggleLike = toggleSQL{
		`INSERT INTO channel_likes (post_id, user_id, at) VALUES ($1,$2,$3) ON CONFLICT (post_id, user_id) DO NOTHING`,
		`DELETE FROM channel_likes WHERE post_id = $1 AND user_id = $2`,
	}
	toggleSave = toggleSQL{
		`INSERT INTO channel_saves (post_id, user_id, at) VALUES ($1,$2,$3) ON CONFLICT (post_id, user_id) DO NOTHING`,
		`DELETE FROM channel_saves WHERE post_id = $1 AND user_id = $2`,
	}
	toggleFollow = toggleSQL{
		`INSERT INTO channel_follows (channel_id, user_id, at) VALUES ($1,$2,$3) ON CONFLICT (channel_id, user_id) DO NOTHING`,
		`DELETE FROM channel_follows WHERE channel_id = $1 AND user_id = $2`,
	}
	toggleCommentLike = toggleSQL{
		`INSERT INTO channel_comment_likes (comment_id, user_id, at) VALUES ($1,$2,$3) ON CONFLICT (comment_id, user_id) DO NOTHING`,
		`DELETE FROM channel_comment_likes WHERE comment_id = $1 AND user_id = $2`,
	}
)

// toggle sets the row and returns what the count changes by: 1, -1, or 0 when it stood so already.
func (s *Service) toggle(ctx context.Context, on bool, t toggleSQL, thing, user string) (int64, error) {
	if on {
		return s.DB.Exec(ctx, t.add, thing, user, s.now())
	}
	n, err := s.DB.Exec(ctx, t.remove, thing, user)
	return -n, err
}

func followed(channelID, userID string, at int64) event.Fact {
	return event.Followed{ChannelID: channelID, UserID: userID, At: at}
}
