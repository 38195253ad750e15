package channelapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/server"
)

type commentPage struct {
	Body struct {
		Items []PostComment `json:"items" maxItems:"50"`
		Total int64         `json:"total" doc:"comments shown under the post"`
		Next  string        `json:"next,omitempty" maxLength:"64"`
	}
}

func (h *door) comments(ctx context.Context, in *postsIn) (*commentPage, error) {
	a := server.ActorFrom(ctx)
	p, err := h.Render.Channel.Post(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := h.Render.Channel.Comments(ctx, a, p.ID, in.Cursor, in.limit())
	if err != nil {
		return nil, err
	}
	var out commentPage
	out.Body.Total = p.Comments
	list, out.Body.Next = cut(list, in.Page, func(c channel.Comment) string { return c.ID })
	out.Body.Items, err = h.Render.Comments(ctx, a, list)
	return &out, err
}

type sayIn struct {
	ByID
	Body struct {
		Text    string `json:"text" minLength:"1" maxLength:"600"`
		ReplyTo string `json:"replyTo,omitempty" maxLength:"64"`
	}
}

func (h *door) say(ctx context.Context, in *sayIn) (*struct{ Body PostComment }, error) {
	a := server.ActorFrom(ctx)
	c, err := h.Render.Channel.Say(ctx, a, in.ID, in.Body.Text, in.Body.ReplyTo)
	if err != nil {
		return nil, err
	}
	list, err := h.Render.Comments(ctx, a, []channel.Comment{c})
	if err != nil {
		return nil, err
	}
	return &struct{ Body PostComment }{list[0]}, nil
}

func (h *door) deleteComment(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, h.Render.Channel.DeleteComment(ctx, server.ActorFrom(ctx), in.ID)
}

func (h *door) likeComment(on bool) func(ctx context.Context, in *ByID) (*likeOut, error) {
	return func(ctx context.Context, in *ByID) (*likeOut, error) {
		n, err := h.Render.Channel.LikeComment(ctx, server.ActorFrom(ctx), in.ID, on)
		return liked(on, n, err)
	}
}
