package moderationapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/liveapi"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/moderation"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// Page is the query of every list. It is exported because huma looks only into exported embedded inputs.
type Page struct {
	Query  string `query:"query" maxLength:"100"`
	Cursor string `query:"cursor" maxLength:"64" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

// limit reads one row more than the page, to know whether there is a next one.
func (p Page) limit() int {
	if p.Limit < 1 || p.Limit > maxPageSize {
		return pageSize + 1
	}
	return p.Limit + 1
}

// list is a page of a list on the wire.
type list[T any] struct {
	Body struct {
		Items []T    `json:"items" maxItems:"50"`
		Next  string `json:"next,omitempty" maxLength:"64"`
	}
}

// answer cuts the row beyond the page, names the cursor of the next page and renders the rest.
func answer[R, T any](rows []R, err error, p Page, id func(R) string, render func(rows []R) ([]T, error)) (*list[T], error) {
	if err != nil {
		return nil, err
	}
	var out list[T]
	if n := p.limit() - 1; len(rows) > n {
		rows, out.Body.Next = rows[:n], id(rows[n-1])
	}
	out.Body.Items, err = render(rows)
	return &out, err
}

func (h *door) overview(ctx context.Context, _ *struct{}) (*struct{ Body Overview }, error) {
	o, err := h.Moderation.Overview(ctx, server.ActorFrom(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body Overview }{Overview{
		Users: o.Users, OnlineViewers: o.OnlineViewers, RoomsLive: o.RoomsLive, PostsToday: o.PostsToday, OrdersToday: o.OrdersToday,
		GMVTodayMinor: o.GMVToday, OutboxPending: o.OutboxPending, Stuck: o.Stuck.All(), StorageBytes: o.StorageBytes,
	}}, nil
}

func (h *door) users(ctx context.Context, in *Page) (*list[ModUser], error) {
	rows, err := h.Moderation.Users(ctx, server.ActorFrom(ctx), in.Query, in.Cursor, in.limit())
	return answer(rows, err, *in, func(u identity.User) string { return u.ID }, func(rows []identity.User) ([]ModUser, error) {
		out := make([]ModUser, len(rows))
		for i, u := range rows {
			out[i] = modUser(u)
		}
		return out, nil
	})
}

type roomsIn struct {
	State string `query:"state" enum:"prepared,live,reconnecting,ended,cancelled"`
	Page
}

func (h *door) rooms(ctx context.Context, in *roomsIn) (*list[liveapi.RoomCard], error) {
	a := server.ActorFrom(ctx)
	rows, err := h.Moderation.ListRooms(ctx, a, timeline.State(in.State), in.Query, in.Cursor, in.limit())
	return answer(rows, err, in.Page, func(r live.Room) string { return r.ID }, func(rows []live.Room) ([]liveapi.RoomCard, error) { return h.Rooms.Cards(ctx, a, rows) })
}

type postsIn struct {
	State string `query:"state" enum:"live,hidden"`
	Page
}

func (h *door) posts(ctx context.Context, in *postsIn) (*list[channelapi.Post], error) {
	a := server.ActorFrom(ctx)
	rows, err := h.Moderation.Posts(ctx, a, in.Query, channel.State(in.State), in.Cursor, in.limit())
	return answer(rows, err, in.Page, func(p channel.Post) string { return p.ID }, func(rows []channel.Post) ([]channelapi.Post, error) { return h.Posts.Posts(ctx, a, rows) })
}

func (h *door) comments(ctx context.Context, in *Page) (*list[ModComment], error) {
	a := server.ActorFrom(ctx)
	rows, err := h.Moderation.Comments(ctx, a, in.Query, in.Cursor, in.limit())
	return answer(rows, err, *in, func(c channel.Comment) string { return c.ID }, func(rows []channel.Comment) ([]ModComment, error) {
		cards, err := h.Posts.Comments(ctx, a, rows)
		out := make([]ModComment, len(cards))
		for i, c := range cards {
			out[i] = ModComment{PostComment: c, PostID: rows[i].PostID}
		}
		return out, err
	})
}

type ordersIn struct {
	State string `query:"state" enum:"unpaid,paid,shipped,received,closed,refunded,refund" doc:"refund: with an open refund"`
	Page
}

func (h *door) orders(ctx context.Context, in *ordersIn) (*list[shopapi.Order], error) {
	rows, err := h.Moderation.ListOrders(ctx, server.ActorFrom(ctx), shop.OrderQuery{State: in.State, Query: in.Query, Cursor: in.Cursor, Limit: in.limit()})
	return answer(rows, err, in.Page, func(o shop.Order) string { return o.ID }, func(rows []shop.Order) ([]shopapi.Order, error) {
		return h.Orders.Orders(ctx, rows, shop.AsOperator)
	})
}

func (h *door) ledger(ctx context.Context, _ *struct{}) (*struct{ Body LedgerReport }, error) {
	r, err := h.Moderation.Ledger(ctx, server.ActorFrom(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body LedgerReport }{report(r)}, nil
}

type logIn struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

func (h *door) log(ctx context.Context, in *logIn) (*list[AuditEntry], error) {
	p := Page{Cursor: in.Cursor, Limit: in.Limit}
	a := server.ActorFrom(ctx)
	rows, err := h.Moderation.Log(ctx, a, p.Cursor, p.limit())
	return answer(rows, err, p, func(e moderation.Entry) string { return e.ID }, func(rows []moderation.Entry) ([]AuditEntry, error) {
		ids := make([]string, len(rows))
		for i, e := range rows {
			ids[i] = e.ActorID
		}
		faces, err := h.Users.CardsByID(ctx, ids)
		if err != nil {
			return nil, err
		}
		names, err := h.Moderation.Names(ctx, a, rows)
		out := make([]AuditEntry, len(rows))
		for i, e := range rows {
			out[i] = AuditEntry{ID: e.ID, At: e.At, Actor: identityapi.Card(faces[e.ActorID]), Act: e.Act, SubjectKind: e.SubjectKind, SubjectID: e.SubjectID, SubjectName: names[e.SubjectID], Reason: e.Reason}
		}
		return out, err
	})
}
