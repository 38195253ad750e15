package demo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/shop"
)

// history is the orders of one seed, cut into days.
type history struct {
	s      *seeding
	start  time.Time
	orders []planned
	events [][]happening // by day
}

// orderStep lives the planned history day by day. A day is the shop's own transactions of quoting and
// placing, which notes and idempotency keys make repeatable, and one of everything else.
func (s *seeding) orderStep() step {
	h := &history{s: s, start: s.origin.Add(-(historyDays + 1) * day), orders: s.plan(s.origin)}
	h.events = make([][]happening, historyDays+2)
	var all []happening
	for _, o := range h.orders {
		all = append(all, o.happenings(s.origin)...)
	}
	byTime(all)
	for _, ev := range all {
		n := h.dayOf(ev.at)
		h.events[n] = append(h.events[n], ev)
	}
	return step{what: "orders", units: len(h.events), unit: h.live}
}

func (h *history) dayOf(at time.Time) int { return int(at.Sub(h.start) / day) }

// live does one day.
func (h *history) live(ctx context.Context, d int) error {
	var today []planned
	for _, o := range h.orders {
		if h.dayOf(o.at) == d {
			today = append(today, o)
		}
	}
	placed, err := h.place(ctx, today)
	if err != nil {
		return err
	}
	return h.s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, lived, err := h.s.thing(ctx, key("day", d)); err != nil || lived {
			return err // the note of the step was lost, not the day
		}
		for _, o := range today {
			h.s.known[key("order", o.n)] = placed[o.n].Order.ID
			if err := h.s.put(ctx, key("order", o.n), placed[o.n].Order.ID); err != nil {
				return err
			}
		}
		for _, ev := range h.events[d] {
			h.s.cal.set(ev.at)
			if err := h.happen(ctx, ev, placed[ev.order].Payment); err != nil {
				return fmt.Errorf("order %d, act %d: %w", ev.order, ev.act, err)
			}
		}
		return h.s.put(ctx, key("day", d), strconv.Itoa(len(h.events[d])))
	})
}

// place quotes and orders. The quotes are noted in between, because a repeated order must be the same
// request. The shop's lanes write in transactions of their own, so this is not in one.
func (h *history) place(ctx context.Context, today []planned) (map[int]shop.Placed, error) {
	quotes, fresh := map[int]string{}, []int(nil)
	for _, o := range today {
		known, found, err := h.s.thing(ctx, key("quote", o.n))
		if err == nil && !found {
			fresh = append(fresh, o.n)
			known, err = h.quote(ctx, o)
		}
		if err != nil {
			return nil, fmt.Errorf("quote %d: %w", o.n, err)
		}
		quotes[o.n] = known
	}
	if err := h.note(ctx, quotes, fresh); err != nil {
		return nil, err
	}
	out := make(map[int]shop.Placed, len(today))
	for _, o := range today {
		p, err := h.order(ctx, o, quotes[o.n])
		if err != nil {
			return nil, fmt.Errorf("order %d: %w", o.n, err)
		}
		out[o.n] = p
	}
	return out, nil
}

func (h *history) note(ctx context.Context, quotes map[int]string, orders []int) error {
	return h.s.DB.Tx(ctx, func(ctx context.Context) error {
		for _, n := range orders {
			if err := h.s.put(ctx, key("quote", n), quotes[n]); err != nil {
				return err
			}
		}
		return nil
	})
}

// quote is the id of a new quote and its total, as they are noted.
func (h *history) quote(ctx context.Context, o planned) (string, error) {
	h.s.cal.set(o.at.Add(-20 * time.Second))
	wanted := make([]shop.Wanted, len(o.lines))
	for i, w := range o.lines {
		wanted[i] = shop.Wanted{SkuID: h.s.known[key("sku", w.product, w.variant)], Quantity: w.quantity}
	}
	q, err := h.s.past.Shop.CreateQuote(ctx, h.s.actor(o.buyer), wanted)
	return q.ID + "/" + strconv.FormatInt(q.Total.Total.Minor, 10), err
}

