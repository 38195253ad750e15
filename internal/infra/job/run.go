package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	pollEvery = time.Second
	// claimFor is how long a dead node keeps its jobs; a living one renews three times as often.
	claimFor   = time.Minute
	renewEvery = claimFor / 3
	firstRetry = time.Second
	maxRetry   = time.Hour
	// leaveWait bounds the last write of an attempt when the node shuts down.
	leaveWait = 5 * time.Second
	// stopWait is how long a handler may take to hear that its ctx has ended. One that does not is given up: its
	// goroutine is lost until the process ends, its slot is not. Attempts bounds how many one job can take.
	stopWait = 5 * time.Second
	// maxErrorText keeps a stack trace readable and a row small.
	maxErrorText = 4_000
)

// Run does jobs and timers until ctx ends, then waits for the handlers under way.
func (r *Runner) Run(ctx context.Context) error {
	r.mu.Lock()
	if r.running {
		r.mu.Unlock()
		return errors.New("job: Run was called twice")
	}
	r.running = true
	r.mu.Unlock()
	if !r.prepared(ctx) {
		return nil
	}
	keepCtx, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
	var keeper, workers sync.WaitGroup
	keeper.Go(func() { r.keep(keepCtx) })
	workers.Go(func() { r.poll(ctx) })
	for _, k := range r.kinds {
		workers.Go(func() { r.work(ctx, k) })
	}
	for _, t := range r.timers {
		workers.Go(func() { r.runTimer(ctx, t) })
	}
	workers.Wait() // claims stay renewed until the last handler returned
	stopKeeping()
	keeper.Wait()
	return nil
}

// prepared makes the timers' rows, again and again while the database is away or full: a site that already
// serves does not end for that. It reports false when ctx ended first.
func (r *Runner) prepared(ctx context.Context) bool {
	for {
		err := r.prepareTimers(ctx)
		if err == nil {
			return true
		}
		r.complain(ctx, "prepare timers", err)
		select {
		case <-ctx.Done():
			return false
		case <-r.Clock.After(pollEvery):
		}
	}
}

// poll wakes kinds and timers whose time has come: one query for all of them.
func (r *Runner) poll(ctx context.Context) {
	t := r.Clock.Ticker(pollEvery)
	defer t.Stop()
	for {
		r.complain(ctx, "look for due work", r.rouseDue(ctx))
		select {
		case <-ctx.Done():
			return
		case <-t.C():
		}
	}
}

func (r *Runner) rouseDue(ctx context.Context) error {
	now := clock.UnixMS(r.Clock)
	names, err := db.List(ctx, r.DB, scanText, `SELECT DISTINCT kind FROM job_jobs
		WHERE state = 'ready' AND run_at <= $1 AND lease_until < $1`, now)
	if err != nil {
		return err
	}
	for _, name := range names {
		if k := r.kinds[name]; k != nil {
			k.rouse()
		}
	}
	return r.rouseTimers(ctx, now)
}

// keep renews what this node works on, and nothing else: a row whose outcome could not be written down, or
// whose claim was committed without our hearing of it, is free again when its lease has run out.
func (r *Runner) keep(ctx context.Context) {
	t := r.Clock.Ticker(renewEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C():
		}
		until := clock.UnixMS(r.Clock) + claimFor.Milliseconds()
		r.complain(ctx, "renew jobs", r.renew(ctx, `UPDATE job_jobs SET lease_until = $1 WHERE owner = $2 AND lease_until > 0 AND id IN (`, until, r.jobs.list()))
		r.complain(ctx, "renew timers", r.renew(ctx, `UPDATE job_timers SET lease_until = $1 WHERE owner = $2 AND lease_until > 0 AND name IN (`, until, r.turns.list()))
	}
}

// renew writes one statement a node: there are as many names as busy workers, a few dozen.
func (r *Runner) renew(ctx context.Context, head string, until int64, names []any) error {
	if len(names) == 0 {
		return nil
	}
	_, err := r.DB.Exec(ctx, head+db.Placeholders(3, len(names))+`)`, append([]any{until, r.owner}, names...)...)
	return err
}

// held is what this node works on now.
type held struct {
	mu    sync.Mutex
	names map[string]bool
}

func (h *held) add(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.names == nil {
		h.names = map[string]bool{}
	}
	h.names[name] = true
}

func (h *held) drop(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.names, name)
}

func (h *held) list() []any {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]any, 0, len(h.names))
	for name := range h.names {
		out = append(out, name)
	}
	return out
}

// work claims jobs of one kind as its workers become free.
func (r *Runner) work(ctx context.Context, k *kind) {
	var handlers sync.WaitGroup
	defer handlers.Wait()
	slots := make(chan struct{}, k.Workers)
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		free := 1
		for free < k.Workers && tryTake(slots) {
			free++
		}
		jobs, err := r.claim(ctx, k, free)
		r.complain(ctx, "claim "+k.name, err)
		for range free - len(jobs) {
			<-slots
		}
		for _, c := range jobs {
			r.jobs.add(c.id)
			handlers.Go(func() {
				defer func() { r.jobs.drop(c.id); <-slots }()
				r.attempt(ctx, k, c)
			})
		}
		if len(jobs) == free {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
		}
	}
}

func tryTake(slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	default:
		return false
	}
}

// claimed is a job this node works on. Its row is ours while owner and tries are what they were.
type claimed struct {
	id, payload string
	tries       int
	asked       int64
	runAt       int64
}

