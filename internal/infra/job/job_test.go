package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
)

func newRunner(d *db.DB, c clock.Clock) *job.Runner {
	return job.New(job.Deps{DB: d, Clock: c, IDs: id.NewSource(time.Now)})
}

func run(t *testing.T, r *job.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func settle(t *testing.T, r *job.Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := r.Settle(ctx); err != nil {
		t.Fatal(err)
	}
}

// hasten moves a fake clock until the test's condition holds.
func hasten(t *testing.T, c *clock.Fake, step time.Duration, until func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !until(); {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within 20 s")
		}
		c.Advance(step)
		time.Sleep(2 * time.Millisecond)
	}
}

func enqueue(t *testing.T, r *job.Runner, j job.Job) {
	t.Helper()
	if err := r.Enqueue(context.Background(), j); err != nil {
		t.Fatal(err)
	}
}

func TestJob_RunsOnceAfterItsCommit(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		r := newRunner(d, clock.NewFake(time.UnixMilli(1e12))) // a clock that stands still: no poll helps
		var mu sync.Mutex
		got := map[int]int{}
		r.Handle("add", job.Options{Workers: 3}, func(_ context.Context, p []byte) error {
			var n int
			if err := json.Unmarshal(p, &n); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			got[n]++
			return nil
		})
		run(t, r)
		for n := range 40 {
			enqueue(t, r, job.Job{Kind: "add", Payload: n})
		}
		batch := make([]job.Job, 100)
		for i := range batch {
			batch[i] = job.Job{Kind: "add", Payload: 40 + i}
		}
		refused := errors.New("no")
		if err := d.Tx(context.Background(), func(ctx context.Context) error {
			if err := r.Enqueue(ctx, job.Job{Kind: "add", Payload: -1}); err != nil {
				return err
			}
			return refused
		}); !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if err := r.EnqueueAll(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		settle(t, r)
		mu.Lock()
		defer mu.Unlock()
		for n := range 140 {
			if got[n] != 1 {
				t.Errorf("job %d ran %d times", n, got[n])
			}
		}
		if len(got) != 140 {
			t.Errorf("%d different jobs ran", len(got))
		}
	})
}

func TestJob_FailsBacksOffAndDies(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), clock.NewFake(time.UnixMilli(1e12))
		r := newRunner(d, c)
		var tries atomic.Int64
		var healed atomic.Bool
		r.Handle("bad", job.Options{Attempts: 3}, func(context.Context, []byte) error {
			if healed.Load() {
				return nil
			}
			if tries.Add(1) == 2 {
				panic("boom")
			}
			return errors.New("not today")
		})
		run(t, r)
		enqueue(t, r, job.Job{Kind: "bad", Payload: "x", UniqueKey: "k"})
		dead := func() []job.Dead {
			list, err := r.Dead(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		hasten(t, c, 200*time.Millisecond, func() bool { return len(dead()) == 1 })
		if waited := c.Now().Sub(time.UnixMilli(1e12)); tries.Load() != 3 || waited < 2400*time.Millisecond {
			t.Errorf("%d tries within %s, want 3 with waits of 1 s and 2 s less 20 %%", tries.Load(), waited)
		}
		got := dead()[0]
		if got.Kind != "bad" || got.Tries != 3 || string(got.Payload) != `"x"` || got.Error != "not today" {
			t.Errorf("dead: %+v", got)
		}
		if n, err := r.DeadCount(ctx); n != 1 || err != nil {
			t.Errorf("count: %d %v", n, err)
		}
		if older, err := r.DeadBefore(ctx, got.ID, 9); len(older) != 0 || err != nil {
			t.Errorf("older than the oldest: %+v %v", older, err)
		}
		enqueue(t, r, job.Job{Kind: "bad", RunAt: c.Now().UnixMilli() + 1e9, UniqueKey: "k"}) // its key is free again
		healed.Store(true)
		if err := r.Requeue(ctx, got.ID); err != nil {
			t.Error(err)
		}
		settle(t, r)
		if len(dead()) != 0 {
			t.Error("a requeued job is still dead")
		}
		if err := r.Requeue(ctx, got.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("second requeue: %v", err)
		}
	})
}

func TestJob_WaitsForItsTime(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), clock.NewFake(time.UnixMilli(1e12))
		r := newRunner(d, c)
		ran := make(chan string, 8)
		r.Handle("later", job.Options{Workers: 1}, func(_ context.Context, p []byte) error { ran <- string(p); return nil })
		run(t, r)
		at := func(s int64) int64 { return 1e12 + s*1000 }
		enqueue(t, r, job.Job{Kind: "later", Payload: 1, RunAt: at(60), UniqueKey: "a"})
		enqueue(t, r, job.Job{Kind: "later", Payload: 2, RunAt: at(30), UniqueKey: "a"}) // earlier and newer wins
		enqueue(t, r, job.Job{Kind: "later", Payload: 3, RunAt: at(20), UniqueKey: "b"})
		if ok, err := r.Cancel(ctx, "later", "b"); !ok || err != nil {
			t.Errorf("cancel: %v %v", ok, err)
		}
		if ok, err := r.Cancel(ctx, "later", "b"); ok || err != nil {
			t.Errorf("second cancel: %v %v", ok, err)
		}
		c.Advance(29 * time.Second)
		time.Sleep(50 * time.Millisecond)
		select {
		case p := <-ran:
			t.Errorf("%s ran early", p)
		default:
		}
		hasten(t, c, time.Second, func() bool { return len(ran) > 0 })
		if p := <-ran; p != "2" {
			t.Errorf("payload %s, want the newest", p)
		}
		c.Advance(time.Minute)
		settle(t, r)
		if len(ran) != 0 {
			t.Errorf("%d more ran", len(ran))
		}
	})
}

