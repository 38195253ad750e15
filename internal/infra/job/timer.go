package job

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

type timer struct {
	name  string
	every time.Duration
	fn    func(ctx context.Context) error
	wake  chan struct{}
}

// Every runs fn every d (checked once a second, from the start of the last run), on one node at a
// time and for the first time at once; the schedule survives restarts. An error is logged and the
// next turn is the retry. fn's ctx ends with the shutdown. It panics on a second timer of the
// name and after Run.
func (r *Runner) Every(name string, d time.Duration, fn func(ctx context.Context) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running || r.timers[name] != nil || name == "" || d <= 0 {
		panic("job: Every after Run, twice, without a name or without a period: " + name)
	}
	r.timers[name] = &timer{name: name, every: d, fn: fn, wake: make(chan struct{}, 1)}
}

func (r *Runner) prepareTimers(ctx context.Context) error {
	for name := range r.timers {
		if _, err := r.DB.Exec(ctx, `INSERT INTO job_timers (name, next_at, owner, lease_until)
			VALUES ($1, 0, '', 0) ON CONFLICT (name) DO NOTHING`, name); err != nil {
			return fmt.Errorf("prepare timer %s: %w", name, err)
		}
	}
	return nil
}

func (r *Runner) rouseTimers(ctx context.Context, now int64) error {
	names, err := db.List(ctx, r.DB, scanText, `SELECT name FROM job_timers WHERE next_at <= $1 AND lease_until < $1`, now)
	if err != nil {
		return err
	}
	for _, name := range names {
		if t := r.timers[name]; t != nil { // a timer of another version is not ours to run
			select {
			case t.wake <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

func (r *Runner) runTimer(ctx context.Context, t *timer) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.wake:
		}
		mine, err := r.claimTimer(ctx, t)
		r.complain(ctx, "claim timer "+t.name, err)
		if !mine {
			continue
		}
		r.turns.add(t.name)
		if err := t.call(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("timer failed", "timer", t.name, "error", err)
		}
		r.leaveTimer(ctx, t)
		r.turns.drop(t.name)
	}
}

func (r *Runner) claimTimer(ctx context.Context, t *timer) (bool, error) {
	now := clock.UnixMS(r.Clock)
	n, err := r.DB.Exec(ctx, `UPDATE job_timers SET next_at = $1, owner = $2, lease_until = $3
		WHERE name = $4 AND next_at <= $5 AND lease_until < $5`,
		now+t.every.Milliseconds(), r.owner, now+claimFor.Milliseconds(), t.name, now)
	return n == 1, err
}

func (r *Runner) leaveTimer(ctx context.Context, t *timer) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWait)
	defer cancel()
	_, err := r.DB.Exec(last, `UPDATE job_timers SET owner = '', lease_until = 0 WHERE name = $1 AND owner = $2`, t.name, r.owner)
	r.complain(last, "leave timer "+t.name, err)
}

func (t *timer) call(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return t.fn(ctx)
}
