package identity

import (
	"context"
	"embed"
	"log/slog"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the identity tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "identity", schema) }

// Outbox takes facts inside the caller's transaction.
type Outbox interface {
	Emit(ctx context.Context, fact event.Fact) error
}

// Deps is what identity needs from outside.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	IDs    *id.Source
	Outbox Outbox
	Log    *slog.Logger
	Hasher *Hasher
	// SignUps is how many accounts one address may open at once, and again within an hour; 0 sets no limit.
	SignUps int
	// Demo allows signing in as a role of the sample world without a password.
	Demo bool
}

// Service is the identity domain.
type Service struct {
	Deps
	guard    guard
	seen     seen
	sessions *db.Loader[string, found]
}

// New builds the service.
func New(d Deps) *Service {
	return &Service{Deps: d, sessions: db.NewLoader(d.DB, sessionByHash, scanFound)}
}

// Actor is who a request acts for. The zero Actor is a visitor.
type Actor struct {
	UserID    string
	SessionID string
	Name      string
	Avatar    string
	Operator  bool
}

// Card shows the actor as it was when its request came in, without another read.
func (a Actor) Card() Card { return Card{ID: a.UserID, Name: a.Name, Avatar: a.Avatar} }

// Anonymous reports whether nobody is signed in.
func (a Actor) Anonymous() bool { return a.UserID == "" }

// Refusals shared by every door.
var (
	ErrSignIn   = errs.New(errs.Unauthorized, "sign_in_required", "sign in first")
	ErrDenied   = errs.New(errs.Denied, "not_yours", "this belongs to somebody else; ask its owner to add you to the team")
	ErrOperator = errs.New(errs.Denied, "operator_only", "only an operator of this site may do this")
)

// RequireOperator denies everyone but the site's operators.
func RequireOperator(a Actor) error {
	if a.Anonymous() {
		return ErrSignIn
	}
	if !a.Operator {
		return ErrOperator
	}
	return nil
}
