package app

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/feed"
	"github.com/hawker-live/hawker/internal/feed/feedapi"
	"github.com/hawker-live/hawker/internal/live/liveapi"
)

// buildSteering builds the domains that watch and steer the others.
func (a *App) buildSteering() error {
	a.Feed = feed.New(feed.Deps{DB: a.DB, Clock: a.Clock, Posts: a.Channel, Rooms: a.Live})
	return nil
}

func (a *App) mountSteering(posts *channelapi.Render, rooms *liveapi.Render) {
	feedapi.Mount(a.Router, feedapi.Deps{Feed: a.Feed, Posts: posts, Rooms: rooms})
}

// SeedDemo lays the sample world.
func (a *App) SeedDemo(context.Context, func(done, total int, what string)) error { return nil }
