package liveapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// LiveNotice is an announced live as anyone sees it: how many reserved is the team's alone.
type LiveNotice struct {
	ID          string                 `json:"id" maxLength:"64"`
	Channel     channelapi.ChannelCard `json:"channel"`
	Title       string                 `json:"title" maxLength:"64"`
	CoverURL    string                 `json:"coverUrl" maxLength:"256"`
	StartsAt    int64                  `json:"startsAt"`
	State       string                 `json:"state" enum:"planned,live,done,cancelled,missed"`
	RoomID      string                 `json:"roomId,omitempty" maxLength:"64" doc:"once it is live or done"`
	Products    []shopapi.ProductCard  `json:"products" maxItems:"50"`
	Reserved    bool                   `json:"reserved" doc:"by the one who asks"`
	Reason      string                 `json:"reason,omitempty" maxLength:"400" doc:"why it was cancelled"`
	CalendarURL string                 `json:"calendarUrl" maxLength:"256"`
}

// DeskNotice is a notice as its team sees it.
type DeskNotice struct {
	LiveNotice
	CoverAssetID string `json:"coverAssetId,omitempty" maxLength:"64"`
	Count        int64  `json:"count" doc:"people who reserved"`
	LinkedRoomID string `json:"linkedRoomId,omitempty" maxLength:"64" doc:"the room that will start it"`
	CreatedAt    int64  `json:"createdAt"`
	EndedAt      int64  `json:"endedAt,omitempty"`
}

// NoticeBar is how many reserved in a stretch of time and still do.
type NoticeBar struct {
	At    int64 `json:"at"`
	Count int64 `json:"count"`
}

// NoticeCurve is a notice with its reservations over time.
type NoticeCurve struct {
	Notice DeskNotice  `json:"notice"`
	StepMS int64       `json:"stepMs" doc:"an hour for young notices, else a day"`
	Bars   []NoticeBar `json:"bars" maxItems:"200"`
}

type noticeOut struct{ Body LiveNotice }

type deskOut struct{ Body DeskNotice }

type noticesOut struct {
	Body struct {
		Items []LiveNotice `json:"items" maxItems:"21"`
	}
}

// Notices renders notices with batch look-ups.
func (x *Render) Notices(ctx context.Context, a identity.Actor, notices []live.Notice) ([]LiveNotice, error) {
	ids, channelIDs := make([]string, len(notices)), make([]string, len(notices))
	for i, n := range notices {
		ids[i], channelIDs[i] = n.ID, n.ChannelID
	}
	channels, err := x.Channels.CardsByID(ctx, a, channelIDs)
	if err != nil {
		return nil, err
	}
	reserved, err := x.Live.ReservedBy(ctx, a.UserID, ids)
	if err != nil {
		return nil, err
	}
	byNotice, err := x.Live.NoticeProducts(ctx, ids)
	if err != nil {
		return nil, err
	}
	var productIDs []string
	for _, list := range byNotice {
		productIDs = append(productIDs, list...)
	}
	products, err := x.Products.Cards(ctx, productIDs)
	if err != nil {
		return nil, err
	}
	out := make([]LiveNotice, len(notices))
	for i, n := range notices {
		out[i] = LiveNotice{ID: n.ID, Channel: channels[n.ChannelID], Title: n.Title, CoverURL: identityapi.ImageURL(n.Cover), StartsAt: n.StartsAt, State: string(n.State),
			Products: []shopapi.ProductCard{}, Reserved: reserved[n.ID], Reason: n.Reason, CalendarURL: base + "/notices/" + n.ID + "/calendar.ics"}
		if n.State == live.NoticeLive || n.State == live.NoticeDone {
			out[i].RoomID = n.RoomID
		}
		for _, id := range byNotice[n.ID] {
			if p, ok := products[id]; ok {
				out[i].Products = append(out[i].Products, p)
			}
		}
	}
	return out, nil
}

func (h *door) notice(ctx context.Context, n live.Notice, err error) (*noticeOut, error) {
	if err != nil {
		return nil, err
	}
	list, err := h.Notices(ctx, server.ActorFrom(ctx), []live.Notice{n})
	if err != nil {
		return nil, err
	}
	return &noticeOut{list[0]}, nil
}

func (h *door) deskNotices(ctx context.Context, notices []live.Notice) ([]DeskNotice, error) {
	list, err := h.Notices(ctx, server.ActorFrom(ctx), notices)
	if err != nil {
		return nil, err
	}
	out := make([]DeskNotice, len(list))
	for i, n := range notices {
		out[i] = DeskNotice{LiveNotice: list[i], CoverAssetID: n.Cover, Count: n.Reserved, LinkedRoomID: n.RoomID, CreatedAt: n.CreatedAt, EndedAt: n.EndedAt}
	}
	return out, nil
}

