package demo

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
)

// FixedSeed is where every choice of the sample world comes from: change it for another world.
const FixedSeed = 20261121

// Past is the domains once more, on another clock. Their job runner must not run: the work it would do
// is done by the seed at the right time, and what it notes is old news to the running one.
type Past struct {
	Identity *identity.Service
	Media    *media.Service // listened to by Live
	Money    *money.Service
	Channel  *channel.Service
	Shop     *shop.Service
	Live     *live.Service
}

// Deps is what the sample world needs from outside: the domains as they serve, and a way to build them
// on another clock.
type Deps struct {
	Identity *identity.Service
	Channel  *channel.Service
	Shop     *shop.Service
	Live     *live.Service
	Media    *media.Service
	Money    *money.Service
	DB       *db.DB
	Clock    clock.Clock
	IDs      *id.Source
	Log      *slog.Logger
	// TempDir holds each clip for a moment before media takes it over.
	TempDir string
	// Build joins the domains on a clock, with an id source on the same clock, on the same database and
	// files, and with pay as their only provider. Passwords of the sample world are random, so a cheap
	// Hasher keeps them as safe as a costly one.
	Build func(c clock.Clock, pay money.Provider) (Past, error)
}

// World is the sample world.
type World struct {
	Deps
	paused atomic.Bool
}

// New builds the world; Seed makes it, Run keeps it alive.
func New(d Deps) *World { return &World{Deps: d} }

// Pause stops the actors, or lets them go on. Rooms stay on air.
func (w *World) Pause(on bool) { w.paused.Store(on) }

// Paused reports whether the actors stand still.
func (w *World) Paused() bool { return w.paused.Load() }

// SampleAsset is the video that the console's sample source plays in a loop. errs.NotFound before Seed.
func (w *World) SampleAsset(ctx context.Context) (string, error) {
	asset, found, err := w.thing(ctx, keySample)
	if err == nil && !found {
		err = errs.New(errs.NotFound, "no_sample", "the sample world has not been built yet")
	}
	return asset, err
}
