package liveapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/server"
)

type channelIn struct {
	ID string `path:"id" maxLength:"64"`
}

// Ingest is where and how a channel publishes.
type Ingest struct {
	RTMPURL string       `json:"rtmpUrl" maxLength:"256"`
	WHIPURL string       `json:"whipUrl" maxLength:"256"`
	HasKey  bool         `json:"hasKey"`
	KeyHint string       `json:"keyHint,omitempty" maxLength:"8" doc:"last characters of the key"`
	OnAir   bool         `json:"onAir"`
	Session string       `json:"session,omitempty" maxLength:"64"`
	HLSURL  string       `json:"hlsUrl,omitempty" maxLength:"256" doc:"preview of what arrives"`
	Health  StreamHealth `json:"health"`
}

// StreamKey is a new key, shown once.
type StreamKey struct {
	Key     string `json:"key" maxLength:"128"`
	RTMPURL string `json:"rtmpUrl" maxLength:"256"`
	WHIPURL string `json:"whipUrl" maxLength:"256"`
}

// host gates what belongs to the channel's owner and staff.
func (h *door) host(ctx context.Context, channelID string) error {
	return h.Identity.Require(ctx, server.ActorFrom(ctx), identity.Scope{Kind: "channel", ID: channelID}, identity.Staff)
}

func (h *door) ingest(ctx context.Context, in *channelIn) (*struct{ Body Ingest }, error) {
	if err := h.host(ctx, in.ID); err != nil {
		return nil, err
	}
	key, found, err := h.Media.Ingest(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := h.Media.Health(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := Ingest{RTMPURL: h.RTMPURL(), WHIPURL: h.WHIPPath, HasKey: found, KeyHint: key.KeyHint, OnAir: v.OnAir, Health: h.health(v)}
	if v.OnAir {
		out.Session, out.HLSURL = v.Session, "/media/live/"+v.Session+"/index.m3u8"
	}
	return &struct{ Body Ingest }{out}, nil
}

func (h *door) rotateKey(ctx context.Context, in *channelIn) (*struct{ Body StreamKey }, error) {
	if err := h.host(ctx, in.ID); err != nil {
		return nil, err
	}
	key, err := h.Media.RotateKey(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body StreamKey }{StreamKey{Key: key, RTMPURL: h.RTMPURL(), WHIPURL: h.WHIPPath}}, nil
}

func (h *door) revokeKey(ctx context.Context, in *channelIn) (*struct{}, error) {
	if err := h.host(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, h.Media.RevokeKey(ctx, in.ID)
}

type tokenOut struct {
	Body struct {
		Token     string `json:"token" maxLength:"128"`
		ExpiresAt int64  `json:"expiresAt"`
		WHIPURL   string `json:"whipUrl" maxLength:"256"`
	}
}

func (h *door) token(ctx context.Context, in *channelIn) (*tokenOut, error) {
	if err := h.host(ctx, in.ID); err != nil {
		return nil, err
	}
	var out tokenOut
	var err error
	out.Body.WHIPURL = h.WHIPPath
	out.Body.Token, out.Body.ExpiresAt, err = h.Media.IssueToken(ctx, in.ID)
	return &out, err
}

type sampleIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		On bool `json:"on"`
	}
}

type sampleOut struct {
	Body struct {
		On bool `json:"on"`
	}
}

func (h *door) sample(ctx context.Context, in *sampleIn) (*sampleOut, error) {
	if err := h.host(ctx, in.ID); err != nil {
		return nil, err
	}
	var out sampleOut
	out.Body.On = in.Body.On
	if !in.Body.On {
		h.Media.StopSample(in.ID)
		return &out, nil
	}
	asset, err := h.SampleAsset(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.Media.StartSample(ctx, in.ID, asset); err != nil && errs.CodeOf(err) != "sample_running" {
		return nil, err
	}
	return &out, nil
}
