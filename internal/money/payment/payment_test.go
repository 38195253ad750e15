package payment

import (
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"pgregory.net/rapid"
)

// tell applies one piece of news as the store does.
func tell(c Core, n News, accepts bool) Core {
	switch Judge(c, n) {
	case Full:
		if c, _ = c.Collect(n); accepts {
			return c.Accept()
		}
		return c.GiveBack("order_closed")
	case Wrong:
		c, _ = c.Collect(n)
		return c.GiveBack("wrong_amount")
	case Decline:
		c, _ = c.Fail("declined")
	case Shut:
		c, _ = c.Close(true)
	}
	return c
}

func fresh() Core { return Core{Due: 100, Unit: "CNY", State: Pending, Asking: true} }

func TestJudge_AnyOrderOfNewsEndsTheSameOnceMoneyCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		accepts := rapid.Bool().Draw(t, "accepts")
		amount := rapid.SampledFrom([]int64{100, 100, 100, 99}).Draw(t, "collected")
		paid := News{Txn: "t", Status: StatusPaid, Amount: amount, Unit: "CNY"}
		all := []News{paid, paid, {Status: StatusClosed}, {Status: StatusFailed}, {Status: StatusPending}, {Status: StatusUnknown}}
		c := fresh()
		if rapid.Bool().Draw(t, "closed by us first") {
			c, _ = c.Close(false)
		}
		for _, n := range rapid.Permutation(all).Draw(t, "order") {
			before := c
			c = tell(c, n, accepts)
			if before.Received > 0 && c != before {
				t.Fatalf("news after the money changed %+v to %+v", before, c)
			}
		}
		want := Failed
		if accepts && amount == 100 {
			want = Paid
		}
		if c.State != want || c.Received != amount || c.Accepted != (want == Paid) || c.Asking {
			t.Fatalf("ended as %+v", c)
		}
	})
}

func TestJudge_FlagsWhatCannotBe(t *testing.T) {
	c := Core{Due: 100, Unit: "CNY", State: Paid, Received: 100, Txn: "t1"}
	if Judge(c, News{Status: StatusPaid, Txn: "t2", Amount: 100, Unit: "CNY"}) != Flag {
		t.Fatal("a second charge for one payment was not flagged")
	}
	for _, n := range []News{{Amount: 0, Unit: "CNY"}, {Amount: -100, Unit: "CNY"}, {Amount: 100, Unit: "USD"}} {
		n.Status = StatusPaid
		if Judge(fresh(), n) != Flag {
			t.Fatalf("%+v was taken for money", n)
		}
	}
	if Judge(fresh(), News{Status: StatusPending}) != Nothing {
		t.Fatal("no news did something")
	}
}

func TestCore_RefusesWhatItsStateDoesNotAllow(t *testing.T) {
	paid, ok := fresh().Collect(News{Amount: 100, Txn: "t"})
	if !ok {
		t.Fatal("money was not taken")
	}
	if _, ok := paid.Collect(News{Amount: 100, Txn: "t"}); ok {
		t.Fatal("money came in twice")
	}
	if _, ok := paid.Fail("x"); ok {
		t.Fatal("collected money was declined")
	}
	if _, ok := paid.Close(true); ok {
		t.Fatal("collected money was closed")
	}
	if _, err := paid.Settle(100, 5); errs.CodeOf(err) != "not_settleable" {
		t.Fatalf("a payment that does not count was settled: %v", err)
	}
	paid = paid.Accept()
	for name, s := range map[string][2]int64{"more fee than money": {100, 101}, "negative fee": {100, -1}, "nothing": {0, 0}} {
		if _, err := paid.Settle(s[0], s[1]); errs.CodeOf(err) != "split_invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := paid.Settle(99, 5); errs.CodeOf(err) != "not_settleable" {
		t.Fatalf("a part was settled: %v", err)
	}
	settled, err := paid.Settle(100, 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := settled.Settle(100, 5); err == nil {
		t.Fatal("settled twice")
	}
	for _, n := range []int64{0, -1} {
		if _, err := paid.Reserve(n); errs.CodeOf(err) != "amount_invalid" {
			t.Errorf("a refund of %d: %v", n, err)
		}
	}
}

func TestCore_RefundsNeverExceedTheCaptureAndGiveBackExactlyTheFee(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 1<<40).Draw(t, "total")
		c, _ := Core{Due: total, Unit: "CNY", State: Pending}.Collect(News{Amount: total})
		c = c.Accept()
		fee := rapid.Int64Range(0, total).Draw(t, "fee")
		var fees, merchant, escrow int64
		settled := false
		for c.Reserved < total {
			if !settled && rapid.Bool().Draw(t, "settle now") {
				settled = true
				fee = min(fee, total-c.Reserved)
				var err error
				if c, err = c.Settle(total-c.Reserved, fee); err != nil {
					t.Fatal(err)
				}
			}
			cut := rapid.Int64Range(1, total-c.Reserved).Draw(t, "cut")
			if _, err := c.Reserve(total - c.Reserved + 1); errs.CodeOf(err) != "refund_exceeds_payment" {
				t.Fatalf("more than is left was reserved: %v", err)
			}
			var err error
			if c, err = c.Reserve(cut); err != nil {
				t.Fatal(err)
			}
			from, err := c.Source(cut, rapid.Int64Range(-5, total).Draw(t, "merchant has"))
			if err != nil || from.Escrow+from.Fee+from.Merchant+from.Receivable != cut || min(from.Escrow, from.Fee, from.Merchant, from.Receivable) < 0 {
				t.Fatalf("%d comes from %+v, %v", cut, from, err)
			}
			escrow, fees, merchant = escrow+from.Escrow, fees+from.Fee, merchant+from.Merchant+from.Receivable
			c = c.Arrived(cut)
		}
		if c.State != Refunded || c.Refunded != total {
			t.Fatalf("ended as %+v", c)
		}
		if settled && fees != fee || escrow+fees+merchant != total {
			t.Fatalf("fees %d of %d, escrow %d, merchant %d of %d", fees, fee, escrow, merchant, total)
		}
	})
}

func TestShare_PartsOfAWholeReturnExactlyTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 1<<40).Draw(t, "whole")
		fee := rapid.Int64Range(0, whole).Draw(t, "fee")
		var done, back int64
		for done < whole {
			cut := rapid.Int64Range(1, whole-done).Draw(t, "cut")
			before, _ := Share(fee, done, whole)
			after, _ := Share(fee, done+cut, whole)
			if after < before || after-before > cut {
				t.Fatalf("refund of %d takes %d fee", cut, after-before)
			}
			back += after - before
			done += cut
		}
		if back != fee {
			t.Fatalf("gave back %d of %d", back, fee)
		}
	})
}
