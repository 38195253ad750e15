package sim

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	withMutants = flag.Bool("mutants", false, "plant every fault of the list and see that the simulator finds it: minutes")
	brief       = flag.Bool("brief", false, "print a broken seed without shrinking it")
)

// mutant is a fault planted in one file; old stands in it once.
type mutant struct{ name, file, old, new string }

// mutants are the faults the simulator must find. Some stand in the cores; those marked store stand in the
// guards that the simulator's store repeats from the WHERE of production's statements.
var mutants = []mutant{
	{"stock: one unit more than there is", "shop/stock/stock.go", `next.Available < 0`, `next.Available < -1`},
	{"stock: a closed order keeps its hold", "shop/order/order.go", `return o, Effects{ReleaseHold: true, ForgetBought: true, ClosePayment: true, Log: "hold_expired"}`, `return o, Effects{ForgetBought: true, ClosePayment: true, Log: "hold_expired"}`},
	{"stock: a late payment sells units nobody holds", "shop/order/order.go", `Effects{SellLate: true, CountBought`, `Effects{SellHeld: true, CountBought`},
	{"stock: a refund after shipping brings units back", "shop/order/order.go", `ReturnSold: o.State == Paid`, `ReturnSold: true`},
	{"limit: a cancelled order still counts", "shop/order/order.go", `Effects{ReleaseHold: true, ForgetBought: true, ClosePayment: true, Log: "cancelled"}`, `Effects{ReleaseHold: true, ClosePayment: true, Log: "cancelled"}`},
	{"placing: a key is forgotten within its batch", "shop/order/place.go", `f.Known[p.Key] = p.Body`, ``},
	{"placing: one unpaid order too many", "shop/order/place.go", `f.Unpaid[p.BuyerID] >= MaxUnpaid`, `f.Unpaid[p.BuyerID] > MaxUnpaid`},
	{"order: shipped while the buyer wants the money back", "shop/order/order.go", "if o.Refund == Asked || o.Refund == Refunding {\n\t\t\treturn o, Effects{}, errs.New(errs.Conflict, \"refund_open\", \"the buyer", "if false {\n\t\t\treturn o, Effects{}, errs.New(errs.Conflict, \"refund_open\", \"the buyer"},
	{"order: received by itself too early", "shop/order/order.go", `c == AutoReceive && nowMS < o.ReceiveBy`, `c == AutoReceive && nowMS < o.ShippedAt`},
	{"order: a refund after its window", "shop/order/order.go", `nowMS > o.ReceivedAt+RefundWindow.Milliseconds()`, `nowMS > o.ReceivedAt+2*RefundWindow.Milliseconds()`},
	{"order: an expired hold leaves its payment open", "shop/order/order.go", `ClosePayment: true, Log: "hold_expired"`, `Log: "hold_expired"`},
	{"order: paying leaves other payments open", "shop/order/order.go", `Effects{SellHeld: true, ClosePayment: true, Log: "paid"}`, `Effects{SellHeld: true, Log: "paid"}`},
	{"payment: money comes in twice", "money/payment/payment.go", "func (c Core) Collect(n News) (Core, bool) {\n\tif c.Received > 0 {", "func (c Core) Collect(n News) (Core, bool) {\n\tif false {"},
	{"payment: any amount will do", "money/payment/payment.go", `case n.Amount != c.Due:`, `case false:`},
	{"payment: another currency will do", "money/payment/payment.go", `case n.Amount <= 0 || n.Unit != c.Unit:`, `case n.Amount <= 0:`},
	{"payment: a closed one is asked about no more", "money/payment/payment.go", `c.State, c.Asking = Closed, !confirmed`, `c.State, c.Asking = Closed, false`},
	{"refund: more than was paid", "money/payment/refund.go", `if amount > c.Received-c.Reserved {`, `if amount > c.Received-c.Reserved+1 {`},
	{"refund: after settlement from escrow", "money/payment/refund.go", `if c.SettledOf == 0 {`, `if true {`},
	{"refund: each part rounds its own fee", "money/payment/refund.go", `fee := feeAfter - feeBefore`, `fee, _ := Share(c.SettledFee, amount, c.SettledOf); _, _ = feeBefore, feeAfter`},
	{"settlement: twice", "money/payment/payment.go", `if !c.Accepted || c.SettledOf != 0 || c.Received-c.Reserved != total {`, `if !c.Accepted || c.Received-c.Reserved != total {`},
	{"settlement: the debt is repaid from nothing", "money/ledger/flow.go", `repay := min(owed, total-fee)`, `repay := owed`},
	{"ledger: the merchant's part does not sum up", "money/ledger/flow.go", `t.add(MerchantOf(shop, unit), total-fee-repay)`, `t.add(MerchantOf(shop, unit), total-repay)`},
	{"ledger: no floor", "money/ledger/book.go", `return held >= 0 && posted-held >= m.Account.Kind.Floor()`, `_, _ = posted, held; return true`},
	{"ledger: a hold is resolved twice", "money/ledger/book.go", `if _, done := b.resolved[t.Of]; done {`, `if false {`},
	{"ledger: a posted hold stays held", "money/ledger/ledger.go", "case phase == Post:\n\t\t\tm.Posted = e.Amount\n\t\t\tif e.Amount < 0 {", "case phase == Post:\n\t\t\tm.Posted = e.Amount\n\t\t\tif false {"},
	{"timeline: a tick's number comes twice", "live/timeline/core.go", `N: c.key.N + 1,`, `N: max(c.key.N, 1),`},
	{"timeline: an older epoch is believed", "live/timeline/core.go", `return t.Epoch < k.Epoch || t.Epoch == k.Epoch && t.N <= k.N`, `return t.Epoch == k.Epoch && t.N <= k.N`},
	{"timeline: a tick heard twice counts twice", "live/timeline/core.go", `return t.Epoch < k.Epoch || t.Epoch == k.Epoch && t.N <= k.N`, `return t.Epoch < k.Epoch`},
	{"timeline: the core folds its own tick again", "live/timeline/core.go", `c.key.advance(t) // its`, "for _, e := range t.Events {\n\t\tif e.V >= c.key.Versions[e.T] {\n\t\t\tc.key.apply(e)\n\t\t}\n\t}\n\tc.key.advance(t) // its"},
	{"timeline: the third word of a tick is dropped", "live/timeline/core.go", `c.events = append(c.events, e)`, "if len(c.events) < 2 {\n\t\tc.events = append(c.events, e)\n\t}"},
	{"timeline: a removed comment of the same tick stays", "live/timeline/core.go", `if e.T == KindRemove {`, `if false {`},
	{"timeline: an epoch begins without a keyframe", "live/timeline/pace.go", `n%KeyEvery == 1`, `n%KeyEvery == 0`},
	{"timeline: times go back with the clock", "live/timeline/pace.go", `return max(now, t.At+1)`, `return now`},
	{"timeline: a clock set back stops the room", "live/timeline/pace.go", `return min(t.Next-now, t.Period)`, `return t.Next - now`},
	{"timeline: urgent words seal without a gap", "live/timeline/pace.go", `return min(t.Next-now, t.At+UrgentGapMS-now, UrgentGapMS)`, `return 0`},
	{"talk: the host is sampled too", "live/timeline/sample.go", `if c.Badge != "" {`, `if false {`},
	{"talk: a loud one is heard twice", "live/timeline/sample.go", `spoke[c.User] = true`, ``},
	{"store: two nodes take one epoch", "sim/room_test.go", `if w.room.epoch != read || !w.onAir()`, `if !w.onAir()`},
	{"store: an order moves from a state it has left", "sim/order_test.go", `if row.State != before.State || row.Refund != before.Refund {`, `if false {`},
	{"store: two orders of one key", "sim/placing_test.go", "if _, used := w.keys[req.Key]; used {", "if false {"},
}

func TestMutants_EveryPlantedFaultIsFound(t *testing.T) {
	if !*withMutants {
		t.Skip("minutes; make sim-soak plants them with -mutants")
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			out := m.run(t)
			found := regexp.MustCompile(`(?m)seed (\d+): (.*)$`).FindStringSubmatch(out)
			if found == nil {
				t.Fatalf("not found:\n%s", out)
			}
			t.Logf("| %s | %s | %s |", m.name, found[1], strings.ReplaceAll(found[2], "|", "/"))
		})
	}
}

// run runs the simulator with the fault laid over the file it stands in.
func (m mutant) run(t *testing.T) string {
	file, err := filepath.Abs("../" + m.file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		t.Fatalf("%s has %q %d times", m.file, m.old, n)
	}
	planted := filepath.Join(t.TempDir(), filepath.Base(file))
	overlay := planted + ".json"
	body, err := json.Marshal(map[string]any{"Replace": map[string]string{file: planted}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{planted: strings.Replace(string(text), m.old, m.new, 1), overlay: string(body)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlay, ".", "-run", "TestSim_NoSeed", "-seeds=20000", "-brief")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("the simulator passes with it")
	}
	return string(out)
}
