package moderation_test

import (
	"context"
	"errors"
	"slices"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
)

// stall stands for the queues in which work gave up. What stands under gone was put back.
type stall struct {
	jobs    []string
	facts   []string // events of the consumer "c", oldest first
	refunds []string
	bad     map[string]bool // facts their consumer does not take
	gone    []string
}

func newStall() *stall {
	return &stall{jobs: []string{"job_1", "job_2"}, facts: []string{"evt_1"}, refunds: []string{"rfd_1"}, bad: map[string]bool{}}
}

// take removes an id from a list.
func (s *stall) take(list *[]string, id, code string) error {
	i := slices.Index(*list, id)
	if i < 0 {
		return errs.New(errs.NotFound, code, "it does not wait")
	}
	*list = slices.Delete(*list, i, i+1)
	s.gone = append(s.gone, id)
	return nil
}

// page reads a list from its newest end on.
func page[T any](list []string, before string, limit int, as func(id string) T) (out []T) {
	for _, id := range slices.Backward(list) {
		if (before == "" || id < before) && len(out) < limit {
			out = append(out, as(id))
		}
	}
	return out
}

func (s *stall) Status(context.Context) (bus.Status, error) {
	return bus.Status{Pending: 7, Parked: int64(len(s.facts))}, nil
}
func (s *stall) parked(id string) bus.Parked {
	return bus.Parked{Consumer: "c", Event: bus.Event{ID: id, Subject: "shop.order_paid"}, Error: "no such room", ParkedAt: 3}
}
func (s *stall) ParkedBefore(_ context.Context, _, eventID string, limit int) ([]bus.Parked, error) {
	return page(s.facts, eventID, limit, s.parked), nil
}
func (s *stall) ParkedEvent(_ context.Context, consumer, eventID string) (bus.Parked, error) {
	if consumer != "c" || !slices.Contains(s.facts, eventID) {
		return bus.Parked{}, errs.New(errs.NotFound, "event_not_parked", "it does not wait")
	}
	return s.parked(eventID), nil
}
func (s *stall) Redeliver(_ context.Context, _, eventID string) error {
	if s.bad[eventID] {
		return errors.New("no such room")
	}
	return s.take(&s.facts, eventID, "event_not_parked")
}

func (s *stall) DeadCount(context.Context) (int64, error) { return int64(len(s.jobs)), nil }
func (s *stall) DeadBefore(_ context.Context, jobID string, limit int) ([]job.Dead, error) {
	return page(s.jobs, jobID, limit, func(id string) job.Dead {
		return job.Dead{ID: id, Kind: "live.notice", Error: "not today", Tries: 9, DiedAt: 4}
	}), nil
}
func (s *stall) Requeue(_ context.Context, jobID string) error {
	return s.take(&s.jobs, jobID, "job_not_dead")
}

func (s *stall) CountStuckRefunds(context.Context) (int64, error) { return int64(len(s.refunds)), nil }
func (s *stall) StuckRefunds(_ context.Context, refundID string, limit int) ([]money.Refund, error) {
	return page(s.refunds, refundID, limit, func(id string) money.Refund {
		return money.Refund{ID: id, OrderID: "ord_1", Provider: "sandbox", Amount: money.Yuan(990), FailCode: "bank_refused", Tries: 12, CreatedAt: 2}
	}), nil
}
func (s *stall) RetryRefund(_ context.Context, refundID string) error {
	return s.take(&s.refunds, refundID, "refund_not_stuck")
}
