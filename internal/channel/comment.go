package channel

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	// MaxComment in characters.
	MaxComment = 300
	// perMinute comments of one person: faster is a script.
	perMinute = 12
)

// Comment under a post.
type Comment struct {
	ID        string
	PostID    string
	UserID    string
	ReplyTo   string // comment id, or ""
	Text      string
	Likes     int64
	State     State
	CreatedAt int64
}

const commentColumns = `id, post_id, user_id, reply_to, body, likes, state, created_at`

func scanComment(r db.Row) (c Comment, err error) {
	err = r.Scan(&c.ID, &c.PostID, &c.UserID, &c.ReplyTo, &c.Text, &c.Likes, &c.State, &c.CreatedAt)
	return c, err
}

// Say adds a comment to a post.
func (s *Service) Say(ctx context.Context, a identity.Actor, postID, text, replyTo string) (Comment, error) {
	if a.Anonymous() {
		return Comment{}, identity.ErrSignIn
	}
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n < 1 || n > MaxComment {
		return Comment{}, errs.New(errs.Invalid, "comment_length", "a comment has 1 to %d characters", MaxComment).In("text").With("max", MaxComment)
	}
	c := Comment{ID: s.IDs.New("pcm"), PostID: postID, UserID: a.UserID, ReplyTo: replyTo, Text: text, State: Shown, CreatedAt: s.now()}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.Post(ctx, a, postID); err != nil {
			return err
		}
		if replyTo != "" {
			to, err := s.comment(ctx, replyTo)
			if err != nil {
				return err
			}
			if to.PostID != postID {
				return errs.New(errs.Invalid, "reply_elsewhere", "the comment you answer stands under another post").In("replyTo")
			}
		}
		n, _, err := db.Get(ctx, s.DB, scanCount, `SELECT count(*) FROM channel_comments WHERE user_id = $1 AND created_at > $2`, a.UserID, c.CreatedAt-60_000)
		if err != nil {
			return err
		}
		if n >= perMinute {
			return errs.New(errs.TooMany, "comment_rate", "slow down a little; you can comment again in a moment").After(10_000)
		}
		if _, err := s.DB.Exec(ctx, `INSERT INTO channel_comments (`+commentColumns+`) VALUES ($1,$2,$3,$4,$5,0,$6,$7)`,
			c.ID, c.PostID, c.UserID, c.ReplyTo, c.Text, string(c.State), c.CreatedAt); err != nil {
			return err
		}
		_, err = s.DB.Exec(ctx, `UPDATE channel_posts SET comments = comments + 1 WHERE id = $1`, postID)
		return err
	})
	return c, err
}

// Comments lists a post's comments, newest first. Hidden ones are left out.
func (s *Service) Comments(ctx context.Context, a identity.Actor, postID, cursor string, limit int) ([]Comment, error) {
	if _, err := s.Post(ctx, a, postID); err != nil {
		return nil, err
	}
	return db.List(ctx, s.DB, scanComment, `SELECT `+commentColumns+` FROM channel_comments WHERE post_id = $1 AND id < $2 AND state = 'live' ORDER BY id DESC LIMIT $3`, postID, beyond(cursor, "pcm"), limit)
}

// DeleteComment takes a comment away. Who wrote it, or the post's team.
func (s *Service) DeleteComment(ctx context.Context, a identity.Actor, commentID string) error {
	if a.Anonymous() {
		return identity.ErrSignIn
	}
	c, err := s.comment(ctx, commentID)
	if err != nil {
		return err
	}
	if c.UserID != a.UserID {
		p, err := s.post(ctx, c.PostID)
		if err != nil {
			return err
		}
		if err := s.team(ctx, a, p.ChannelID, identity.Staff, identity.Moderator); err != nil {
			return err
		}
	}
	moved, err := s.setCommentState(ctx, c, Deleted)
	if err != nil || moved {
		return err
	}
	// An operator hid it, or showed it, in between; deleting wins over both.
	if c, err = s.comment(ctx, commentID); errs.Is(err, errs.NotFound) {
		return nil // or it was deleted twice at once
	} else if err != nil {
		return err
	}
	_, err = s.setCommentState(ctx, c, Deleted)
	return err
}

