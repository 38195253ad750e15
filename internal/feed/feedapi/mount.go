package feedapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/feed"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/liveapi"
	"github.com/hawker-live/hawker/internal/server"
)

// Posts renders posts in the order given.
type Posts interface {
	Posts(ctx context.Context, a identity.Actor, list []channel.Post) ([]channelapi.Post, error)
}

// Rooms renders rooms in the order given.
type Rooms interface {
	Cards(ctx context.Context, a identity.Actor, list []live.Room) ([]liveapi.RoomCard, error)
}

// Deps is what the door needs.
type Deps struct {
	Feed  *feed.Service
	Posts Posts
	Rooms Rooms
}

type door struct{ Deps }

// Mount registers the feed's operations.
func Mount(r *server.Router, d Deps) {
	h := &door{d}
	const tag, base = "feed", "/api/v1/feed"
	server.Register(r, server.Op{ID: "feed-page", Method: http.MethodGet, Path: base, Tag: tag, Summary: "What to watch next; following needs a session", Allow: server.Public}, h.page)
	server.Register(r, server.Op{ID: "feed-seen", Method: http.MethodPost, Path: base + "/seen", Tag: tag, Summary: "Report posts that were seen, so that others come first; nothing is kept of visitors", Allow: server.Public, Status: http.StatusNoContent}, h.seen)
}

// FeedItem is a post or a room on air, and why it is there.
type FeedItem struct {
	Kind   string            `json:"kind" enum:"post,room"`
	Post   *channelapi.Post  `json:"post,omitempty"`
	Room   *liveapi.RoomCard `json:"room,omitempty"`
	Reason string            `json:"reason" maxLength:"32" doc:"fresh, popular, followed, live_now, or tag: and the tag"`
}

type pageIn struct {
	Tab    string `query:"tab" enum:"recommended,following,live" default:"recommended"`
	Cursor string `query:"cursor" maxLength:"2880" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"30" default:"10"`
}

type pageOut struct {
	Body struct {
		Items []FeedItem `json:"items" maxItems:"50"`
		Next  string     `json:"next,omitempty" maxLength:"2880"`
	}
}

func (h *door) page(ctx context.Context, in *pageIn) (*pageOut, error) {
	a := server.ActorFrom(ctx)
	items, next, err := h.Feed.Page(ctx, a, feed.Tab(in.Tab), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	var out pageOut
	out.Body.Next = next
	out.Body.Items, err = h.items(ctx, a, items)
	return &out, err
}

func (h *door) items(ctx context.Context, a identity.Actor, items []feed.Item) ([]FeedItem, error) {
	var posts []channel.Post
	var rooms []live.Room
	for _, i := range items {
		if i.Room != nil {
			rooms = append(rooms, *i.Room)
		} else {
			posts = append(posts, *i.Post)
		}
	}
	postCards, err := h.Posts.Posts(ctx, a, posts)
	if err != nil {
		return nil, err
	}
	roomCards, err := h.Rooms.Cards(ctx, a, rooms)
	if err != nil {
		return nil, err
	}
	out := make([]FeedItem, len(items))
	for i, item := range items {
		out[i].Reason = item.Reason
		if item.Room != nil {
			out[i].Kind, out[i].Room, roomCards = "room", &roomCards[0], roomCards[1:]
		} else {
			out[i].Kind, out[i].Post, postCards = "post", &postCards[0], postCards[1:]
		}
	}
	return out, nil
}

type seenIn struct {
	Body struct {
		PostIDs server.IDs `json:"postIds" minItems:"1" maxItems:"100"`
	}
}

func (h *door) seen(ctx context.Context, in *seenIn) (*struct{}, error) {
	return nil, h.Feed.Seen(ctx, server.ActorFrom(ctx), in.Body.PostIDs)
}
