package channelapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/server"
)

type postsIn struct {
	ByID
	Page
}

type homePosts struct {
	Body struct {
		Items  []Post `json:"items" maxItems:"50"`
		Pinned []Post `json:"pinned" maxItems:"2" doc:"on the first page only; they stand in items too"`
		Next   string `json:"next,omitempty" maxLength:"64"`
	}
}

func (h *door) posts(ctx context.Context, in *postsIn) (*homePosts, error) {
	a := server.ActorFrom(ctx)
	c, err := h.Render.Channel.Channel(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	team, err := h.Render.Channel.InTeam(ctx, a, c.ID)
	if err != nil {
		return nil, err
	}
	list, err := h.Render.Channel.PostsOf(ctx, c.ID, team, in.Cursor, in.limit())
	if err != nil {
		return nil, err
	}
	var out homePosts
	list, out.Body.Next = cut(list, in.Page, postID)
	var pinned []channel.Post
	if in.Cursor == "" {
		if pinned, err = h.Render.Channel.PinnedOf(ctx, c.ID); err != nil {
			return nil, err
		}
	}
	all, err := h.Render.Posts(ctx, a, append(list[:len(list):len(list)], pinned...))
	if err != nil {
		return nil, err
	}
	out.Body.Items, out.Body.Pinned = all[:len(list)], all[len(list):]
	return &out, nil
}

func postID(p channel.Post) string { return p.ID }

type postPage struct {
	Body struct {
		Items []Post `json:"items" maxItems:"50"`
		Next  string `json:"next,omitempty" maxLength:"64"`
	}
}

func (h *door) page(ctx context.Context, a identity.Actor, list []channel.Post, p Page, err error) (*postPage, error) {
	if err != nil {
		return nil, err
	}
	var out postPage
	list, out.Body.Next = cut(list, p, postID)
	out.Body.Items, err = h.Render.Posts(ctx, a, list)
	return &out, err
}

type taggedIn struct {
	Tag string `path:"tag" maxLength:"96"`
	Page
}

func (h *door) tagged(ctx context.Context, in *taggedIn) (*postPage, error) {
	list, err := h.Render.Channel.Tagged(ctx, in.Tag, in.Cursor, in.limit())
	return h.page(ctx, server.ActorFrom(ctx), list, in.Page, err)
}

func (h *door) kept(saved bool) func(ctx context.Context, in *Page) (*postPage, error) {
	return func(ctx context.Context, in *Page) (*postPage, error) {
		a := server.ActorFrom(ctx)
		list, err := h.Render.Channel.Kept(ctx, a, saved, in.Cursor, in.limit())
		return h.page(ctx, a, list, *in, err)
	}
}
