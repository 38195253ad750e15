package moderation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
)

// Kinds of stuck work.
const (
	StuckJob    = "job"    // used up its attempts
	StuckFact   = "fact"   // a consumer gave it up
	StuckRefund = "refund" // the provider refused it to the last try
)

// RetryStuck is its act in the log; the kind is the line's subject kind.
const RetryStuck = "stuck.retry"

// everyStuck is the subject of a line about all work of a kind.
const everyStuck = "all"

// Stuck is work that nothing will touch until an operator puts it back.
type Stuck struct {
	Kind     string
	ID       string // as RetryStuck takes it
	Name     string // of the job's kind, of the consumer, of the refund's provider
	About    string // the fact's subject, the refund's order; "" for a job
	Why      string // how the last try ended
	Tries    int64  // 0 for a fact: it is tried for a time, not a number
	Since    int64  // unix ms; for a refund, when it was asked for: since then somebody waits for money
	Amount   int64  // of a refund, in minor units
	Currency string
}

// StuckCounts is how much of each kind there is.
type StuckCounts struct{ Jobs, Facts, Refunds int64 }

// All is the sum.
func (c StuckCounts) All() int64 { return c.Jobs + c.Facts + c.Refunds }

// Refunds is the part of money that repairs refunds.
type Refunds interface {
	StuckRefunds(ctx context.Context, beforeID string, limit int) ([]money.Refund, error)
	CountStuckRefunds(ctx context.Context) (int64, error)
	RetryRefund(ctx context.Context, refundID string) error
}

// CountStuck counts what waits for an operator.
func (s *Service) CountStuck(ctx context.Context, a identity.Actor) (c StuckCounts, err error) {
	if err := identity.RequireOperator(a); err != nil {
		return c, err
	}
	if c.Jobs, err = s.Jobs.DeadCount(ctx); err != nil {
		return c, fmt.Errorf("count dead jobs: %w", err)
	}
	waiting, err := s.Outbox.Status(ctx)
	if err != nil {
		return c, fmt.Errorf("ask the outbox: %w", err)
	}
	c.Facts = waiting.Parked
	if c.Refunds, err = s.Refunds.CountStuckRefunds(ctx); err != nil {
		return c, fmt.Errorf("count stuck refunds: %w", err)
	}
	return c, nil
}

// ListStuck lists work of a kind, the newest first. The cursor is the id of the last one seen.
func (s *Service) ListStuck(ctx context.Context, a identity.Actor, kind, cursor string, limit int) ([]Stuck, error) {
	if err := identity.RequireOperator(a); err != nil {
		return nil, err
	}
	switch kind {
	case StuckJob:
		rows, err := s.Jobs.DeadBefore(ctx, cursor, limit)
		return each(rows, err, func(j job.Dead) Stuck {
			return Stuck{Kind: StuckJob, ID: j.ID, Name: j.Kind, Why: why(j.Error), Tries: int64(j.Tries), Since: j.DiedAt}
		})
	case StuckFact:
		consumer, event, _ := strings.Cut(cursor, ":")
		rows, err := s.Outbox.ParkedBefore(ctx, consumer, event, limit)
		return each(rows, err, func(p bus.Parked) Stuck {
			return Stuck{Kind: StuckFact, ID: p.Consumer + ":" + p.Event.ID, Name: p.Consumer, About: p.Event.Subject, Why: why(p.Error), Since: p.ParkedAt}
		})
	case StuckRefund:
		rows, err := s.Refunds.StuckRefunds(ctx, cursor, limit)
		return each(rows, err, func(r money.Refund) Stuck {
			return Stuck{Kind: StuckRefund, ID: r.ID, Name: r.Provider, About: r.OrderID, Why: r.FailCode, Tries: r.Tries, Since: r.CreatedAt,
				Amount: r.Amount.Minor, Currency: r.Amount.Currency}
		})
	}
	return nil, errNoKind(kind)
}

func each[R any](rows []R, err error, as func(R) Stuck) ([]Stuck, error) {
	out := make([]Stuck, len(rows))
	for i, r := range rows {
		out[i] = as(r)
	}
	return out, err
}

// maxWhy in characters: the first lines name the fault, a stack trace stands in the log.
const maxWhy = 400

func why(text string) string {
	if runes := []rune(text); len(runes) > maxWhy {
		return string(runes[:maxWhy-1]) + "…"
	}
	return text
}

