package identity_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// cheap makes a hash cost microseconds; production costs are checked in TestHasher.
var cheap = identity.HashCost{MemoryKiB: 64, Passes: 1}

const password = "correct horse"

type world struct {
	*identity.Service
	t     *testing.T
	ctx   context.Context
	clock *clock.Fake

	mu    sync.Mutex
	facts []event.Fact
}

// Emit refuses a fact outside a transaction, as the outbox does.
func (w *world) Emit(ctx context.Context, fact event.Fact) error {
	if !w.DB.InTx(ctx) {
		return errors.New("a fact outside a transaction")
	}
	db.AfterCommit(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.facts = append(w.facts, fact)
	})
	return nil
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, identity.Migrate, func(t *testing.T, d *db.DB) {
		w := &world{t: t, ctx: t.Context(), clock: clock.NewFake(time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC))}
		w.Service = identity.New(identity.Deps{DB: d, Clock: w.clock, IDs: id.NewSource(w.clock.Now), Outbox: w, Log: slog.New(slog.DiscardHandler), Hasher: identity.NewHasher(cheap, 2, 64)})
		fn(t, w)
	})
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, code string) {
	w.t.Helper()
	if errs.CodeOf(err) != code {
		w.t.Errorf("got %v (code %q), want a refusal with code %q", err, errs.CodeOf(err), code)
	}
}

// open signs somebody up and acts in the first session.
func (w *world) open(login string) (identity.Actor, string) {
	w.t.Helper()
	_, token, err := w.SignUp(w.ctx, identity.SignUp{Login: login, Name: login, Password: password}, identity.Browser{Agent: "agent"})
	w.ok(err)
	a, err := w.Resolve(w.ctx, token)
	w.ok(err)
	return a, token
}

// enter signs somebody in once more.
func (w *world) enter(login string) string {
	w.t.Helper()
	_, token, err := w.SignIn(w.ctx, login, password, identity.Browser{Agent: "agent"})
	w.ok(err)
	return token
}

func (w *world) operator(login string) identity.Actor {
	w.t.Helper()
	u, err := w.CreateUser(w.ctx, identity.SignUp{Login: login, Name: login, Password: password, Operator: true})
	w.ok(err)
	return identity.Actor{UserID: u.ID, Operator: true}
}

// atOnce runs n functions together and counts their outcomes by code.
func atOnce(n int, fn func(i int) error) map[string]int {
	list := make([]error, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			list[i] = fn(i)
		})
	}
	close(start)
	all.Wait()
	out := map[string]int{}
	for _, err := range list {
		code := errs.CodeOf(err)
		if err != nil && code == "" {
			code = "fault: " + err.Error()
		}
		out[code]++
	}
	return out
}