func (r *Runner) claim(ctx context.Context, k *kind, n int) ([]claimed, error) {
	now := clock.UnixMS(r.Clock)
	jobs, err := db.List(ctx, r.DB, scanText, `SELECT id FROM job_jobs
		WHERE kind = $1 AND state = 'ready' AND run_at <= $2 AND lease_until < $2 LIMIT 1`, k.name, now)
	if err != nil || len(jobs) == 0 { // the common answer costs no write
		return nil, err
	}
	var out []claimed
	err = r.DB.Tx(ctx, func(ctx context.Context) error {
		// The outer lease_until is what decides when two nodes chose the same rows.
		out, err = db.List(ctx, r.DB, scanClaimed, `UPDATE job_jobs SET owner = $1, lease_until = $2, tries = tries + 1
			WHERE id IN (SELECT id FROM job_jobs WHERE kind = $3 AND state = 'ready' AND run_at <= $4 AND lease_until < $4
				ORDER BY run_at, id LIMIT $5) AND lease_until < $4
			RETURNING id, payload, tries, asked, run_at`, r.owner, now+claimFor.Milliseconds(), k.name, now, n)
		return err
	})
	slices.SortFunc(out, func(a, b claimed) int {
		return cmp.Or(cmp.Compare(a.runAt, b.runAt), cmp.Compare(a.id, b.id))
	})
	return out, err
}

// attempt runs the handler once and writes down what came of it.
func (r *Runner) attempt(ctx context.Context, k *kind, c claimed) {
	var err error
	if c.tries > k.Attempts { // every attempt ended with the process
		err = errors.New("no attempt ever finished")
	} else {
		err = k.call(ctx, c)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWait)
	defer cancel()
	switch {
	case err == nil:
		err = r.finish(last, c)
	case ctx.Err() != nil:
		err = r.put(last, c, "ready", c.tries-1, clock.UnixMS(r.Clock), "")
	case c.tries >= k.Attempts:
		r.Log.Error("job is dead", "kind", k.name, "job", c.id, "tries", c.tries, "error", err)
		err = r.put(last, c, "dead", c.tries, clock.UnixMS(r.Clock), err.Error())
	default:
		wait := backOff(c.tries)
		r.Log.Warn("job failed", "kind", k.name, "job", c.id, "try", c.tries, "again", wait, "error", err)
		err = r.put(last, c, "ready", c.tries, clock.UnixMS(r.Clock)+wait.Milliseconds(), err.Error())
	}
	r.complain(last, "write down job "+c.id, err)
}

// call runs the handler until it returns, or until it has not heard for stopWait that its time is over.
func (k *kind) call(ctx context.Context, c claimed) error {
	ctx, cancel := context.WithTimeout(ctx, k.Lease)
	defer cancel()
	ended := make(chan error, 1) // of one place: a handler that was given up may still end
	go func() { ended <- k.try(ctx, c) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late := time.NewTimer(min(stopWait, k.Lease))
	defer late.Stop()
	select {
	case err := <-ended:
		return err
	case <-late.C:
		return fmt.Errorf("given up: the handler did not stop at the end of its time (%w)", ctx.Err())
	}
}

func (k *kind) try(ctx context.Context, c claimed) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return k.fn(ctx, []byte(c.payload))
}

// backOff doubles from a second to an hour, ±20 % so that jobs that failed together part.
func backOff(tries int) time.Duration {
	wait := maxRetry
	if tries < 13 {
		wait = min(firstRetry<<(tries-1), maxRetry)
	}
	return wait*4/5 + rand.N(wait*2/5)
}

// finish forgets a job that is done, or makes it run again when it was enqueued meanwhile.
func (r *Runner) finish(ctx context.Context, c claimed) error {
	return r.DB.Tx(ctx, func(ctx context.Context) error {
		n, err := r.DB.Exec(ctx, `DELETE FROM job_jobs WHERE id = $1 AND owner = $2 AND tries = $3 AND asked = $4`,
			c.id, r.owner, c.tries, c.asked)
		if err != nil || n == 1 {
			return err
		}
		_, err = r.DB.Exec(ctx, `UPDATE job_jobs SET owner = '', lease_until = 0, tries = 0, error = ''
			WHERE id = $1 AND owner = $2 AND tries = $3`, c.id, r.owner, c.tries)
		return err
	})
}

// put gives a claimed row back. A row claimed by another node meanwhile is left alone. A dead one
// gives its key up.
func (r *Runner) put(ctx context.Context, c claimed, state string, tries int, runAt int64, text string) error {
	_, err := r.DB.Exec(ctx, `UPDATE job_jobs SET state = $1, unique_key = CASE WHEN $1 = 'dead' THEN NULL ELSE unique_key END,
			tries = $2, run_at = $3, error = $4, owner = '', lease_until = 0
		WHERE id = $5 AND owner = $6 AND tries = $7`,
		state, tries, runAt, text[:min(len(text), maxErrorText)], c.id, r.owner, c.tries)
	return err
}

func (r *Runner) complain(ctx context.Context, doing string, err error) {
	if err != nil && ctx.Err() == nil {
		r.Log.Error("jobs", "doing", doing, "error", err)
	}
}

func scanText(r db.Row) (s string, err error) { err = r.Scan(&s); return s, err }

func scanClaimed(r db.Row) (c claimed, err error) {
	err = r.Scan(&c.id, &c.payload, &c.tries, &c.asked, &c.runAt)
	return c, err
}
