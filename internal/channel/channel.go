package channel

import (
	"context"
	"embed"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/media"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the channel tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "channel", schema) }

// Outbox takes facts inside the caller's transaction.
type Outbox interface {
	Emit(ctx context.Context, fact event.Fact) error
}

// Products tells which products exist.
type Products interface {
	// Linkable refuses a product that cannot stand under a post of the channel.
	Linkable(ctx context.Context, a identity.Actor, channelID, productID string) error
}

// Deps is what channel needs from outside.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	IDs      *id.Source
	Outbox   Outbox
	Identity *identity.Service
	Media    *media.Service
	Products Products
}

// Service is the channel domain.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Kinds of channels (GV02). Verification grants all but personal.
const (
	Personal = "personal"
	BlueV    = "bluev"
	Media    = "media"
)

// Limits of what a person may type, in characters.
const (
	MaxName     = 20
	MaxBio      = 200
	maxChannels = 20 // one person may found; a matrix (CH11) has few hands and many faces
)

// Channel is a public face run by a team.
type Channel struct {
	ID        string
	Handle    string // unique, lower case, in URLs
	Name      string
	Bio       string
	Avatar    string // picture asset, or ""
	Cover     string
	Kind      string
	OwnerID   string
	Followers int64
	Posts     int64
	Likes     int64
	CreatedAt int64
}

// Draft is what a new channel needs.
type Draft struct {
	Name, Handle, Bio, Avatar, Cover string
	Kind                             string // set by the demo seed only; doors leave it empty
}

var handleShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{2,29}$`)

// Found creates a channel owned by the actor.
func (s *Service) Found(ctx context.Context, a identity.Actor, in Draft) (Channel, error) {
	if a.Anonymous() {
		return Channel{}, identity.ErrSignIn
	}
	c := Channel{ID: s.IDs.New("chn"), Handle: strings.ToLower(strings.TrimSpace(in.Handle)), Name: strings.TrimSpace(in.Name), Bio: strings.TrimSpace(in.Bio),
		Avatar: in.Avatar, Cover: in.Cover, Kind: Personal, OwnerID: a.UserID, CreatedAt: s.now()}
	if in.Kind != "" {
		c.Kind = in.Kind
	}
	if !handleShape.MatchString(c.Handle) {
		return c, errs.New(errs.Invalid, "handle_invalid", "a handle has 3 to 30 lower-case letters, digits, - or _").In("handle")
	}
	if err := s.checkFace(ctx, a, c, c.Avatar, c.Cover); err != nil {
		return c, err
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		mine, err := s.Identity.ScopesOf(ctx, a.UserID, "channel")
		if err != nil {
			return err
		}
		if len(mine) >= maxChannels {
			return errs.New(errs.TooMany, "channels_full", "one person may have %d channels", maxChannels).With("max", maxChannels)
		}
		added, err := s.insertChannel(ctx, c)
		if err != nil {
			return err
		}
		if !added {
			return errs.New(errs.Conflict, "handle_taken", "this handle is taken; choose another").In("handle")
		}
		return s.Identity.Found(ctx, identity.Scope{Kind: "channel", ID: c.ID}, a.UserID)
	})
	return c, err
}

func (s *Service) checkFace(ctx context.Context, a identity.Actor, c Channel, pictures ...string) error {
	if n := utf8.RuneCountInString(c.Name); n < 1 || n > MaxName {
		return errs.New(errs.Invalid, "name_invalid", "the name needs 1 to %d characters", MaxName).In("name").With("max", MaxName)
	}
	if utf8.RuneCountInString(c.Bio) > MaxBio {
		return errs.New(errs.Invalid, "bio_long", "keep the bio within %d characters", MaxBio).In("bio").With("max", MaxBio)
	}
	for _, p := range pictures {
		if p == "" {
			continue
		}
		if err := s.Media.OwnImage(ctx, a.UserID, p); err != nil {
			return err
		}
	}
	return nil
}

// Change is a change to a channel's face; nil fields stay.
type Change struct{ Name, Bio, Avatar, Cover *string }

// Update changes a channel's face. Owner only.
func (s *Service) Update(ctx context.Context, a identity.Actor, channelID string, in Change) (Channel, error) {
	if err := s.team(ctx, a, channelID); err != nil {
		return Channel{}, err
	}
	c, err := s.Channel(ctx, channelID)
	if err != nil {
		return c, err
	}
	var pictures []string
	set := func(to *string, from *string, picture bool) {
		if from != nil {
			*to = strings.TrimSpace(*from)
			if picture {
				pictures = append(pictures, *to)
			}
		}
	}
	set(&c.Name, in.Name, false)
	set(&c.Bio, in.Bio, false)
	set(&c.Avatar, in.Avatar, true)
	set(&c.Cover, in.Cover, true)
	if err := s.checkFace(ctx, a, c, pictures...); err != nil {
		return c, err
	}
	_, err = s.DB.Exec(ctx, `UPDATE channel_channels SET name = $1, bio = $2, avatar = $3, cover = $4 WHERE id = $5`, c.Name, c.Bio, c.Avatar, c.Cover, c.ID)
	return c, err
}

// team denies everyone but the channel's owner and the given roles.
func (s *Service) team(ctx context.Context, a identity.Actor, channelID string, roles ...identity.Role) error {
	return s.Identity.Require(ctx, a, identity.Scope{Kind: "channel", ID: channelID}, roles...)
}

// RoleIn is the actor's role in the channel's team, "" for none.
func (s *Service) RoleIn(ctx context.Context, a identity.Actor, channelID string) (identity.Role, error) {
	return s.Identity.RoleIn(ctx, a, identity.Scope{Kind: "channel", ID: channelID})
}

// InTeam reports whether the actor has any role in the channel.
func (s *Service) InTeam(ctx context.Context, a identity.Actor, channelID string) (bool, error) {
	role, err := s.RoleIn(ctx, a, channelID)
	return role != "", err
}

func (s *Service) now() int64 { return s.Clock.Now().UnixMilli() }
