package shop

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/shop/order"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// The simulator drives the pure cores (the lane's decide, order.Decide, stock.Counter, ledger flows)
// with random commands in random order at random times, on state in memory. A seed is a whole world;
// the same seed is the same world, so a failure prints the seed that shows it again.

const (
	simSeeds = 20_000
	simSteps = 40
)

type simPayment struct {
	order    *simOrder
	received bool // money came in
	accepted bool
	returned bool // it counted for nothing and is on its way back
	settled  bool
	fee      int64
	refund   string // key of an open refund
	refunded bool
}

type simOrder struct {
	Order
	payments []*simPayment
}

type sim struct {
	rng    *rand.Rand
	now    int64
	skus   map[string]*stock.Counter
	offers map[string]*offer
	orders []*simOrder
	keys   map[string]string
	bought map[boughtKey]int64
	book   *ledger.Book
	serial int
}

func newSim(seed uint64) *sim {
	s := &sim{rng: rand.New(rand.NewPCG(seed, 1)), now: 1_700_000_000_000, skus: map[string]*stock.Counter{}, offers: map[string]*offer{},
		keys: map[string]string{}, bought: map[boughtKey]int64{}, book: ledger.NewBook()}
	for i := range 2 {
		skuID := fmt.Sprintf("sku_%d", i)
		s.skus[skuID] = &stock.Counter{Available: int64(s.rng.IntN(6))}
		s.offers[skuID] = &offer{skuID: skuID, productID: fmt.Sprintf("prd_%d", i), shopID: "shp", price: 1 + s.rng.Int64N(5_000),
			freight: s.rng.Int64N(3), limit: int64(i) * 3, feeBps: s.rng.Int64N(1_000), onSale: true}
	}
	return s
}

func (s *sim) key(prefix string) string { s.serial++; return fmt.Sprintf("%s%d", prefix, s.serial) }

// place sends a small batch through the lane's decide, some of it twice.
func (s *sim) place() error {
	unpaid := map[string]int64{}
	for _, o := range s.orders {
		if o.State == order.Unpaid {
			unpaid[o.BuyerID]++
		}
	}
	for skuID, c := range s.skus {
		s.offers[skuID].available = c.Available
	}
	floor := &counter{offers: s.offers, bought: s.bought, unpaid: unpaid, known: s.keys}
	for range 1 + s.rng.IntN(3) {
		p := &placing{idem: fmt.Sprintf("k%d", s.rng.IntN(60)), body: "b", fresh: Order{ID: s.key("ord"), BuyerID: fmt.Sprintf("b%d", s.rng.IntN(3)), CreatedAt: s.now}}
		for i := range 1 + s.rng.IntN(2) {
			p.wanted = append(p.wanted, Wanted{fmt.Sprintf("sku_%d", i), 1 + s.rng.Int64N(3)})
		}
		_, _, total, err := price(p.wanted, s.offers)
		if err != nil {
			return err
		}
		p.expected = total.Total.Minor
		if s.rng.IntN(20) == 0 {
			p.expected++
		}
		out, err := floor.decide(p)
		if err != nil || out.repeat {
			continue
		}
		for _, l := range out.order.Lines {
			if *s.skus[l.SkuID], err = s.skus[l.SkuID].Apply(stock.Hold(l.Quantity)); err != nil {
				return fmt.Errorf("the lane accepted what stock refuses: %w", err)
			}
		}
		o := &simOrder{Order: *out.order}
		o.payments = []*simPayment{{order: o}}
		s.orders = append(s.orders, o)
	}
	return nil
}

