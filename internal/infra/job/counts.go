package job

import (
	"context"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

// Counts of jobs by what they wait for. Retrying ones failed before and are among Due and Waiting.
type Counts struct {
	Due, Waiting, Retrying, Dead int64
}

// Counts reads the queue's lengths in one query.
func (r *Runner) Counts(ctx context.Context) (c Counts, err error) {
	err = r.DB.QueryRow(ctx, `SELECT
		CAST(coalesce(sum(CASE WHEN state = 'ready' AND run_at <= $1 THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN state = 'ready' AND run_at > $1 THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN state = 'ready' AND tries > 0 AND lease_until = 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT)
		FROM job_jobs WHERE state IN ('ready', 'dead')`, clock.UnixMS(r.Clock)).Scan(&c.Due, &c.Waiting, &c.Retrying, &c.Dead)
	return c, err
}
