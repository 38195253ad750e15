package app

import (
	"context"
	"runtime"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/infra/lane"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
)

// domains are shelves 1 to 3, joined to each other.
type domains struct {
	Identity *identity.Service
	Media    *media.Service
	Money    *money.Service
	Channel  *channel.Service
	Shop     *shop.Service
	Live     *live.Service
}

// times is what a set of domains tells the time, makes ids, and does work by. The serving set lives in the
// present; the sample world builds another one in the past.
type times struct {
	clock     clock.Clock
	ids       *id.Source
	jobs      *job.Runner
	hasher    *identity.Hasher
	providers []money.Provider
	meter     func(lane string) lane.Meter // nil measures nothing
}

// hashQueue is how many sign-ins may wait for a hashing slot: about four seconds of work.
const hashQueue = 256

func (a *App) join(t times) domains {
	var d domains
	d.Identity = identity.New(identity.Deps{DB: a.DB, Clock: t.clock, IDs: t.ids, Outbox: a.Bus, Log: a.Log, Demo: a.Demo, Hasher: t.hasher, SignUps: a.Config.SignUps})
	d.Media = media.New(media.Deps{DB: a.DB, Blobs: a.Blobs, Clock: t.clock, IDs: t.ids, Log: a.Log})
	d.Money = money.New(money.Deps{DB: a.DB, Facts: a.Bus, Jobs: t.jobs, Clock: t.clock, IDs: t.ids, Log: a.Log, Providers: t.providers})
	d.Shop = shop.New(shop.Deps{DB: a.DB, Facts: a.Bus, Jobs: t.jobs, Clock: t.clock, IDs: t.ids, Log: a.Log, Identity: d.Identity, Money: d.Money,
		Images: d.Media, Hints: a.Bus, Meter: t.meter, FeeBps: int64(a.Config.FeeBPS)})
	goods := goods{d.Shop}
	d.Channel = channel.New(channel.Deps{DB: a.DB, Clock: t.clock, IDs: t.ids, Outbox: a.Bus, Identity: d.Identity, Media: d.Media, Products: goods})
	d.Live = live.New(live.Deps{DB: a.DB, Clock: t.clock, IDs: t.ids, Log: a.Log, Outbox: a.Bus, Identity: d.Identity, Media: d.Media, Products: goods,
		Follows: d.Channel, Jobs: t.jobs, Hints: a.Bus, PictureURL: pictureURL})
	d.Media.Listen(d.Live)
	return d
}

func (a *App) buildDomains(ctx context.Context) error {
	providers, err := a.providers()
	if err != nil {
		return err
	}
	a.hasher = identity.NewHasher(identity.StandardCost, runtime.NumCPU(), hashQueue)
	a.domains = a.join(times{clock: a.Clock, ids: a.IDs, jobs: a.Jobs, providers: providers, hasher: a.hasher, meter: a.laneMeter()})
	a.watch()
	a.buildSteering()
	return a.listen(ctx)
}
