package sandbox

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the sandbox tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "money_sandbox", schema) }

// notifyPath is what a notify's signature covers: the path the program serves it under.
const notifyPath = "/api/v1/money/notify/" + Name

const (
	// PayDelay is how long the imagined buyer takes to confirm.
	PayDelay = 150 * time.Millisecond
	// idleScan finds work another node left behind.
	idleScan = 5 * time.Second
	// busyScan spaces looks while something is due soon.
	busyScan = 25 * time.Millisecond
	// workBatch bounds one look.
	workBatch = 200
	// A notify that is not taken is sent again with doubling spaces, about a minute in all; then the
	// poller of the other side has long found out.
	maxNotifyTries = 7
	notifyRetry    = time.Second
	notifyTimeout  = 10 * time.Second
)

// BankDeps of the far side. NotifyBase is the program's own address, e.g. "http://127.0.0.1:8080".
type BankDeps struct {
	DB         *db.DB
	Clock      clock.Clock
	IDs        *id.Source
	Log        *slog.Logger
	Client     *http.Client
	NotifyBase func() string
	Secret     []byte
	PayDelay   time.Duration // 0 means the PayDelay constant
	Allow      bool
}

// Bank is the far side.
type Bank struct {
	d    BankDeps
	wake chan struct{}
}

// NewBank refuses to build a bank that nobody asked for.
func NewBank(d BankDeps) (*Bank, error) {
	if err := refuse(d.Allow, d.Secret); err != nil {
		return nil, err
	}
	if d.PayDelay == 0 {
		d.PayDelay = PayDelay
	}
	return &Bank{d: d, wake: make(chan struct{}, 1)}, nil
}

// Run pays charges and sends notifies that fall due, until ctx ends.
func (b *Bank) Run(ctx context.Context) error {
	for {
		if err := b.Work(ctx); err != nil && ctx.Err() == nil {
			b.d.Log.Warn("sandbox bank could not finish its work", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-b.wake:
		case <-b.d.Clock.After(b.pause(ctx)):
		}
	}
}

// pause is the time until something is due.
func (b *Bank) pause(ctx context.Context) time.Duration {
	var next int64
	err := b.d.DB.QueryRow(ctx, `SELECT COALESCE(min(due), 0) FROM (
		SELECT min(pay_at) AS due FROM money_sandbox_charges WHERE state = 'open'
		UNION ALL SELECT min(due_at) AS due FROM money_sandbox_notifies) soon`).Scan(&next)
	if err != nil || next == 0 {
		return idleScan
	}
	wait := time.Duration(next-clock.UnixMS(b.d.Clock)) * time.Millisecond
	return min(max(wait, busyScan), idleScan)
}

// Work does what is due now: pays charges, then sends notifies.
func (b *Bank) Work(ctx context.Context) error {
	due, err := db.List(ctx, b.d.DB, scanCharge, `SELECT `+chargeColumns+` FROM money_sandbox_charges
		WHERE state = 'open' AND pay_at <= $1 ORDER BY pay_at LIMIT $2`, clock.UnixMS(b.d.Clock), int64(workBatch))
	if err != nil {
		return fmt.Errorf("list due charges: %w", err)
	}
	var failed error
	for _, c := range due {
		failed = errors.Join(failed, b.pay(ctx, c))
	}
	return errors.Join(failed, b.sendNotifies(ctx))
}

// pay collects a charge and writes its notifies in one transaction.
func (b *Bank) pay(ctx context.Context, c charge) error {
	return b.d.DB.Tx(ctx, func(ctx context.Context) error {
		collected := c.Amount
		if c.faults.WrongAmount {
			collected--
		}
		n, err := b.d.DB.Exec(ctx, `UPDATE money_sandbox_charges SET state = 'paid', collected = $1
			WHERE payment_id = $2 AND state = 'open'`, collected, c.PaymentID)
		if err != nil {
			return fmt.Errorf("pay charge %s: %w", c.PaymentID, err)
		}
		if n == 0 || c.faults.Lost {
			return nil
		}
		c.State, c.Collected = "paid", collected
		copies := 1
		if c.faults.Duplicate {
			copies = 3
		}
		for range copies {
			if err := b.queueNotify(ctx, c.message(), 0); err != nil {
				return err
			}
		}
		if c.faults.OutOfOrder {
			stale := c.message()
			stale.Status, stale.Amount = string(money.StatusClosed), 0
			return b.queueNotify(ctx, stale, time.Millisecond)
		}
		return nil
	})
}

func (b *Bank) queueNotify(ctx context.Context, m message, delay time.Duration) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write notify: %w", err)
	}
	_, err = b.d.DB.Exec(ctx, `INSERT INTO money_sandbox_notifies (id, body, due_at, tries) VALUES ($1, $2, $3, 0)`,
		b.d.IDs.New("ntf"), string(body), clock.UnixMS(b.d.Clock)+delay.Milliseconds())
	if err != nil {
		return fmt.Errorf("queue notify: %w", err)
	}
	return nil
}

type notify struct {
	id, body string
	tries    int64
}

func (b *Bank) sendNotifies(ctx context.Context) error {
	due, err := db.List(ctx, b.d.DB, func(r db.Row) (notify, error) {
		var n notify
		err := r.Scan(&n.id, &n.body, &n.tries)
		return n, err
	}, `SELECT id, body, tries FROM money_sandbox_notifies WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2`,
		clock.UnixMS(b.d.Clock), int64(workBatch))
	if err != nil {
		return fmt.Errorf("list due notifies: %w", err)
	}
	for _, n := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err := b.send(ctx, []byte(n.body))
		if err == nil || n.tries+1 >= maxNotifyTries {
			_, err = b.d.DB.Exec(ctx, `DELETE FROM money_sandbox_notifies WHERE id = $1`, n.id)
		} else {
			_, err = b.d.DB.Exec(ctx, `UPDATE money_sandbox_notifies SET tries = tries + 1, due_at = $1 WHERE id = $2`,
				clock.UnixMS(b.d.Clock)+(notifyRetry<<n.tries).Milliseconds(), n.id)
		}
		if err != nil {
			return fmt.Errorf("note notify %s: %w", n.id, err)
		}
	}
	return nil
}

func (b *Bank) send(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, notifyTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.d.NotifyBase()+notifyPath, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make notify: %w", err)
	}
	signRequest(req, b.d.Secret, clock.UnixMS(b.d.Clock), http.MethodPost, notifyPath, body)
	res, err := b.d.Client.Do(req)
	if err != nil {
		return fmt.Errorf("send notify: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("notify was answered with %d", res.StatusCode)
	}
	return nil
}

// stir wakes Run.
func (b *Bank) stir() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}
