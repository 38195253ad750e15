package job_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
)

func TestReclaim_ARestartGoesOnAtOnce(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.UnixMilli(1e12)) // stands still: no claim runs out
		var done, ticked atomic.Int64
		build := func(node string) *job.Runner {
			r := job.New(job.Deps{DB: d, Clock: c, IDs: id.NewSource(time.Now), Node: node})
			r.Handle("pay", job.Options{}, func(context.Context, []byte) error { done.Add(1); return nil })
			r.Every("sweep", time.Hour, func(context.Context) error { ticked.Add(1); return nil })
			return r
		}
		first := build("a")
		enqueue(t, first, job.Job{Kind: "pay", Payload: 1})
		// What a process that was killed leaves behind.
		for _, q := range []string{
			`UPDATE job_jobs SET owner = 'a', lease_until = 1000000060000, tries = 1`,
			`INSERT INTO job_timers (name, next_at, owner, lease_until) VALUES ('sweep', 1000003600000, 'a', 1000000060000)`,
		} {
			if _, err := d.Exec(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		second := build("b")
		if err := second.Reclaim(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop := run(t, second)
		time.Sleep(200 * time.Millisecond)
		stop()
		if done.Load() != 0 || ticked.Load() != 0 {
			t.Fatalf("claims were taken from a process that may live: %d jobs, %d ticks", done.Load(), ticked.Load())
		}
		third := build("a")
		if err := third.Reclaim(t.Context()); err != nil {
			t.Fatal(err)
		}
		run(t, third)
		for deadline := time.Now().Add(10 * time.Second); done.Load() != 1 || ticked.Load() != 1; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d jobs, %d ticks after the restart", done.Load(), ticked.Load())
			}
		}
	})
}