func errNoKind(kind string) error {
	return errs.New(errs.NotFound, "stuck_kind", "no work of the kind %q gets stuck", kind)
}

// RetryStuck gives one piece of work all its tries again. errs.NotFound when it is not stuck (any more). A fact is
// delivered before this returns; its line in the log is committed first and says that the retry was ordered,
// because a consumer may take half a minute and must not hold the log's end for so long.
func (s *Service) RetryStuck(ctx context.Context, a identity.Actor, kind, stuckID, reason string) error {
	e := Entry{Act: RetryStuck, SubjectKind: kind, SubjectID: stuckID, Reason: reason}
	consumer, event, _ := strings.Cut(stuckID, ":")
	err := s.act(ctx, a, e, func(ctx context.Context, _ string) error {
		switch kind {
		case StuckJob:
			return s.Jobs.Requeue(ctx, stuckID)
		case StuckRefund:
			return s.Refunds.RetryRefund(ctx, stuckID)
		case StuckFact:
			_, err := s.Outbox.ParkedEvent(ctx, consumer, event)
			return err
		}
		return errNoKind(kind)
	})
	if err != nil || kind != StuckFact {
		return err
	}
	return s.redeliver(ctx, consumer, event)
}

func (s *Service) redeliver(ctx context.Context, consumer, event string) error {
	err := s.Outbox.Redeliver(ctx, consumer, event)
	if err == nil || errs.Is(err, errs.Conflict) || errs.Is(err, errs.NotFound) {
		return err
	}
	return errs.New(errs.Conflict, "still_fails", "%s could not take it again: %s", consumer, why(err.Error())).Because(err)
}

const (
	// maxRetried at one order: a page of work, so that what goes wrong again can still be read.
	maxRetried = 200
	// redeliverFor bounds the deliveries of one order: a person waits for the answer.
	redeliverFor = 20 * time.Second
)

// Retried is what became of an order to retry everything.
type Retried struct {
	Done   int64 // put back, or delivered
	Failed int64 // failed again at once; only facts do
	Left   int64 // of this kind, still waiting
}

// RetryAllStuck gives work of a kind all its tries again, the newest 200 at one order; facts for up to 20 s. One line
// of the log tells of it. errs.Conflict when nothing of the kind is stuck.
func (s *Service) RetryAllStuck(ctx context.Context, a identity.Actor, kind, reason string) (r Retried, err error) {
	var list []Stuck
	err = s.act(ctx, a, Entry{Act: RetryStuck, SubjectKind: kind, SubjectID: everyStuck, Reason: reason}, func(ctx context.Context, _ string) error {
		if list, err = s.ListStuck(ctx, a, kind, "", maxRetried); err != nil {
			return err
		}
		if len(list) == 0 {
			return errs.New(errs.Conflict, "nothing_stuck", "nothing of this kind waits any more")
		}
		if kind == StuckFact {
			return nil
		}
		r.Done, err = s.putBack(ctx, kind, list)
		return err
	})
	if err != nil {
		return Retried{}, err
	}
	if kind == StuckFact {
		if err := s.redeliverAll(ctx, list, &r); err != nil {
			return r, err
		}
	}
	c, err := s.CountStuck(ctx, a)
	r.Left = map[string]int64{StuckJob: c.Jobs, StuckFact: c.Facts, StuckRefund: c.Refunds}[kind]
	return r, err
}

func (s *Service) putBack(ctx context.Context, kind string, list []Stuck) (n int64, err error) {
	retry := s.Jobs.Requeue
	if kind == StuckRefund {
		retry = s.Refunds.RetryRefund
	}
	for _, w := range list {
		err := retry(ctx, w.ID)
		if errs.Is(err, errs.NotFound) {
			continue // another operator was quicker
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// redeliverAll goes from the oldest on, as the consumers would have met them.
func (s *Service) redeliverAll(ctx context.Context, list []Stuck, r *Retried) error {
	end := s.Clock.Now().Add(redeliverFor)
	for i := len(list) - 1; i >= 0 && s.Clock.Now().Before(end); i-- {
		consumer, event, _ := strings.Cut(list[i].ID, ":")
		err := s.Outbox.Redeliver(ctx, consumer, event)
		switch {
		case err == nil:
			r.Done++
		case ctx.Err() != nil:
			return errors.Join(ctx.Err(), err)
		case !errs.Is(err, errs.NotFound): // another operator was quicker
			r.Failed++
		}
	}
	return nil
}
