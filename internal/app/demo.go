package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/hawker-live/hawker/internal/demo"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
)

// seedCost makes the sample world's passwords quick to hash: they are random and nobody is told them.
var seedCost = identity.HashCost{MemoryKiB: 64, Passes: 1}

// SeedDemo lays the sample world, or completes it; a world that is there already is left alone. From then
// on Run keeps it alive.
func (a *App) SeedDemo(ctx context.Context, progress func(done, total int, what string)) error {
	temp := filepath.Join(a.Config.Data, "tmp")
	if err := os.MkdirAll(temp, 0o750); err != nil {
		return err
	}
	w := demo.New(demo.Deps{
		Identity: a.Identity, Channel: a.Channel, Shop: a.Shop, Live: a.Live, Media: a.Media, Money: a.Money,
		DB: a.DB, Clock: a.Clock, IDs: a.IDs, Log: a.Log, TempDir: temp, Build: a.past,
	})
	if err := w.Seed(ctx, progress); err != nil {
		return err
	}
	a.world, a.Sample, a.background = w, w.SampleAsset, append(a.background, task{"sample world", w.Run})
	return nil
}

// past builds the domains once more on another clock. Its jobs never run: the seed does their work.
func (a *App) past(c clock.Clock, pay money.Provider) (demo.Past, error) {
	ids := id.NewSource(c.Now)
	const slots, queue = 2, 64
	d := a.join(times{clock: c, ids: ids, providers: []money.Provider{pay}, hasher: identity.NewHasher(seedCost, slots, queue),
		jobs: job.New(job.Deps{DB: a.DB, Clock: c, IDs: ids, Log: a.Log})})
	return demo.Past(d), nil
}
