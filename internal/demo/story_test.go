package demo_test

import (
	"testing"

	"github.com/hawker-live/hawker/internal/shop"
)

// One story on every page: what the orders say, the shop's home says, its finances say and the ledger says.
func TestSeed_NumbersAgreeFromPageToPage(t *testing.T) {
	w := seeded(t)
	merchant, operator := w.role("merchant"), w.role("operator")
	shops, _, err := w.now.Shop.MyShops(w.ctx, merchant)
	w.must(err)
	for _, s := range shops {
		var paid, refunded, toShip int64
		byDay := map[int64]int64{}
		sum, err := w.now.Shop.ShopSummary(w.ctx, merchant, s.ID)
		w.must(err)
		for cursor, more := "", true; more; {
			page, err := w.now.Shop.AllOrders(w.ctx, operator, shop.OrderQuery{Cursor: cursor, Limit: shop.PageSize})
			w.must(err)
			for _, o := range page {
				if o.ShopID != s.ID || o.PaidAt == 0 {
					continue
				}
				paid += o.Total
				for i := len(sum.Series) - 1; i >= 0; i-- {
					if o.PaidAt >= sum.Series[i].Day {
						byDay[sum.Series[i].Day] += o.Total
						break
					}
				}
				payments, err := w.now.Money.OrderPayments(w.ctx, o.ID)
				w.must(err)
				for _, p := range payments {
					refunded += p.Refunded
				}
				if o.State == "paid" {
					toShip++
				}
			}
			if more = len(page) > 0; more {
				cursor = page[len(page)-1].ID
			}
		}
		balance, err := w.now.Money.Balance(w.ctx, s.ID)
		w.must(err)
		if got := balance.Settled + balance.Escrow + balance.Fees + balance.Refunded; got != paid {
			t.Errorf("%s: finances add up to %d, its orders to %d (%+v)", s.Name, got, paid, balance)
		}
		if balance.Refunded != refunded {
			t.Errorf("%s: finances gave back %d, its payments %d", s.Name, balance.Refunded, refunded)
		}
		if sum.ToShip != toShip {
			t.Errorf("%s: home says %d to ship, the orders %d", s.Name, sum.ToShip, toShip)
		}
		for _, d := range sum.Series {
			if d.Sales != byDay[d.Day] {
				t.Errorf("%s: home says %d for day %d, the orders %d", s.Name, d.Sales, d.Day, byDay[d.Day])
			}
		}
		var posted int64
		accounts, err := w.now.Money.Accounts(w.ctx, s.ID)
		w.must(err)
		for _, a := range accounts {
			posted += a.Posted
		}
		if posted != balance.Settled+balance.Escrow {
			t.Errorf("%s: the ledger holds %d, finances say %d", s.Name, posted, balance.Settled+balance.Escrow)
		}
	}
}

func TestSeed_AnnouncesWhatPeopleReserved(t *testing.T) {
	w := seeded(t)
	c, err := w.now.Channel.Channel(w.ctx, "helane")
	w.must(err)
	list, err := w.now.Live.DeskNotices(w.ctx, w.role("host"), c.ID, false, "", 10)
	w.must(err)
	if len(list) != 1 || list[0].Reserved != 128 {
		t.Errorf("the market's notices: %+v", list)
	}
	coming, _, err := w.now.Live.Reservations(w.ctx, w.role("viewer"))
	w.must(err)
	if len(coming) != 2 {
		t.Errorf("the viewer reserved %d", len(coming))
	}
}
