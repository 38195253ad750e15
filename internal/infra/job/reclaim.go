package job

import (
	"context"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// Reclaim frees every claim at once, instead of after a minute: for a process that knows it is the only
// one on its database, as the embedded one does, so that a restart after a crash goes on where it stopped.
// The try that was cut off counts, because the job itself may be what kills the process. Call it before Run.
func (r *Runner) Reclaim(ctx context.Context) error {
	return r.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := r.DB.Exec(ctx, `UPDATE job_jobs SET lease_until = 0, owner = '' WHERE lease_until > 0`); err != nil {
			return err
		}
		_, err := r.DB.Exec(ctx, `UPDATE job_timers SET lease_until = 0, owner = '', next_at = 0 WHERE lease_until > 0`)
		return err
	})
}

// Alone reports whether the runner's database belongs to one process: the embedded engine does.
func (r *Runner) Alone() bool { return r.DB.Engine() == db.SQLite }
