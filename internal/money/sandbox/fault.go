package sandbox

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Faults make the next charges behave badly. They are copied into a charge when it is opened.
type Faults struct {
	DelayMS     int64 `json:"delayMs"`     // more time before the buyer "confirms"
	Duplicate   bool  `json:"duplicate"`   // every notify is sent three times
	Lost        bool  `json:"lost"`        // no notify is ever sent: only the poller finds out
	OutOfOrder  bool  `json:"outOfOrder"`  // a stale "closed" notify follows the "paid" one
	WrongAmount bool  `json:"wrongAmount"` // one minor unit less is collected
	FailRefund  bool  `json:"failRefund"`  // the first two tries of a refund are refused
}

// maxDelay is longer than an order's hold, so that a payment can be made to come too late.
const maxDelay = 30 * 60_000

// Faults reads the switches.
func (b *Bank) Faults(ctx context.Context) (Faults, error) {
	text, ok, err := db.Get(ctx, b.d.DB, func(r db.Row) (string, error) {
		var v string
		err := r.Scan(&v)
		return v, err
	}, `SELECT switches FROM money_sandbox_faults WHERE id = 1`)
	if err != nil || !ok {
		return Faults{}, err
	}
	var f Faults
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return Faults{}, fmt.Errorf("read sandbox faults: %w", err)
	}
	return f, nil
}

// SetFaults changes the switches for charges opened from now on.
func (b *Bank) SetFaults(ctx context.Context, f Faults) error {
	if f.DelayMS < 0 || f.DelayMS > maxDelay {
		return errs.New(errs.Invalid, "delay_invalid", "a delay is 0 to %d ms", maxDelay).In("delayMs")
	}
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write sandbox faults: %w", err)
	}
	_, err = b.d.DB.Exec(ctx, `INSERT INTO money_sandbox_faults (id, switches) VALUES (1, $1)
		ON CONFLICT (id) DO UPDATE SET switches = excluded.switches`, string(text))
	return err
}
