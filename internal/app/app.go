package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/demo"
	"github.com/hawker-live/hawker/internal/feed"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/certs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/infra/metrics"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/fanout"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/media/whip"
	"github.com/hawker-live/hawker/internal/media/wire"
	"github.com/hawker-live/hawker/internal/moderation"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
)

// Version of the program, set by the release build.
var Version = "dev"

// Options of a build beyond the configuration.
type Options struct {
	Log *slog.Logger
	// Demo allows demo roles and the sandbox provider.
	Demo bool
	// Clock is the machine's when nil.
	Clock clock.Clock
	// Offline builds for a command that does not serve.
	Offline bool
	// Unchanged refuses a database that is not there or is older than this program, instead of making it or
	// bringing it up to date: an audit never writes.
	Unchanged bool
	// Blobs replaces the configured store when not nil: a backup is checked with the files inside it.
	Blobs blob.Store
}

// App is one wired process.
type App struct {
	Config  config.Config
	Demo    bool
	Offline bool
	Log     *slog.Logger
	Clock   clock.Clock
	IDs     *id.Source

	DB    *db.DB
	Bus   *bus.Bus
	Jobs  *job.Runner
	Blobs blob.Store

	domains
	Bank       *sandbox.Bank // nil when no sandbox is allowed
	Feed       *feed.Service
	Moderation *moderation.Service
	Router     *server.Router
	WHIP       *whip.Handler
	Sockets    *fanout.Hub  // viewers of rooms, whose connections the web server has let go
	Wire       *wire.Server // players of live media, the same

	// Sample names the video of the sample source; nil when this site has none.
	Sample func(ctx context.Context) (string, error)

	// OnReset is called when a visitor of the sample world asks for a fresh one; nil refuses. It must return
	// at once: the answer is still to be sent.
	OnReset func()

	node     string            // this node's name on its database; "" offline
	place    *os.File          // held while the process serves from the data folder; nil offline
	metrics  *metrics.Registry // nil when nobody asks for them
	hasher   *identity.Hasher
	certs    *certs.Keeper       // nil without TLS
	schema   map[string][]string // what the tables were brought to at the start
	draining chan struct{}       // closed when the process is about to stop
	leaving  atomic.Bool         // set before that, so that balancers notice
	serving  atomic.Bool         // Run is past its start

	world      *demo.World // nil when this site is no sample world
	resetting  atomic.Bool
	listener   listeners
	background []task
}

// task is work that goes on while the process serves.
type task struct {
	name string
	run  func(ctx context.Context) error
}

// Build opens everything and joins it; nothing runs yet. Close releases what Build opened.
func Build(ctx context.Context, cfg config.Config, o Options) (*App, error) {
	a := &App{Config: cfg, Demo: o.Demo, Offline: o.Offline, Log: o.Log, Clock: o.Clock, Blobs: o.Blobs}
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	if a.Clock == nil {
		a.Clock = clock.Real{}
	}
	a.IDs, a.draining = id.NewSource(a.Clock.Now), make(chan struct{})
	a.openMetrics()
	if o.Unchanged {
		ctx = db.Unchanged(ctx)
	}
	openInfra := func(ctx context.Context) error { return a.openInfra(ctx, o.Unchanged) }
	for _, step := range []func(context.Context) error{a.openTLS, openInfra, a.buildDomains, a.mountDoors} {
		if err := step(ctx); err != nil {
			a.Close()
			return nil, err
		}
	}
	return a, nil
}

func (a *App) openInfra(ctx context.Context, unchanged bool) error {
	var err error
	if !unchanged {
		err = os.MkdirAll(a.Config.Data, 0o750)
	}
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if !a.Offline {
		if err := a.hold(); err != nil {
			return err
		}
	}
	if a.DB, err = db.Open(ctx, a.Config.DatabaseURL, db.Options{Log: a.Log, Clock: a.Clock, Existing: unchanged}); err != nil {
		return err
	}
	if err := Migrate(ctx, a.DB); err != nil {
		return err
	}
	if a.schema, err = a.DB.Schema(ctx); err != nil {
		return err
	}
	if a.Blobs == nil {
		if a.Blobs, err = blob.Open(ctx, a.Config.BlobURL); err != nil {
			return err
		}
	}
	if a.Bus, err = bus.Open(ctx, a.Config.BusURL, bus.Deps{DB: a.DB, Clock: a.Clock, IDs: a.IDs, Log: a.Log}); err != nil {
		return err
	}
	a.Jobs = job.New(job.Deps{DB: a.DB, Clock: a.Clock, IDs: a.IDs, Log: a.Log, Node: a.node})
	return nil
}

// Migrate brings every domain's tables up to date, lower shelves first.
func Migrate(ctx context.Context, d *db.DB) error {
	for _, m := range []func(context.Context, *db.DB) error{
		bus.Migrate, job.Migrate, server.Migrate, identity.Migrate, media.Migrate, money.Migrate, sandbox.Migrate,
		channel.Migrate, shop.Migrate, live.Migrate, feed.Migrate, moderation.Migrate,
	} {
		if err := m(ctx, d); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	return nil
}

// secret reads a random secret kept in the data folder, making it on first use.
func (a *App) secret(name string) ([]byte, error) {
	path := filepath.Join(a.Config.Data, "secrets", name)
	b, err := os.ReadFile(path)
	if err == nil {
		return b, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read secret %s: %w", name, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	b = []byte(id.Secret(32))
	return b, os.WriteFile(path, b, 0o600)
}

// Close releases what Build opened. Call it after Run has returned.
func (a *App) Close() {
	if a.Media != nil {
		a.Media.Close()
	}
	if a.Bus != nil {
		a.Bus.Close()
	}
	if a.DB != nil {
		if err := a.DB.Close(); err != nil {
			a.Log.Error("close database", "err", err)
		}
	}
	if a.place != nil {
		_ = a.place.Close() // nothing was written through it
	}
}
