package liveapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// RoomCard is a room in lists.
type RoomCard struct {
	ID        string                 `json:"id" maxLength:"64"`
	Title     string                 `json:"title" maxLength:"64"`
	CoverURL  string                 `json:"coverUrl" maxLength:"256"`
	Channel   channelapi.ChannelCard `json:"channel"`
	State     string                 `json:"state" enum:"prepared,live,reconnecting,ended,cancelled"`
	Online    int64                  `json:"online"`
	Likes     int64                  `json:"likes"`
	Product   *shopapi.ProductCard   `json:"product,omitempty" doc:"being explained, else the first on the shelf"`
	StartedAt int64                  `json:"startedAt,omitempty"`
	EndedAt   int64                  `json:"endedAt,omitempty"`
	HasReplay bool                   `json:"hasReplay"`
}

// Playback is where a room's picture plays.
type Playback struct {
	HLSURL    string `json:"hlsUrl" maxLength:"256"`
	Session   string `json:"session" maxLength:"64"`
	StartedAt int64  `json:"startedAt"`
}

// ShelfItem is one product on a room's shelf.
type ShelfItem struct {
	Product    shopapi.ProductCard `json:"product"`
	Position   int                 `json:"position"`
	Number     int                 `json:"number"`
	Explaining bool                `json:"explaining"`
	SoldInRoom int64               `json:"soldInRoom"`
	Opens      int64               `json:"opens,omitempty" doc:"viewers who looked into it; only in the console of a room on air"`
}

// RoomComment is one line of talk; keys are those of the ticks.
type RoomComment struct {
	ID     string `json:"id" maxLength:"64"`
	U      string `json:"u" maxLength:"64" doc:"user id"`
	Name   string `json:"name" maxLength:"64"`
	Avatar string `json:"avatar" maxLength:"256"`
	Text   string `json:"text" maxLength:"400"`
	At     int64  `json:"at"`
	Badge  string `json:"badge,omitempty" enum:"host,moderator"`
	Ask    bool   `json:"ask,omitempty"`
	N      int    `json:"n,omitempty" doc:"how many said the same"`
	Demo   bool   `json:"demo,omitempty"`
}

// ModeratedComment is a comment as the team sees it.
type ModeratedComment struct {
	RoomComment
	Removed bool `json:"removed"`
	Muted   bool `json:"muted"`
}

// Room is a room as seen from inside.
type Room struct {
	RoomCard
	Playback *Playback    `json:"playback,omitempty"`
	Shelf    []ShelfItem  `json:"shelf" maxItems:"100"`
	Pinned   *RoomComment `json:"pinned,omitempty"`
	Epoch    int64        `json:"epoch"`
	Role     string       `json:"role,omitempty" enum:"host,moderator"`
	Muted    bool         `json:"muted"`
	Record   bool         `json:"record"`
	Demo     bool         `json:"demo"`
	Sandbox  bool         `json:"sandbox" doc:"payments move no real money"`
}

// StreamHealth is what arrives from the publisher.
type StreamHealth struct {
	OnAir        bool         `json:"onAir"`
	Protocol     string       `json:"protocol" maxLength:"16"`
	Since        int64        `json:"since"`
	Width        int          `json:"width"`
	Height       int          `json:"height"`
	FPS          float64      `json:"fps"`
	Kbps         int64        `json:"kbps"`
	KeyframeGap  int64        `json:"keyframeGapMs"`
	VideoCodec   string       `json:"videoCodec" maxLength:"32"`
	AudioCodec   string       `json:"audioCodec" maxLength:"32"`
	Warnings     []string     `json:"warnings" maxItems:"10"`
	LastError    *StreamError `json:"lastError,omitempty"`
	SampleSource bool         `json:"sampleSource"`
}

// StreamError is why a publisher was refused or cut.
type StreamError struct {
	Code   string `json:"code" maxLength:"64"`
	At     int64  `json:"at"`
	Detail string `json:"detail" maxLength:"400"`
}

func (h *door) health(v media.Health) StreamHealth {
	out := StreamHealth{
		OnAir: v.OnAir, Protocol: v.Protocol, Since: v.Since, Width: v.Picture.Width, Height: v.Picture.Height, FPS: v.FPS, Kbps: v.BitrateBPS / 1000,
		KeyframeGap: v.KeyGapMS, VideoCodec: v.Picture.CodecTag, AudioCodec: v.Sound.CodecTag, Warnings: v.Warnings, SampleSource: h.Media.SampleOn(v.ChannelID),
	}
	if out.Warnings == nil {
		out.Warnings = []string{}
	}
	if v.LastError.Code != "" {
		out.LastError = &StreamError{Code: v.LastError.Code, At: v.LastError.At, Detail: v.LastError.Detail}
	}
	return out
}

func comment(c timeline.Comment) RoomComment {
	return RoomComment{ID: c.ID, U: c.User, Name: c.Name, Avatar: c.Avatar, Text: c.Text, At: c.At, Badge: c.Badge, Ask: c.Ask, N: c.Same, Demo: c.Demo}
}

// Cards renders rooms for lists, with batch look-ups.
func (x *Render) Cards(ctx context.Context, a identity.Actor, rooms []live.Room) ([]RoomCard, error) {
	channelIDs, roomIDs, productIDs := make([]string, len(rooms)), make([]string, len(rooms)), make([]string, len(rooms))
	for i, r := range rooms {
		channelIDs[i], roomIDs[i] = r.ChannelID, r.ID
	}
	first, err := x.Live.FirstOnShelf(ctx, roomIDs)
	if err != nil {
		return nil, err
	}
	for i, r := range rooms {
		if productIDs[i] = r.Explain; productIDs[i] == "" {
			productIDs[i] = first[r.ID]
		}
	}
	channels, err := x.Channels.CardsByID(ctx, a, channelIDs)
	if err != nil {
		return nil, err
	}
	replays, err := x.Live.HasReplay(ctx, roomIDs)
	if err != nil {
		return nil, err
	}
	products, err := x.Products.Cards(ctx, productIDs)
	if err != nil {
		return nil, err
	}
	out := make([]RoomCard, len(rooms))
	for i, r := range rooms {
		out[i] = RoomCard{ID: r.ID, Title: r.Title, CoverURL: identityapi.ImageURL(r.Cover), Channel: channels[r.ChannelID], State: string(r.State), Online: r.Online, Likes: r.Likes,
			StartedAt: r.StartedAt, EndedAt: r.EndedAt, HasReplay: replays[r.ID] && r.State == timeline.Ended}
		if p, ok := products[productIDs[i]]; ok {
			out[i].Product = &p
		}
	}
	return out, nil
}

// Render turns rooms into their wire form.
type Render struct {
	Live     *live.Service
	Channels Channels
	Products Products
}

// Channels renders channel cards as the actor sees them.
type Channels interface {
	CardsByID(ctx context.Context, a identity.Actor, ids []string) (map[string]channelapi.ChannelCard, error)
}

// Products renders product cards.
type Products interface {
	Cards(ctx context.Context, ids []string) (map[string]shopapi.ProductCard, error)
}
