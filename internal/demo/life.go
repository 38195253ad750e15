package demo

import (
	"context"
	"sync"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/money/sandbox"
)

// provider is how actors pay.
const provider = sandbox.Name

// Run keeps the sample world alive until ctx ends: rooms on air with people in them, and, once, the shows
// that become its replays. Call it after Seed, while the domains run; it returns when every actor is gone.
func (w *World) Run(ctx context.Context) error {
	sc, err := newScene()
	if err == nil {
		sc.known, err = w.things(ctx)
	}
	if err != nil {
		return err
	}
	if sc.known[keySeeded] == "" {
		return errs.New(errs.Conflict, "not_seeded", "the sample world has not been built; seed it first")
	}
	var acting sync.WaitGroup
	for _, st := range stages {
		acting.Go(func() { w.perform(ctx, &sc, st) })
	}
	for n, sh := range shows {
		acting.Go(func() {
			if err := w.hold(ctx, &sc, n); err != nil && ctx.Err() == nil {
				w.Log.Warn("hold a show of the sample world", "channel", sh.channel, "err", err)
			}
		})
	}
	acting.Wait()
	return nil
}
