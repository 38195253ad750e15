package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// maxPayload bounds one fact: it carries ids and amounts, not documents.
const maxPayload = 256 << 10

// Emit writes a fact in ctx's transaction: it is delivered if and only if that commits. Outside a
// transaction it is refused, because the fact and its cause could then come apart.
func (b *Bus) Emit(ctx context.Context, fact event.Fact) error {
	return b.EmitAll(ctx, []event.Fact{fact})
}

// EmitAll writes many facts in ctx's transaction, in order, with few statements: for lane batches.
func (b *Bus) EmitAll(ctx context.Context, facts []event.Fact) error {
	if !b.DB.InTx(ctx) {
		return errors.New("emit: needs a transaction in ctx")
	}
	if len(facts) == 0 {
		return nil
	}
	now := clock.UnixMS(b.Clock)
	args := make([]any, 0, 4*len(facts))
	for _, f := range facts {
		payload, err := encode(f)
		if err != nil {
			return err
		}
		args = append(args, b.IDs.New("evt"), f.Subject(), payload, now)
	}
	if _, err := b.DB.InsertMany(ctx, `INSERT INTO bus_outbox (id, subject, payload, at) VALUES`, 4, "", args); err != nil {
		return fmt.Errorf("emit %s: %w", facts[0].Subject(), err)
	}
	db.AfterCommit(ctx, b.emitted.set)
	return nil
}

func encode(f event.Fact) (string, error) {
	subject := f.Subject()
	if !validSubject(subject, false) || !strings.Contains(subject, ".") || strings.HasPrefix(subject, "bus.") {
		return "", fmt.Errorf(`emit %q: a fact's subject looks like "shop.order_paid"`, subject)
	}
	payload, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("emit %s: %w", subject, err)
	}
	if len(payload) > maxPayload {
		return "", fmt.Errorf("emit %s: %d bytes are more than a fact may carry (%d)", subject, len(payload), maxPayload)
	}
	return string(payload), nil
}
