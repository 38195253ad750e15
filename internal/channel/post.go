package channel

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/media"
)

// PostKind of a post.
type PostKind string

const (
	VideoPost    PostKind = "video"
	PicturesPost PostKind = "pictures"
)

// State of a post or comment.
type State string

const (
	Shown   State = "live"
	Hidden  State = "hidden"
	Deleted State = "deleted"
)

// Limits of a post.
const (
	MaxText     = 1000
	MaxTags     = 5
	MaxPictures = 9
	// MaxPinned posts on a channel's home (CH04).
	MaxPinned = 2
	// MaxVideoMS is the longest video (CH03): 30 minutes.
	MaxVideoMS = 30 * 60 * 1000
)

// Post is a video, or pictures with text.
type Post struct {
	ID           string
	ChannelID    string
	Kind         PostKind
	Text         string
	Assets       []string // one video, or up to nine pictures
	Cover        string   // picture asset; "" lets players show the first frame
	ProductID    string
	Tags         []string
	State        State
	HiddenReason string
	PinnedAt     int64
	Likes        int64
	Comments     int64
	Saves        int64
	Shares       int64
	CreatedAt    int64
}

// PostDraft is what a new post needs.
type PostDraft struct {
	Kind      PostKind
	Text      string
	Assets    []string
	Cover     string
	ProductID string
	Tags      []string
}

var tagShape = regexp.MustCompile(`^[\p{L}\p{N}_·-]{1,24}$`)

// Publish puts a post on the channel. Owner or staff. Its files must be the actor's and ready.
func (s *Service) Publish(ctx context.Context, a identity.Actor, channelID string, in PostDraft) (Post, error) {
	if err := s.team(ctx, a, channelID, identity.Staff); err != nil {
		return Post{}, err
	}
	p := Post{ID: s.IDs.New("pst"), ChannelID: channelID, Kind: in.Kind, Text: strings.TrimSpace(in.Text), Assets: in.Assets, Cover: in.Cover, ProductID: in.ProductID, State: Shown, CreatedAt: s.now()}
	var err error
	if p.Tags, err = checkWords(p.Text, in.Tags); err != nil {
		return p, err
	}
	if err := s.checkFiles(ctx, a, p); err != nil {
		return p, err
	}
	if p.ProductID != "" {
		if err := s.Products.Linkable(ctx, a, channelID, p.ProductID); err != nil {
			return p, err
		}
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.insertPost(ctx, p); err != nil {
			return err
		}
		if _, err := s.DB.Exec(ctx, `UPDATE channel_channels SET posts = posts + 1 WHERE id = $1`, channelID); err != nil {
			return err
		}
		return s.Outbox.Emit(ctx, event.PostPublished{PostID: p.ID, ChannelID: channelID, At: p.CreatedAt})
	})
	return p, err
}

func checkWords(text string, tags []string) ([]string, error) {
	if utf8.RuneCountInString(text) > MaxText {
		return nil, errs.New(errs.Invalid, "text_long", "keep the text within %d characters", MaxText).In("text").With("max", MaxText)
	}
	var out []string
	seen := map[string]bool{}
	for _, t := range tags {
		t = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(t), "#"))
		if t == "" || seen[t] {
			continue
		}
		if !tagShape.MatchString(t) {
			return nil, errs.New(errs.Invalid, "tag_invalid", "a tag has up to 24 letters or digits and no spaces").In("tags").With("tag", t)
		}
		seen[t] = true
		out = append(out, t)
	}
	if len(out) > MaxTags {
		return nil, errs.New(errs.Invalid, "tags_many", "use at most %d tags", MaxTags).In("tags").With("max", MaxTags)
	}
	return out, nil
}

