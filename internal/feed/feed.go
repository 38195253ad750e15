package feed

import (
	"context"
	"embed"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the feed's table up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "feed", schema) }

// Posts is the part of channel the feed reads. Lists are newest first; a cursor is the id of the last row.
type Posts interface {
	Newest(ctx context.Context, cursor string, limit int) ([]channel.Post, error)
	NewestFollowed(ctx context.Context, a identity.Actor, cursor string, limit int) ([]channel.Post, error)
	Followed(ctx context.Context, a identity.Actor, channelIDs []string) (map[string]bool, error)
	Kept(ctx context.Context, a identity.Actor, saved bool, cursor string, limit int) ([]channel.Post, error)
}

// Rooms lists rooms, newest first.
type Rooms interface {
	Rooms(ctx context.Context, f live.Filter) ([]live.Room, error)
}

// Deps is what feed needs from outside.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Posts Posts
	Rooms Rooms
}

// Service is the feed domain.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Tab is one of the feed's lists.
type Tab string

const (
	Recommended Tab = "recommended"
	Following   Tab = "following" // needs a session
	Live        Tab = "live"
)

// MaxPage is the most items one page may be asked for: ten minutes of short videos.
const MaxPage = 30

// Reasons why an item is there. TagReason is followed by the tag.
const (
	Fresh     = "fresh"    // new
	Popular   = "popular"  // many marks for its age
	Followed  = "followed" // of a channel the reader follows
	LiveNow   = "live_now" // on air
	TagReason = "tag:"     // carries a tag of posts the reader liked
)

// Item is one place in the feed: a post, or a room on air.
type Item struct {
	Post   *channel.Post
	Room   *live.Room
	Reason string
}

func (i Item) channelID() string {
	if i.Room != nil {
		return i.Room.ChannelID
	}
	return i.Post.ChannelID
}

// Page is the next 1 to MaxPage items of a tab after the cursor, "" for the first page, and the cursor of
// the page after it, "" at the end. The first page of Following holds the followed channels' rooms beyond
// the limit.
func (s *Service) Page(ctx context.Context, a identity.Actor, tab Tab, cursor string, limit int) ([]Item, string, error) {
	if limit < 1 || limit > MaxPage {
		return nil, "", errs.ForProgram(errs.Invalid, "limit_invalid", "a page holds 1 to %d items", MaxPage).In("limit").With("max", MaxPage)
	}
	switch tab {
	case Recommended:
		return s.recommended(ctx, a, cursor, limit)
	case Following:
		return s.following(ctx, a, cursor, limit)
	case Live:
		return s.live(ctx, a, cursor, limit)
	}
	return nil, "", errs.ForProgram(errs.Invalid, "tab_unknown", "choose recommended, following or live").In("tab")
}
