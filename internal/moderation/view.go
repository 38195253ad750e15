package moderation

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
)

// Overview is the site at a glance. Days begin at midnight UTC+8.
type Overview struct {
	Users         int64
	OnlineViewers int64 // in rooms of this node
	RoomsLive     int64
	PostsToday    int64
	OrdersToday   int64 // paid
	GMVToday      int64 // fen
	OutboxPending int64 // facts that some reader has not had
	Stuck         StuckCounts
	StorageBytes  int64
}

// Overview reads the site's gauges.
func (s *Service) Overview(ctx context.Context, a identity.Actor) (o Overview, err error) {
	if err := identity.RequireOperator(a); err != nil {
		return o, err
	}
	if o.Users, err = s.Identity.CountUsers(ctx); err != nil {
		return o, fmt.Errorf("count users: %w", err)
	}
	viewers, rooms := s.Rooms.OnlineNow()
	o.OnlineViewers, o.RoomsLive = viewers, int64(rooms)
	if o.PostsToday, err = s.Channel.CountSince(ctx, s.Channel.Today()); err != nil {
		return o, fmt.Errorf("count posts: %w", err)
	}
	sales, err := s.Orders.SalesToday(ctx)
	if err != nil {
		return o, fmt.Errorf("sum orders: %w", err)
	}
	o.OrdersToday, o.GMVToday = sales.Orders, sales.Sales
	waiting, err := s.Outbox.Status(ctx)
	if err != nil {
		return o, fmt.Errorf("ask the outbox: %w", err)
	}
	o.OutboxPending = waiting.Pending
	if o.Stuck, err = s.CountStuck(ctx, a); err != nil {
		return o, err
	}
	if o.StorageBytes, err = s.Storage.StoredBytes(ctx); err != nil {
		return o, fmt.Errorf("sum stored bytes: %w", err)
	}
	return o, nil
}

// Users lists accounts, newest first, whose login or name contains query.
func (s *Service) Users(ctx context.Context, a identity.Actor, query, cursor string, limit int) ([]identity.User, error) {
	return s.Identity.Users(ctx, a, query, cursor, limit)
}

// everyState in the order of a room's life.
var everyState = []timeline.State{timeline.Prepared, timeline.Live, timeline.Reconnecting, timeline.Ended, timeline.Cancelled}

// ListRooms lists rooms of every channel, newest first, whose title contains query. state "" is all.
func (s *Service) ListRooms(ctx context.Context, a identity.Actor, state timeline.State, query, cursor string, limit int) ([]live.Room, error) {
	if err := identity.RequireOperator(a); err != nil {
		return nil, err
	}
	states := everyState
	if state != "" {
		states = []timeline.State{state}
	}
	return s.Rooms.Rooms(ctx, live.Filter{States: states, Query: query, Cursor: cursor, Limit: limit})
}

// Posts lists posts, newest first, whose text contains query. state "" is all but deleted ones.
func (s *Service) Posts(ctx context.Context, a identity.Actor, query string, state channel.State, cursor string, limit int) ([]channel.Post, error) {
	return s.Channel.Search(ctx, a, query, state, cursor, limit)
}

// Comments lists comments under posts, newest first, whose text contains query.
func (s *Service) Comments(ctx context.Context, a identity.Actor, query, cursor string, limit int) ([]channel.Comment, error) {
	return s.Channel.SearchComments(ctx, a, query, cursor, limit)
}

// ListOrders lists the orders of every shop, newest first.
func (s *Service) ListOrders(ctx context.Context, a identity.Actor, q shop.OrderQuery) ([]shop.Order, error) {
	return s.Orders.AllOrders(ctx, a, q)
}

// maxAccounts in a report: the ones that moved most.
const maxAccounts = 200

// LedgerReport is the outcome of checking the books.
type LedgerReport struct {
	CheckedAt int64 // unix ms
	Breaks    []Break
	Accounts  []money.Account
}

// OK reports whether every invariant holds.
func (r LedgerReport) OK() bool { return len(r.Breaks) == 0 }

// Ledger checks money, the shop and this log, row by row, and lists the largest accounts.
func (s *Service) Ledger(ctx context.Context, a identity.Actor) (LedgerReport, error) {
	r := LedgerReport{CheckedAt: s.Clock.Now().UnixMilli(), Breaks: []Break{}}
	if err := identity.RequireOperator(a); err != nil {
		return r, err
	}
	for _, audit := range []func(ctx context.Context) ([]money.Break, error){s.Books.Audit, s.Orders.Audit} {
		breaks, err := audit(ctx)
		if err != nil {
			return r, err
		}
		for _, b := range breaks {
			r.Breaks = append(r.Breaks, Break(b))
		}
	}
	own, err := s.Audit(ctx)
	if err != nil {
		return r, err
	}
	r.Breaks = append(r.Breaks, own...)
	r.Breaks = r.Breaks[:min(len(r.Breaks), MaxReported)]
	r.Accounts, err = s.Books.AllAccounts(ctx, maxAccounts)
	return r, err
}

// MaxReported breaks in a report.
const MaxReported = 500
