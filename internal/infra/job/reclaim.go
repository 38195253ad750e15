package job

import "context"

// Reclaim frees what this node claimed in its last life at once, instead of after a minute, so that a restart
// after a crash goes on where it stopped. The try that was cut off counts, because the job itself may be what
// kills the process. Call it before Run.
func (r *Runner) Reclaim(ctx context.Context) error {
	return r.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := r.DB.Exec(ctx, `UPDATE job_jobs SET lease_until = 0, owner = '' WHERE lease_until > 0 AND owner = $1`, r.owner); err != nil {
			return err
		}
		_, err := r.DB.Exec(ctx, `UPDATE job_timers SET lease_until = 0, owner = '', next_at = 0 WHERE lease_until > 0 AND owner = $1`, r.owner)
		return err
	})
}
