package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/bench/report"
)

// rushed is what a rush on Medusa came to.
type rushed struct {
	rush
	sold, soldOut, again int
	failed               int // buyers who were refused for no fault of theirs, as when a lock is not had in time
	why                  string
	perS, cpuMS          float64 // orders a second; CPU time of Medusa and its database per decision
	waited               report.Latencies
}

// figures runs every rush, and returns the fastest of those that only complete carts.
func (m *medusa) figures(ctx context.Context, r *report.Run, units int) (rushed, error) {
	shopper := m.shopper()
	whole := func(int) (bool, int, error) {
		cart, err := shopper.fill(ctx)
		if err != nil {
			return false, 0, err
		}
		return shopper.complete(ctx, cart)
	}
	flows := make([]rushed, 1+len(wholes))
	sold := 0
	for i, u := range append([]rush{warm}, wholes...) {
		var err error
		if flows[i], err = m.rush(u, whole); err != nil {
			return rushed{}, err
		}
		sold += flows[i].sold
	}
	var best rushed
	for i, u := range append(rushes, scarce) {
		carts, err := shopper.prepare(ctx, u.orders)
		if err != nil {
			return rushed{}, err
		}
		got, err := m.rush(u, func(i int) (bool, int, error) { return shopper.complete(ctx, carts[i]) })
		if err != nil {
			return rushed{}, err
		}
		sold += got.sold
		if i == len(rushes) {
			return best, m.tell(ctx, r, best, flows[1:], got, sold, units)
		}
		r.Peer(fmt.Sprintf("medusa_%d_orders_per_s", u.buyers), got.perS, "orders/s", fmt.Sprintf("carts prepared, %d buyers at a time complete %d; median %.0f ms, p99 %.0f ms, %.0f ms of CPU each%s", u.buyers, u.orders, report.MS(got.waited.Quantile(0.5)), got.waited.P99MS(), got.cpuMS, got.trouble()))
		if got.perS > best.perS {
			best = got
		}
	}
	return best, nil
}

func (m *medusa) tell(ctx context.Context, r *report.Run, best rushed, flows []rushed, last rushed, sold, units int) error {
	r.Peer("medusa_orders_per_s", best.perS, "orders/s", fmt.Sprintf("the best of these, with %d buyers at a time: one Medusa 2 server and its PostgreSQL, fsynced", best.buyers))
	r.Peer("medusa_cpu_ms_per_order", best.cpuMS, "ms", "CPU time of Medusa and PostgreSQL in that rush")
	for _, f := range flows {
		r.Peer(fmt.Sprintf("medusa_flow_%d_orders_per_s", f.buyers), f.perS, "orders/s", fmt.Sprintf("the whole flow: cart, delivery, payment collection, session, complete; median %.0f ms, p99 %.0f ms, %.0f ms of CPU each%s", report.MS(f.waited.Quantile(0.5)), f.waited.P99MS(), f.cpuMS, f.trouble()))
	}
	var orders, reserved int
	if err := m.db.QueryRow(ctx, `SELECT (SELECT count(*) FROM "order" WHERE deleted_at IS NULL AND canceled_at IS NULL),
		(SELECT CAST(sum(quantity) AS BIGINT) FROM reservation_item WHERE deleted_at IS NULL)`).Scan(&orders, &reserved); err != nil {
		return err
	}
	r.Peer("medusa_oversold", float64(max(orders-units, reserved-units, sold-units, 0)), "units", fmt.Sprintf("%d units in all: %d orders answered, %d stored, %d units reserved; %d of the last %d buyers were told none is left%s", units, sold, orders, reserved, last.soldOut, last.orders, last.trouble()))
	return nil
}

// trouble tells of buyers who were refused or had to ask again.
func (r *rushed) trouble() string {
	if r.failed == 0 && r.again == 0 {
		return ""
	}
	return fmt.Sprintf("; %d asked again, %d refused: %q", r.again, r.failed, r.why)
}

