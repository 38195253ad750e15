package job

import (
	"context"
	"fmt"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	maxDeadPage = 200
	settlePoll  = 5 * time.Millisecond
)

// Dead is a job that used up its attempts. DiedAt and CreatedAt are unix ms.
type Dead struct {
	ID, Kind, Error   string
	Payload           []byte
	Tries             int
	CreatedAt, DiedAt int64
}

// Dead lists the dead jobs, the newest first, at most 200.
func (r *Runner) Dead(ctx context.Context) ([]Dead, error) { return r.DeadBefore(ctx, "", maxDeadPage) }

// DeadBefore lists dead jobs older than the one named, the newest first; "" begins at the newest. A page has at
// most 200.
func (r *Runner) DeadBefore(ctx context.Context, jobID string, limit int) ([]Dead, error) {
	return db.List(ctx, r.DB, scanDead, `SELECT id, kind, error, payload, tries, created_at, run_at FROM job_jobs
		WHERE state = 'dead' AND ($1 = '' OR id < $1) ORDER BY id DESC LIMIT $2`, jobID, min(limit, maxDeadPage))
}

// DeadCount counts them.
func (r *Runner) DeadCount(ctx context.Context) (n int64, err error) {
	err = r.DB.QueryRow(ctx, `SELECT count(*) FROM job_jobs WHERE state = 'dead'`).Scan(&n)
	return n, err
}

// Requeue gives a dead job all its attempts again, from now on. errs.NotFound when it is not dead.
func (r *Runner) Requeue(ctx context.Context, jobID string) error {
	name, ok, err := db.Get(ctx, r.DB, scanText, `SELECT kind FROM job_jobs WHERE id = $1 AND state = 'dead'`, jobID)
	if err != nil {
		return fmt.Errorf("requeue %s: %w", jobID, err)
	}
	var n int64
	if ok {
		n, err = r.DB.Exec(ctx, `UPDATE job_jobs SET state = 'ready', tries = 0, run_at = $1 WHERE id = $2 AND state = 'dead'`,
			clock.UnixMS(r.Clock), jobID)
		if err != nil {
			return fmt.Errorf("requeue %s: %w", jobID, err)
		}
	}
	if n == 0 {
		return errs.New(errs.NotFound, "job_not_dead", "this job does not wait for an operator any more")
	}
	if k := r.kind(name); k != nil {
		db.AfterCommit(ctx, k.rouse)
	}
	return nil
}

// Settle waits until no job is due or running: for backups and tests. It polls in real time.
func (r *Runner) Settle(ctx context.Context) error {
	t := time.NewTicker(settlePoll)
	defer t.Stop()
	for {
		var n int64
		err := r.DB.QueryRow(ctx, `SELECT count(*) FROM job_jobs WHERE state = 'ready' AND (run_at <= $1 OR lease_until > 0)`,
			clock.UnixMS(r.Clock)).Scan(&n)
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d jobs are still due: %w", n, ctx.Err())
		case <-t.C:
		}
	}
}

func scanDead(r db.Row) (d Dead, err error) {
	var payload string
	err = r.Scan(&d.ID, &d.Kind, &d.Error, &payload, &d.Tries, &d.CreatedAt, &d.DiedAt)
	d.Payload = []byte(payload)
	return d, err
}
