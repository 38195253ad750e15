package liveapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/server"
)

type sayIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"400"`
	}
}

func (h *door) say(ctx context.Context, in *sayIn) (*struct{ Body RoomComment }, error) {
	c, err := h.Live.Say(ctx, server.ActorFrom(ctx), in.ID, in.Body.Text)
	if err != nil {
		return nil, err
	}
	return &struct{ Body RoomComment }{comment(c)}, nil
}

type commentsIn struct {
	ID    string `path:"id" maxLength:"64"`
	After string `query:"after" maxLength:"64" doc:"id of the last comment seen; empty: the newest ones"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"100"`
}

type commentsOut struct {
	Body struct {
		Items []ModeratedComment `json:"items" maxItems:"200"`
		Next  string             `json:"next,omitempty" maxLength:"64"`
	}
}

func (h *door) comments(ctx context.Context, in *commentsIn) (*commentsOut, error) {
	list, err := h.Live.Comments(ctx, server.ActorFrom(ctx), in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	var out commentsOut
	out.Body.Next = in.After
	out.Body.Items = make([]ModeratedComment, len(list))
	for i, c := range list {
		out.Body.Items[i] = ModeratedComment{RoomComment: comment(c.Comment), Removed: c.Removed, Muted: c.Muted}
		out.Body.Next = c.ID
	}
	return &out, nil
}

type commentIn struct {
	ID  string `path:"id" maxLength:"64"`
	CID string `path:"cid" maxLength:"64"`
}

func (h *door) remove(ctx context.Context, in *commentIn) (*struct{}, error) {
	return nil, h.Live.Remove(ctx, server.ActorFrom(ctx), in.ID, in.CID)
}

type pinIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		CommentID string `json:"commentId,omitempty" maxLength:"64"`
		Text      string `json:"text,omitempty" maxLength:"400"`
	}
}

func (h *door) pin(ctx context.Context, in *pinIn) (*struct{}, error) {
	return nil, h.Live.Pin(ctx, server.ActorFrom(ctx), in.ID, in.Body.CommentID, in.Body.Text)
}

func (h *door) unpin(ctx context.Context, in *roomIn) (*struct{}, error) {
	return nil, h.Live.Unpin(ctx, server.ActorFrom(ctx), in.ID)
}

type likeIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Count int64 `json:"count" minimum:"1" maximum:"50"`
	}
}

type likeOut struct {
	Body struct {
		Accepted int64 `json:"accepted"`
	}
}

func (h *door) like(ctx context.Context, in *likeIn) (*likeOut, error) {
	n, err := h.Live.Like(ctx, server.ActorFrom(ctx), in.ID, in.Body.Count)
	var out likeOut
	out.Body.Accepted = n
	return &out, err
}

type muteIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		UserID  string `json:"userId" maxLength:"64"`
		Minutes int64  `json:"minutes" minimum:"0" maximum:"1440" doc:"0: the whole session"`
	}
}

func (h *door) mute(ctx context.Context, in *muteIn) (*struct{}, error) {
	return nil, h.Live.Mute(ctx, server.ActorFrom(ctx), in.ID, in.Body.UserID, in.Body.Minutes)
}

type unmuteIn struct {
	ID     string `path:"id" maxLength:"64"`
	UserID string `path:"userId" maxLength:"64"`
}

func (h *door) unmute(ctx context.Context, in *unmuteIn) (*struct{}, error) {
	return nil, h.Live.Unmute(ctx, server.ActorFrom(ctx), in.ID, in.UserID)
}

type beaconIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Viewer string `json:"viewer" minLength:"8" maxLength:"64"`
		From   string `json:"from,omitempty" enum:"feed,square,channel,share,direct" doc:"where the viewer came from; counted when it is met first"`
	}
}

func (h *door) beacon(_ context.Context, in *beaconIn) (*struct{}, error) {
	return nil, h.Live.Beacon(in.ID, in.Body.Viewer, live.SourceOf(in.Body.From))
}

type shelfIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ProductIDs server.IDs `json:"productIds" maxItems:"100"`
	}
}

type shelfOut struct {
	Body struct {
		Items []ShelfItem `json:"items" maxItems:"100"`
	}
}

func (h *door) setShelf(ctx context.Context, in *shelfIn) (*shelfOut, error) {
	if err := h.Live.SetShelf(ctx, server.ActorFrom(ctx), in.ID, in.Body.ProductIDs); err != nil {
		return nil, err
	}
	r, err := h.Live.Room(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out shelfOut
	out.Body.Items, err = h.shelf(ctx, r)
	return &out, err
}

type explainIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ProductID *string `json:"productId,omitempty" maxLength:"64" doc:"absent or null: stop explaining" nullable:"true"`
	}
}

type explainOut struct {
	Body struct {
		Explaining string `json:"explaining,omitempty" maxLength:"64"`
	}
}

func (h *door) explain(ctx context.Context, in *explainIn) (*explainOut, error) {
	var out explainOut
	if in.Body.ProductID != nil {
		out.Body.Explaining = *in.Body.ProductID
	}
	return &out, h.Live.Explain(ctx, server.ActorFrom(ctx), in.ID, out.Body.Explaining)
}
