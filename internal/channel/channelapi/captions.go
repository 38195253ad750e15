package channelapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/server"
)

// captionsURL carries the version, so that a browser may keep what it read.
func captionsURL(postID string, c channel.Caption) string {
	return base + "/posts/" + postID + "/captions/" + c.Lang + "?v=" + c.Version
}

type captionPath struct {
	ByID
	Lang string `path:"lang" maxLength:"16"`
}

type captionsIn struct {
	ByID
	Lang    string `path:"lang" maxLength:"16"`
	Version string `query:"v" maxLength:"32" doc:"of the captions meant; they may then be kept for a day"`
}

type captionsOut struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

// A copy is kept for a day only, and by the reader only: a post may be hidden, and must then be gone from
// caches between.
const keepVersion = "private, max-age=86400, immutable"

func (h *door) captions(ctx context.Context, in *captionsIn) (*captionsOut, error) {
	vtt, version, err := h.Render.Channel.Captions(ctx, server.ActorFrom(ctx), in.ID, in.Lang)
	if err != nil {
		return nil, err
	}
	out := &captionsOut{ContentType: "text/vtt; charset=utf-8", CacheControl: "no-cache", Body: []byte(vtt)}
	if in.Version == version {
		out.CacheControl = keepVersion
	}
	return out, nil
}

type setCaptionsIn struct {
	ByID
	Lang string `path:"lang" maxLength:"16" doc:"zh-CN or en"`
	Body struct {
		VTT string `json:"vtt" maxLength:"131072" doc:"a WebVTT file of at most 64 KB and 2,000 cues"`
	}
}

func (h *door) setCaptions(ctx context.Context, in *setCaptionsIn) (*postOut, error) {
	a := server.ActorFrom(ctx)
	if err := h.Render.Channel.SetCaptions(ctx, a, in.ID, in.Lang, in.Body.VTT); err != nil {
		return nil, err
	}
	p, err := h.Render.Channel.Post(ctx, a, in.ID)
	return h.shown(ctx, a, p, err)
}

func (h *door) removeCaptions(ctx context.Context, in *captionPath) (*struct{}, error) {
	return nil, h.Render.Channel.RemoveCaptions(ctx, server.ActorFrom(ctx), in.ID, in.Lang)
}
