package demo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// The shape of the sixty days before the origin.
const (
	plannedOrders = 300
	historyDays   = 60
	newestOrder   = time.Hour
	// regulars of the buyers come back, the others bought once: 30 of 50 is a repeat rate of 60 %.
	regulars    = 30
	plannedFor  = 50
	waitingShip = 12 // the newest paid orders, all of the merchant's shops
	onTheWay    = 24 // shipped, the next newest
)

// fate is how far an order came.
type fate int

const (
	received fate = iota
	toShip
	inTransit
	refundAsked    // shipped, and the merchant has not answered
	refundRefused  // shipped, refused, received
	refundedEarly  // cancelled before it was shipped
	refundedLate   // shipped and sent back
	neverPaid      // the hold ran out
	cancelledByOwn // the buyer thought better of it
)

// wish is one line of a planned order: numbers of the book.
type wish struct {
	product, variant int
	quantity         int64
}

// planned is an order of the history.
type planned struct {
	n     int
	at    time.Time
	buyer int // person
	stall int
	lines []wish
	fate  fate
	post  int // of the book, where it was seen; -1 elsewhere
}

// plan draws the whole history. It depends on FixedSeed, the book and the origin only.
func (sc *scene) plan(origin time.Time) []planned {
	buyers := sc.buyers()[:plannedFor]
	once := boughtOnce(buyers)
	bought := map[[2]int]int64{} // buyer, product: for limits
	out := make([]planned, plannedOrders)
	for i, at := range orderTimes(origin) {
		d := dice("order", i)
		o := planned{n: i, at: at, fate: fateOf(i), post: -1, buyer: buyers[d.IntN(regulars)]}
		if who, single := once[i]; single {
			o.buyer = who
		}
		o.stall = chooseStall(d)
		if o.fate == toShip || o.fate == refundAsked {
			o.stall = i % 2 // the merchant's two
		}
		o.lines = sc.basket(d, o, bought)
		out[i] = o
	}
	sc.attribute(out, origin)
	return out
}

// boughtOnce spreads the orders of those who never came back over the history: order to buyer.
func boughtOnce(buyers []int) map[int]int {
	out := map[int]int{}
	stretch := (plannedOrders - waitingShip - onTheWay) / (plannedFor - regulars)
	for k, who := range buyers[regulars:] {
		i := k * stretch
		for fateOf(i) != received {
			i++
		}
		out[i] = who
	}
	return out
}

