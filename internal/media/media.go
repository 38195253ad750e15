package media

import (
	"context"
	"embed"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/media/llhls"
	"github.com/hawker-live/hawker/internal/media/vod"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the media tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "media", schema) }

// Grace is how long a session waits for its publisher to come back: long enough for an encoder's own
// reconnect (OBS: 10 s steps) and a phone changing networks.
const Grace = 60 * time.Second

// Listener hears of streams, in order per channel. A call may ask media for sessions and recordings and
// may Cut; it must not Stop the channel it hears of, which waits for the call to return.
type Listener interface {
	// StreamUp: a publisher is on air, for the first time or again.
	StreamUp(ctx context.Context, s Stream)
	// StreamDown: the publisher is lost; the session waits Grace for it.
	StreamDown(ctx context.Context, s Stream)
	// StreamGone: nobody came back; the session has ended.
	StreamGone(ctx context.Context, s Stream)
}

// Deps is what media needs from outside.
type Deps struct {
	DB    *db.DB
	Blobs blob.Store
	Clock clock.Clock
	IDs   *id.Source
	Log   *slog.Logger
	// Grace overrides the constant in tests; 0 means Grace.
	Grace time.Duration
}

// Service is the media domain.
type Service struct {
	Deps
	listener Listener
	movies   *vod.Cache

	mu       sync.Mutex
	lives    map[string]*live         // by channel id
	sessions map[string]*llhls.Stream // by session, also for a while after its end
	samples  map[string]*sampleRun
	closed   bool
	received atomic.Uint64  // payload bytes of every publisher since the start
	work     sync.WaitGroup // recorders, samples and grace timers
	stop     context.CancelFunc
	life     context.Context
}

// New builds the service. Call Listen before the first publisher, Close at the end.
func New(d Deps) *Service {
	if d.Grace == 0 {
		d.Grace = Grace
	}
	s := &Service{Deps: d, lives: map[string]*live{}, sessions: map[string]*llhls.Stream{}, samples: map[string]*sampleRun{}}
	s.movies = vod.NewCache(vod.CacheDeps{Open: s.openOriginal, MaxBytes: vodCacheBytes})
	s.life, s.stop = context.WithCancel(context.Background())
	return s
}

// vodCacheBytes bounds the parsed indexes of uploads kept in memory (about 60 KB per minute of video).
const vodCacheBytes = 64 << 20

// Listen sets who hears of streams.
func (s *Service) Listen(l Listener) { s.listener = l }

// Close ends every session, waits for recorders, and leaves recordings complete.
func (s *Service) Close() {
	s.stop()
	s.mu.Lock()
	s.closed = true
	lives := make([]*live, 0, len(s.lives))
	for _, l := range s.lives {
		lives = append(lives, l)
	}
	s.mu.Unlock()
	for _, l := range lives {
		s.finish(l)
	}
	s.work.Wait()
	s.movies.Close()
}
