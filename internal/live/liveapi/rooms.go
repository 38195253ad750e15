package liveapi

import (
	"context"
	"strings"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/server"
)

type roomIn struct {
	ID string `path:"id" maxLength:"64"`
}

type roomOut struct{ Body Room }

type listIn struct {
	State  string `query:"state" enum:"live,ended" default:"live"`
	Cursor string `query:"cursor" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

type listOut struct {
	Body struct {
		Items []RoomCard `json:"items" maxItems:"50"`
		Next  string     `json:"next,omitempty" maxLength:"64"`
	}
}

func (h *door) list(ctx context.Context, in *listIn) (*listOut, error) {
	f := live.Filter{States: []timeline.State{timeline.Live, timeline.Reconnecting}, Cursor: in.Cursor, Limit: in.Limit}
	if in.State == "ended" {
		f.States, f.Replays = []timeline.State{timeline.Ended}, true
	}
	return h.page(ctx, f)
}

func (h *door) page(ctx context.Context, f live.Filter) (*listOut, error) {
	rooms, err := h.Live.Rooms(ctx, f)
	if err != nil {
		return nil, err
	}
	var out listOut
	if out.Body.Items, err = h.Cards(ctx, server.ActorFrom(ctx), rooms); err != nil {
		return nil, err
	}
	if len(rooms) == f.Limit {
		out.Body.Next = rooms[len(rooms)-1].ID
	}
	return &out, nil
}

type channelListIn struct {
	ID     string `path:"id" maxLength:"64"`
	Cursor string `query:"cursor" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

func (h *door) channelRooms(ctx context.Context, in *channelListIn) (*listOut, error) {
	role, err := h.Identity.RoleIn(ctx, server.ActorFrom(ctx), identity.Scope{Kind: "channel", ID: in.ID})
	if err != nil {
		return nil, err
	}
	f := live.Filter{ChannelID: in.ID, States: []timeline.State{timeline.Live, timeline.Reconnecting, timeline.Ended}, Replays: role == "", Cursor: in.Cursor, Limit: in.Limit}
	if role != "" {
		f.States = append(f.States, timeline.Prepared)
	}
	return h.page(ctx, f)
}

type currentOut struct {
	Body struct {
		Room *RoomCard `json:"room,omitempty"`
	}
}

func (h *door) current(ctx context.Context, in *roomIn) (*currentOut, error) {
	r, found, err := h.Live.Current(ctx, in.ID)
	if err != nil || !found {
		return &currentOut{}, err
	}
	cards, err := h.Cards(ctx, server.ActorFrom(ctx), []live.Room{r})
	if err != nil {
		return nil, err
	}
	var out currentOut
	out.Body.Room = &cards[0]
	return &out, nil
}

func (h *door) get(ctx context.Context, in *roomIn) (*roomOut, error) {
	r, err := h.Live.Room(ctx, in.ID)
	return h.inside(ctx, r, err)
}

// inside renders a room with all that its page needs.
func (h *door) inside(ctx context.Context, r live.Room, err error) (*roomOut, error) {
	if err != nil {
		return nil, err
	}
	a := server.ActorFrom(ctx)
	cards, err := h.Cards(ctx, a, []live.Room{r})
	if err != nil {
		return nil, err
	}
	out := Room{RoomCard: cards[0], Epoch: r.Epoch, Record: r.Record, Demo: r.Demo, Sandbox: h.Sandbox}
	if r.OnAir() && r.Session != "" {
		out.Playback = &Playback{HLSURL: "/media/live/" + r.Session + "/index.m3u8", Session: r.Session, StartedAt: r.StartedAt}
	}
	if out.Shelf, err = h.shelf(ctx, r); err != nil {
		return nil, err
	}
	if c := r.Pinned(); c != nil {
		pin := comment(*c)
		out.Pinned = &pin
	}
	role, err := h.Identity.RoleIn(ctx, a, identity.Scope{Kind: "channel", ID: r.ChannelID})
	if err != nil {
		return nil, err
	}
	switch role {
	case identity.Owner, identity.Staff:
		out.Role = "host"
	case identity.Moderator:
		out.Role = "moderator"
	}
	if !a.Anonymous() {
		out.Muted, err = h.Live.Muted(ctx, r.ID, a.UserID)
	}
	return &roomOut{out}, err
}

func (h *door) shelf(ctx context.Context, r live.Room) ([]ShelfItem, error) {
	ids, err := h.Live.ShelfIDs(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	products, err := h.Products.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	sales, err := h.Live.SalesOf(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	out := make([]ShelfItem, 0, len(ids))
	for i, id := range ids {
		if p, ok := products[id]; ok {
			out = append(out, ShelfItem{Product: p, Position: i, Number: i + 1, Explaining: r.Explain == id && r.OnAir(), SoldInRoom: sales.ByProduct[id]})
		}
	}
	return out, nil
}

type prepareIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Title        string     `json:"title" minLength:"1" maxLength:"64"`
		CoverAssetID string     `json:"coverAssetId,omitempty" maxLength:"64"`
		ProductIDs   server.IDs `json:"productIds,omitempty" maxItems:"100"`
		Record       bool       `json:"record"`
	}
}

func (h *door) prepare(ctx context.Context, in *prepareIn) (*roomOut, error) {
	r, err := h.Live.Prepare(ctx, server.ActorFrom(ctx), in.ID, live.Draft{Title: in.Body.Title, Cover: in.Body.CoverAssetID, ProductIDs: in.Body.ProductIDs, Record: in.Body.Record})
	return h.inside(ctx, r, err)
}

type changeIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Title        *string `json:"title,omitempty" maxLength:"64"`
		CoverAssetID *string `json:"coverAssetId,omitempty" maxLength:"64"`
	}
}

