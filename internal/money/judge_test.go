package money

import (
	"testing"

	"pgregory.net/rapid"
)

// news applies one event to a payment as apply.go does, without the store.
func news(p Payment, ev ProviderEvent, accepts bool) Payment {
	switch judge(p, ev) {
	case actPaid:
		p.Received, p.ProviderRef, p.NextPollAt = ev.Amount.Minor, ev.Txn, 0
		if p.State = Failed; accepts {
			p.State, p.Accepted = Paid, true
		}
	case actWrong:
		p.State, p.Received, p.ProviderRef, p.NextPollAt = Failed, ev.Amount.Minor, ev.Txn, 0
	case actFailed:
		p.State, p.NextPollAt = Failed, 0
	case actClosed:
		p.State, p.NextPollAt = Closed, 0
	}
	return p
}

func TestJudge_AnyOrderOfNewsEndsTheSameOnceMoneyCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		accepts := rapid.Bool().Draw(t, "accepts")
		amount := rapid.SampledFrom([]int64{100, 100, 100, 99}).Draw(t, "collected")
		paid := ProviderEvent{PaymentID: "p", Txn: "t", Status: StatusPaid, Amount: Yuan(amount)}
		all := []ProviderEvent{paid, paid, {PaymentID: "p", Status: StatusClosed}, {PaymentID: "p", Status: StatusFailed},
			{PaymentID: "p", Status: StatusPending}, {PaymentID: "p", Status: StatusUnknown}}
		p := Payment{ID: "p", Amount: Yuan(100), State: Pending, NextPollAt: 1}
		if rapid.Bool().Draw(t, "closed by us first") {
			p.State = Closed
		}
		for _, ev := range rapid.Permutation(all).Draw(t, "order") {
			before := p
			p = news(p, ev, accepts)
			if before.Received > 0 && p != before {
				t.Fatalf("news after the money changed %+v to %+v", before, p)
			}
		}
		want := Failed
		if accepts && amount == 100 {
			want = Paid
		}
		if p.State != want || p.Received != amount || p.Accepted != (want == Paid) {
			t.Fatalf("ended as %+v", p)
		}
	})
}

func TestJudge_FlagsWhatCannotBe(t *testing.T) {
	p := Payment{ID: "p", Amount: Yuan(100), State: Paid, Received: 100, ProviderRef: "t1"}
	if judge(p, ProviderEvent{Status: StatusPaid, Txn: "t2", Amount: Yuan(100)}) != actFlag {
		t.Fatal("a second charge for one payment was not flagged")
	}
	p = Payment{ID: "p", Amount: Yuan(100), State: Pending}
	for _, amount := range []Amount{{0, CNY}, {-100, CNY}, {100, "USD"}} {
		if judge(p, ProviderEvent{Status: StatusPaid, Amount: amount}) != actFlag {
			t.Fatalf("%+v was taken for money", amount)
		}
	}
	if judge(p, ProviderEvent{Status: StatusPending}) != actNothing {
		t.Fatal("no news did something")
	}
}

func TestPollDelay_GrowsToAMinute(t *testing.T) {
	last := pollDelay(0)
	for n := range int64(100) {
		d := pollDelay(n)
		if d < last || d > maxPoll {
			t.Fatalf("poll %d waits %s after %s", n, d, last)
		}
		last = d
	}
	if last != maxPoll || retryDelay(1000) != maxRetry {
		t.Fatal("delays do not reach their bound")
	}
}
