package channelapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/server"
)

type channelOut struct{ Body Channel }

type foundIn struct {
	Body struct {
		Name          string `json:"name" minLength:"1" maxLength:"64"`
		Handle        string `json:"handle" minLength:"3" maxLength:"30"`
		Bio           string `json:"bio,omitempty" maxLength:"400"`
		AvatarAssetID string `json:"avatarAssetId,omitempty" maxLength:"64"`
	}
}

func (h *door) found(ctx context.Context, in *foundIn) (*channelOut, error) {
	a := server.ActorFrom(ctx)
	c, err := h.Render.Channel.Found(ctx, a, channel.Draft{Name: in.Body.Name, Handle: in.Body.Handle, Bio: in.Body.Bio, Avatar: in.Body.AvatarAssetID})
	return h.one(ctx, a, c, err)
}

type updateIn struct {
	ByID
	Body struct {
		Name          *string `json:"name,omitempty" maxLength:"64"`
		Bio           *string `json:"bio,omitempty" maxLength:"400"`
		AvatarAssetID *string `json:"avatarAssetId,omitempty" maxLength:"64"`
		CoverAssetID  *string `json:"coverAssetId,omitempty" maxLength:"64"`
	}
}

func (h *door) update(ctx context.Context, in *updateIn) (*channelOut, error) {
	a := server.ActorFrom(ctx)
	c, err := h.Render.Channel.Update(ctx, a, in.ID, channel.Change{Name: in.Body.Name, Bio: in.Body.Bio, Avatar: in.Body.AvatarAssetID, Cover: in.Body.CoverAssetID})
	return h.one(ctx, a, c, err)
}

func (h *door) channel(ctx context.Context, in *ByID) (*channelOut, error) {
	c, err := h.Render.Channel.Channel(ctx, in.ID)
	return h.one(ctx, server.ActorFrom(ctx), c, err)
}

// one renders the channel an operation ended with.
func (h *door) one(ctx context.Context, a identity.Actor, c channel.Channel, err error) (*channelOut, error) {
	if err != nil {
		return nil, err
	}
	role, err := h.Render.Channel.RoleIn(ctx, a, c.ID)
	if err != nil {
		return nil, err
	}
	list, err := h.homes(ctx, a, []channel.Channel{c}, map[string]identity.Role{c.ID: role})
	if err != nil {
		return nil, err
	}
	if list[0].ShopID, err = h.Render.Shops.ShopOfChannel(ctx, c.ID); err != nil {
		return nil, err
	}
	return &channelOut{list[0]}, nil
}

// homes renders channels without their shops, which only a channel's own page names.
func (h *door) homes(ctx context.Context, a identity.Actor, list []channel.Channel, roles map[string]identity.Role) ([]Channel, error) {
	cards, err := h.Render.Cards(ctx, a, list)
	if err != nil {
		return nil, err
	}
	out := make([]Channel, len(list))
	for i, c := range list {
		out[i] = Channel{
			ChannelCard: cards[i], Bio: c.Bio, CoverURL: identityapi.ImageURL(c.Cover), Followers: c.Followers, Posts: c.Posts, Likes: c.Likes,
			OwnerID: c.OwnerID, Role: string(roles[c.ID]), CreatedAt: c.CreatedAt,
		}
	}
	return out, nil
}

type channelList struct {
	Body struct {
		Items []Channel `json:"items" maxItems:"200"`
	}
}

func (h *door) mine(ctx context.Context, _ *struct{}) (*channelList, error) {
	a := server.ActorFrom(ctx)
	list, roles, err := h.Render.Channel.Mine(ctx, a)
	if err != nil {
		return nil, err
	}
	var out channelList
	out.Body.Items, err = h.homes(ctx, a, list, roles)
	return &out, err
}

// maxFollowing channels in one answer; the newest come first.
const maxFollowing = 200

type cardList struct {
	Body struct {
		Items []ChannelCard `json:"items" maxItems:"200"`
	}
}

func (h *door) following(ctx context.Context, _ *struct{}) (*cardList, error) {
	a := server.ActorFrom(ctx)
	list, err := h.Render.Channel.Following(ctx, a, maxFollowing)
	if err != nil {
		return nil, err
	}
	var out cardList
	out.Body.Items, err = h.Render.Cards(ctx, a, list)
	return &out, err
}

type followOut struct {
	Body struct {
		Followed  bool  `json:"followed"`
		Followers int64 `json:"followers"`
	}
}

func (h *door) follow(on bool) func(ctx context.Context, in *ByID) (*followOut, error) {
	return func(ctx context.Context, in *ByID) (*followOut, error) {
		n, err := h.Render.Channel.Follow(ctx, server.ActorFrom(ctx), in.ID, on)
		if err != nil {
			return nil, err
		}
		var out followOut
		out.Body.Followed, out.Body.Followers = on, n
		return &out, nil
	}
}

// ChannelSummary is a channel's figures for its team.
type ChannelSummary struct {
	Followers      int64 `json:"followers"`
	FollowersToday int64 `json:"followersToday"`
	Likes          int64 `json:"likes"`
	Comments       int64 `json:"comments"`
	Posts          int64 `json:"posts"`
}

func (h *door) summary(ctx context.Context, in *ByID) (*struct{ Body ChannelSummary }, error) {
	v, err := h.Render.Channel.Summary(ctx, server.ActorFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ChannelSummary }{ChannelSummary{Followers: v.Followers, FollowersToday: v.FollowersToday, Likes: v.Likes, Comments: v.Comments, Posts: v.Posts}}, nil
}
