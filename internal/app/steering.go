package app

import (
	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/feed"
	"github.com/hawker-live/hawker/internal/feed/feedapi"
	"github.com/hawker-live/hawker/internal/live/liveapi"
	"github.com/hawker-live/hawker/internal/moderation"
	"github.com/hawker-live/hawker/internal/moderation/moderationapi"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// buildSteering builds the domains that watch and steer the others.
func (a *App) buildSteering() {
	a.Feed = feed.New(feed.Deps{DB: a.DB, Clock: a.Clock, Posts: a.Channel, Rooms: a.Live})
	a.Moderation = moderation.New(moderation.Deps{DB: a.DB, Clock: a.Clock, IDs: a.IDs, Identity: a.Identity, Channel: a.Channel, Rooms: a.Live,
		Orders: a.Shop, Books: a.Money, Storage: a.Media, Outbox: a.Bus, Jobs: a.Jobs, Refunds: a.Money})
}

func (a *App) mountSteering(posts *channelapi.Render, rooms *liveapi.Render) {
	feedapi.Mount(a.Router, feedapi.Deps{Feed: a.Feed, Posts: posts, Rooms: rooms})
	moderationapi.Mount(a.Router, moderationapi.Deps{Moderation: a.Moderation, Users: a.Identity, Posts: posts, Rooms: rooms,
		Orders: shopapi.Renderer{Shop: a.Shop, Identity: a.Identity}})
}