// do gives one order one command and carries out its effects.
func (s *sim) do(o *simOrder, c order.Command) error {
	next, e, err := order.Decide(o.Core, c, s.now)
	if err != nil {
		return nil // a refusal; that it has no effect is the core's own test
	}
	move := map[bool]func(int64) stock.Move{e.ReleaseHold: stock.Release, e.SellHeld: stock.Sell, e.SellLate: stock.SellLate, e.ReturnSold: stock.Return}[true]
	if move != nil {
		for _, l := range o.Lines {
			if *s.skus[l.SkuID], err = s.skus[l.SkuID].Apply(move(l.Quantity)); err != nil {
				return fmt.Errorf("%s: %w", c, err)
			}
		}
	}
	before := o.State
	o.Core = next
	for _, l := range o.Lines {
		k := boughtKey{o.BuyerID, l.ProductID}
		if s.offers[l.SkuID].limit == 0 {
			continue
		}
		switch {
		case o.State != before && (o.State == order.Closed || o.State == order.Refunded):
			s.bought[k] -= l.Quantity
		case e.SellLate:
			s.bought[k] += l.Quantity
		}
	}
	if c == order.Repay {
		o.payments = append(o.payments, &simPayment{order: o})
	}
	if e.Settle {
		p := o.accepted()
		_, fee, err := money.SplitFee(money.Yuan(o.Total), o.FeeBps)
		if err != nil {
			return err
		}
		owed := -s.book.Balances[ledger.ReceivableOf("shp", "CNY")].Posted
		p.settled, p.fee = true, fee.Minor
		return s.book.Post(ledger.Settled(o.ID, "shp", "CNY", o.Total, fee.Minor, owed))
	}
	if e.StartRefund {
		p := o.accepted()
		p.refund = s.key("rfd")
		from := ledger.Source{Escrow: o.Total}
		if p.settled {
			m := min(o.Total-p.fee, max(s.book.Balances[ledger.MerchantOf("shp", "CNY")].Available(), 0))
			from = ledger.Source{Fee: p.fee, Merchant: m, Receivable: o.Total - p.fee - m}
		}
		return s.book.Post(ledger.RefundHeld(p.refund, o.ID, "sandbox", "shp", "CNY", from))
	}
	return nil
}

func (o *simOrder) accepted() *simPayment {
	for _, p := range o.payments {
		if p.accepted {
			return p
		}
	}
	return nil
}

// collect tells that a payment was made: in time, late, again, or with another amount.
func (s *sim) collect(p *simPayment) error {
	o := p.order
	if p.received {
		return nil // money.judge: once received, the same news is a duplicate
	}
	p.received = true
	wrong := s.rng.IntN(15) == 0
	next, e, err := order.Decide(o.Core, order.Pay, s.now)
	refuse := wrong || err != nil
	if !refuse && e.SellLate {
		for _, l := range o.Lines {
			if _, err := s.skus[l.SkuID].Apply(stock.SellLate(l.Quantity)); err != nil {
				refuse = true
			}
		}
	}
	if refuse {
		p.returned, p.refund = true, s.key("rfd")
		if err := s.book.Post(ledger.Received(p.key(), o.ID, "sandbox", "CNY", o.Total)); err != nil {
			return err
		}
		return s.book.Post(ledger.RefundHeld(p.refund, o.ID, "sandbox", "shp", "CNY", ledger.Source{Suspense: o.Total}))
	}
	p.accepted = true
	_ = next
	if err := s.do(o, order.Pay); err != nil {
		return err
	}
	return s.book.Post(ledger.Paid(p.key(), o.ID, "sandbox", "shp", "CNY", o.Total))
}

func (p *simPayment) key() string {
	for i, q := range p.order.payments {
		if p == q {
			return fmt.Sprintf("%s/%d", p.order.ID, i)
		}
	}
	return ""
}

// payBack tells that a refund arrived, perhaps again.
func (s *sim) payBack(p *simPayment) error {
	if p.refund == "" {
		return nil
	}
	if err := s.book.Post(ledger.RefundDone(p.refund, p.order.ID)); err != nil {
		return err
	}
	if p.refunded {
		return nil
	}
	p.refunded = true
	if !p.accepted {
		return nil
	}
	return s.do(p.order, order.FinishRefund)
}

func (s *sim) payout() error {
	has := s.book.Balances[ledger.MerchantOf("shp", "CNY")].Available()
	if has <= 0 {
		return nil
	}
	n := 1 + s.rng.Int64N(has)
	return s.book.Post(ledger.Transfer{Key: s.key("out"), Kind: "payout", Phase: ledger.Single, Entries: []ledger.Entry{
		{Account: ledger.MerchantOf("shp", "CNY"), Amount: -n}, {Account: ledger.Account{Owner: "provider/sandbox", Kind: ledger.Clearing, Unit: "CNY"}, Amount: n}}})
}

var simCommands = []order.Command{order.Expire, order.Cancel, order.Ship, order.Ship, order.Receive, order.AutoReceive, order.AskRefund,
	order.ApproveRefund, order.RefuseRefund, order.Repay}

func (s *sim) step() error {
	if s.rng.IntN(4) == 0 || len(s.orders) == 0 {
		return s.place()
	}
	o := s.orders[s.rng.IntN(len(s.orders))]
	p := o.payments[s.rng.IntN(len(o.payments))]
	switch s.rng.IntN(10) {
	case 0, 1, 2:
		return s.collect(p)
	case 3:
		return s.payBack(p)
	case 4:
		s.now += []int64{1_000, 60_000, order.HoldFor.Milliseconds(), order.ReceiveAfter.Milliseconds()}[s.rng.IntN(4)]
		return nil
	case 5:
		if s.rng.IntN(3) == 0 {
			return s.payout()
		}
		c := s.skus["sku_0"]
		next, err := c.Apply(stock.Adjust(s.rng.Int64N(5) - 2))
		if err == nil {
			*c = next
		}
		return nil
	}
	return s.do(o, simCommands[s.rng.IntN(len(simCommands))])
}

