package moderation_test

import (
	"testing"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/moderation"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
)

func TestOverview_ReadsEveryGauge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		c := w.Found(mei, "tea")
		w.Post(mei, c.ID, "x")
		w.onAir(c.ID, "night")
		got, err := w.mod.Overview(w.Ctx, w.op)
		w.OK(err)
		want := moderation.Overview{Users: 2, OnlineViewers: 42, RoomsLive: 1, PostsToday: 1, OrdersToday: 3, GMVToday: 2970, OutboxPending: 7, Stuck: moderation.StuckCounts{Jobs: 2, Facts: 1, Refunds: 1}, StorageBytes: 1 << 30}
		if got != want {
			t.Errorf("overview %+v, want %+v", got, want)
		}
	})
}

func TestLedger_GathersTheBreaksOfEveryBook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, err := w.mod.Ledger(w.Ctx, w.op)
		w.OK(err)
		if !r.OK() || r.Breaks == nil || r.CheckedAt != w.Clock.Now().UnixMilli() || len(r.Accounts) != 1 {
			t.Errorf("sound books give %+v", r)
		}
		w.office.bookBreaks = []money.Break{{Rule: "ledger.floor", Subject: "a", Detail: "-1"}}
		w.office.shopBreaks = []money.Break{{Rule: "stock.not_negative", Subject: "b", Detail: "-1"}}
		r, err = w.mod.Ledger(w.Ctx, w.op)
		w.OK(err)
		if r.OK() || len(r.Breaks) != 2 || r.Breaks[0].Rule != "ledger.floor" || r.Breaks[1].Rule != "stock.not_negative" {
			t.Errorf("broken books give %+v", r)
		}
		w.office.bookBreaks = make([]money.Break, moderation.MaxReported+1)
		if r, err = w.mod.Ledger(w.Ctx, w.op); err != nil || len(r.Breaks) != moderation.MaxReported {
			t.Errorf("%d breaks are reported, %v", len(r.Breaks), err)
		}
	})
}

func TestViews_AreForOperators(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		for _, tc := range []struct {
			actor identity.Actor
			code  string
		}{{identity.Actor{}, "sign_in_required"}, {mei, "operator_only"}} {
			_, err := w.mod.Overview(w.Ctx, tc.actor)
			w.Refused(err, tc.code)
			_, err = w.mod.Ledger(w.Ctx, tc.actor)
			w.Refused(err, tc.code)
			_, err = w.mod.Users(w.Ctx, tc.actor, "", "", 10)
			w.Refused(err, tc.code)
			_, err = w.mod.ListRooms(w.Ctx, tc.actor, "", "", "", 10)
			w.Refused(err, tc.code)
			_, err = w.mod.Posts(w.Ctx, tc.actor, "", "", "", 10)
			w.Refused(err, tc.code)
			_, err = w.mod.Comments(w.Ctx, tc.actor, "", "", 10)
			w.Refused(err, tc.code)
			_, err = w.mod.ListOrders(w.Ctx, tc.actor, shop.OrderQuery{})
			w.Refused(err, tc.code)
		}
	})
}

func TestListRooms_OfAStateOrAll(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.onAir("chn_1", "a")
		w.onAir("chn_2", "b").State = timeline.Ended
		for state, want := range map[timeline.State]int{"": 2, timeline.Live: 1, timeline.Prepared: 0} {
			if list, err := w.mod.ListRooms(w.Ctx, w.op, state, "", "", 10); err != nil || len(list) != want {
				t.Errorf("%d rooms that are %q, want %d (%v)", len(list), state, want, err)
			}
		}
	})
}