// rush lets buyers place orders until all are decided.
func (m *medusa) rush(u rush, place func(i int) (sold bool, again int, err error)) (rushed, error) {
	out := rushed{rush: u}
	var next atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	var broken error
	cpu, begin := m.cpu(), time.Now()
	for range u.buyers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < u.orders; i = int(next.Add(1)) - 1 {
				pressed := time.Now()
				sold, again, err := place(i)
				mu.Lock()
				out.waited.Add(time.Since(pressed))
				out.again += again
				var no *refusal
				switch {
				case errors.As(err, &no):
					out.failed++
					out.why = no.Error()
				case err != nil:
					broken = err
				case sold:
					out.sold++
				default:
					out.soldOut++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	out.perS = float64(out.sold) / time.Since(begin).Seconds()
	out.cpuMS = report.MS(m.cpu()-cpu) / float64(u.orders)
	return out, broken
}

// shopper asks Medusa's store API.
type shopper struct {
	*medusa
	client *http.Client
	people atomic.Int64 // everybody is somebody else: Medusa refuses one email's two first carts at once
}

func (m *medusa) shopper() *shopper {
	return &shopper{medusa: m, client: &http.Client{Timeout: medusaWait, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

// prepare fills carts, as buyers do before the sale.
func (s *shopper) prepare(ctx context.Context, n int) ([]string, error) {
	const together, tries = 8, 5 // so many keep one Node process busy; a cart that fails so often never will be
	carts := make([]string, n)
	got, err := s.rush(rush{together, n}, func(i int) (bool, int, error) {
		var err error
		for try := range tries {
			if carts[i], err = s.fill(ctx); err == nil {
				return true, try, nil
			}
		}
		return false, tries, err
	})
	if err == nil && got.failed > 0 {
		err = fmt.Errorf("%d of %d carts cannot be filled: %s", got.failed, n, got.why)
	}
	return carts, err
}

// fill makes a cart that lacks nothing but its completion.
func (s *shopper) fill(ctx context.Context) (string, error) {
	var made struct {
		Cart struct{ ID string }
		Paid struct{ ID string } `json:"payment_collection"`
	}
	address := map[string]string{"first_name": "A", "last_name": "Buyer", "address_1": "Weg 1", "city": "Berlin", "postal_code": "10115", "country_code": s.Shop.Country}
	if err := s.ask(ctx, "/carts", map[string]any{"region_id": s.Shop.Region, "email": fmt.Sprintf("buyer%06d@example.com", s.people.Add(1)), "shipping_address": address, "billing_address": address,
		"items": []any{map[string]any{"variant_id": s.Shop.Variant, "quantity": 1}}}, &made); err != nil {
		return "", err
	}
	if err := s.ask(ctx, "/carts/"+made.Cart.ID+"/shipping-methods", map[string]any{"option_id": s.Shop.Option}, nil); err != nil {
		return "", err
	}
	if err := s.ask(ctx, "/payment-collections", map[string]any{"cart_id": made.Cart.ID}, &made); err != nil {
		return "", err
	}
	return made.Cart.ID, s.ask(ctx, "/payment-collections/"+made.Paid.ID+"/payment-sessions", map[string]any{"provider_id": "pp_system_default"}, nil)
}

// complete presses until it is decided, as our buyers do.
func (s *shopper) complete(ctx context.Context, cart string) (sold bool, again int, err error) {
	for deadline := time.Now().Add(medusaWait); ; again++ {
		var done struct{ Type string }
		err := s.ask(ctx, "/carts/"+cart+"/complete", struct{}{}, &done)
		var no *refusal
		switch {
		case err == nil && done.Type == "order":
			return true, again, nil
		case err == nil:
			return false, again, fmt.Errorf("cart %s was answered with a %s", cart, done.Type)
		case errors.As(err, &no) && no.status == http.StatusBadRequest && (no.Code == "insufficient_inventory" || strings.HasPrefix(no.Message, "Not enough stock")):
			return false, again, nil
		case !errors.As(err, &no) || no.status < http.StatusInternalServerError && no.status != http.StatusConflict, time.Now().After(deadline):
			return false, again, err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// refusal is what Medusa answers when it does not do what was asked.
type refusal struct {
	status              int
	Type, Code, Message string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%d %s %s: %s", r.status, r.Type, r.Code, r.Message)
}

func (s *shopper) ask(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+"/store"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Publishable-Api-Key", s.Shop.Key)
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if body, err = io.ReadAll(io.LimitReader(res.Body, answerBytes)); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		no := &refusal{status: res.StatusCode}
		_ = json.Unmarshal(body, no)
		return fmt.Errorf("POST %s: %w", path, no)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}
