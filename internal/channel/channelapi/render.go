package channelapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/media/mediaapi"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// Products renders the products under posts.
type Products interface {
	// Cards returns those of the products that exist, keyed by id.
	Cards(ctx context.Context, ids []string) (map[string]shopapi.ProductCard, error)
}

// Lives tells which channels are on air.
type Lives interface {
	// CurrentByChannels maps each channel that is on air to its room.
	CurrentByChannels(ctx context.Context, channelIDs []string) (map[string]string, error)
}

// Shops finds the shop that sells on a channel.
type Shops interface {
	// ShopOfChannel is the id of the open shop bound to the channel, "" when there is none.
	ShopOfChannel(ctx context.Context, channelID string) (string, error)
}

// Assets reads uploaded files.
type Assets interface {
	AssetsByID(ctx context.Context, ids []string) (map[string]media.Asset, error)
}

// Faces reads the cards of users.
type Faces interface {
	CardsByID(ctx context.Context, ids []string) (map[string]identity.Card, error)
}

// Render turns channels, posts and comments into wire values as one actor sees them. A page of at most
// 500 items costs one look-up per kind of thing on it.
type Render struct {
	Channel  *channel.Service
	Identity Faces
	Media    Assets
	Products Products
	Lives    Lives
	Shops    Shops
}

// Cards renders channels in the order given.
func (x *Render) Cards(ctx context.Context, a identity.Actor, list []channel.Channel) ([]ChannelCard, error) {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	followed, err := x.Channel.Followed(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	rooms := map[string]string{}
	if len(ids) > 0 {
		if rooms, err = x.Lives.CurrentByChannels(ctx, ids); err != nil {
			return nil, err
		}
	}
	out := make([]ChannelCard, len(list))
	for i, c := range list {
		out[i] = ChannelCard{
			ID: c.ID, Handle: c.Handle, Name: c.Name, AvatarURL: identityapi.ImageURL(c.Avatar), Kind: c.Kind,
			Verified: c.Kind != channel.Personal, Followed: followed[c.ID], LiveRoomID: rooms[c.ID],
		}
	}
	return out, nil
}

// CardsByID renders those of the channels that exist, keyed by id.
func (x *Render) CardsByID(ctx context.Context, a identity.Actor, ids []string) (map[string]ChannelCard, error) {
	found, err := x.Channel.CardsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]channel.Channel, 0, len(found))
	for _, c := range found {
		list = append(list, c)
	}
	cards, err := x.Cards(ctx, a, list)
	if err != nil {
		return nil, err
	}
	out := make(map[string]ChannelCard, len(cards))
	for _, c := range cards {
		out[c.ID] = c
	}
	return out, nil
}

// Posts renders posts in the order given.
func (x *Render) Posts(ctx context.Context, a identity.Actor, list []channel.Post) ([]Post, error) {
	var postIDs, channelIDs, videoIDs, captioned, productIDs []string
	for _, p := range list {
		postIDs = append(postIDs, p.ID)
		channelIDs = append(channelIDs, p.ChannelID)
		if p.Kind == channel.VideoPost {
			videoIDs, captioned = append(videoIDs, p.Assets...), append(captioned, p.ID)
		}
		if p.ProductID != "" {
			productIDs = append(productIDs, p.ProductID)
		}
	}
	cards, err := x.CardsByID(ctx, a, channelIDs)
	if err != nil {
		return nil, err
	}
	liked, saved, err := x.Channel.Marks(ctx, a, postIDs)
	if err != nil {
		return nil, err
	}
	videos, err := x.Media.AssetsByID(ctx, videoIDs)
	if err != nil {
		return nil, err
	}
	captions, err := x.Channel.CaptionsOf(ctx, captioned)
	if err != nil {
		return nil, err
	}
	products := map[string]shopapi.ProductCard{}
	if len(productIDs) > 0 {
		if products, err = x.Products.Cards(ctx, productIDs); err != nil {
			return nil, err
		}
	}
	out := make([]Post, len(list))
	for i, p := range list {
		out[i] = postOf(p, videos)
		out[i].Channel, out[i].Liked, out[i].Saved = cards[p.ChannelID], liked[p.ID], saved[p.ID]
		for _, c := range captions[p.ID] {
			out[i].Captions = append(out[i].Captions, PostCaption{Lang: c.Lang, URL: captionsURL(p.ID, c)})
		}
		if card, ok := products[p.ProductID]; ok {
			out[i].Product = &card
		}
	}
	return out, nil
}

func postOf(p channel.Post, videos map[string]media.Asset) Post {
	out := Post{
		ID: p.ID, Kind: string(p.Kind), Text: p.Text, Tags: p.Tags, Captions: []PostCaption{}, Pictures: []string{}, CoverURL: identityapi.ImageURL(p.Cover), Pinned: p.PinnedAt > 0,
		Likes: p.Likes, Comments: p.Comments, Saves: p.Saves, Shares: p.Shares, State: string(p.State), HiddenReason: p.HiddenReason, CreatedAt: p.CreatedAt,
	}
	if out.Tags == nil {
		out.Tags = []string{}
	}
	for _, id := range p.Assets {
		if p.Kind == channel.PicturesPost {
			out.Pictures = append(out.Pictures, identityapi.ImageURL(id))
		} else if v, ok := videos[id]; ok {
			out.Video = mediaapi.VideoOf(v)
		}
	}
	if out.CoverURL == "" && len(out.Pictures) > 0 {
		out.CoverURL = out.Pictures[0]
	}
	return out
}

// Comments renders comments of any posts in the order given.
func (x *Render) Comments(ctx context.Context, a identity.Actor, list []channel.Comment) ([]PostComment, error) {
	ids, users, posts := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, c := range list {
		ids[i], users[i], posts[i] = c.ID, c.UserID, c.PostID
	}
	owners, err := x.Channel.OwnersOfPosts(ctx, posts)
	if err != nil {
		return nil, err
	}
	liked, err := x.Channel.LikedComments(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	faces, err := x.Identity.CardsByID(ctx, users)
	if err != nil {
		return nil, err
	}
	out := make([]PostComment, len(list))
	for i, c := range list {
		out[i] = PostComment{
			ID: c.ID, User: identityapi.Card(faces[c.UserID]), Text: c.Text, Likes: c.Likes, Liked: liked[c.ID],
			ByAuthor: c.UserID == owners[c.PostID], Hidden: c.State == channel.Hidden, CreatedAt: c.CreatedAt, ReplyTo: c.ReplyTo,
		}
	}
	return out, nil
}