func (s *Service) checkFiles(ctx context.Context, a identity.Actor, p Post) error {
	switch {
	case p.Kind == VideoPost && len(p.Assets) == 1:
		v, err := s.Media.Own(ctx, a.UserID, p.Assets[0], media.Video)
		if err != nil {
			return err
		}
		if v.DurationMS > MaxVideoMS {
			return errs.New(errs.Invalid, "video_too_long", "a video may last 30 minutes; cut it into parts").In("assetIds")
		}
	case p.Kind == PicturesPost && len(p.Assets) >= 1 && len(p.Assets) <= MaxPictures:
		for _, id := range p.Assets {
			if err := s.Media.OwnImage(ctx, a.UserID, id); err != nil {
				return err
			}
		}
	default:
		return errs.New(errs.Invalid, "post_files", "a post has one video, or 1 to %d pictures", MaxPictures).In("assetIds").With("max", MaxPictures)
	}
	if p.Cover == "" {
		return nil
	}
	return s.Media.OwnImage(ctx, a.UserID, p.Cover)
}

// Edit is a change to a post's words and product; nil fields stay.
type Edit struct {
	Text      *string
	Tags      []string // nil stays
	ProductID *string
}

// EditPost changes a post's words and product. Owner or staff.
func (s *Service) EditPost(ctx context.Context, a identity.Actor, postID string, in Edit) (Post, error) {
	p, err := s.teamPost(ctx, a, postID)
	if err != nil {
		return p, err
	}
	if in.Text != nil {
		p.Text = strings.TrimSpace(*in.Text)
	}
	tags := p.Tags
	if in.Tags != nil {
		tags = in.Tags
	}
	if p.Tags, err = checkWords(p.Text, tags); err != nil {
		return p, err
	}
	if in.ProductID != nil && *in.ProductID != p.ProductID {
		p.ProductID = *in.ProductID
		if p.ProductID != "" {
			if err := s.Products.Linkable(ctx, a, p.ChannelID, p.ProductID); err != nil {
				return p, err
			}
		}
	}
	return p, s.DB.Tx(ctx, func(ctx context.Context) error { return s.updatePost(ctx, p) })
}

// DeletePost takes a post away for good. Owner or staff.
func (s *Service) DeletePost(ctx context.Context, a identity.Actor, postID string) error {
	p, err := s.teamPost(ctx, a, postID)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		n, err := s.DB.Exec(ctx, `UPDATE channel_posts SET state = 'deleted', pinned_at = 0 WHERE id = $1 AND state <> 'deleted'`, p.ID)
		if err != nil || n == 0 {
			return err
		}
		if _, err = s.DB.Exec(ctx, `DELETE FROM channel_captions WHERE post_id = $1`, p.ID); err != nil {
			return err
		}
		_, err = s.DB.Exec(ctx, `UPDATE channel_channels SET posts = posts - 1 WHERE id = $1`, p.ChannelID)
		return err
	})
}

// Pin fixes a post on top of its channel's home, or lets it go. At most MaxPinned. Owner or staff.
func (s *Service) Pin(ctx context.Context, a identity.Actor, postID string, on bool) (Post, error) {
	p, err := s.teamPost(ctx, a, postID)
	if err != nil {
		return p, err
	}
	if !on {
		p.PinnedAt = 0
		_, err = s.DB.Exec(ctx, `UPDATE channel_posts SET pinned_at = 0 WHERE id = $1`, p.ID)
		return p, err
	}
	if p.PinnedAt > 0 {
		return p, nil
	}
	if p.State != Shown {
		return p, errs.New(errs.Conflict, "post_hidden", "an operator hid this post; it cannot be pinned")
	}
	p.PinnedAt = s.now()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		// Post before channel, as everywhere: a like on its way would otherwise wait for this pin and the
		// other way round.
		if _, err := s.DB.Exec(ctx, `UPDATE channel_posts SET pinned_at = pinned_at WHERE id = $1`, p.ID); err != nil {
			return err
		}
		// The channel's row serialises pins of one channel, so that two at once cannot make three.
		if _, err := s.DB.Exec(ctx, `UPDATE channel_channels SET posts = posts WHERE id = $1`, p.ChannelID); err != nil {
			return err
		}
		n, err := s.DB.Exec(ctx, `UPDATE channel_posts SET pinned_at = $1 WHERE id = $2 AND state = 'live'
			AND (SELECT count(*) FROM channel_posts q WHERE q.channel_id = $3 AND q.pinned_at > 0) < $4`, p.PinnedAt, p.ID, p.ChannelID, MaxPinned)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "pins_full", "a channel pins at most %d posts; unpin one first", MaxPinned).With("max", MaxPinned)
		}
		return err
	})
	return p, err
}

