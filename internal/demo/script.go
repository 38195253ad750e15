package demo

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/shop"
)

// The pace of a room. A beat is how often the script looks at what is due.
const (
	beat         = time.Second
	presentEvery = 10 * time.Second // within what a viewer who sends beacons is counted for
	upkeepEvery  = 5 * time.Second
	likeEvery    = 4 * time.Second
	explainEvery = 30 * time.Second
	buyEvery     = 110 * time.Second
	browseEvery  = 6 * time.Second
	// quietFor: when a person explains something, the script leaves the shelf to them.
	quietFor = 5 * time.Minute
	// mostTaps in one request of an actor.
	mostTaps = 24
	// leaveUnits on sale, and mostToShip waiting at a merchant: beyond these, actors only look.
	leaveUnits = 6
	mostToShip = 40
	// restockUnits is one more steamer.
	restockUnits = 9
)

// script moves the actors of one room. Its services may be on the clock of a show.
type script struct {
	live  *live.Service
	shop  *shop.Service
	clock clock.Clock
	ids   *id.Source // of idempotency keys
	log   *slog.Logger
	sc    *scene
	st    stage
	room  live.Room
	d     *rand.Rand

	// paused and upkeep are nil where nobody pauses and nothing wears out.
	paused func() bool
	upkeep func(ctx context.Context) error
	// sold is told of each order, and makes it paid where no bank runs; nil leaves it to the bank.
	sold func(ctx context.Context, p shop.Placed) error
	// free rooms have no till: nobody buys.
	free bool
	// explain and buy override the pace when they are not 0.
	explain, buy time.Duration
	// act is the course of a show; nil in a room that never ends. won follows the channel as somebody.
	act *arc
	won func(ctx context.Context, who int) error

	inside  []int // people in the room
	outside []int
	due     map[string]time.Time
	shown   int    // place on the shelf explained last
	mine    string // product this script explained last
	quiet   time.Time

	waiting   []utterance
	said      map[string]time.Time // lines said not long ago
	stirUntil time.Time
}

func newScript(w *World, l *live.Service, s *shop.Service, c clock.Clock, sc *scene, st stage, room live.Room) *script {
	d := dice("room of "+st.channel, 0)
	out := &script{live: l, shop: s, clock: c, ids: w.IDs, log: w.Log, sc: sc, st: st, room: room, d: d, due: map[string]time.Time{}, said: map[string]time.Time{}, shown: -1, mine: room.Explain}
	buyers := sc.buyers()[1:] // the viewer's account belongs to whoever tries the demo
	for _, i := range d.Perm(len(buyers))[:min(st.crowd, len(buyers))] {
		out.outside = append(out.outside, buyers[i])
	}
	half := len(out.outside) * 2 / 3
	out.inside, out.outside = out.outside[:half:half], out.outside[half:]
	return out
}

// run acts until the room is over or ctx ends.
func (s *script) run(ctx context.Context) {
	ctx = live.AsActor(ctx)
	t := s.clock.Ticker(beat)
	defer t.Stop()
	for s.live.Newest(s.room.ID) != nil {
		s.step(ctx)
		select {
		case <-t.C():
		case <-ctx.Done():
			return
		}
	}
}

func (s *script) step(ctx context.Context) {
	if s.upkeep != nil {
		s.every(upkeepEvery, "upkeep", func() error { return s.upkeep(ctx) })
	}
	if s.paused != nil && s.paused() {
		return
	}
	s.every(presentEvery, "present", s.present)
	s.every(s.pace(s.st.talkEvery), "talk", func() error { return s.speak(ctx) })
	s.every(s.pace(likeEvery), "like", func() error { return s.like(ctx) })
	if len(s.st.shelf) > 0 {
		s.every(s.browsePace(), "browse", s.browse)
		s.every(or(s.explain, explainEvery), "explain", func() error { return s.next(ctx) })
	}
	if s.won != nil {
		s.every(s.pace(followEvery), "follow", func() error { return s.won(ctx, s.somebody()) })
	}
	if len(s.st.shelf) > 0 && !s.free {
		s.every(s.buyPace(), "buy", func() error { return s.purchase(ctx) })
	}
}

func or(v, fallback time.Duration) time.Duration {
	if v != 0 {
		return v
	}
	return fallback
}

// every does something when its time has come. A script goes on when one act fails: the room may be
// ending, or an actor was too fast.
func (s *script) every(wait time.Duration, what string, do func() error) {
	now := s.clock.Now()
	due, known := s.due[what]
	if !known && what == "buy" {
		due = now.Add(wait / 2) // nobody buys before anything was shown
	}
	if now.Before(due) {
		s.due[what] = due
		return
	}
	s.due[what] = now.Add(wait)
	if err := do(); err != nil && !errs.Is(err, errs.TooMany) && !errs.Is(err, errs.Gone) {
		s.log.Debug("an actor could not act", "room", s.room.ID, "act", what, "err", err)
	}
}

// around varies a pace by half, so that nothing ticks like a machine.
func (s *script) around(d time.Duration) time.Duration {
	return d/2 + time.Duration(s.d.Int64N(int64(d)))
}

