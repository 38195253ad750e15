package bus

import (
	"context"
	"errors"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/lease"
)

const (
	// dispatchBatch is one lane batch: it keeps the sequencing transaction to a few milliseconds.
	dispatchBatch = 2_000
	// keepFor is how long a passed row stays, so that a consumer added or reset can look back.
	keepFor = 7 * 24 * time.Hour
	// deadAfter is when a cursor nobody runs stops holding rows back.
	deadAfter = 30 * 24 * time.Hour
	trimEvery = time.Hour
	trimBatch = 1_000
	// leaveWait bounds the last writes of a shutdown.
	leaveWait = 5 * time.Second
)

// runDispatcher sequences new rows while this node has the lease, and tells the node that has it
// otherwise.
func (b *Bus) runDispatcher(ctx context.Context) {
	poll := b.Clock.Ticker(pollEvery)
	defer poll.Stop()
	trim := b.Clock.Ticker(trimEvery)
	defer trim.Stop()
	var held *lease.Lease
	defer func() { b.leave(ctx, held) }()
	for ctx.Err() == nil {
		var err error
		if held == nil {
			if held, _, err = b.keeper.Acquire(ctx, "bus.dispatch"); err != nil {
				b.complain(ctx, "outbox lease", err)
			}
		}
		if held != nil {
			if err = b.dispatch(ctx, held); errors.Is(err, lease.ErrLost) {
				held = nil
				continue
			}
			b.complain(ctx, "outbox dispatch", err)
			select {
			case <-trim.C():
				b.complain(ctx, "outbox trim", b.trim(ctx))
			default:
			}
			if !pause(ctx, poll, b.emitted, b.hinted) {
				return
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-poll.C():
		case <-b.emitted:
			_ = b.publish("bus.emitted", nil) // the poll of the dispatching node heals a lost hint
		}
	}
}

// dispatch sequences everything that is committed by now.
func (b *Bus) dispatch(ctx context.Context, l *lease.Lease) error {
	for {
		_, some, err := db.Get(ctx, b.DB, scanInt, `SELECT 1 FROM bus_outbox WHERE seq IS NULL LIMIT 1`)
		if err != nil || !some {
			return err
		}
		var n int64
		err = b.DB.Tx(ctx, func(ctx context.Context) error {
			n, err = b.sequence(ctx, l)
			return err
		})
		if err != nil {
			return err
		}
		if n > 0 {
			_ = b.publish("bus.head", nil) // consumers poll when this is lost
		}
		if n < dispatchBatch {
			return nil
		}
	}
}

func (b *Bus) sequence(ctx context.Context, l *lease.Lease) (int64, error) {
	if err := l.Fence(ctx); err != nil {
		return 0, err
	}
	head, err := b.head(ctx)
	if err != nil {
		return 0, err
	}
	n, err := b.DB.Exec(ctx, `UPDATE bus_outbox SET seq = CAST($1 AS BIGINT) + r.n
		FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM bus_outbox
			WHERE seq IS NULL ORDER BY id LIMIT $2) AS r
		WHERE bus_outbox.id = r.id`, head, dispatchBatch)
	if err != nil {
		return 0, err
	}
	_, err = b.DB.Exec(ctx, `UPDATE bus_head SET seq = seq + $1 WHERE id = 1`, n)
	return n, err
}

func (b *Bus) head(ctx context.Context) (int64, error) {
	seq, _, err := db.Get(ctx, b.DB, scanInt, `SELECT seq FROM bus_head WHERE id = 1`)
	return seq, err
}

// trim deletes old rows that every living cursor passed, a batch per statement so that no
// transaction is long.
func (b *Bus) trim(ctx context.Context) error {
	now := clock.UnixMS(b.Clock)
	for {
		n, err := b.DB.Exec(ctx, `DELETE FROM bus_outbox WHERE id IN (
			SELECT id FROM bus_outbox WHERE at < $1
				AND seq <= (SELECT COALESCE(min(seq), 0) FROM bus_cursors WHERE at >= $2)
			ORDER BY seq LIMIT $3)`,
			now-keepFor.Milliseconds(), now-deadAfter.Milliseconds(), trimBatch)
		if err != nil || n < trimBatch {
			return err
		}
	}
}

// leave gives a lease back although ctx has ended.
func (b *Bus) leave(ctx context.Context, l *lease.Lease) {
	if l == nil {
		return
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWait)
	defer cancel()
	b.complain(last, "leave", l.Release(last))
}

func (b *Bus) complain(ctx context.Context, doing string, err error) {
	if err != nil && ctx.Err() == nil {
		b.Log.Error("bus", "doing", doing, "error", err)
	}
}

func scanInt(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }
