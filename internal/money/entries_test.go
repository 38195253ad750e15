package money_test

import (
	"fmt"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/ledger"
)

// node is money once more on the same database, with a clock of its own.
func (w *world) node(behind time.Duration) (*money.Service, *clock.Fake) {
	c := clock.NewFake(w.clock.Now().Add(-behind))
	ids, log := id.NewSource(c.Now), slog.New(slog.DiscardHandler)
	return money.New(money.Deps{DB: w.db, Facts: w.facts, Jobs: job.New(job.Deps{DB: w.db, Clock: c, IDs: ids, Log: log}), Clock: c, IDs: ids, Log: log}), c
}

// takings pays fen into a shop's escrow, and hands half of it over at once.
func takings(n int, fen int64) []ledger.Transfer {
	account := func(owner string, kind ledger.Kind) ledger.Account {
		return ledger.Account{Owner: owner, Kind: kind, Unit: "CNY"}
	}
	escrow, clearing := account("shp_1", ledger.Escrow), account("sandbox", ledger.Clearing)
	return []ledger.Transfer{
		{Key: fmt.Sprintf("in:%d", n), Kind: "paid", Ref: fmt.Sprintf("ord_%d", n), Phase: ledger.Single, Entries: []ledger.Entry{{Account: clearing, Amount: -fen}, {Account: escrow, Amount: fen}}},
		{Key: fmt.Sprintf("half:%d", n), Kind: "settled", Ref: fmt.Sprintf("ord_%d", n), Phase: ledger.Single,
			Entries: []ledger.Entry{{Account: escrow, Amount: -fen / 2}, {Account: account("shp_1", ledger.Merchant), Amount: fen / 2}}},
	}
}

func TestEntries_AddUpInTheOrderOfTimesWhoeverWroteThemFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		late, lateClock := w.node(0)
		early, earlyClock := w.node(40 * time.Minute)
		n := 0
		write := func(s *money.Service, c *clock.Fake) {
			for _, tr := range takings(n, int64(100+2*n)) {
				w.must(s.Post(w.ctx, tr))
			}
			if n++; n%3 != 0 { // some share their millisecond
				c.Advance(time.Minute)
			}
		}
		for range 12 {
			write(late, lateClock)
			write(early, earlyClock) // written after, of a time before
		}
		whole, err := w.money.Entries(w.ctx, "shp_1", "", 200)
		w.must(err)
		if len(whole) != n*3 {
			t.Fatalf("%d entries, want %d", len(whole), n*3)
		}
		held := map[string]int64{"escrow": w.balance("shp_1", "escrow"), "merchant": w.balance("shp_1", "merchant")}
		for i, l := range whole {
			if i > 0 && l.At > whole[i-1].At {
				t.Errorf("entry %d is of %d, the one above of %d", i, l.At, whole[i-1].At)
			}
			if l.Balance != held[l.Account] {
				t.Errorf("entry %d: %s holds %d, by the entries above it %d", i, l.Account, l.Balance, held[l.Account])
			}
			held[l.Account] -= l.Amount
		}
		if held["escrow"] != 0 || held["merchant"] != 0 {
			t.Errorf("before the first entry there was %v", held)
		}
		for _, limit := range []int{1, 2, 5, 7} {
			var read []money.EntryLine
			for cursor := ""; ; cursor = read[len(read)-1].ID {
				page, err := w.money.Entries(w.ctx, "shp_1", cursor, limit)
				w.must(err)
				if read = append(read, page...); len(page) < limit {
					break
				}
			}
			if !reflect.DeepEqual(read, whole) {
				t.Errorf("pages of %d read otherwise than the whole: %d entries", limit, len(read))
			}
		}
		w.sound()
	})
}

func TestEntries_MoneyMovedBetweenPagesChangesNothingBelow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s, c := w.node(0)
		for n := range 4 {
			for _, tr := range takings(n, 1000) {
				w.must(s.Post(w.ctx, tr))
			}
			c.Advance(time.Second)
		}
		before, err := w.money.Entries(w.ctx, "shp_1", "", 12)
		w.must(err)
		for _, tr := range takings(9, 500) {
			w.must(s.Post(w.ctx, tr))
		}
		rest, err := w.money.Entries(w.ctx, "shp_1", before[3].ID, 12)
		w.must(err)
		if !reflect.DeepEqual(rest, before[4:]) {
			t.Errorf("below the cursor: %+v, before %+v", rest, before[4:])
		}
	})
}

func TestEntries_RefusesWhatIsNoPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, limit := range []int{-1, 0, 201} {
			if _, err := w.money.Entries(w.ctx, "shp_1", "", limit); errs.CodeOf(err) != "limit_invalid" {
				t.Errorf("limit %d: %v", limit, err)
			}
		}
		for _, cursor := range []string{"x", "trf_x.escrow", "ord_01m7y1dq7r8q1kz0000000000a.escrow", id.NewSource(w.clock.Now).New("trf") + ".escrow"} {
			if _, err := w.money.Entries(w.ctx, "shp_1", cursor, 10); errs.CodeOf(err) != "cursor_invalid" {
				t.Errorf("cursor %s: %v", cursor, err)
			}
		}
		if lines, err := w.money.Entries(w.ctx, "shp_nobody", "", 10); err != nil || len(lines) != 0 {
			t.Errorf("%d entries of nobody (%v)", len(lines), err)
		}
	})
}
