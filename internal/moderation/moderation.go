package moderation

import (
	"context"
	"embed"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the moderation tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "moderation", schema) }

// Rooms is the part of live an operator needs.
type Rooms interface {
	Room(ctx context.Context, roomID string) (live.Room, error)
	Rooms(ctx context.Context, f live.Filter) ([]live.Room, error)
	CurrentByChannels(ctx context.Context, channelIDs []string) (map[string]string, error)
	Stop(ctx context.Context, a identity.Actor, roomID, reason string) (live.Room, error)
	OnlineNow() (viewers int64, rooms int)
}

// Orders is the part of the shop an operator needs.
type Orders interface {
	AllOrders(ctx context.Context, a identity.Actor, q shop.OrderQuery) ([]shop.Order, error)
	SalesToday(ctx context.Context) (shop.Day, error)
	Audit(ctx context.Context) ([]money.Break, error)
}

// Books is the part of money an operator needs.
type Books interface {
	AllAccounts(ctx context.Context, limit int) ([]money.Account, error)
	Audit(ctx context.Context) ([]money.Break, error)
}

// Storage tells how much is kept, in bytes.
type Storage interface {
	StoredBytes(ctx context.Context) (int64, error)
}

// Outbox tells how many facts wait for their readers, and gives them again what they gave up.
type Outbox interface {
	Status(ctx context.Context) (bus.Status, error)
	ParkedBefore(ctx context.Context, consumer, eventID string, limit int) ([]bus.Parked, error)
	ParkedEvent(ctx context.Context, consumer, eventID string) (bus.Parked, error)
	Redeliver(ctx context.Context, consumer, eventID string) error
}

// Jobs tells which jobs gave up, and puts them back.
type Jobs interface {
	DeadCount(ctx context.Context) (int64, error)
	DeadBefore(ctx context.Context, jobID string, limit int) ([]job.Dead, error)
	Requeue(ctx context.Context, jobID string) error
}

// Deps is what moderation needs from outside.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	IDs      *id.Source
	Identity *identity.Service
	Channel  *channel.Service
	Rooms    Rooms
	Orders   Orders
	Books    Books
	Storage  Storage
	Outbox   Outbox
	Jobs     Jobs
	Refunds  Refunds
}

// Service is the moderation domain.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// MaxReason in characters: a sentence or two that the person concerned will read.
const MaxReason = 300

// act does something together with its line in the log: both or neither.
func (s *Service) act(ctx context.Context, a identity.Actor, e Entry, do func(ctx context.Context, reason string) error) error {
	if err := identity.RequireOperator(a); err != nil {
		return err
	}
	e.ActorID, e.Reason = a.UserID, strings.TrimSpace(e.Reason)
	if n := utf8.RuneCountInString(e.Reason); n < 1 || n > MaxReason {
		return errs.New(errs.Invalid, "reason_length", "give a reason of 1 to %d characters; it is kept in the log", MaxReason).In("reason").With("max", MaxReason)
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := do(ctx, e.Reason); err != nil {
			return err
		}
		return s.append(ctx, e)
	})
}
