package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// maxPayload bounds one fact: it carries ids and amounts, not documents.
const maxPayload = 256 << 10

// maxPack facts of one subject share a row: an order of a rush then costs a small part of one, and what
// is delivered again after a crash stays small.
const maxPack = 64

// minPack facts make a batch: fewer have a row each, with a sequence number of its own.
const minPack = 16

// Emit writes a fact in ctx's transaction: it is delivered if and only if that commits. Outside a
// transaction it is refused, because the fact and its cause could then come apart.
func (b *Bus) Emit(ctx context.Context, fact event.Fact) error {
	return b.EmitAll(ctx, []event.Fact{fact})
}

// EmitAll writes many facts in ctx's transaction, in order, with few rows: for lane batches.
func (b *Bus) EmitAll(ctx context.Context, facts []event.Fact) error {
	if !b.DB.InTx(ctx) {
		return errors.New("emit: needs a transaction in ctx")
	}
	if len(facts) == 0 {
		return nil
	}
	now := clock.UnixMS(b.Clock)
	var args []any
	most := 1
	if len(facts) >= minPack {
		most = maxPack
	}
	for len(facts) > 0 {
		payload, n, err := pack(facts, most)
		if err != nil {
			return err
		}
		args = append(args, b.IDs.New("evt"), facts[0].Subject(), payload, now)
		facts = facts[n:]
	}
	if _, err := b.DB.InsertMany(ctx, db.Insert{Into: `bus_outbox (id, subject, payload, at)`, Cols: 4}, args); err != nil {
		return fmt.Errorf("emit %s: %w", args[1], err)
	}
	db.AfterCommit(ctx, b.emitted.set)
	return nil
}

// pack writes the payload of one row: the first fact, or up to most of one subject that follow each other
// and fit, as a JSON array. It returns how many facts it took.
func pack(facts []event.Fact, most int) (payload string, n int, err error) {
	subject := facts[0].Subject()
	var b strings.Builder
	before := byte('[')
	for n < len(facts) && n < most && facts[n].Subject() == subject {
		one, err := encode(facts[n])
		if err != nil {
			return "", 0, err
		}
		if n > 0 && b.Len()+len(one)+2 > maxPayload {
			break
		}
		b.WriteByte(before)
		b.Write(one)
		before = ','
		n++
	}
	if n == 1 {
		return b.String()[1:], n, nil
	}
	return b.String() + "]", n, nil
}

// unpack gives the events of one row. Facts are JSON objects, so an array is a pack; its events are named
// after the row and their place in it.
func unpack(row Event) ([]Event, error) {
	if len(row.Payload) == 0 || row.Payload[0] != '[' {
		return []Event{row}, nil
	}
	var payloads []json.RawMessage
	if err := json.Unmarshal(row.Payload, &payloads); err != nil {
		return nil, fmt.Errorf("unpack event %s: %w", row.ID, err)
	}
	out := make([]Event, len(payloads))
	for i, p := range payloads {
		out[i] = Event{ID: row.ID + "." + strconv.Itoa(i), Subject: row.Subject, Seq: row.Seq, At: row.At, Payload: p}
	}
	return out, nil
}

func encode(f event.Fact) ([]byte, error) {
	subject := f.Subject()
	if !validSubject(subject, false) || !strings.Contains(subject, ".") || strings.HasPrefix(subject, "bus.") {
		return nil, fmt.Errorf(`emit %q: a fact's subject looks like "shop.order_paid"`, subject)
	}
	payload, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("emit %s: %w", subject, err)
	}
	if len(payload) > maxPayload {
		return nil, fmt.Errorf("emit %s: %d bytes are more than a fact may carry (%d)", subject, len(payload), maxPayload)
	}
	return payload, nil
}
