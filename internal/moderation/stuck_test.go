package moderation_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/moderation"
)

var stuckKinds = []string{moderation.StuckJob, moderation.StuckFact, moderation.StuckRefund}

func TestStuck_SaysWhatGaveUpAndWhy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for kind, want := range map[string]moderation.Stuck{
			moderation.StuckJob:    {Kind: "job", ID: "job_2", Name: "live.notice", Why: "not today", Tries: 9, Since: 4},
			moderation.StuckFact:   {Kind: "fact", ID: "c:evt_1", Name: "c", About: "shop.order_paid", Why: "no such room", Since: 3},
			moderation.StuckRefund: {Kind: "refund", ID: "rfd_1", Name: "sandbox", About: "ord_1", Why: "bank_refused", Tries: 12, Since: 2, Amount: 990, Currency: "CNY"},
		} {
			got, err := w.mod.ListStuck(w.Ctx, w.op, kind, "", 1)
			w.OK(err)
			if len(got) != 1 || !reflect.DeepEqual(got[0], want) {
				t.Errorf("%s: %+v, want %+v", kind, got, want)
				continue
			}
			more, err := w.mod.ListStuck(w.Ctx, w.op, kind, got[0].ID, 10)
			w.OK(err)
			if n := map[string]int{moderation.StuckJob: 1}[kind]; len(more) != n {
				t.Errorf("%s: the next page has %+v", kind, more)
			}
		}
		_, err := w.mod.ListStuck(w.Ctx, w.op, "letter", "", 1)
		w.Refused(err, "stuck_kind")
		if c, err := w.mod.CountStuck(w.Ctx, w.op); err != nil || c.All() != 4 {
			t.Errorf("counts %+v %v", c, err)
		}
	})
}

func TestStuck_RetriesOnceWithALineInTheLog(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		user := w.User("nobody")
		for _, tc := range []struct{ kind, id, unknown, twice string }{
			{moderation.StuckJob, "job_1", "job_none", "job_not_dead"}, {moderation.StuckFact, "c:evt_1", "other:evt_1", "event_not_parked"},
			{moderation.StuckRefund, "rfd_1", "rfd_none", "refund_not_stuck"},
		} {
			w.Refused(w.mod.RetryStuck(w.Ctx, identity.Actor{}, tc.kind, tc.id, "x"), "sign_in_required")
			w.Refused(w.mod.RetryStuck(w.Ctx, user, tc.kind, tc.id, "x"), "operator_only")
			w.Refused(w.mod.RetryStuck(w.Ctx, w.op, tc.kind, tc.id, " "), "reason_length")
			w.Refused(w.mod.RetryStuck(w.Ctx, w.op, tc.kind, tc.unknown, "x"), tc.twice)
			w.OK(w.mod.RetryStuck(w.Ctx, w.op, tc.kind, tc.id, "the bank is open again"))
			w.Refused(w.mod.RetryStuck(w.Ctx, w.op, tc.kind, tc.id, "x"), tc.twice)
			list, err := w.mod.Log(w.Ctx, w.op, "", 1)
			w.OK(err)
			if e := list[0]; e.Act != moderation.RetryStuck || e.SubjectKind != tc.kind || e.SubjectID != tc.id || e.Reason != "the bank is open again" || e.ActorID != w.op.UserID {
				t.Errorf("%s is logged as %+v", tc.kind, e)
			}
		}
		w.Refused(w.mod.RetryStuck(w.Ctx, w.op, "letter", "x", "x"), "stuck_kind")
		if n := len(w.logged()); n != 3 {
			t.Errorf("3 retries and many refusals left %d lines", n)
		}
		if !slices.Equal(w.stall.gone, []string{"job_1", "evt_1", "rfd_1"}) {
			t.Errorf("put back: %v", w.stall.gone)
		}
	})
}

func TestStuck_AFactThatFailsAgainStaysAndSaysSo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stall.bad["evt_1"] = true
		err := w.mod.RetryStuck(w.Ctx, w.op, moderation.StuckFact, "c:evt_1", "try")
		w.Refused(err, "still_fails")
		if !strings.Contains(err.Error(), "no such room") || len(w.stall.facts) != 1 || len(w.logged()) != 1 {
			t.Errorf("%v; %v waits, the log reads %v", err, w.stall.facts, w.logged())
		}
	})
}

func TestStuck_RetriesAllOfAKindWithOneLine(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stall.facts, w.stall.bad["evt_2"] = []string{"evt_1", "evt_2", "evt_3"}, true
		w.stall.jobs = nil
		for i := range 210 {
			w.stall.jobs = append(w.stall.jobs, fmt.Sprintf("job_%03d", i))
		}
		for kind, want := range map[string]moderation.Retried{
			moderation.StuckJob: {Done: 200, Left: 10}, moderation.StuckFact: {Done: 2, Failed: 1, Left: 1}, moderation.StuckRefund: {Done: 1},
		} {
			_, err := w.mod.RetryAllStuck(w.Ctx, w.User("no-"+kind), kind, "x")
			w.Refused(err, "operator_only")
			_, err = w.mod.RetryAllStuck(w.Ctx, w.op, kind, "")
			w.Refused(err, "reason_length")
			got, err := w.mod.RetryAllStuck(w.Ctx, w.op, kind, "mended")
			w.OK(err)
			if got != want {
				t.Errorf("%s: %+v, want %+v", kind, got, want)
			}
		}
		_, err := w.mod.RetryAllStuck(w.Ctx, w.op, moderation.StuckRefund, "again")
		w.Refused(err, "nothing_stuck")
		if n := len(w.logged()); n != len(stuckKinds) {
			t.Errorf("%d lines of %d orders", n, len(stuckKinds))
		}
		if i, j := slices.Index(w.stall.gone, "evt_1"), slices.Index(w.stall.gone, "evt_3"); i < 0 || j < i {
			t.Errorf("facts came in the order %v", w.stall.gone)
		}
		lines, err := w.mod.Log(w.Ctx, w.op, "", 3)
		w.OK(err)
		for _, e := range lines {
			if e.SubjectID != "all" || !slices.Contains(stuckKinds, e.SubjectKind) {
				t.Errorf("logged as %+v", e)
			}
		}
	})
}
