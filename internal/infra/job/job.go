package job

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	// maxPayload: a job carries ids, not documents.
	maxPayload      = 256 << 10
	defaultAttempts = 12 // with the doubling wait, a little over an hour of trying
	defaultLease    = time.Minute
	defaultWorkers  = 2
)

// Job is work to be done. RunAt is unix ms, 0 for now. Payload is marshalled to JSON.
type Job struct {
	Kind      string
	Payload   any
	RunAt     int64
	UniqueKey string // "" for none
}

// Options of a kind. Zero values: 12 attempts, a lease of one minute, 2 workers per node.
type Options struct {
	Attempts int
	Lease    time.Duration // the longest one attempt may take
	Workers  int
}

// Deps of a Runner.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	IDs   *id.Source
	Log   *slog.Logger
	// Node names this process among those on its database, the same after a restart and no other's meanwhile;
	// "" takes a name of its own, which no restart finds again.
	Node string
}

// Runner is one node's side of the jobs. Safe for concurrent use.
type Runner struct {
	Deps
	owner string

	mu      sync.Mutex
	running bool
	kinds   map[string]*kind
	timers  map[string]*timer

	jobs, turns held // ids of jobs and names of timers under way
}

type kind struct {
	Options
	name string
	fn   func(ctx context.Context, payload []byte) error
	wake chan struct{} // of one place: wake-ups do not pile up
}

//go:embed schema/*.sql
var schema embed.FS

// Migrate prepares the tables.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "job", schema) }

// New makes a Runner; Run works.
func New(d Deps) *Runner {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Node == "" {
		d.Node = d.IDs.New("runner")
	}
	return &Runner{Deps: d, owner: d.Node, kinds: map[string]*kind{}, timers: map[string]*timer{}}
}

// Handle registers the handler of a kind before Run. The handler's ctx ends with the shutdown and
// after Options.Lease; a handler that does not hear it is given up 5 s later, and its attempt has failed.
// It panics on a second handler of the kind and after Run: both are mistakes of the program.
func (r *Runner) Handle(name string, o Options, fn func(ctx context.Context, payload []byte) error) {
	if o.Attempts <= 0 {
		o.Attempts = defaultAttempts
	}
	if o.Lease <= 0 {
		o.Lease = defaultLease
	}
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running || r.kinds[name] != nil || name == "" {
		panic("job: Handle after Run, twice or without a name: " + name)
	}
	r.kinds[name] = &kind{Options: o, name: name, fn: fn, wake: make(chan struct{}, 1)}
}

// Enqueue adds a job in ctx's transaction, or in one of its own. It refuses a kind without a
// handler, because nobody would ever do it.
func (r *Runner) Enqueue(ctx context.Context, j Job) error { return r.EnqueueAll(ctx, []Job{j}) }

// EnqueueAll adds many jobs with few statements: for lane batches.
func (r *Runner) EnqueueAll(ctx context.Context, jobs []Job) error {
	now := clock.UnixMS(r.Clock)
	rows := make([]any, 0, insert.Cols*len(jobs))
	woken := map[*kind]bool{}
	for _, j := range merged(jobs) {
		k := r.kind(j.Kind)
		if k == nil {
			return fmt.Errorf("enqueue %s: no handler for this kind", j.Kind)
		}
		payload, err := json.Marshal(j.Payload)
		if err != nil {
			return fmt.Errorf("enqueue %s: %w", j.Kind, err)
		}
		if len(payload) > maxPayload {
			return fmt.Errorf("enqueue %s: %d bytes are more than a job may carry (%d)", j.Kind, len(payload), maxPayload)
		}
		if j.RunAt <= now {
			j.RunAt = now
			woken[k] = true
		}
		var key any
		if j.UniqueKey != "" {
			key = j.UniqueKey
		}
		rows = append(rows, r.IDs.New("job"), j.Kind, string(payload), key, j.RunAt, now)
	}
	if _, err := r.DB.InsertMany(ctx, insert, rows); err != nil {
		return fmt.Errorf("enqueue %s: %w", jobs[0].Kind, err)
	}
	db.AfterCommit(ctx, func() {
		for k := range woken {
			k.rouse()
		}
	})
	return nil
}

var insert = db.Insert{
	Into:  `job_jobs (id, kind, payload, unique_key, run_at, created_at, state, asked, tries, owner, lease_until, error)`,
	Cols:  6,
	Fixed: `'ready', 1, 0, '', 0, ''`,
	Tail: `ON CONFLICT (kind, unique_key) DO UPDATE SET asked = job_jobs.asked + 1, payload = excluded.payload,
		run_at = CASE WHEN job_jobs.lease_until > 0 OR excluded.run_at < job_jobs.run_at
			THEN excluded.run_at ELSE job_jobs.run_at END`,
}

// merged keeps the newest payload and the earliest time of jobs with one key: PostgreSQL refuses
// to meet the same row twice in one statement.
func merged(jobs []Job) []Job {
	type key struct{ kind, unique string }
	at := map[key]int{}
	out := make([]Job, 0, len(jobs))
	for _, j := range jobs {
		k := key{j.Kind, j.UniqueKey}
		if i, seen := at[k]; seen && j.UniqueKey != "" {
			j.RunAt = min(j.RunAt, out[i].RunAt)
			out[i] = j
			continue
		}
		at[k] = len(out)
		out = append(out, j)
	}
	return out
}

// Cancel removes the waiting job with this key; false when there is none or it is running.
func (r *Runner) Cancel(ctx context.Context, kindName, uniqueKey string) (bool, error) {
	n, err := r.DB.Exec(ctx, `DELETE FROM job_jobs WHERE kind = $1 AND unique_key = $2 AND lease_until < $3`,
		kindName, uniqueKey, clock.UnixMS(r.Clock))
	if err != nil {
		return false, fmt.Errorf("cancel %s %s: %w", kindName, uniqueKey, err)
	}
	return n > 0, nil
}

func (r *Runner) kind(name string) *kind {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kinds[name]
}

func (k *kind) rouse() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}