func (h *door) change(ctx context.Context, in *changeIn) (*roomOut, error) {
	r, err := h.Live.Change(ctx, server.ActorFrom(ctx), in.ID, in.Body.Title, in.Body.CoverAssetID)
	return h.inside(ctx, r, err)
}

func (h *door) start(ctx context.Context, in *roomIn) (*roomOut, error) {
	r, err := h.Live.Start(ctx, server.ActorFrom(ctx), in.ID)
	return h.inside(ctx, r, err)
}

func (h *door) end(ctx context.Context, in *roomIn) (*roomOut, error) {
	r, err := h.Live.End(ctx, server.ActorFrom(ctx), in.ID)
	return h.inside(ctx, r, err)
}

func (h *door) cancel(ctx context.Context, in *roomIn) (*roomOut, error) {
	r, err := h.Live.Cancel(ctx, server.ActorFrom(ctx), in.ID)
	return h.inside(ctx, r, err)
}

type replayOut struct {
	Body struct {
		HLSURL     string         `json:"hlsUrl" maxLength:"4096"`
		StartedAt  int64          `json:"startedAt"`
		EndedAt    int64          `json:"endedAt"`
		PictureAt  int64          `json:"pictureAt" doc:"when the recording's first frame was shown, unix ms: position 0"`
		DurationMS int64          `json:"durationMs"`
		ChunkMS    int64          `json:"chunkMs"`
		Chunks     int64          `json:"chunks"`
		Explained  []ExplainedBit `json:"explained" maxItems:"500"`
	}
}

// ExplainedBit is a stretch of a replay in which a product was spoken of.
type ExplainedBit struct {
	ProductID string `json:"productId" maxLength:"64"`
	FromMS    int64  `json:"fromMs"`
	ToMS      int64  `json:"toMs"`
}

func (h *door) replay(ctx context.Context, in *roomIn) (*replayOut, error) {
	v, err := h.Live.Replay(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out replayOut
	b := &out.Body
	b.PictureAt = v.Room.StartedAt
	first, err := h.Media.Recording(ctx, v.Recordings[0])
	if err != nil {
		return nil, err
	}
	if len(first.Segments) > 0 {
		b.PictureAt = first.Segments[0].At
	}
	b.HLSURL = "/media/rec/" + strings.Join(v.Recordings, "~") + "/index.m3u8"
	b.StartedAt, b.EndedAt, b.DurationMS, b.ChunkMS, b.Chunks = v.Room.StartedAt, v.Room.EndedAt, v.DurationMS, live.ChunkMS, v.Chunks
	b.Explained = make([]ExplainedBit, len(v.Explained))
	for i, e := range v.Explained {
		b.Explained[i] = ExplainedBit{ProductID: e.ProductID, FromMS: e.From - v.Room.StartedAt, ToMS: e.To - v.Room.StartedAt}
	}
	return &out, nil
}

// Point is one sample of the console's curves.
type Point struct {
	At       int64 `json:"at"`
	Online   int64 `json:"online"`
	Entered  int64 `json:"entered"`
	Likes    int64 `json:"likes"`
	Comments int64 `json:"comments"`
	Follows  int64 `json:"follows"`
	Orders   int64 `json:"orders"`
	GMV      int64 `json:"gmvMinor"`
}

// RoomConsole is what the host watches.
type RoomConsole struct {
	Online    int64        `json:"online"`
	Peak      int64        `json:"peak"`
	Entered   int64        `json:"entered"`
	Likes     int64        `json:"likes"`
	Comments  int64        `json:"comments"`
	Follows   int64        `json:"follows"`
	Orders    int64        `json:"orders"`
	GMV       int64        `json:"gmvMinor"`
	StartedAt int64        `json:"startedAt,omitempty"`
	Health    StreamHealth `json:"health"`
	Shelf     []ShelfItem  `json:"shelf" maxItems:"100"`
	Series    []Point      `json:"series" maxItems:"60"`
}

func (h *door) console(ctx context.Context, in *roomIn) (*struct{ Body RoomConsole }, error) {
	c, err := h.Live.Console(ctx, server.ActorFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := RoomConsole{Online: c.Room.Online, Peak: c.Room.Peak, Entered: c.Room.Entered, Likes: c.Room.Likes, Comments: c.Room.Comments, Follows: c.Follows,
		Orders: c.Sales.Orders, GMV: c.Sales.GMV, StartedAt: c.Room.StartedAt, Health: h.health(c.Health), Series: make([]Point, len(c.Series))}
	for i, p := range c.Series {
		out.Series[i] = Point(p)
	}
	if out.Shelf, err = h.shelf(ctx, c.Room); err != nil {
		return nil, err
	}
	for i, it := range out.Shelf {
		out.Shelf[i].Opens = c.Opens[it.Product.ID]
	}
	return &struct{ Body RoomConsole }{out}, nil
}