func (h *door) deskNotice(ctx context.Context, n live.Notice, err error) (*deskOut, error) {
	if err != nil {
		return nil, err
	}
	list, err := h.deskNotices(ctx, []live.Notice{n})
	if err != nil {
		return nil, err
	}
	return &deskOut{list[0]}, nil
}

func (h *door) channelNotices(ctx context.Context, in *channelIn) (*noticesOut, error) {
	notices, err := h.Live.ComingNotices(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out noticesOut
	out.Body.Items, err = h.Notices(ctx, server.ActorFrom(ctx), notices)
	return &out, err
}

type noticeListIn struct {
	ID     string `path:"id" maxLength:"64"`
	State  string `query:"state" enum:"coming,past" default:"coming"`
	Cursor string `query:"cursor" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

type noticeListOut struct {
	Body struct {
		Items []DeskNotice `json:"items" maxItems:"50"`
		Next  string       `json:"next,omitempty" maxLength:"64"`
	}
}

func (h *door) noticeDesk(ctx context.Context, in *noticeListIn) (*noticeListOut, error) {
	past := in.State == "past"
	notices, err := h.Live.DeskNotices(ctx, server.ActorFrom(ctx), in.ID, past, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	var out noticeListOut
	if past && len(notices) == in.Limit {
		out.Body.Next = notices[len(notices)-1].ID
	}
	out.Body.Items, err = h.deskNotices(ctx, notices)
	return &out, err
}

type noticePostIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Title        string     `json:"title" minLength:"1" maxLength:"64"`
		CoverAssetID string     `json:"coverAssetId,omitempty" maxLength:"64"`
		StartsAt     int64      `json:"startsAt" minimum:"0" maximum:"9007199254740991" doc:"unix ms, 5 minutes to 90 days from now"`
		ProductIDs   server.IDs `json:"productIds,omitempty" maxItems:"50"`
	}
}

func (h *door) noticePost(ctx context.Context, in *noticePostIn) (*deskOut, error) {
	b := in.Body
	n, err := h.Live.PostNotice(ctx, server.ActorFrom(ctx), in.ID, live.NoticeDraft{Title: b.Title, Cover: b.CoverAssetID, StartsAt: b.StartsAt, ProductIDs: b.ProductIDs})
	return h.deskNotice(ctx, n, err)
}

type noticeIn struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *door) noticeGet(ctx context.Context, in *noticeIn) (*noticeOut, error) {
	n, err := h.Live.Notice(ctx, in.ID)
	return h.notice(ctx, n, err)
}

type noticeEditIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Title        *string     `json:"title,omitempty" maxLength:"64"`
		CoverAssetID *string     `json:"coverAssetId,omitempty" maxLength:"64"`
		StartsAt     *int64      `json:"startsAt,omitempty" minimum:"0" maximum:"9007199254740991"`
		ProductIDs   *server.IDs `json:"productIds,omitempty" maxItems:"50"`
	}
}

func (h *door) noticeEdit(ctx context.Context, in *noticeEditIn) (*deskOut, error) {
	b := in.Body
	n, err := h.Live.EditNotice(ctx, server.ActorFrom(ctx), in.ID, live.NoticeEdit{Title: b.Title, Cover: b.CoverAssetID, StartsAt: b.StartsAt, ProductIDs: (*[]string)(b.ProductIDs)})
	return h.deskNotice(ctx, n, err)
}

type noticeCancelIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" maxLength:"400" doc:"1 to 100 characters, shown to those who reserved"`
	}
}

func (h *door) noticeCancel(ctx context.Context, in *noticeCancelIn) (*deskOut, error) {
	n, err := h.Live.CancelNotice(ctx, server.ActorFrom(ctx), in.ID, in.Body.Reason)
	return h.deskNotice(ctx, n, err)
}

type noticeCurveIn struct {
	ID     string `path:"id" maxLength:"64"`
	Offset int64  `query:"offset" minimum:"-840" maximum:"840" doc:"minutes east of UTC, for days that begin at the reader's midnight"`
}

func (h *door) noticeCurve(ctx context.Context, in *noticeCurveIn) (*struct{ Body NoticeCurve }, error) {
	n, bars, step, err := h.Live.NoticeDesk(ctx, server.ActorFrom(ctx), in.ID, in.Offset)
	if err != nil {
		return nil, err
	}
	list, err := h.deskNotices(ctx, []live.Notice{n})
	if err != nil {
		return nil, err
	}
	out := NoticeCurve{Notice: list[0], StepMS: step, Bars: make([]NoticeBar, len(bars))}
	for i, b := range bars {
		out.Bars[i] = NoticeBar(b)
	}
	return &struct{ Body NoticeCurve }{out}, nil
}

type noticeLinkIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		NoticeID string `json:"noticeId" maxLength:"64" doc:"a planned notice of the channel, empty for none"`
	}
}

func (h *door) noticeLink(ctx context.Context, in *noticeLinkIn) (*struct{}, error) {
	return nil, h.Live.LinkNotice(ctx, server.ActorFrom(ctx), in.ID, in.Body.NoticeID)
}