// HideComment takes a comment out of sight. Operators only.
func (s *Service) HideComment(ctx context.Context, a identity.Actor, commentID string) error {
	return s.moderate(ctx, a, commentID, Shown, Hidden)
}

// ShowComment puts a hidden comment back. Operators only.
func (s *Service) ShowComment(ctx context.Context, a identity.Actor, commentID string) error {
	return s.moderate(ctx, a, commentID, Hidden, Shown)
}

func (s *Service) moderate(ctx context.Context, a identity.Actor, commentID string, from, to State) error {
	if err := identity.RequireOperator(a); err != nil {
		return err
	}
	c, err := s.comment(ctx, commentID)
	if err != nil {
		return err
	}
	if c.State != from {
		return commentIs(c.State)
	}
	moved, err := s.setCommentState(ctx, c, to)
	if err == nil && !moved {
		err = commentIs(to) // somebody else was first
	}
	return err
}

func commentIs(state State) error {
	return errs.New(errs.Conflict, "comment_state", "this comment is %s already", state)
}

// setCommentState moves the post's count with it: only shown comments count. moved is false when the
// comment is no longer in the state it was read in.
func (s *Service) setCommentState(ctx context.Context, c Comment, to State) (moved bool, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		n, err := s.DB.Exec(ctx, `UPDATE channel_comments SET state = $1 WHERE id = $2 AND state = $3`, string(to), c.ID, string(c.State))
		moved = n == 1
		if err != nil || !moved {
			return err
		}
		change := 0
		if c.State == Shown {
			change = -1
		} else if to == Shown {
			change = 1
		}
		_, err = s.DB.Exec(ctx, `UPDATE channel_posts SET comments = comments + $1 WHERE id = $2`, change, c.PostID)
		return err
	})
	return moved, err
}

// LikeComment: the actor likes a comment, or takes it back.
func (s *Service) LikeComment(ctx context.Context, a identity.Actor, commentID string, on bool) (likes int64, err error) {
	if a.Anonymous() {
		return 0, identity.ErrSignIn
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := s.comment(ctx, commentID)
		if err != nil {
			return err
		}
		changed, err := s.toggle(ctx, on, toggleCommentLike, c.ID, a.UserID)
		likes = c.Likes + changed
		if err != nil || changed == 0 {
			return err
		}
		_, err = s.DB.Exec(ctx, `UPDATE channel_comments SET likes = likes + $1 WHERE id = $2`, changed, c.ID)
		return err
	})
	return likes, err
}

// LikedComments tells which of the comments the actor likes.
func (s *Service) LikedComments(ctx context.Context, a identity.Actor, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	args := distinct(ids)
	if a.Anonymous() || len(args) == 0 {
		return out, nil
	}
	list, err := db.List(ctx, s.DB, scanText, `SELECT comment_id FROM channel_comment_likes WHERE user_id = $1 AND comment_id IN (`+db.Placeholders(2, len(args))+`)`, append([]any{a.UserID}, args...)...)
	for _, v := range list {
		out[v] = true
	}
	return out, err
}

// SearchComments lists comments for operators, newest first: part of the text, any state but deleted.
func (s *Service) SearchComments(ctx context.Context, a identity.Actor, query, cursor string, limit int) ([]Comment, error) {
	if err := identity.RequireOperator(a); err != nil {
		return nil, err
	}
	return db.List(ctx, s.DB, scanComment, `SELECT `+commentColumns+` FROM channel_comments WHERE state <> 'deleted' AND lower(body) LIKE $1 ESCAPE '!' AND id < $2 ORDER BY id DESC LIMIT $3`, likePattern(query), beyond(cursor, "pcm"), limit)
}

func (s *Service) comment(ctx context.Context, commentID string) (Comment, error) {
	c, found, err := db.Get(ctx, s.DB, scanComment, `SELECT `+commentColumns+` FROM channel_comments WHERE id = $1 AND state <> 'deleted'`, commentID)
	if err == nil && !found {
		err = errs.New(errs.NotFound, "comment_not_found", "there is no such comment")
	}
	return c, err
}

var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func likePattern(query string) string { return "%" + strings.ToLower(likeEscape.Replace(query)) + "%" }
