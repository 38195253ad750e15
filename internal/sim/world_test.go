package sim

import (
	"fmt"
	"strconv"

	"github.com/hawker-live/hawker/internal/money/ledger"
	"github.com/hawker-live/hawker/internal/money/payment"
	"github.com/hawker-live/hawker/internal/shop/order"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// epoch0 is when every world begins; any moment far from zero would do.
const epoch0 = int64(1_700_000_000_000)

const (
	skuCount   = 3
	buyerCount = 3
	maxNodes   = 2
	unit       = "CNY"
	shopID     = "shp"
	bankName   = "bank"
)

// kind of an event. The first are commands, which a seed lists; the others follow from them.
type kind uint8

const (
	cmdPlace  kind = iota // a: buyer, b: key, c: body
	cmdPay                // a: order
	cmdOrder              // a: order, b: which command
	cmdRepay              // a: order
	cmdPrice              // a: sku
	cmdAdjust             // a: sku
	cmdPayout
	cmdDeal       // a payment without an order
	cmdDealSettle // a: deal
	cmdDealRefund // a: deal
	cmdCrash      // a: node
	cmdClock      // a: node
	cmdExplain
	cmdShelf
	cmdPin
	cmdRemove
	cmdTalk
	cmdLike
	cmdLink     // the publisher is lost or back
	cmdTakeover // another node takes the room while its owner lives on
	cmdEnd
	lastCommand

	evRetry     // a: request
	evLane      // a: node
	evCommit    // a: plan
	evSweep     // a: order, b: which command
	evStart     // a: payment
	evNews      // a: payment, b: news
	evPoll      // a: payment
	evRefund    // a: refund: the call to the bank
	evArrived   // a: refund: news of it
	evRestart   // a: node
	evSeal      // a: node, b: its turn
	evFlush     // a: node
	evTick      // a: viewer, b: epoch, c: n
	evRestock   // a: node
	evRest      // faults stop
	evFinish    // the room ends if it has not
	evViewerAsk // a: viewer: looks whether it missed something
)

var kindNames = map[kind]string{cmdPlace: "PLACE", cmdPay: "PAY", cmdOrder: "ORDER", cmdRepay: "REPAY", cmdPrice: "PRICE", cmdAdjust: "ADJUST",
	cmdPayout: "PAYOUT", cmdDeal: "DEAL", cmdDealSettle: "DSETTLE", cmdDealRefund: "DREFUND", cmdCrash: "CRASH", cmdClock: "CLOCK",
	cmdExplain: "EXPLAIN", cmdShelf: "SHELF", cmdPin: "PIN", cmdRemove: "REMOVE", cmdTalk: "TALK", cmdLike: "LIKE", cmdLink: "LINK",
	cmdTakeover: "TAKEOVER", cmdEnd: "END", evRetry: "retry", evLane: "lane", evCommit: "commit", evSweep: "sweep", evStart: "start",
	evNews: "news", evPoll: "poll", evRefund: "refund", evArrived: "arrived", evRestart: "restart", evSeal: "seal", evFlush: "flush",
	evTick: "tick", evRestock: "restock", evRest: "rest", evFinish: "finish", evViewerAsk: "ask"}

func (k kind) String() string { return kindNames[k] }

// profile says which faults a seed has, in percent.
type profile struct {
	nodes     int
	stale     int // a plan commits later than it was decided
	lost      int // an answer gets lost
	bank      int // the bank errs, doubles, delays
	ticks     int // a tick is lost, doubled or late
	clocks    bool
	longRoom  bool
	plenty    bool // nothing is scarce, and one buyer orders and orders
	marshal   bool // ticks are written as JSON, and read again by viewers
	roomSpan  int64
	worldSpan int64
}

type orderRow struct {
	order.Core
	buyer, payment int
	request        int
	total, feeBps  int64
	lines          []order.QuoteLine
	settled        bool
	acked          bool
}

type payRow struct {
	payment.Core
	order int // -1: a deal
	polls int
	bank  charge
}

// charge is a payment as the bank has it.
type charge struct {
	open, closed bool
	paid, back   int64
	txn          string
}

type refundRow struct {
	pay       int
	amount    int64
	counts    bool
	done      bool
	bankDone  bool
	fee       int64
	fromGoods int64 // merchant and receivable
}

type node struct {
	up     bool
	gen    int
	skew   int64
	queue  []int // requests that wait for the lane
	inLane bool
	seq    sequencer
}

// world is one seed's state. It is used again for the next seed, so that memory is not asked for anew.
type world struct {
	loop
	profile
	resting bool // faults are over

	counters  [skuCount]stock.Counter
	stocked   [skuCount]int64 // what was put in, less what was taken out
	offers    [skuCount]order.Offer
	bought    map[order.Purchase]int64
	keys      map[string]int // idempotency key -> order
	orders    []orderRow
	pays      []payRow
	refunds   []refundRow
	requests  []request
	plans     []plan
	news      []payment.News
	deals     []int
	book      *ledger.Book
	floor     order.Floor // of the batch at hand
	floorRows [skuCount]order.Offer
	serial    int

	nodes [maxNodes]node
	room  roomRow
	views [viewerCount]viewer

	reached map[string]int // what the seed came to, for the test that the simulator is not blind
	broken  error
}

func newWorld() *world {
	w := &world{bought: map[order.Purchase]int64{}, keys: map[string]int{}, reached: map[string]int{},
		floor: order.Floor{Offers: map[string]*order.Offer{}, Bought: map[order.Purchase]int64{}, Unpaid: map[string]int64{}, Known: map[string]string{}}}
	for i := range w.floorRows {
		w.floor.Offers[name("s", i)] = &w.floorRows[i]
	}
	return w
}

// names of small numbers, made once.
var names = func() map[string][]string {
	out := map[string][]string{}
	for _, prefix := range []string{"s", "p", "b", "o", "y", "r", "k", "c", "v", "t"} {
		for i := range 1024 {
			out[prefix] = append(out[prefix], prefix+strconv.Itoa(i))
		}
	}
	return out
}()

func name(prefix string, i int) string { return names[prefix][i%1024] }

func (w *world) reset(seed uint64) {
	r := random(seed)
	w.loop.reset(epoch0)
	w.profile = draw(&r)
	w.resting, w.serial, w.broken = false, 0, nil
	clear(w.bought)
	clear(w.keys)
	clear(w.reached)
	w.orders, w.pays, w.refunds, w.requests, w.plans, w.news, w.deals = w.orders[:0], w.pays[:0], w.refunds[:0], w.requests[:0], w.plans[:0], w.news[:0], w.deals[:0]
	w.book = ledger.NewBook()
	for i := range skuCount {
		n := r.n64(7)
		if w.plenty {
			n += 40
		}
		w.counters[i], w.stocked[i] = stock.Counter{Available: n}, n
		w.offers[i] = order.Offer{SkuID: name("s", i), ProductID: name("p", i), ShopID: shopID, Price: 1 + r.n64(5000), Freight: r.n64(3),
			Limit: int64(i%2) * 3, FeeBps: r.n64(1000), OnSale: true}
	}
	for i := range w.nodes {
		w.nodes[i] = node{up: i < w.profile.nodes, queue: w.nodes[i].queue[:0]}
	}
	w.resetRoom(&r)
}

func draw(r *random) profile {
	p := profile{nodes: 1 + r.n(maxNodes), clocks: r.in(40), longRoom: r.in(5), marshal: r.in(4), plenty: r.in(8), worldSpan: 60_000 + r.n64(1_200_000)}
	for _, f := range []*int{&p.stale, &p.lost, &p.bank, &p.ticks} {
		if r.in(60) {
			*f = 5 + r.n(40)
		}
	}
	p.roomSpan = 1_000 + r.n64(5_000)
	if p.longRoom {
		p.roomSpan = 12_000 + r.n64(14_000)
	}
	return p
}

// fault reports whether a fault of a kind happens now.
func (w *world) fault(r *random, percent int) bool { return !w.resting && percent > 0 && r.in(percent) }

// pick gives a node that is up, -1 when none is.
func (w *world) pick(r *random) int {
	first := r.n(w.profile.nodes)
	for i := range w.profile.nodes {
		if n := (first + i) % w.profile.nodes; w.nodes[n].up {
			return n
		}
	}
	return -1
}

// clock is what a node believes the time to be.
func (w *world) clock(n int) int64 { return w.now + w.nodes[n].skew }

// fail ends the seed: an invariant does not hold.
func (w *world) fail(format string, args ...any) {
	if w.broken == nil {
		w.broken = fmt.Errorf(format, args...)
	}
}

// must is for what cannot be refused in a sound world.
func (w *world) must(what string, err error) {
	if err != nil {
		w.fail("%s: %w", what, err)
	}
}

func (w *world) post(t ledger.Transfer) { w.must("post "+t.Key, w.book.Post(t)) }
