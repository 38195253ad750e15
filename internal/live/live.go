package live

import (
	"context"
	"embed"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/media"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the live tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "live", schema) }

// Outbox takes facts inside the caller's transaction.
type Outbox interface {
	Emit(ctx context.Context, fact event.Fact) error
}

// Products is the part of the shop a room needs.
type Products interface {
	// ShelfItems returns what viewers are told of the products that exist, keyed by id.
	ShelfItems(ctx context.Context, ids []string) (map[string]timeline.Item, error)
	// Sellable refuses products the actor may not sell in the channel's room.
	Sellable(ctx context.Context, a identity.Actor, channelID string, ids []string) error
}

// Follows counts a channel's new followers since a time.
type Follows interface {
	FollowsSince(ctx context.Context, channelID string, since int64) (int64, error)
}

// Hints wakes whoever listens now, on any node; a lost hint costs freshness only.
type Hints interface {
	Publish(subject string, data []byte) error
}

// Deps is what live needs from outside.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	IDs      *id.Source
	Log      *slog.Logger
	Outbox   Outbox
	Identity *identity.Service
	Media    *media.Service
	Products Products
	Follows  Follows
	Jobs     *job.Runner
	Hints    Hints
	// PictureURL is where a picture asset is served: ticks carry whole addresses.
	PictureURL func(asset string) string
}

// Service is the live domain.
type Service struct {
	Deps
	store *tickWriter

	mu         sync.Mutex
	sequencers map[string]*sequencer // by room id
	byChannel  map[string]*sequencer
	byProduct  map[string]map[*sequencer]bool
	limits     limiter
	life       context.Context
	stop       context.CancelFunc
	work       sync.WaitGroup
	replays    replayCache
	acts       [64]sync.Mutex // see acting
	lostAfter  time.Duration
	sealed     atomic.Uint64 // ticks since the start
}

// New builds the service. Call Recover, then Run.
func New(d Deps) *Service {
	s := &Service{Deps: d, sequencers: map[string]*sequencer{}, byChannel: map[string]*sequencer{}, byProduct: map[string]map[*sequencer]bool{}}
	s.limits = limiter{clock: d.Clock, buckets: map[string]*bucket{}}
	s.life, s.stop = context.WithCancel(context.Background())
	s.store = newTickWriter(s)
	s.lostAfter = lostAfter
	s.registerJobs()
	return s
}

// acting takes turns among what changes a channel's rooms: the row and what viewers hear of it change in the
// same order. Never taken twice by one call, nor while holding s.mu or a sequencer's mu. Channels share a
// fixed number of locks by hash, so that memory does not grow with them.
func (s *Service) acting(channelID string) (done func()) {
	m := &s.acts[viewerHash(channelID)%uint64(len(s.acts))]
	m.Lock()
	return m.Unlock
}

// Run stores ticks until ctx ends, then stops every sequencer and stores what is left.
func (s *Service) Run(ctx context.Context) error {
	err := s.store.run(ctx)
	s.mu.Lock() // a launch either sees the end or is waited for
	s.stop()
	s.mu.Unlock()
	s.work.Wait()
	s.store.flush(context.WithoutCancel(ctx))
	return err
}

func (s *Service) sequencer(roomID string) *sequencer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sequencers[roomID]
}

func (s *Service) channelSequencer(channelID string) *sequencer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byChannel[channelID]
}

var (
	errNoRoom   = errs.New(errs.NotFound, "room_not_found", "there is no such room")
	errOver     = errs.New(errs.Gone, "room_over", "this live has ended")
	errStopping = errs.New(errs.Busy, "server_restarting", "the server is restarting; try again in a moment")
	errNotYet   = errs.New(errs.Conflict, "room_not_live", "the room is not on air")
)

// host denies everyone but the channel's team.
func (s *Service) host(ctx context.Context, a identity.Actor, channelID string, roles ...identity.Role) error {
	return s.Identity.Require(ctx, a, identity.Scope{Kind: "channel", ID: channelID}, roles...)
}
