package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/lease"
)

// Parked is an event that one consumer could not take.
type Parked struct {
	Consumer string
	Event    Event
	Error    string
	ParkedAt int64 // unix ms
}

// Status is what an operator looks at first.
type Status struct {
	Pending int64 // events that the slowest consumer of this program has not passed yet
	Parked  int64
}

const (
	maxParkedPage = 200
	// maxErrorText keeps a stack trace readable and a row small.
	maxErrorText = 4_000
	settlePoll   = 5 * time.Millisecond
)

func (b *Bus) park(ctx context.Context, c *consumer, l *lease.Lease, ev Event, cause error) error {
	return b.DB.Tx(ctx, func(ctx context.Context) error {
		if err := l.Fence(ctx); err != nil {
			return err
		}
		_, err := b.DB.Exec(ctx, `INSERT INTO bus_parked (consumer, event_id, subject, payload, at, seq, error, parked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (consumer, event_id) DO NOTHING`,
			c.name, ev.ID, ev.Subject, string(ev.Payload), ev.At, ev.Seq, brief(cause), clock.UnixMS(b.Clock))
		return err
	})
}

const parkedColumns = `consumer, event_id, subject, payload, at, seq, error, parked_at`

// Parked lists the oldest parked events, at most 200.
func (b *Bus) Parked(ctx context.Context) ([]Parked, error) {
	return db.List(ctx, b.DB, scanParked, `SELECT `+parkedColumns+` FROM bus_parked ORDER BY parked_at, seq LIMIT $1`, maxParkedPage)
}

// ParkedBefore lists parked events older than the one named, the newest first; "" begins at the newest. A page has
// at most 200.
func (b *Bus) ParkedBefore(ctx context.Context, consumerName, eventID string, limit int) ([]Parked, error) {
	return db.List(ctx, b.DB, scanParked, `SELECT `+parkedColumns+` FROM bus_parked
		WHERE $1 = '' OR event_id < $1 OR (event_id = $1 AND consumer < $2) ORDER BY event_id DESC, consumer DESC LIMIT $3`,
		eventID, consumerName, min(limit, maxParkedPage))
}

// ParkedEvent reads one. errs.NotFound when it is not parked (any more).
func (b *Bus) ParkedEvent(ctx context.Context, consumerName, eventID string) (Parked, error) {
	p, ok, err := db.Get(ctx, b.DB, scanParked, `SELECT `+parkedColumns+` FROM bus_parked WHERE consumer = $1 AND event_id = $2`, consumerName, eventID)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "event_not_parked", "this delivery does not wait for an operator any more")
	}
	return p, err
}

// Redeliver gives a parked event to its consumer again, now and out of order, and forgets it when the consumer
// takes it; else it stays, with the newest reason. errs.NotFound when it is not parked (any more), errs.Conflict
// when this program has no such consumer.
func (b *Bus) Redeliver(ctx context.Context, consumerName, eventID string) error {
	p, err := b.ParkedEvent(ctx, consumerName, eventID)
	if err != nil {
		return fmt.Errorf("redeliver %s to %s: %w", eventID, consumerName, err)
	}
	c := b.named(consumerName)
	if c == nil {
		return errs.New(errs.Conflict, "consumer_gone", "this version of the program has no consumer %s", consumerName).With("consumer", consumerName)
	}
	if cause := c.call(ctx, p.Event); cause != nil {
		_, err := b.DB.Exec(ctx, `UPDATE bus_parked SET error = $1 WHERE consumer = $2 AND event_id = $3`, brief(cause), consumerName, eventID)
		return fmt.Errorf("redeliver %s to %s: %w", eventID, consumerName, errors.Join(cause, err))
	}
	_, err = b.DB.Exec(ctx, `DELETE FROM bus_parked WHERE consumer = $1 AND event_id = $2`, consumerName, eventID)
	return err
}

// brief is an error's text in at most maxErrorText bytes of whole characters: PostgreSQL takes no half one.
func brief(cause error) string {
	text := cause.Error()
	return strings.ToValidUTF8(text[:min(len(text), maxErrorText)], "")
}

func (b *Bus) named(name string) *consumer {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.consumers {
		if c.name == name {
			return c
		}
	}
	return nil
}

// Status counts what has not arrived.
func (b *Bus) Status(ctx context.Context) (Status, error) {
	var s Status
	fresh, _, err := db.Get(ctx, b.DB, scanInt, `SELECT count(*) FROM bus_outbox WHERE seq IS NULL`)
	if err != nil {
		return s, err
	}
	head, err := b.head(ctx)
	if err != nil {
		return s, err
	}
	b.mu.Lock()
	consumers := b.consumers
	b.mu.Unlock()
	for _, c := range consumers {
		seq, _, err := db.Get(ctx, b.DB, scanInt, `SELECT seq FROM bus_cursors WHERE consumer = $1`, c.name)
		if err != nil {
			return s, err
		}
		s.Pending = max(s.Pending, head-seq)
	}
	s.Pending += fresh
	s.Parked, _, err = db.Get(ctx, b.DB, scanInt, `SELECT count(*) FROM bus_parked`)
	return s, err
}

// Settle waits until every consumer of this program has passed everything that was emitted before
// the call: for backups and tests. Run must be running somewhere. It polls in real time.
func (b *Bus) Settle(ctx context.Context) error {
	t := time.NewTicker(settlePoll)
	defer t.Stop()
	for {
		s, err := b.Status(ctx)
		if err != nil || s.Pending == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d events are still on their way: %w", s.Pending, ctx.Err())
		case <-t.C:
		}
	}
}

func scanParked(r db.Row) (p Parked, err error) {
	var payload string
	err = r.Scan(&p.Consumer, &p.Event.ID, &p.Event.Subject, &payload, &p.Event.At, &p.Event.Seq, &p.Error, &p.ParkedAt)
	p.Event.Payload = []byte(payload)
	return p, err
}
