package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// places says where the rows of one order are, and by which of its names they are found.
var places = []struct{ table, where string }{
	{"shop_orders", "id = $1"}, {"shop_order_lines", "order_id = $1"}, {"shop_order_log", "order_id = $1"},
	{"money_payments", "order_id = $1"}, {"job_jobs", "payload LIKE '%' || $1 || '%'"}, {"bus_outbox", "payload LIKE '%' || $1 || '%'"},
}

// template is a row one order left, written again with other ids for every order of the peer.
type template struct {
	insert string
	values []any
}

// oneTx is the peer everybody writes first: one transaction per order, a guarded decrement and the
// same rows, 200 clients. It returns orders per second and per CPU second of this process.
func oneTx(ctx context.Context, engine string) (perSecond, perCPU float64, err error) {
	data, url, _, done, err := site(ctx, engine)
	if err != nil {
		return 0, 0, err
	}
	defer done()
	w, err := newWorld(ctx, data, url, 1_000_000, perBuyer)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	p, err := w.place(ctx, 0)
	if err != nil {
		return 0, 0, err
	}
	ids := []string{p.Order.ID, p.Payment.ID, p.Order.Number, w.buyers[0].actor.UserID}
	var rows []template
	for _, place := range places {
		key := p.Order.ID
		if place.table == "job_jobs" {
			key = p.Payment.ID
		}
		found, err := templates(ctx, w.app.DB, place.table, place.where, key)
		if err != nil {
			return 0, 0, fmt.Errorf("rows of %s: %w", place.table, err)
		}
		rows = append(rows, found...)
	}
	const clients, length = 200, 4 * time.Second
	cpu, begin := report.CPU(), time.Now()
	var mu sync.Mutex
	total := 0
	var wg sync.WaitGroup
	var failed error
	for c := range clients {
		wg.Go(func() {
			n := 0
			for ; time.Since(begin) < length; n++ {
				if err := w.again(ctx, rows, ids, fmt.Sprintf("%03dx%06d", c, n)); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
			}
			mu.Lock()
			total += n
			mu.Unlock()
		})
	}
	wg.Wait()
	took := time.Since(begin).Seconds()
	return float64(total) / took, float64(total) / (report.CPU() - cpu).Seconds(), failed
}

// again writes the rows of one more order, named so that every unique value is a new one.
func (w *world) again(ctx context.Context, rows []template, ids []string, name string) error {
	pairs := make([]string, 0, 2*len(ids))
	for _, id := range ids {
		pairs = append(pairs, id, id[:len(id)-len(name)]+name)
	}
	rename := strings.NewReplacer(pairs...)
	return w.app.DB.Tx(ctx, func(ctx context.Context) error {
		n, err := w.app.DB.Exec(ctx, `UPDATE shop_skus SET available = available - 1, held = held + 1 WHERE id = $1 AND available >= 1`, w.sku)
		if err != nil || n == 0 {
			return fmt.Errorf("take a unit (%d rows): %w", n, err)
		}
		for _, r := range rows {
			values := make([]any, len(r.values))
			for i, v := range r.values {
				if s, ok := v.(string); ok {
					v = rename.Replace(s)
					if i == 0 && v == s { // an id of its own
						v = s[:len(s)-len(name)] + name
					}
				}
				values[i] = v
			}
			if _, err := w.app.DB.Exec(ctx, r.insert, values...); err != nil {
				return err
			}
		}
		return nil
	})
}

// templates reads rows with their columns, id first.
func templates(ctx context.Context, d *db.DB, table, where, key string) ([]template, error) {
	rows, err := d.Query(ctx, `SELECT * FROM `+table+` WHERE `+where, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	insert := `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES ` + db.Values(1, len(columns), 1)
	var out []template
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = string(b)
			}
		}
		out = append(out, template{insert, values})
	}
	return out, rows.Err()
}
