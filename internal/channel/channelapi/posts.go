package channelapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/server"
)

type postOut struct{ Body Post }

// shown renders the post an operation ended with.
func (h *door) shown(ctx context.Context, a identity.Actor, p channel.Post, err error) (*postOut, error) {
	if err != nil {
		return nil, err
	}
	list, err := h.Render.Posts(ctx, a, []channel.Post{p})
	if err != nil {
		return nil, err
	}
	return &postOut{list[0]}, nil
}

type publishIn struct {
	ByID
	Body struct {
		Kind         string       `json:"kind" enum:"video,pictures"`
		Text         string       `json:"text" maxLength:"2000"`
		AssetIDs     server.IDs   `json:"assetIds" minItems:"1" maxItems:"9" doc:"one video, or 1 to 9 pictures"`
		CoverAssetID string       `json:"coverAssetId,omitempty" maxLength:"64"`
		ProductID    string       `json:"productId,omitempty" maxLength:"64"`
		Tags         server.Words `json:"tags" maxItems:"20"`
	}
}

func (h *door) publish(ctx context.Context, in *publishIn) (*postOut, error) {
	a := server.ActorFrom(ctx)
	p, err := h.Render.Channel.Publish(ctx, a, in.ID, channel.PostDraft{
		Kind: channel.PostKind(in.Body.Kind), Text: in.Body.Text, Assets: in.Body.AssetIDs, Cover: in.Body.CoverAssetID, ProductID: in.Body.ProductID, Tags: in.Body.Tags,
	})
	return h.shown(ctx, a, p, err)
}

func (h *door) post(ctx context.Context, in *ByID) (*postOut, error) {
	a := server.ActorFrom(ctx)
	p, err := h.Render.Channel.Post(ctx, a, in.ID)
	return h.shown(ctx, a, p, err)
}

type editIn struct {
	ByID
	Body struct {
		Text      *string      `json:"text,omitempty" maxLength:"2000"`
		Tags      server.Words `json:"tags,omitempty" maxItems:"20"`
		ProductID clearID      `json:"productId,omitempty" doc:"null or empty takes the product away"`
	}
}

func (h *door) edit(ctx context.Context, in *editIn) (*postOut, error) {
	a := server.ActorFrom(ctx)
	p, err := h.Render.Channel.EditPost(ctx, a, in.ID, channel.Edit{Text: in.Body.Text, Tags: in.Body.Tags, ProductID: in.Body.ProductID.change()})
	return h.shown(ctx, a, p, err)
}

func (h *door) deletePost(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, h.Render.Channel.DeletePost(ctx, server.ActorFrom(ctx), in.ID)
}

func (h *door) pin(on bool) func(ctx context.Context, in *ByID) (*postOut, error) {
	return func(ctx context.Context, in *ByID) (*postOut, error) {
		a := server.ActorFrom(ctx)
		p, err := h.Render.Channel.Pin(ctx, a, in.ID, on)
		return h.shown(ctx, a, p, err)
	}
}

type likeOut struct {
	Body struct {
		Liked bool  `json:"liked"`
		Likes int64 `json:"likes"`
	}
}

func liked(on bool, n int64, err error) (*likeOut, error) {
	if err != nil {
		return nil, err
	}
	var out likeOut
	out.Body.Liked, out.Body.Likes = on, n
	return &out, nil
}

func (h *door) like(on bool) func(ctx context.Context, in *ByID) (*likeOut, error) {
	return func(ctx context.Context, in *ByID) (*likeOut, error) {
		n, err := h.Render.Channel.Like(ctx, server.ActorFrom(ctx), in.ID, on)
		return liked(on, n, err)
	}
}

type saveOut struct {
	Body struct {
		Saved bool  `json:"saved"`
		Saves int64 `json:"saves"`
	}
}

func (h *door) save(on bool) func(ctx context.Context, in *ByID) (*saveOut, error) {
	return func(ctx context.Context, in *ByID) (*saveOut, error) {
		n, err := h.Render.Channel.Save(ctx, server.ActorFrom(ctx), in.ID, on)
		if err != nil {
			return nil, err
		}
		var out saveOut
		out.Body.Saved, out.Body.Saves = on, n
		return &out, nil
	}
}

type shareOut struct {
	Body struct {
		Shares int64 `json:"shares"`
	}
}

func (h *door) share(ctx context.Context, in *ByID) (*shareOut, error) {
	n, err := h.Render.Channel.Share(ctx, server.ActorFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	var out shareOut
	out.Body.Shares = n
	return &out, nil
}