// present lets people come or go, and counts who is there.
func (s *script) present() error {
	switch {
	case s.act != nil:
		s.inside, s.outside = s.act.gather(s.clock.Now(), s.d, s.inside, s.outside)
	case s.d.IntN(2) == 0 && len(s.outside) > 0:
		s.inside, s.outside = append(s.inside, s.outside[0]), s.outside[1:]
	case s.d.IntN(3) == 0 && len(s.inside) > s.st.crowd/2:
		s.inside, s.outside = s.inside[1:], append(s.outside, s.inside[0])
	}
	for _, who := range s.inside {
		if err := s.live.Beacon(s.room.ID, s.viewer(who), cameFrom[who%len(cameFrom)]); err != nil {
			return err
		}
	}
	return nil
}

// cameFrom spreads the actors over the ways into a room: most swipe in.
var cameFrom = []live.Source{live.FromFeed, live.FromSquare, live.FromFeed, live.FromChannel, live.FromFeed, live.FromShare, live.FromSquare}

func (s *script) viewer(who int) string { return "demo-" + s.sc.actor(who).UserID }

// browse lets somebody look into what is being explained.
func (s *script) browse() error {
	if s.mine == "" || len(s.inside) == 0 {
		return nil
	}
	who := s.somebody()
	if s.act != nil && who%onlyWatch == 0 {
		return nil
	}
	return s.live.Opened(s.room.ID, s.viewer(who), s.mine)
}

func (s *script) somebody() int { return s.inside[s.d.IntN(len(s.inside))] }

func (s *script) like(ctx context.Context) error {
	taps := 1 + s.d.Int64N(mostTaps)
	_, err := s.live.Like(ctx, s.sc.actor(s.somebody()), s.room.ID, taps)
	return err
}

// next explains the next product, unless a person has taken the shelf over.
func (s *script) next(ctx context.Context) error {
	r, err := s.live.Room(ctx, s.room.ID)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	if r.Explain != s.mine {
		s.mine, s.quiet = r.Explain, now.Add(quietFor)
	}
	if now.Before(s.quiet) {
		return nil
	}
	shelf, err := s.live.ShelfIDs(ctx, s.room.ID)
	if err != nil || len(shelf) == 0 {
		return err
	}
	s.shown = (s.shown + 1) % len(shelf)
	if err := s.live.Explain(ctx, s.sc.actor(s.sc.ownerOf(s.st.channel)), s.room.ID, shelf[s.shown]); err != nil {
		return err
	}
	s.mine = shelf[s.shown]
	if s.act != nil {
		s.act.shown = now
	}
	s.introduce(s.productOf(s.mine))
	return s.restock(ctx, s.mine)
}

// purchase lets somebody buy what is being explained, as anybody would. Once begun it is finished.
func (s *script) purchase(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	product := s.productOf(s.mine)
	if product < 0 {
		return nil
	}
	who := s.somebody()
	address, ok := s.sc.known[key("address", who)]
	if !ok {
		return nil
	}
	if wanted, err := s.wanted(ctx, product); err != nil || !wanted {
		return err
	}
	if err := s.live.Opened(s.room.ID, s.viewer(who), s.mine); err != nil && !errs.Is(err, errs.TooMany) {
		return err // nobody buys what they have not opened
	}
	q, err := s.shop.CreateQuote(ctx, s.sc.actor(who), []shop.Wanted{{SkuID: s.sc.known[key("sku", product, 0)], Quantity: 1}})
	if err != nil {
		return err
	}
	p, err := s.shop.PlaceOrder(ctx, s.sc.actor(who), shop.PlaceInput{Key: s.ids.New("buy"), QuoteID: q.ID, ExpectedMinor: q.Total.Total.Minor, AddressID: address, RoomID: s.room.ID, Provider: provider})
	if err != nil {
		return err
	}
	s.thank(who, product)
	if s.sold == nil {
		return nil
	}
	return s.sold(ctx, p)
}

// restock puts more of a product on the shelf when little is left, and has the host say so.
func (s *script) restock(ctx context.Context, id string) error {
	product := s.productOf(id)
	if product < 0 || s.sold != nil { // a show of the past sells what there was
		return nil
	}
	cards, err := s.shop.CardsByID(ctx, []string{id})
	if err != nil || cards[id].Left > leaveUnits {
		return err
	}
	keeper := s.sc.actor(s.sc.keeper(stalls[s.sc.stallOf(product)]))
	if _, err := s.shop.AdjustStock(ctx, keeper, s.sc.known[key("sku", product, 0)], restockUnits); err != nil {
		return err
	}
	host := s.sc.ownerOf(s.st.channel)
	locale := localeOf(s.sc.people[host].name)
	p := s.sc.book.Products[product]
	s.waiting = append(s.waiting, utterance{host, fmt.Sprintf(inTongue(restocked, locale), either(locale == "en", p.NameZH, p.NameEN), restockUnits)})
	return nil
}

// wanted reports whether there is enough left, and not too much waiting to be shipped, for an actor to buy.
func (s *script) wanted(ctx context.Context, product int) (bool, error) {
	id := s.sc.known[key("product", product)]
	cards, err := s.shop.CardsByID(ctx, []string{id})
	if err != nil || cards[id].Left <= leaveUnits || cards[id].State != shop.On {
		return false, err
	}
	sum, err := s.shop.ShopSummary(ctx, s.sc.actor(s.sc.keeper(stalls[s.sc.stallOf(product)])), cards[id].ShopID)
	return err == nil && sum.ToShip < mostToShip, err
}

// productOf is the number of a product of the book, -1 for others: a host may have added their own.
func (s *script) productOf(id string) int {
	for i := range s.sc.book.Products {
		if id != "" && s.sc.known[key("product", i)] == id {
			return i
		}
	}
	return -1
}
