package faults

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
)

// kinds are the kinds of jobs that Hawker does.
var kinds = []string{"money.promise", "money.start", "money.close", "money.refund", "shop.ship_run", "live.notice"}

// Payloads that no version of Hawker wrote, for every kind of job: each is either done without effect or set aside
// after its tries, with words for the operator; the process lives, and the jobs of other kinds are not held up.
func TestPoison_EveryKindSetsItsPoisonAside(t *testing.T) {
	c := count(t, "poison jobs of every kind", 0)
	registered := 0
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(path)
			registered += len(regexp.MustCompile(`(?i)\bjobs\.Handle\(`).FindAll(text, -1))
			return err
		}
		return err
	})
	if err != nil || registered != len(kinds) {
		t.Fatalf("%d kinds are registered, %d are poisoned here: %v", registered, len(kinds), err)
	}
	dir := t.TempDir()
	clk := clock.NewFake(time.Now())
	cfg := (&app.App{}).Config
	cfg.Data, cfg.DatabaseURL, cfg.BusURL, cfg.BlobURL = dir, "sqlite:"+filepath.Join(dir, "hawker.db"), "embedded", "file:"+filepath.Join(dir, "files")
	cfg.Sandbox, cfg.Addr = true, "127.0.0.1:0"
	a, err := app.Build(t.Context(), cfg, app.Options{Offline: true, Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	poison := map[string]string{"not JSON": "\x00{[", "another shape": `{"id":{"deep":[1,2,3]}}`, "an array": `[[[]]]`, "a number": `1e999`, "null": `null`,
		"an id of nothing": `"pay_00000000000000000000000000"`, "long": `"` + strings.Repeat("x", 100_000) + `"`, "empty": ``}
	for _, kind := range kinds {
		if err := a.Jobs.Enqueue(t.Context(), job.Job{Kind: kind, Payload: "id_of_nothing"}); err != nil {
			t.Fatal(err)
		}
		for name, payload := range poison {
			c.n++
			if _, err := a.DB.Exec(t.Context(), `INSERT INTO job_jobs (id, kind, payload, state, asked, run_at, tries, owner, lease_until, error, created_at)
				VALUES ($1, $2, $3, 'ready', 1, 0, 0, '', 0, '', 0)`, "job_"+kind+" "+name, kind, payload); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, stop := withStop(t)
	ended := make(chan error, 1)
	go func() { ended <- a.Jobs.Run(ctx) }()
	var waiting int64 = -1
	for begun := time.Now(); time.Since(begun) < 60*time.Second; time.Sleep(2 * time.Millisecond) {
		if err := a.DB.QueryRow(t.Context(), `SELECT count(*) FROM job_jobs WHERE state = 'ready'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			break
		}
		clk.Advance(10 * time.Minute)
	}
	stop()
	if err := <-ended; err != nil || waiting != 0 {
		t.Fatalf("%d jobs still wait, %v", waiting, err)
	}
	dead, err := a.Jobs.Dead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, d := range dead {
		if d.Error == "" || d.Tries < 1 || strings.Contains(d.Error, "panic") {
			t.Errorf("%s died after %d tries of %q", d.ID, d.Tries, d.Error)
		}
		if strings.HasSuffix(d.ID, " not JSON") {
			broken++
		}
	}
	if broken != len(kinds) {
		t.Errorf("%d of %d kinds set aside what is not JSON", broken, len(kinds))
	}
	r, err := a.Audit(t.Context())
	if err != nil || len(r.Breaks) > 0 || len(r.Notes) != len(dead) {
		t.Errorf("the audit says %v and notes %d of %d, %v", r.Breaks, len(r.Notes), len(dead), err)
	}
	c.say("%d kinds; %d set aside with a reason and noted by the audit, the rest done without effect", len(kinds), len(dead))
}

// Handlers of every kind panic, loop without end and deaf to their time, or fail. Each such job is set aside after its
// tries with the reason, its slots go on, and the good jobs of the same kind are done beside them.
func TestPoison_PanicsAndEndlessLoopsOfEveryKindAreSetAside(t *testing.T) {
	c := count(t, "jobs that panic, loop without end or fail, of every kind", 0)
	d := dbtest.Open(t, dbtest.SQLiteURL(t), job.Migrate)
	clk := clock.NewFake(time.Now())
	jobs := job.New(job.Deps{DB: d, Clock: clk, IDs: id.NewSource(clk.Now)})
	const tries, good = 2, 20
	over, done := make(chan struct{}), make(chan string, len(kinds)*good)
	defer close(over)
	for _, kind := range kinds {
		jobs.Handle(kind, job.Options{Attempts: tries, Lease: 200 * time.Millisecond}, func(_ context.Context, payload []byte) error {
			switch string(payload) {
			case `"panic"`:
				panic("poison")
			case `"loop"`: // it never looks at its context
				for {
					select {
					case <-over:
						return nil
					case <-time.After(time.Millisecond):
					}
				}
			case `"fail"`:
				return errors.New("poison")
			}
			done <- kind
			return nil
		})
	}
	poison := map[string]string{"panic": "panic: poison", "loop": "given up", "fail": "poison"}
	for _, kind := range kinds {
		for payload := range poison {
			c.n++
			if err := jobs.Enqueue(t.Context(), job.Job{Kind: kind, Payload: payload}); err != nil {
				t.Fatal(err)
			}
		}
		for range good {
			if err := jobs.Enqueue(t.Context(), job.Job{Kind: kind, Payload: "good"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, stop := withStop(t)
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx) }()
	var waiting int
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if err := d.QueryRow(t.Context(), `SELECT count(*) FROM job_jobs WHERE state = 'ready'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			break
		}
		if time.Since(begun) > 60*time.Second {
			t.Fatalf("%d jobs still wait, %d good ones are done", waiting, len(done))
		}
		clk.Advance(time.Second)
	}
	stop()
	if err := <-ended; err != nil || len(done) != len(kinds)*good {
		t.Errorf("%d good jobs of %d are done, %v", len(done), len(kinds)*good, err)
	}
	dead, err := jobs.Dead(t.Context())
	if err != nil || len(dead) != c.n {
		t.Fatalf("%d of %d are set aside, %v", len(dead), c.n, err)
	}
	for _, j := range dead {
		if why := poison[strings.Trim(string(j.Payload), `"`)]; j.Tries != tries || !strings.Contains(j.Error, why) {
			t.Errorf("%s %s died after %d tries of %q", j.Kind, j.Payload, j.Tries, j.Error)
		}
	}
	c.say("%d kinds, %d tries each; %d good jobs of the same kinds done beside them", len(kinds), tries, len(done))
}
