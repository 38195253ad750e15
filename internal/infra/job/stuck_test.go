package job_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
)

// A handler that hears nothing of its ctx is given up with its lease: its slot serves the next job, it ends
// up dead with a reason, and the shutdown does not wait for it.
func TestJob_AHandlerThatNeverEndsIsGivenUp(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.UnixMilli(1e12))
		r := newRunner(d, c)
		never := make(chan struct{})
		t.Cleanup(func() { close(never) })
		var served atomic.Int64
		r.Handle("loop", job.Options{Workers: 1, Attempts: 2, Lease: 50 * time.Millisecond}, func(_ context.Context, p []byte) error {
			if string(p) == `"poison"` {
				<-never
			}
			served.Add(1)
			return nil
		})
		stop := run(t, r)
		enqueue(t, r, job.Job{Kind: "loop", Payload: "poison"})
		enqueue(t, r, job.Job{Kind: "loop", Payload: "sound"})
		hasten(t, c, time.Second, func() bool { n, err := r.DeadCount(context.Background()); return err == nil && n == 1 })
		if served.Load() != 1 {
			t.Errorf("%d neighbours were served", served.Load())
		}
		dead, err := r.Dead(context.Background())
		if err != nil || len(dead) != 1 || dead[0].Tries != 2 || dead[0].Error == "" {
			t.Fatalf("%+v, %v", dead, err)
		}
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		select {
		case <-stopped:
		case <-time.After(10 * time.Second):
			t.Fatal("the shutdown waits for a handler that never ends")
		}
	})
}

// The database goes away while an attempt ends, so what came of it is not written down. The claim must run
// out, or nobody would ever do the job again; the same goes for a timer.
func TestJob_AnUnwrittenOutcomeIsTriedAgain(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.UnixMilli(1e12))
		r := newRunner(d, c)
		var jobs, turns atomic.Int64
		away := func(rule, when string) {
			q := `CREATE TRIGGER ` + rule + ` BEFORE ` + when + ` BEGIN SELECT RAISE(ABORT, 'the database is away'); END`
			if d.Engine() == db.Postgres {
				q = `CREATE TRIGGER ` + rule + ` BEFORE ` + when + ` EXECUTE FUNCTION away()`
			}
			if _, err := d.Exec(context.Background(), q); err != nil {
				t.Error(err)
			}
		}
		back := func(rule, table string) {
			q := `DROP TRIGGER ` + rule
			if d.Engine() == db.Postgres {
				q += ` ON ` + table
			}
			if _, err := d.Exec(context.Background(), q); err != nil {
				t.Error(err)
			}
		}
		if d.Engine() == db.Postgres {
			if _, err := d.Exec(context.Background(), `CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the database is away'; END $$`); err != nil {
				t.Fatal(err)
			}
		}
		r.Handle("once", job.Options{}, func(context.Context, []byte) error {
			if jobs.Add(1) == 1 {
				away("no_finish", `DELETE ON job_jobs FOR EACH ROW`)
			}
			return nil
		})
		r.Every("turn", 10*time.Second, func(context.Context) error {
			if turns.Add(1) == 1 {
				away("no_leave", `UPDATE ON job_timers FOR EACH ROW WHEN (NEW.lease_until = 0)`)
			}
			return errors.New("logged")
		})
		run(t, r)
		enqueue(t, r, job.Job{Kind: "once", Payload: 1})
		hasten(t, c, time.Millisecond, func() bool { return jobs.Load() == 1 && turns.Load() == 1 })
		time.Sleep(50 * time.Millisecond) // both outcomes are refused
		back("no_finish", "job_jobs")
		back("no_leave", "job_timers")
		hasten(t, c, 5*time.Second, func() bool { return jobs.Load() >= 2 && turns.Load() >= 3 })
	})
}

// The database is away while a node begins: the node waits for it, and then works.
func TestJob_ANodeBeginsWhenTheDatabaseIsBack(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), job.Migrate)
	if _, err := d.Exec(t.Context(), `ALTER TABLE job_timers RENAME TO away`); err != nil {
		t.Fatal(err)
	}
	c := clock.NewFake(time.UnixMilli(1e12))
	r := newRunner(d, c)
	var turns atomic.Int64
	r.Every("turn", time.Second, func(context.Context) error { turns.Add(1); return nil })
	run(t, r)
	time.Sleep(50 * time.Millisecond)
	if _, err := d.Exec(t.Context(), `ALTER TABLE away RENAME TO job_timers`); err != nil {
		t.Fatal(err)
	}
	hasten(t, c, time.Second, func() bool { return turns.Load() > 0 })
}