// check compares every counter and account with what the orders say.
func (s *sim) check() error {
	held, sold := map[string]int64{}, map[string]int64{}
	bought := map[boughtKey]int64{}
	var escrow int64
	for _, o := range s.orders {
		var counting int
		for _, p := range o.payments {
			if p.accepted {
				counting++
				if !p.settled && !(p.refunded) {
					escrow += o.Total
				}
			}
		}
		if counting > 1 || (counting == 1) != (o.PaidAt > 0) {
			return fmt.Errorf("%s is %s with %d accepted payments", o.ID, o.State, counting)
		}
		for _, l := range o.Lines {
			switch o.State {
			case order.Unpaid:
				held[l.SkuID] += l.Quantity
			case order.Paid, order.Shipped, order.Received:
				sold[l.SkuID] += l.Quantity
			case order.Refunded:
				if o.ShippedAt > 0 {
					sold[l.SkuID] += l.Quantity
				}
			}
			if o.State != order.Closed && o.State != order.Refunded {
				bought[boughtKey{o.BuyerID, l.ProductID}] += l.Quantity
			}
		}
	}
	for skuID, c := range s.skus {
		if c.Held != held[skuID] || c.Sold != sold[skuID] || c.Available < 0 {
			return fmt.Errorf("%s is %+v, orders say held %d sold %d", skuID, *c, held[skuID], sold[skuID])
		}
		o := s.offers[skuID]
		for k, n := range bought {
			if k.productID == o.productID && o.limit > 0 && n != s.bought[k] {
				return fmt.Errorf("%s bought %d of %s, counted %d", k.buyerID, n, k.productID, s.bought[k])
			}
		}
	}
	if got := s.book.Balances[ledger.EscrowOf("shp", "CNY")].Posted; got != escrow {
		return fmt.Errorf("escrow is %d, orders say %d", got, escrow)
	}
	return nil
}

// finish lets every open refund arrive and checks the whole ledger.
func (s *sim) finish() error {
	for _, o := range s.orders {
		for _, p := range o.payments {
			if err := s.payBack(p); err != nil {
				return err
			}
		}
	}
	if got := s.book.Balances[ledger.Account{Owner: ledger.Platform, Kind: ledger.Suspense, Unit: "CNY"}]; got != (ledger.Balance{}) {
		return fmt.Errorf("suspense keeps %+v", got)
	}
	if broken := s.book.Broken(); len(broken) > 0 {
		return fmt.Errorf("ledger: %v", broken)
	}
	return s.check()
}

func runSim(seed uint64) (*sim, error) {
	s := newSim(seed)
	for range simSteps {
		s.now += s.rng.Int64N(2_000)
		if err := s.step(); err != nil {
			return s, err
		}
		if err := s.check(); err != nil {
			return s, err
		}
	}
	return s, s.finish()
}

func TestSimulator_NoSeedBreaksStockOrdersOrLedger(t *testing.T) {
	states := map[order.State]int{}
	for seed := range uint64(simSeeds) {
		s, err := runSim(seed)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, o := range s.orders {
			states[o.State]++
		}
	}
	for _, st := range order.States {
		if states[st] < simSeeds/100 {
			t.Errorf("the simulator hardly reaches %s: %v", st, states)
		}
	}
}

func TestSimulator_SameSeedSameWorld(t *testing.T) {
	for seed := range uint64(50) {
		a, errA := runSim(seed)
		b, errB := runSim(seed)
		if errA != nil || errB != nil || fmt.Sprint(a.book.Balances) != fmt.Sprint(b.book.Balances) || len(a.orders) != len(b.orders) {
			t.Fatalf("seed %d: %v %v", seed, errA, errB)
		}
	}
}

// A simulator that cannot fail shows nothing: a wrong effect must be found.
func TestSimulator_FindsAPlantedFault(t *testing.T) {
	for seed := range uint64(200) {
		s := newSim(seed)
		for range simSteps {
			if s.step() != nil {
				return
			}
			for _, o := range s.orders {
				if o.State == order.Paid {
					*s.skus[o.Lines[0].SkuID], _ = s.skus[o.Lines[0].SkuID].Apply(stock.Return(1))
					if s.check() != nil {
						return
					}
				}
			}
		}
	}
	t.Fatal("units given back without a refund were not noticed")
}