// Hide takes a post out of sight, with a reason its team reads. Operators only.
func (s *Service) Hide(ctx context.Context, a identity.Actor, postID, reason string) error {
	if err := identity.RequireOperator(a); err != nil {
		return err
	}
	return s.setPostState(ctx, postID, Shown, Hidden, reason)
}

// Show puts a hidden post back. Operators only.
func (s *Service) Show(ctx context.Context, a identity.Actor, postID string) error {
	if err := identity.RequireOperator(a); err != nil {
		return err
	}
	return s.setPostState(ctx, postID, Hidden, Shown, "")
}

func (s *Service) teamPost(ctx context.Context, a identity.Actor, postID string) (Post, error) {
	p, err := s.post(ctx, postID)
	if err != nil {
		return p, err
	}
	return p, s.team(ctx, a, p.ChannelID, identity.Staff)
}

// Like marks a post as liked by the actor, or takes it back, and returns its likes. Twice counts once.
func (s *Service) Like(ctx context.Context, a identity.Actor, postID string, on bool) (int64, error) {
	return s.mark(ctx, a, postID, func(ctx context.Context, p Post) (int64, error) {
		changed, err := s.toggle(ctx, on, toggleLike, p.ID, a.UserID)
		if err != nil || changed == 0 {
			return p.Likes, err
		}
		if _, err := s.DB.Exec(ctx, `UPDATE channel_posts SET likes = likes + $1 WHERE id = $2`, changed, p.ID); err != nil {
			return 0, err
		}
		if _, err := s.DB.Exec(ctx, `UPDATE channel_channels SET likes = likes + $1 WHERE id = $2`, changed, p.ChannelID); err != nil {
			return 0, err
		}
		if on {
			err = s.Outbox.Emit(ctx, event.PostLiked{PostID: p.ID, UserID: a.UserID, At: s.now()})
		}
		return p.Likes + changed, err
	})
}

// Save keeps a post among the actor's own, or takes it out.
func (s *Service) Save(ctx context.Context, a identity.Actor, postID string, on bool) (int64, error) {
	return s.mark(ctx, a, postID, func(ctx context.Context, p Post) (int64, error) {
		changed, err := s.toggle(ctx, on, toggleSave, p.ID, a.UserID)
		if err != nil || changed == 0 {
			return p.Saves, err
		}
		_, err = s.DB.Exec(ctx, `UPDATE channel_posts SET saves = saves + $1 WHERE id = $2`, changed, p.ID)
		return p.Saves + changed, err
	})
}

// Share counts that somebody passed a post on.
func (s *Service) Share(ctx context.Context, a identity.Actor, postID string) (int64, error) {
	return s.mark(ctx, a, postID, func(ctx context.Context, p Post) (int64, error) {
		_, err := s.DB.Exec(ctx, `UPDATE channel_posts SET shares = shares + 1 WHERE id = $1`, p.ID)
		return p.Shares + 1, err
	})
}

func (s *Service) mark(ctx context.Context, a identity.Actor, postID string, do func(ctx context.Context, p Post) (int64, error)) (count int64, err error) {
	if a.Anonymous() {
		return 0, identity.ErrSignIn
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		p, err := s.Post(ctx, a, postID)
		if err != nil {
			return err
		}
		count, err = do(ctx, p)
		return err
	})
	return count, err
}
