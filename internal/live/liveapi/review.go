package liveapi

import (
	"context"
	"slices"

	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/server"
)

type openedIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Viewer    string `json:"viewer" minLength:"8" maxLength:"64" doc:"the same as on joining"`
		ProductID string `json:"productId" maxLength:"64"`
	}
}

func (h *door) opened(_ context.Context, in *openedIn) (*struct{}, error) {
	return nil, h.Live.Opened(in.ID, in.Body.Viewer, in.Body.ProductID)
}

// RoomReview is a session in figures.
type RoomReview struct {
	Title      string          `json:"title" maxLength:"64"`
	State      string          `json:"state" enum:"prepared,live,reconnecting,ended,cancelled"`
	StartedAt  int64           `json:"startedAt"`
	EndedAt    int64           `json:"endedAt,omitempty"`
	HasReplay  bool            `json:"hasReplay"`
	GMV        int64           `json:"gmvMinor"`
	Orders     int64           `json:"orders" doc:"paid ones"`
	LateOrders int64           `json:"lateOrders" doc:"paid after the end: in the totals, not in the series"`
	Buyers     int64           `json:"buyers"`
	Placed     int64           `json:"placed" doc:"orders placed, paid or not"`
	Entered    int64           `json:"entered"`
	Openers    int64           `json:"openers" doc:"viewers who looked into a product"`
	Peak       int64           `json:"peak"`
	PeakAt     int64           `json:"peakAt,omitempty" doc:"the step of the series in which most were there"`
	Likes      int64           `json:"likes"`
	Comments   int64           `json:"comments"`
	Follows    int64           `json:"follows"`
	WatchMS    int64           `json:"watchMs" doc:"summed over viewers; by entered it is the average stay"`
	StepMS     int64           `json:"stepMs"`
	Points     []SessionPoint  `json:"points" maxItems:"720"`
	Explained  []ExplainedBit  `json:"explained" maxItems:"500"`
	Marks      []SessionMark   `json:"marks" maxItems:"200"`
	Products   []SessionGood   `json:"products" maxItems:"1000"`
	Sources    []SessionSource `json:"sources" maxItems:"10" doc:"most first; each viewer once, where first met"`
}

// SessionPoint is one step of a session.
type SessionPoint struct {
	At       int64 `json:"at"`
	Measured bool  `json:"measured" doc:"false: nobody counted then; the audience figures are unknown, not 0"`
	Peak     int64 `json:"peak"`
	Enters   int64 `json:"enters"`
	Likes    int64 `json:"likes"`
	Comments int64 `json:"comments"`
	Follows  int64 `json:"follows"`
	Orders   int64 `json:"orders"`
	GMV      int64 `json:"gmvMinor"`
	WatchMS  int64 `json:"watchMs"`
}

// SessionMark is a moment of a session.
type SessionMark struct {
	At   int64  `json:"at"`
	Kind string `json:"kind" enum:"pin,lost,back"`
	Text string `json:"text,omitempty" maxLength:"400"`
}

// SessionGood is what a product did in a session.
type SessionGood struct {
	ProductID   string `json:"productId" maxLength:"64"`
	Number      int    `json:"number,omitempty" doc:"on the shelf, absent for what left it"`
	Title       string `json:"title" maxLength:"200" doc:"empty: the product is gone"`
	ImageURL    string `json:"imageUrl" maxLength:"256"`
	ExplainedMS int64  `json:"explainedMs"`
	Opens       int64  `json:"opens" doc:"viewers who looked into it"`
	Orders      int64  `json:"orders"`
	Quantity    int64  `json:"quantity"`
	Amount      int64  `json:"amountMinor" doc:"goods only, before freight and discounts of the order"`
}

// SessionSource is how many viewers came one way.
type SessionSource struct {
	From    string `json:"from" enum:"feed,square,channel,share,direct"`
	Viewers int64  `json:"viewers"`
}

func (h *door) review(ctx context.Context, in *roomIn) (*struct{ Body RoomReview }, error) {
	v, err := h.Live.Review(ctx, server.ActorFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	replays, err := h.Live.HasReplay(ctx, []string{v.Room.ID})
	if err != nil {
		return nil, err
	}
	r := v.Room
	out := RoomReview{Title: r.Title, State: string(r.State), StartedAt: r.StartedAt, EndedAt: r.EndedAt, HasReplay: replays[r.ID] && !r.OnAir(),
		GMV: v.Sales.GMV, Orders: v.Sales.Orders, LateOrders: v.LateOrders, Buyers: v.Buyers, Placed: v.Placed, Entered: r.Entered, Openers: v.Openers,
		Peak: r.Peak, PeakAt: v.PeakAt, Likes: r.Likes, Comments: r.Comments, Follows: v.Follows, WatchMS: v.WatchMS, StepMS: v.StepMS,
		Points: make([]SessionPoint, len(v.Points)), Explained: make([]ExplainedBit, len(v.Explained)), Marks: make([]SessionMark, len(v.Marks)), Sources: []SessionSource{}}
	for i, p := range v.Points {
		out.Points[i] = SessionPoint(p)
	}
	for i, e := range v.Explained {
		to := e.To
		if to == 0 {
			to = v.Until
		}
		out.Explained[i] = ExplainedBit{ProductID: e.ProductID, FromMS: e.From - r.StartedAt, ToMS: to - r.StartedAt}
	}
	for i, m := range v.Marks {
		out.Marks[i] = SessionMark{At: m.At, Kind: m.Kind, Text: m.Body}
	}
	for from, n := range v.Sources {
		out.Sources = append(out.Sources, SessionSource{From: string(from), Viewers: n})
	}
	slices.SortFunc(out.Sources, func(a, b SessionSource) int { return int(b.Viewers - a.Viewers) })
	out.Products, err = h.sessionGoods(ctx, r.ID, v.Products)
	return &struct{ Body RoomReview }{out}, err
}

func (h *door) sessionGoods(ctx context.Context, roomID string, list []live.ReviewProduct) ([]SessionGood, error) {
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ProductID
	}
	cards, err := h.Products.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	shelf, err := h.Live.ShelfIDs(ctx, roomID)
	if err != nil {
		return nil, err
	}
	out := make([]SessionGood, len(list))
	for i, p := range list {
		card := cards[p.ProductID]
		out[i] = SessionGood{ProductID: p.ProductID, Number: slices.Index(shelf, p.ProductID) + 1, Title: card.Title, ImageURL: card.ImageURL,
			ExplainedMS: p.ExplainedMS, Opens: p.Opens, Orders: p.Orders, Quantity: p.Quantity, Amount: p.Amount}
	}
	return out, nil
}
