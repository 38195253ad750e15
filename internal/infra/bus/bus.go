package bus

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/lease"
)

// pollEvery heals a lost wake-up: a crash between commit and wake, or NATS being away.
const pollEvery = time.Second

// Event is one delivered fact. Seq is dense and grows by commit; At is the unix ms of Emit.
type Event struct {
	ID, Subject string
	Seq, At     int64
	Payload     []byte
}

// Deps of a Bus.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	IDs   *id.Source
	Log   *slog.Logger
}

// Bus is one node's side of the outbox and of NATS. Safe for concurrent use.
type Bus struct {
	Deps
	keeper *lease.Keeper
	server *server.Server // nil when the broker is elsewhere
	conn   *nats.Conn

	mu        sync.Mutex
	consumers []*consumer
	running   bool

	emitted signal // by this node
	hinted  signal // by another node
}

//go:embed schema/*.sql
var schema embed.FS

// Migrate prepares the tables of the bus and of its leases.
func Migrate(ctx context.Context, d *db.DB) error {
	if err := lease.Migrate(ctx, d); err != nil {
		return err
	}
	return d.Migrate(ctx, "bus", schema)
}

// Open starts a broker inside this process ("embedded", no listener) or connects to a cluster
// ("nats://…"). The tables must have been migrated before Emit and Run.
func Open(ctx context.Context, url string, deps Deps) (*Bus, error) {
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	b := &Bus{Deps: deps, emitted: newSignal(), hinted: newSignal()}
	b.keeper = lease.New(lease.Deps{DB: deps.DB, Clock: deps.Clock, Log: deps.Log, Owner: deps.IDs.New("node")})
	if err := b.connect(ctx, url); err != nil {
		b.Close()
		return nil, fmt.Errorf("open bus: %w", err)
	}
	return b, nil
}

// Run dispatches the outbox and feeds the consumers until ctx ends; it waits for the handler under
// way, saves cursors and gives the leases back.
func (b *Bus) Run(ctx context.Context) error {
	b.mu.Lock()
	if b.running {
		b.mu.Unlock()
		return errors.New("bus: Run was called twice")
	}
	b.running = true
	consumers := b.consumers
	b.mu.Unlock()

	cancelEmitted, err := b.subscribe("bus.emitted", func(string, []byte) { b.hinted.set() })
	if err != nil {
		return err
	}
	defer cancelEmitted()
	cancelHead, err := b.subscribe("bus.head", func(string, []byte) {
		for _, c := range consumers {
			c.wake.set()
		}
	})
	if err != nil {
		return err
	}
	defer cancelHead()

	keepCtx, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
	var keeper, workers sync.WaitGroup
	keeper.Go(func() { _ = b.keeper.Run(keepCtx) })
	workers.Go(func() { b.runDispatcher(ctx) })
	for _, c := range consumers {
		workers.Go(func() { b.runConsumer(ctx, c) })
	}
	workers.Wait() // leases stay renewed until the last handler returned
	stopKeeping()
	keeper.Wait()
	return nil
}

// pause waits for a signal, the poll tick or the end of ctx; it reports false at the end.
func pause(ctx context.Context, poll clock.Ticker, wakes ...signal) bool {
	var a, b signal
	if len(wakes) > 0 {
		a = wakes[0]
	}
	if len(wakes) > 1 {
		b = wakes[1]
	}
	select {
	case <-ctx.Done():
		return false
	case <-poll.C():
	case <-a:
	case <-b:
	}
	return true
}

// signal is a wake-up that does not pile up; a nil signal never fires.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) set() {
	select {
	case s <- struct{}{}:
	default:
	}
}