func TestJob_AskedForWhileRunningRunsAgain(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		r := newRunner(d, clock.Real{})
		entered, release := make(chan string), make(chan struct{})
		r.Handle("index", job.Options{}, func(_ context.Context, p []byte) error {
			entered <- string(p)
			<-release
			return nil
		})
		run(t, r)
		enqueue(t, r, job.Job{Kind: "index", Payload: "old", UniqueKey: "p1"})
		if p := <-entered; p != `"old"` {
			t.Fatal(p)
		}
		enqueue(t, r, job.Job{Kind: "index", Payload: "new", UniqueKey: "p1"})
		if ok, err := r.Cancel(context.Background(), "index", "p1"); ok || err != nil {
			t.Errorf("a running job was cancelled: %v %v", ok, err)
		}
		release <- struct{}{}
		if p := <-entered; p != `"new"` {
			t.Errorf("the second run saw %s", p)
		}
		release <- struct{}{}
		settle(t, r)
	})
}

func TestJob_AShutdownDoesNotCostAnAttempt(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), job.Migrate)
	first := newRunner(d, clock.Real{})
	entered := make(chan struct{})
	first.Handle("slow", job.Options{Attempts: 1}, func(ctx context.Context, _ []byte) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	})
	stop := run(t, first)
	enqueue(t, first, job.Job{Kind: "slow"})
	<-entered
	stop()
	second := newRunner(d, clock.Real{})
	done := make(chan struct{})
	second.Handle("slow", job.Options{Attempts: 1}, func(context.Context, []byte) error { close(done); return nil })
	run(t, second)
	<-done
	settle(t, second)
}

func TestJob_ADeadNodeGivesItsJobsBack(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.UnixMilli(1e12))
		r := newRunner(d, c)
		var ran atomic.Int64
		r.Handle("x", job.Options{Attempts: 2}, func(context.Context, []byte) error { ran.Add(1); return nil })
		for i, tries := range []int{1, 2} { // one died in its first attempt, one in its last
			enqueue(t, r, job.Job{Kind: "x", UniqueKey: fmt.Sprint(i)})
			if _, err := d.Exec(context.Background(), `UPDATE job_jobs SET owner = 'gone', lease_until = $1, tries = $2 WHERE unique_key = $3`,
				int64(1e12)+60_000, tries, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		run(t, r)
		c.Advance(59 * time.Second)
		time.Sleep(30 * time.Millisecond)
		if ran.Load() != 0 {
			t.Fatal("a claimed job was taken away")
		}
		hasten(t, c, time.Second, func() bool { n, _ := r.DeadCount(context.Background()); return ran.Load() == 1 && n == 1 })
	})
}

func TestJob_TwoNodesDoEachJobOnce(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		got := map[string]int{}
		var nodes []*job.Runner
		for range 2 {
			r := newRunner(d, clock.Real{})
			r.Handle("x", job.Options{Workers: 4}, func(_ context.Context, p []byte) error {
				mu.Lock()
				defer mu.Unlock()
				got[string(p)]++
				return nil
			})
			nodes = append(nodes, r)
			run(t, r)
		}
		for n := range 200 {
			enqueue(t, nodes[n%2], job.Job{Kind: "x", Payload: n})
		}
		settle(t, nodes[0])
		mu.Lock()
		defer mu.Unlock()
		for p, n := range got {
			if n != 1 {
				t.Errorf("job %s ran %d times", p, n)
			}
		}
		if len(got) != 200 {
			t.Errorf("%d of 200 ran", len(got))
		}
	})
}

func TestEnqueue_Refuses(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), job.Migrate)
	r := newRunner(d, clock.Real{})
	r.Handle("x", job.Options{}, func(context.Context, []byte) error { return nil })
	for name, j := range map[string]job.Job{
		"unknown kind": {Kind: "y"}, "big": {Kind: "x", Payload: make([]byte, 300<<10)}, "no JSON": {Kind: "x", Payload: func() {}},
	} {
		if err := r.Enqueue(context.Background(), j); err == nil {
			t.Errorf("%s was enqueued", name)
		}
	}
	same := []job.Job{{Kind: "x", UniqueKey: "k", Payload: 1}, {Kind: "x", UniqueKey: "k", Payload: 2}}
	if err := r.EnqueueAll(context.Background(), same); err != nil {
		t.Errorf("one key twice in a batch: %v", err)
	}
}

func TestEvery_RunsOnOneNodeAtATime(t *testing.T) {
	dbtest.Each(t, job.Migrate, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.UnixMilli(1e12))
		var ran, inside atomic.Int64
		for range 2 {
			r := newRunner(d, c)
			r.Every("sweep", time.Minute, func(context.Context) error {
				if inside.Add(1) != 1 {
					t.Error("two nodes at once")
				}
				time.Sleep(5 * time.Millisecond)
				inside.Add(-1)
				if ran.Add(1)%2 == 0 {
					panic("the next turn comes all the same")
				}
				return errors.New("so does it after an error")
			})
			run(t, r)
		}
		began := c.Now() // not after the first turn: the clock hurries on while this goroutine waits its own
		hasten(t, c, time.Second, func() bool { return ran.Load() == 4 })
		if d := c.Now().Sub(began); d < 3*time.Minute {
			t.Errorf("four turns within %s", d)
		}
	})
}
