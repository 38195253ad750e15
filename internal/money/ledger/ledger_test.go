package ledger

import (
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"pgregory.net/rapid"
)

func TestTransfer_RefusesMalformedOnes(t *testing.T) {
	a, b := Account{"x", Wallet, "CNY"}, Account{"y", Wallet, "CNY"}
	usd := Account{"y", Wallet, "USD"}
	for name, tr := range map[string]Transfer{
		"unbalanced":        {Key: "k", Kind: "t", Phase: Single, Entries: []Entry{{a, -5}, {b, 4}}},
		"one entry":         {Key: "k", Kind: "t", Phase: Single, Entries: []Entry{{a, -5}}},
		"zero":              {Key: "k", Kind: "t", Phase: Single, Entries: []Entry{{a, 0}, {b, 0}}},
		"same account":      {Key: "k", Kind: "t", Phase: Single, Entries: []Entry{{a, -5}, {a, 5}}},
		"across units":      {Key: "k", Kind: "t", Phase: Single, Entries: []Entry{{a, -5}, {usd, 5}}},
		"no key":            {Kind: "t", Phase: Single, Entries: []Entry{{a, -5}, {b, 5}}},
		"post with entries": {Key: "k", Kind: "t", Phase: Post, Of: "h", Entries: []Entry{{a, -5}, {b, 5}}},
		"post of nothing":   {Key: "k", Kind: "t", Phase: Post},
		"huge":              {Key: "k", Kind: "t", Phase: Single, Entries: []Entry{{a, -MaxAmount - 1}, {b, MaxAmount + 1}}},
	} {
		if err := NewBook().Post(tr); errs.CodeOf(err) != "ledger_malformed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBook_HoldResolvesOnceAndGuardsTheFloor(t *testing.T) {
	b := NewBook()
	must(t, b.Post(Paid("p", "o", "sandbox", "s", "CNY", 100)))
	hold := RefundHeld("r", "o", "sandbox", "s", "CNY", Source{Escrow: 100})
	must(t, b.Post(hold))
	must(t, b.Post(hold)) // the same again does nothing
	if err := b.Post(Settled("o", "s", "CNY", 100, 5, 0)); errs.CodeOf(err) != "balance_too_low" {
		t.Fatalf("held escrow was settled: %v", err)
	}
	must(t, b.Post(RefundDone("r", "o")))
	must(t, b.Post(RefundDone("r", "o")))
	void := Transfer{Key: "v", Kind: "refund", Ref: "o", Phase: Void, Of: hold.Key}
	if err := b.Post(void); errs.CodeOf(err) != "hold_resolved" {
		t.Fatalf("resolved twice: %v", err)
	}
	if got := b.Balances[EscrowOf("s", "CNY")]; got != (Balance{}) {
		t.Fatalf("escrow %+v", got)
	}
	changed := hold
	changed.Ref = "other"
	if err := b.Post(changed); errs.CodeOf(err) != "idempotency_key_reused" {
		t.Fatalf("another body was taken: %v", err)
	}
	if broken := b.Broken(); len(broken) > 0 {
		t.Fatal(broken)
	}
}

func TestBook_AnyMixOfTransfersKeepsEveryInvariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := NewBook()
		var holds []string
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			key := string(rune('a'+i%26)) + string(rune('a'+i/26))
			var tr Transfer
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				tr = Paid(key, "o"+key, "sandbox", "s", "CNY", rapid.Int64Range(1, 1000).Draw(t, "n"))
			case 1:
				total := rapid.Int64Range(1, 1000).Draw(t, "n")
				owed := -b.Balances[ReceivableOf("s", "CNY")].Posted
				tr = Settled("o"+key, "s", "CNY", total, rapid.Int64Range(0, total).Draw(t, "fee"), owed)
			case 2:
				tr = RefundHeld(key, "o"+key, "sandbox", "s", "CNY", Source{
					Escrow: rapid.Int64Range(0, 500).Draw(t, "e"), Merchant: rapid.Int64Range(0, 500).Draw(t, "m"),
					Receivable: rapid.Int64Range(1, 50).Draw(t, "r")})
				holds = append(holds, tr.Key)
			case 3:
				if len(holds) == 0 {
					continue
				}
				phase := rapid.SampledFrom([]Phase{Post, Void}).Draw(t, "phase")
				tr = Transfer{Key: "res" + key, Kind: "refund", Phase: phase, Of: rapid.SampledFrom(holds).Draw(t, "of")}
			}
			err := b.Post(tr)
			if code := errs.CodeOf(err); err != nil && code != "balance_too_low" && code != "hold_resolved" && code != "hold_missing" {
				t.Fatal(err)
			}
			if broken := b.Broken(); len(broken) > 0 {
				t.Fatalf("after %s: %v", tr.Body(), broken)
			}
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Each fault is told to the proof as a writer would who forgot a guard.
func TestProof_SaysWhatBreaksDoubleEntry(t *testing.T) {
	escrow, fee := EscrowOf("s", "CNY"), FeeAccount("CNY")
	type step struct {
		m     Move
		after Balance
	}
	for name, c := range map[string]struct {
		of          string
		steps       []step
		resolutions int64
		ok          bool
	}{
		"sound":               {steps: []step{{Move{escrow, -5, 0}, Balance{5, 0}}, {Move{fee, 5, 0}, Balance{5, 0}}}, ok: true},
		"sound resolution":    {of: "h", steps: []step{{Move{escrow, 0, -5}, Balance{5, 0}}}, resolutions: 1, ok: true},
		"moves nothing":       {},
		"does not sum up":     {steps: []step{{Move{escrow, -5, 0}, Balance{5, 0}}, {Move{fee, 4, 0}, Balance{4, 0}}}},
		"sums across units":   {steps: []step{{Move{escrow, -5, 0}, Balance{5, 0}}, {Move{FeeAccount("USD"), 5, 0}, Balance{5, 0}}}},
		"below the floor":     {steps: []step{{Move{escrow, -5, 0}, Balance{-1, 0}}, {Move{fee, 5, 0}, Balance{5, 0}}}},
		"held beyond it":      {steps: []step{{Move{escrow, 0, 5}, Balance{4, 5}}}},
		"less than none held": {steps: []step{{Move{escrow, 0, -5}, Balance{4, -1}}}},
		"resolved twice":      {of: "h", steps: []step{{Move{escrow, 0, -5}, Balance{5, 0}}}, resolutions: 2},
		"resolves nothing":    {of: "h", steps: []step{{Move{escrow, 0, -5}, Balance{5, 0}}}},
		"names no hold":       {steps: []step{{Move{escrow, 0, -5}, Balance{5, 0}}}, resolutions: 1},
	} {
		p := Prove(Transfer{Key: "k", Of: c.of})
		var err error
		for _, s := range c.steps {
			if err == nil {
				err = p.Moved(s.m, s.after)
			}
		}
		if err == nil {
			err = p.Done(c.resolutions)
		}
		if c.ok != (err == nil) || !c.ok && errs.CodeOf(err) != "ledger_broken" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
