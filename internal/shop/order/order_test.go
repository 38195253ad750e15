package order

import (
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"pgregory.net/rapid"
)

const t0 = int64(1_700_000_000_000)

func unpaid() Core { return Core{State: Unpaid, HoldUntil: t0 + HoldFor.Milliseconds()} }

func do(t *testing.T, o Core, now int64, commands ...Command) (Core, Effects) {
	t.Helper()
	var e Effects
	for _, c := range commands {
		var err error
		if o, e, err = Decide(o, c, now); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
	}
	return o, e
}

func TestDecide_WalksFromUnpaidToReceived(t *testing.T) {
	o, e := do(t, unpaid(), t0, Pay, Ship, Receive)
	if o.State != Received || !e.Settle {
		t.Fatalf("%+v %+v", o, e)
	}
}

func TestDecide_RefusesWhatTheStateDoesNotAllow(t *testing.T) {
	paid, _ := do(t, unpaid(), t0, Pay)
	shipped, _ := do(t, paid, t0, Ship)
	closed, _ := do(t, unpaid(), t0, Cancel)
	asked, _ := do(t, shipped, t0, AskRefund)
	for name, c := range map[string]struct {
		o    Core
		cmd  Command
		now  int64
		code string
	}{
		"pay twice":            {paid, Pay, t0, "order_moved_on"},
		"ship unpaid":          {unpaid(), Ship, t0, "order_moved_on"},
		"ship twice":           {shipped, Ship, t0, "order_moved_on"},
		"cancel shipped":       {shipped, Cancel, t0, "order_moved_on"},
		"cancel closed":        {closed, Cancel, t0, "order_moved_on"},
		"expire early":         {unpaid(), Expire, t0, "order_moved_on"},
		"expire paid":          {paid, Expire, t0 + 1e12, "order_moved_on"},
		"receive unshipped":    {paid, Receive, t0, "order_moved_on"},
		"receive in refund":    {asked, Receive, t0, "refund_open"},
		"auto-receive early":   {shipped, AutoReceive, t0, "order_moved_on"},
		"ask twice":            {asked, AskRefund, t0, "refund_open"},
		"ask unpaid":           {unpaid(), AskRefund, t0, "order_moved_on"},
		"approve unasked":      {shipped, ApproveRefund, t0, "order_moved_on"},
		"finish unapproved":    {asked, FinishRefund, t0, "order_moved_on"},
		"pay again after hold": {unpaid(), Repay, t0 + HoldFor.Milliseconds(), "hold_expired"},
	} {
		next, e, err := Decide(c.o, c.cmd, c.now)
		if errs.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if next != c.o || e != (Effects{}) {
			t.Errorf("%s: a refusal had an effect", name)
		}
	}
}

func TestDecide_LatePaymentTakesUnitsAgain(t *testing.T) {
	o, e := do(t, unpaid(), t0+HoldFor.Milliseconds(), Expire)
	if !e.ReleaseHold || !e.ClosePayment {
		t.Fatalf("%+v", e)
	}
	if o, e = do(t, o, t0+1e7, Pay); o.State != Paid || !e.SellLate || e.SellHeld {
		t.Fatalf("%+v %+v", o, e)
	}
}

func TestDecide_RefundBeforeShippingReturnsUnitsAfterItDoesNot(t *testing.T) {
	_, e := do(t, unpaid(), t0, Pay, Cancel, FinishRefund)
	if !e.ReturnSold {
		t.Fatal("unshipped units did not come back")
	}
	_, e = do(t, unpaid(), t0, Pay, Ship, AskRefund, ApproveRefund, FinishRefund)
	if e.ReturnSold {
		t.Fatal("shipped units came back by themselves")
	}
}

func TestDecide_RefundWindowEnds(t *testing.T) {
	o, _ := do(t, unpaid(), t0, Pay, Ship, Receive)
	late := t0 + RefundWindow.Milliseconds() + 1
	if _, _, err := Decide(o, AskRefund, late); errs.CodeOf(err) != "refund_window_over" {
		t.Fatal(err)
	}
}

func TestPrice_AddsUpAndRefuses(t *testing.T) {
	got, err := Price([]Priced{{Price: 990, Quantity: 3, Freight: 800}, {Price: 100, Quantity: 1, Freight: 500}})
	if err != nil || got.Total.Minor != 990*3+100+800 {
		t.Fatalf("%+v %v", got, err)
	}
	for _, bad := range [][]Priced{nil, {{Price: 1, Quantity: 0}}, {{Price: 1, Quantity: -1}}, {{Price: -1, Quantity: 1}}, {{Price: 1, Quantity: 1000}}, make([]Priced, MaxLines+1)} {
		if _, err := Price(bad); err == nil {
			t.Errorf("%v was priced", bad)
		}
	}
}

func TestPrice_LargestOrderDoesNotOverflow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := make([]Priced, rapid.IntRange(1, MaxLines).Draw(t, "lines"))
		var want int64
		for i := range lines {
			lines[i] = Priced{rapid.Int64Range(1, MaxPrice).Draw(t, "p"), rapid.Int64Range(1, MaxQuantity).Draw(t, "q"), 0}
			want += lines[i].Price * lines[i].Quantity
		}
		got, err := Price(lines)
		if err != nil || got.Total.Minor != want {
			t.Fatalf("%+v %v", got, err)
		}
	})
}

func TestNumber_IsTwentyDigitsAndDiffersByCounter(t *testing.T) {
	now := time.UnixMilli(t0)
	seen := map[string]bool{}
	for seq := range uint64(2000) {
		n := Number(now, seq)
		if len(n) != 20 || seen[n] {
			t.Fatalf("number %q", n)
		}
		seen[n] = true
	}
}
