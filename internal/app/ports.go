package app

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// goods is the shop as channel and live see it.
type goods struct{ shop *shop.Service }

// ShelfItems implements live.Products.
func (g goods) ShelfItems(ctx context.Context, ids []string) (map[string]timeline.Item, error) {
	cards, err := g.shop.CardsByID(ctx, ids)
	out := make(map[string]timeline.Item, len(cards))
	for _, c := range cards {
		out[c.ID] = timeline.Item{ProductID: c.ID, Title: c.Title, ImageURL: pictureURL(c.Image), Price: c.Price, ListPrice: c.ListPrice, Left: c.Left, Sold: c.Sold, State: c.State}
	}
	return out, err
}

// Sellable implements live.Products: a room sells the goods of shops bound to its channel, and of shops
// the host works for.
func (g goods) Sellable(ctx context.Context, a identity.Actor, channelID string, ids []string) error {
	cards, err := g.shop.CardsByID(ctx, ids)
	if err != nil {
		return err
	}
	checked := map[string]bool{}
	for _, id := range ids {
		c, ok := cards[id]
		if !ok {
			return errs.New(errs.NotFound, "product_not_found", "there is no such product").In("productIds").With("id", id)
		}
		if checked[c.ShopID] {
			continue
		}
		checked[c.ShopID] = true
		s, err := g.shop.Shop(ctx, c.ShopID)
		if err != nil {
			return err
		}
		if s.ChannelID == channelID {
			continue
		}
		if err := g.shop.Staffed(ctx, a, c.ShopID); err != nil {
			return errs.New(errs.Denied, "product_not_yours", "bind the shop to this channel, or join its team, to sell its goods here").In("productIds").With("id", id)
		}
	}
	return nil
}

// Linkable implements channel.Products.
func (g goods) Linkable(ctx context.Context, a identity.Actor, channelID, productID string) error {
	return g.Sellable(ctx, a, channelID, []string{productID})
}

// ShopOfChannel implements channelapi.Shops.
func (g goods) ShopOfChannel(ctx context.Context, channelID string) (string, error) {
	s, found, err := g.shop.ShopByChannel(ctx, channelID)
	if !found {
		return "", err
	}
	return s.ID, err
}

// productCards renders the shop's products for the doors that show them.
type productCards struct{ shop *shop.Service }

// Cards implements liveapi.Products and channelapi.Products.
func (p productCards) Cards(ctx context.Context, ids []string) (map[string]shopapi.ProductCard, error) {
	cards, err := p.shop.CardsByID(ctx, ids)
	out := make(map[string]shopapi.ProductCard, len(cards))
	for id, c := range cards {
		out[id] = shopapi.RenderCard(c)
	}
	return out, err
}

func pictureURL(asset string) string { return identityapi.ImageURL(asset) }

// listen joins the domains that react to facts and hints.
func (a *App) listen(context.Context) error {
	a.Bus.Consume("live.sales", []string{event.OrderPaid{}.Subject()}, decode(a.Live.OrderPaid))
	a.Bus.Consume("live.placed", []string{event.OrderPlaced{}.Subject()}, decode(a.Live.OrderPlaced))
	_, err := a.Bus.Subscribe("shop.stock", func(_ string, data []byte) { a.Live.StockHint(data) })
	return err
}

// decode gives a consumer its fact in the fact's own type.
func decode[T any](fn func(ctx context.Context, fact T) error) func(ctx context.Context, ev bus.Event) error {
	return func(ctx context.Context, ev bus.Event) error {
		var fact T
		if err := json.Unmarshal(ev.Payload, &fact); err != nil {
			return fmt.Errorf("decode %s: %w", ev.Subject, err)
		}
		return fn(ctx, fact)
	}
}
