package moderationapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/moderation"
	"github.com/hawker-live/hawker/internal/server"
)

// StuckWork is work that gave up and waits for an operator.
type StuckWork struct {
	ID          string `json:"id" maxLength:"64"`
	Kind        string `json:"kind" enum:"job,fact,refund"`
	Name        string `json:"name" maxLength:"64" doc:"the job's kind, the consumer, or the refund's provider"`
	About       string `json:"about,omitempty" maxLength:"64" doc:"the fact's subject, or the refund's order"`
	Why         string `json:"why" maxLength:"400" doc:"how the last try ended"`
	Tries       int64  `json:"tries,omitempty" doc:"none for a fact, which is tried for a time"`
	Since       int64  `json:"since" doc:"unix ms; of a refund, when it was asked for"`
	AmountMinor int64  `json:"amountMinor,omitempty" doc:"of a refund"`
	Currency    string `json:"currency,omitempty" maxLength:"3"`
}

// StuckCounts is how much of each kind there is.
type StuckCounts struct {
	Job    int64 `json:"job"`
	Fact   int64 `json:"fact"`
	Refund int64 `json:"refund"`
}

// RetryReport is what became of an order to retry everything.
type RetryReport struct {
	Done   int64 `json:"done" doc:"put back, or delivered"`
	Failed int64 `json:"failed" doc:"failed again at once"`
	Left   int64 `json:"left" doc:"of this kind, still waiting"`
}

// StuckPage is a page of one kind, and how much there is of all.
type StuckPage struct {
	Items  []StuckWork `json:"items" maxItems:"50"`
	Next   string      `json:"next,omitempty" maxLength:"64"`
	Counts StuckCounts `json:"counts"`
}

type stuckIn struct {
	Kind   string `query:"kind" enum:"job,fact,refund" default:"refund"`
	Cursor string `query:"cursor" maxLength:"64" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

func (h *door) stuck(ctx context.Context, in *stuckIn) (*struct{ Body StuckPage }, error) {
	a, p := server.ActorFrom(ctx), Page{Cursor: in.Cursor, Limit: in.Limit}
	rows, err := h.Moderation.ListStuck(ctx, a, in.Kind, p.Cursor, p.limit())
	page, err := answer(rows, err, p, func(w moderation.Stuck) string { return w.ID }, func(rows []moderation.Stuck) ([]StuckWork, error) {
		out := make([]StuckWork, len(rows))
		for i, w := range rows {
			out[i] = StuckWork{ID: w.ID, Kind: w.Kind, Name: w.Name, About: w.About, Why: w.Why, Tries: w.Tries, Since: w.Since, AmountMinor: w.Amount, Currency: w.Currency}
		}
		return out, nil
	})
	if err != nil {
		return nil, err
	}
	c, err := h.Moderation.CountStuck(ctx, a)
	return &struct{ Body StuckPage }{StuckPage{Items: page.Body.Items, Next: page.Body.Next, Counts: StuckCounts{c.Jobs, c.Facts, c.Refunds}}}, err
}

type retryAllIn struct {
	Kind string `path:"kind" enum:"job,fact,refund"`
	Body struct {
		Reason string `json:"reason" maxLength:"600" doc:"1 to 300 characters; written to the log"`
	}
}

type retryIn struct {
	Kind string `path:"kind" enum:"job,fact,refund"`
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" maxLength:"600" doc:"1 to 300 characters; written to the log"`
	}
}

func (h *door) retry(ctx context.Context, in *retryIn) (*struct{}, error) {
	return nil, h.Moderation.RetryStuck(ctx, server.ActorFrom(ctx), in.Kind, in.ID, in.Body.Reason)
}

func (h *door) retryAll(ctx context.Context, in *retryAllIn) (*struct{ Body RetryReport }, error) {
	r, err := h.Moderation.RetryAllStuck(ctx, server.ActorFrom(ctx), in.Kind, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &struct{ Body RetryReport }{RetryReport(r)}, nil
}