// orderTimes grows from four orders a day to seven, most of them in the evening, ascending.
func orderTimes(origin time.Time) []time.Time {
	d := dice("order times", 0)
	zone := time.FixedZone("UTC+8", 8*60*60)
	out := make([]time.Time, plannedOrders)
	for i := range out {
		x := (float64(i) + 0.5) / plannedOrders
		at := origin.Add(-historyDays*day + time.Duration(float64(historyDays*day)*math.Pow(x, 0.8)))
		// Move it to a likely hour of its day, unless that day is not over.
		local := at.In(zone)
		evening := time.Date(local.Year(), local.Month(), local.Day(), likelyHours[d.IntN(len(likelyHours))], d.IntN(60), d.IntN(60), 0, zone)
		if evening.Before(origin.Add(-2 * day)) {
			at = evening
		}
		if latest := origin.Add(-newestOrder); at.After(latest) {
			at = latest
		}
		out[i] = at.Truncate(time.Millisecond)
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// likelyHours: lunch, and the market's hours from six to eleven.
var likelyHours = []int{9, 11, 12, 12, 13, 15, 17, 18, 19, 19, 20, 20, 20, 21, 21, 21, 22, 22, 23}

// fateOf decides by the order's place: the newest wait, the next are on their way, the rest is over.
func fateOf(i int) fate {
	newest := plannedOrders - 1 - i
	switch {
	case newest < waitingShip:
		return toShip
	case newest == waitingShip+3 || newest == waitingShip+10:
		return refundAsked
	case newest < waitingShip+onTheWay:
		return inTransit
	case i == 150:
		return refundRefused
	case i%33 == 5:
		return neverPaid
	case i%41 == 7:
		return refundedEarly
	case i%67 == 12:
		return refundedLate
	case i%71 == 20:
		return cancelledByOwn
	}
	return received
}

// chooseStall by how much each sells.
func chooseStall(d *rand.Rand) int {
	switch x := d.Float64(); {
	case x < 0.34:
		return 0
	case x < 0.6:
		return 1
	case x < 0.84:
		return 2
	}
	return 3
}

// basket fills an order from its stall, within everybody's limits.
func (sc *scene) basket(d *rand.Rand, o planned, bought map[[2]int]int64) []wish {
	var goods []int
	for i := range sc.book.Products {
		if sc.stallOf(i) == o.stall {
			goods = append(goods, i)
		}
	}
	// Small things are bought by the bag, dear ones alone.
	most := []int{4, 2, 2, 3}[o.stall]
	var out []wish
	for _, pick := range d.Perm(len(goods))[:1+d.IntN(most)] {
		product := goods[pick]
		w := wish{product: product, variant: d.IntN(len(sc.book.Products[product].Variants)), quantity: 1}
		if d.IntN(3) == 0 && sc.book.Products[product].PriceMinor < 15_000 {
			w.quantity = 2
		}
		if limit := limits[sc.book.Products[product].Key]; limit > 0 {
			if had := bought[[2]int{o.buyer, product}]; had+w.quantity > limit {
				continue
			}
			bought[[2]int{o.buyer, product}] += w.quantity
		}
		out = append(out, w)
	}
	if len(out) == 0 { // everything drawn was limited
		for _, product := range goods {
			if limits[sc.book.Products[product].Key] == 0 {
				return []wish{{product: product, quantity: 1}}
			}
		}
	}
	return out
}

// attribute says of some orders which post brought them, when it shows the product and was there before.
func (sc *scene) attribute(orders []planned, origin time.Time) {
	for _, p := range sc.postings() {
		shown := sc.book.Posts[p.post].Product
		if shown == nil {
			continue
		}
		since := origin.Add(-p.ago)
		for i := range orders {
			o := &orders[i]
			if o.post < 0 && o.at.After(since) && slices.ContainsFunc(o.lines, func(w wish) bool { return w.product == *shown }) {
				o.post = p.post
			}
		}
	}
}

// act is what happens to an order after it was placed.
type act int

const (
	actPay act = iota
	actShip
	actReceive
	actAsk
	actApprove
	actRefuse
	actCancel
	actExpire
	actRefund // the bank gives the money back
)

// happening is an act at its time.
type happening struct {
	at    time.Time
	order int
	act   act
}

// happenings are the rest of an order's life up to the origin, in time.
func (o planned) happenings(origin time.Time) []happening {
	d := dice("life of order", o.n)
	between := func(low, high time.Duration) time.Duration { return low + time.Duration(d.Int64N(int64(high-low))) }
	at := o.at
	var out []happening
	then := func(wait time.Duration, a act) {
		at = at.Add(wait)
		if latest := origin.Add(-time.Minute); at.After(latest) {
			at = latest
		}
		out = append(out, happening{at, o.n, a})
	}
	switch o.fate {
	case neverPaid:
		then(holdOver, actExpire)
		return out
	case cancelledByOwn:
		then(between(time.Minute, 6*time.Minute), actCancel)
		return out
	}
	then(between(9*time.Second, time.Minute), actPay)
	switch o.fate {
	case toShip:
		return out
	case refundedEarly:
		then(between(time.Hour, 5*time.Hour), actCancel)
		then(10*time.Second, actRefund)
		return out
	}
	then(between(8*time.Hour, 20*time.Hour), actShip)
	switch o.fate {
	case received:
		then(between(2*day, 4*day), actReceive)
	case refundAsked:
		then(between(6*time.Hour, 10*time.Hour), actAsk)
	case refundRefused:
		then(between(day, 2*day), actAsk)
		then(between(4*time.Hour, 9*time.Hour), actRefuse)
		then(between(day, 2*day), actReceive)
	case refundedLate:
		then(between(day, 2*day), actAsk)
		then(between(2*time.Hour, 9*time.Hour), actApprove)
		then(10*time.Second, actRefund)
	}
	return out
}

// holdOver is a little more than an unpaid order keeps its units.
const holdOver = 15*time.Minute + 2*time.Second

// byTime orders happenings; those of one moment keep the order of their lives.
func byTime(list []happening) {
	slices.SortStableFunc(list, func(a, b happening) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.order, b.order))
	})
}