// order places a quoted order. A quote that was swept away since an interrupted seed is made again: then
// its order was not placed, because a placed one answers to its key.
func (h *history) order(ctx context.Context, o planned, quoted string) (shop.Placed, error) {
	id, total, _ := strings.Cut(quoted, "/")
	minor, err := strconv.ParseInt(total, 10, 64)
	if err != nil {
		return shop.Placed{}, fmt.Errorf("quote %q: %w", quoted, err)
	}
	h.s.cal.set(o.at)
	in := shop.PlaceInput{Key: key("demo", o.n), QuoteID: id, ExpectedMinor: minor, AddressID: h.s.known[key("address", o.buyer)], Provider: sandbox.Name}
	if o.post >= 0 {
		in.PostID = h.s.known[key("post", o.post)]
	}
	p, err := h.s.past.Shop.PlaceOrder(ctx, h.s.actor(o.buyer), in)
	if errs.CodeOf(err) != "quote_not_found" {
		return p, err
	}
	if quoted, err = h.quote(ctx, o); err == nil {
		err = h.note(ctx, map[int]string{o.n: quoted}, []int{o.n})
	}
	if err != nil {
		return p, err
	}
	h.s.cal.set(o.at)
	in.QuoteID, _, _ = strings.Cut(quoted, "/")
	return h.s.past.Shop.PlaceOrder(ctx, h.s.actor(o.buyer), in)
}

// happen lets one act take place.
func (h *history) happen(ctx context.Context, ev happening, payment money.Payment) error {
	s, o := h.s, h.orders[ev.order]
	id := s.known[key("order", ev.order)]
	buyer, keeper := s.actor(o.buyer), s.actor(s.keeper(stalls[o.stall]))
	d := dice("words of order", o.n)
	var err error
	switch ev.act {
	case actPay:
		if payment.ID == "" { // placed the day before
			if payment, err = h.payment(ctx, id); err != nil {
				return err
			}
		}
		return s.till.pay(ctx, payment)
	case actShip:
		_, err = s.past.Shop.Ship(ctx, keeper, shop.Shipment{OrderID: id, Carrier: carriers[o.stall], Tracking: fmt.Sprintf("HX%010d", 2_026_000_000+o.n)})
	case actReceive:
		_, err = s.past.Shop.Receive(ctx, buyer, id)
	case actAsk:
		_, err = s.past.Shop.AskRefund(ctx, buyer, id, reasonOf(buyer.Name, d.IntN(len(reasons))), nil)
	case actApprove, actRefuse:
		err = h.answer(ctx, ev.act, keeper, id)
	case actCancel:
		_, err = s.past.Shop.Cancel(ctx, buyer, id, "拍错了")
	case actExpire:
		err = s.past.Shop.ExpireHolds(ctx)
	case actRefund:
		return s.past.Money.PollRefunds(ctx)
	}
	return err
}

// payment is the order's newest payment.
func (h *history) payment(ctx context.Context, orderID string) (money.Payment, error) {
	list, err := h.s.past.Money.OrderPayments(ctx, orderID)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("order %s has no payment", orderID)
	}
	if err != nil {
		return money.Payment{}, err
	}
	return list[0], nil
}

func (h *history) answer(ctx context.Context, a act, keeper identity.Actor, orderID string) error {
	o, _, err := h.s.past.Shop.Order(ctx, keeper, orderID)
	if err != nil {
		return err
	}
	if a == actApprove {
		_, err = h.s.past.Shop.ApproveRefund(ctx, keeper, o.RefundID, "收到，已退。")
	} else {
		_, err = h.s.past.Shop.RefuseRefund(ctx, keeper, o.RefundID, "照片里看不出问题，麻烦再拍一张近的。")
	}
	return err
}

var (
	carriers = []string{"禾风快递", "禾风快递", "Skylark Express", "南坡冷链"}
	reasons  = [][2]string{{"到的时候有一只磕了边", "One came with a chipped edge"}, {"尺寸比想的小一圈", "A size smaller than I thought"},
		{"颜色和家里不搭", "The colour does not go with the room"}, {"发错了规格", "This is not the size I ordered"}}
)

func reasonOf(name string, n int) string { return inTongue(reasons[n], localeOf(name)) }
