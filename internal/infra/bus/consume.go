package bus

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/lease"
)

const (
	// consumeBatch rows are read at once, and as many events (the rest of a pack more) may be delivered
	// again after a crash.
	consumeBatch = 256
	// maxTries waits 0.1 + 0.2 + … + 12.8 s: longer than a deadlock or a failover, shorter than a
	// person's patience with everything behind it.
	maxTries    = 9
	firstRetry  = 100 * time.Millisecond
	handlerTime = 30 * time.Second
)

type consumer struct {
	name   string
	query  string // its events after $1 up to $2
	values []any  // what query takes after those
	fn     func(ctx context.Context, ev Event) error
	wake   signal
}

// Consume registers a consumer before Run: fn gets every event of the subjects, in order, at least
// once over all nodes. A subject is exact ("shop.order_paid") or a domain ("shop.*"); none means
// everything. The name is the cursor's, so it never changes. It panics on a second consumer of the
// same name and after Run: both are mistakes of the program.
func (b *Bus) Consume(name string, subjects []string, fn func(ctx context.Context, ev Event) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running {
		panic("bus: Consume after Run: " + name)
	}
	for _, c := range b.consumers {
		if c.name == name {
			panic("bus: two consumers named " + name)
		}
	}
	c := &consumer{name: name, fn: fn, wake: newSignal()}
	where, values := filter(subjects, 3)
	c.query = `SELECT id, subject, payload, at, seq FROM bus_outbox WHERE seq > $1 AND seq <= $2` + where +
		` ORDER BY seq LIMIT ` + db.Placeholders(3+len(values), 1)
	c.values = append(values, consumeBatch)
	b.consumers = append(b.consumers, c)
}

// filter writes the WHERE part for subjects; its placeholders begin at $from.
func filter(subjects []string, from int) (string, []any) {
	var exact, domains []any
	for _, s := range subjects {
		if domain, ok := strings.CutSuffix(s, ".*"); ok && validSubject(domain, false) {
			domains = append(domains, domain+".")
			continue
		}
		if !validSubject(s, false) {
			panic("bus: not a subject: " + s)
		}
		exact = append(exact, s)
	}
	var parts []string
	if len(exact) > 0 {
		parts = append(parts, "subject IN ("+db.Placeholders(from, len(exact))+")")
	}
	for i := range domains {
		p := db.Placeholders(from+len(exact)+i, 1)
		parts = append(parts, "substr(subject, 1, length(CAST("+p+" AS TEXT))) = "+p)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " AND (" + strings.Join(parts, " OR ") + ")", append(exact, domains...)
}

func (b *Bus) runConsumer(ctx context.Context, c *consumer) {
	poll := b.Clock.Ticker(pollEvery)
	defer poll.Stop()
	for ctx.Err() == nil {
		l, ok, err := b.keeper.Acquire(ctx, "bus.consume."+c.name)
		b.complain(ctx, "consumer lease "+c.name, err)
		if ok {
			err := b.follow(ctx, c, l, poll)
			b.leave(ctx, l)
			if !errors.Is(err, lease.ErrLost) {
				b.complain(ctx, "consume "+c.name, err)
			}
		}
		if !pause(ctx, poll) {
			return
		}
	}
}

// follow delivers events while this node has the lease.
func (b *Bus) follow(ctx context.Context, c *consumer, l *lease.Lease, poll clock.Ticker) error {
	cursor, err := b.cursor(ctx, c)
	if err != nil {
		return err
	}
	for {
		held, err := l.Held(ctx)
		if err != nil {
			return err
		}
		if !held {
			return lease.ErrLost
		}
		next, more, err := b.deliverBatch(ctx, c, l, cursor)
		if err != nil {
			return err
		}
		cursor = next
		if !more && !pause(ctx, poll, c.wake) {
			return nil
		}
	}
}

func (b *Bus) cursor(ctx context.Context, c *consumer) (int64, error) {
	seq, _, err := db.Get(ctx, b.DB, scanInt, `SELECT seq FROM bus_cursors WHERE consumer = $1`, c.name)
	if err != nil {
		return 0, err
	}
	_, err = b.DB.Exec(ctx, `INSERT INTO bus_cursors (consumer, seq, at) VALUES ($1, $2, $3)
		ON CONFLICT (consumer) DO UPDATE SET at = excluded.at`, c.name, seq, clock.UnixMS(b.Clock))
	return seq, err
}

// deliverBatch hands over the events after cursor and saves how far it came, also when ctx ends
// between two events.
func (b *Bus) deliverBatch(ctx context.Context, c *consumer, l *lease.Lease, cursor int64) (next int64, more bool, err error) {
	head, err := b.head(ctx) // read before the rows, so that no row up to it can appear later
	if err != nil || head == cursor {
		return cursor, false, err
	}
	events, err := db.List(ctx, b.DB, scanEvent, c.query, append([]any{cursor, head}, c.values...)...)
	if err != nil {
		return cursor, false, err
	}
	next = head
	if len(events) == consumeBatch {
		next, more = events[len(events)-1].Seq, true
	}
	unsaved := 0
	for _, row := range events {
		packed, err := unpack(row)
		if err != nil {
			return cursor, false, err
		}
		for _, ev := range packed {
			if err := b.deliver(ctx, c, l, ev); err != nil {
				return cursor, false, errors.Join(err, b.save(ctx, c, l, ev.Seq-1))
			}
		}
		if unsaved += len(packed); unsaved >= consumeBatch {
			if err := b.save(ctx, c, l, row.Seq); err != nil {
				return cursor, false, err
			}
			unsaved = 0
		}
	}
	return next, more, b.save(ctx, c, l, next)
}

func (b *Bus) save(ctx context.Context, c *consumer, l *lease.Lease, seq int64) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWait)
	defer cancel()
	return b.DB.Tx(last, func(ctx context.Context) error {
		if err := l.Fence(ctx); err != nil {
			return err
		}
		_, err := b.DB.Exec(ctx, `UPDATE bus_cursors SET seq = $1, at = $2 WHERE consumer = $3 AND seq < $1`,
			seq, clock.UnixMS(b.Clock), c.name)
		return err
	})
}

// deliver tries one event until fn takes it or it is parked. It fails when ctx ends first.
func (b *Bus) deliver(ctx context.Context, c *consumer, l *lease.Lease, ev Event) error {
	wait := firstRetry
	for try := 1; ; try++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := c.call(ctx, ev)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if try == maxTries {
			b.Log.Error("event parked", "consumer", c.name, "subject", ev.Subject, "event", ev.ID, "tries", try, "error", err)
			return b.park(ctx, c, l, ev, err)
		}
		b.Log.Warn("event failed", "consumer", c.name, "subject", ev.Subject, "event", ev.ID, "try", try, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.Clock.After(wait):
			wait *= 2
		}
	}
}

func (c *consumer) call(ctx context.Context, ev Event) (err error) {
	ctx, cancel := context.WithTimeout(ctx, handlerTime)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return c.fn(ctx, ev)
}

func scanEvent(r db.Row) (ev Event, err error) {
	var payload string
	err = r.Scan(&ev.ID, &ev.Subject, &payload, &ev.At, &ev.Seq)
	ev.Payload = []byte(payload)
	return ev, err
}
