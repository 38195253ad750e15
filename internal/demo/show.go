package demo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// show is a broadcast of the past that was recorded. It is held for real, only faster.
type show struct {
	stage
	ago     time.Duration // before the origin, on that evening
	lasts   time.Duration
	explain time.Duration // from one product to the next: each has its turn
}

var shows = []show{
	{stage{channel: "studio", title: "周四开窑，一只一只看", clip: "live-stall", crowd: 44, talkEvery: 3500 * time.Millisecond,
		shelf: []string{"bowl-celadon", "bowl-white", "cup-pair", "bowl-red", "teapot-red", "tea-tin"}}, 2 * day, 21*time.Minute + 40*time.Second, 225 * time.Second},
	{stage{channel: "school", title: "夜校第一课，灯下读", clip: "long-lamp", crowd: 27, talkEvery: 5500 * time.Millisecond, lines: lamp,
		shelf: []string{"book-lamp", "book-food", "book-star", "bamboo-lamp"}}, 4 * day, 19*time.Minute + 30*time.Second, 300 * time.Second},
}

const (
	// showRate: two shows of twenty minutes take nine seconds and a third of a core. Faster ones would want
	// one for themselves while the first visitor looks around.
	showRate = 150
	// showHour of the evening, UTC+8.
	showHour = 20
	// shortShow is too little to look at: another one is held the next time.
	shortShow = 5 * time.Minute
	// showBuy makes some twenty orders of a show: a good evening for a small stall.
	showBuy = 72 * time.Second
	// recordedBy is how far the show's time may run ahead of what is recorded. The recorder lets ninety
	// seconds wait for the disk before it loses a segment.
	recordedBy = 30 * time.Second
	// checkEvery of the show's time somebody looks how far the recorder is.
	checkEvery = 10 * time.Second
	// diskWithin is how long the recorder may take for what waits: a minute is a machine with much other work,
	// longer is a disk that is full or gone.
	diskWithin = time.Minute
)

func (sh show) begins(origin time.Time) time.Time {
	evening := origin.Add(-sh.ago).In(time.FixedZone("UTC+8", 8*60*60))
	return time.Date(evening.Year(), evening.Month(), evening.Day(), showHour, 0, 0, 0, evening.Location())
}

func (w *World) origin(sc *scene) (time.Time, error) {
	ms, err := strconv.ParseInt(sc.known[keyOrigin], 10, 64)
	return time.UnixMilli(ms), err
}

// hold broadcasts a show that has not been held yet.
func (w *World) hold(ctx context.Context, sc *scene, n int) error {
	if sc.known[key("show", n)] != "" {
		return nil
	}
	origin, err := w.origin(sc)
	if err != nil {
		return err
	}
	c := newTempo(w.Clock, shows[n].begins(origin))
	t, err := w.openTill(c)
	if err != nil {
		return err
	}
	past, err := w.Build(c, t.provider)
	if err != nil {
		return err
	}
	t.money = past.Money
	b := &broadcast{World: w, sc: sc, n: n, show: shows[n], clock: c, past: past, till: t}
	// What was begun is brought to an end also when the program stops.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var working sync.WaitGroup
	working.Go(func() { c.run(work) })
	working.Go(func() { b.fault(past.Live.Run(work)) })
	working.Go(func() { b.fault(past.Shop.Run(work)) })
	err = b.run(ctx)
	past.Media.Close()
	stop()
	working.Wait()
	return errors.Join(err, b.err)
}

// broadcast is one show being held.
type broadcast struct {
	*World
	sc    *scene
	n     int
	show  show
	clock *tempo
	past  Past
	till  *till
	sold  []shop.Placed

	mu  sync.Mutex
	err error
}

func (b *broadcast) fault(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = errors.Join(b.err, err)
}

func (b *broadcast) run(ctx context.Context) error {
	channel := b.sc.known[key("channel", b.show.channel)]
	owner := b.sc.ownerOf(b.show.channel)
	host := b.sc.actor(owner)
	if err := b.past.Media.StartSample(ctx, channel, b.sc.known[key("clip", b.show.clip, owner)]); err != nil {
		return err
	}
	if err := awaitPicture(ctx, b.past.Media, b.clock, channel); err != nil {
		return err
	}
	// A busy database may take seconds to begin a room, before its recording begins: none of them belongs to the show.
	goOn := b.clock.halt()
	var room live.Room
	err := b.DB.Tx(ctx, func(ctx context.Context) error {
		var err error
		if room, err = b.past.Live.Prepare(ctx, host, channel, b.sc.draftOf(b.show.stage, true)); err != nil {
			return err
		}
		return b.put(ctx, key("show room", b.n), room.ID)
	})
	if err == nil {
		room, err = b.past.Live.Start(ctx, host, room.ID)
	}
	goOn()
	if err != nil {
		return err
	}
	begun := b.clock.Now()
	act, over := context.WithCancel(ctx)
	defer over()
	var acting sync.WaitGroup
	s := newScript(b.World, b.past.Live, b.past.Shop, b.clock, b.sc, b.show.stage, room)
	s.explain, s.buy, s.sold = b.show.explain, showBuy, b.collect
	s.follow(newArc(begun, b.show.lasts))
	s.won = func(ctx context.Context, who int) error {
		_, err := b.past.Channel.Follow(ctx, b.sc.actor(who), channel, true)
		return err
	}
	acting.Go(func() { s.run(act) })
	acting.Go(func() { b.waitForDisk(act, room) })
	b.clock.watch(func() time.Time { return b.newestPicture(channel) })
	b.clock.hasten(showRate)
	pause(ctx, b.clock, b.show.lasts)
	b.clock.watch(nil)
	b.clock.hasten(1) // what follows is work of the machine: nothing of it belongs to the show
	lasted := b.clock.Now().Sub(begun)
	over()
	acting.Wait()
	return b.end(context.WithoutCancel(ctx), room, lasted)
}

// newestPicture is when the channel's last picture or sound was packaged.
func (b *broadcast) newestPicture(channel string) time.Time {
	s, ok := b.past.Media.StreamOf(channel)
	if !ok {
		return time.Time{}
	}
	stream, err := b.past.Media.Origin(s.Session)
	if err != nil {
		return time.Time{}
	}
	return stream.Stats().LastFrameAt
}

// waitForDisk stops the show's time while the recorder is behind, until ctx ends. A recorder that does not
// get on at all is not waited for again: the show is worth holding without its picture's end.
func (b *broadcast) waitForDisk(ctx context.Context, room live.Room) {
	for late := false; !late && ctx.Err() == nil; {
		pause(ctx, b.clock, checkEvery)
		goOn := b.clock.halt()
		for deadline := b.Clock.After(diskWithin); ctx.Err() == nil && !late; {
			until, err := recordedUntil(ctx, b.past, room)
			if err == nil && b.clock.Now().Sub(until) <= recordedBy {
				break
			}
			select {
			case <-b.Clock.After(look):
			case <-deadline:
				late = true
				b.Log.Warn("the disk does not keep up with a show of the sample world", "room", room.ID, "err", err)
			case <-ctx.Done():
			}
		}
		goOn()
	}
}

// end ends the show, waits for its last tick, ships what was sold and notes it.
func (b *broadcast) end(ctx context.Context, room live.Room, lasted time.Duration) error {
	if _, err := b.past.Live.End(ctx, b.sc.actor(b.sc.ownerOf(b.show.channel)), room.ID); err != nil {
		return err
	}
	late := b.clock.After(onAirWithin)
	for waiting := true; waiting && b.past.Live.Newest(room.ID) != nil; {
		select {
		case <-b.clock.After(look):
		case <-late:
			waiting = false // the sequencer stores it when it is stopped
		}
	}
	for i, p := range b.sold {
		stall := b.stallOf(p.Order.ShopID)
		_, err := b.past.Shop.Ship(ctx, b.sc.actor(b.sc.keeper(stalls[stall])), shop.Shipment{OrderID: p.Order.ID, Carrier: carriers[stall], Tracking: fmt.Sprintf("HX%02d%08d", b.n, i)})
		if err != nil {
			return err
		}
	}
	if lasted < shortShow {
		return nil
	}
	return b.put(ctx, key("show", b.n), room.ID)
}

func (b *broadcast) stallOf(shopID string) int {
	for i, st := range stalls {
		if b.sc.known[key("shop", st.key)] == shopID {
			return i
		}
	}
	return 0
}

// collect makes an order of the show paid at once: its time is past, so anybody else who met it unpaid
// would think its hold over. The room is told in the same transaction; what it hears later by the outbox
// it knows already.
func (b *broadcast) collect(ctx context.Context, p shop.Placed) error {
	paid := false
	err := b.DB.Tx(ctx, func(ctx context.Context) error {
		if err := b.till.pay(ctx, p.Payment); err != nil {
			return err
		}
		o, _, err := b.past.Shop.Order(ctx, identity.Actor{UserID: p.Order.BuyerID}, p.Order.ID)
		if paid = err == nil && o.State == order.Paid; !paid {
			return err
		}
		return b.past.Live.OrderPaid(ctx, paidFact(o))
	})
	if err == nil && paid {
		b.sold = append(b.sold, p)
	}
	return err
}

func paidFact(o shop.Order) event.OrderPaid {
	out := event.OrderPaid{OrderID: o.ID, ShopID: o.ShopID, BuyerID: o.BuyerID, BuyerName: o.BuyerName, RoomID: o.RoomID, PostID: o.PostID, TotalMinor: o.Total, At: o.PaidAt}
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, event.OrderLine{ProductID: l.ProductID, SkuID: l.SkuID, Title: l.Title, Quantity: l.Quantity, AmountMinor: l.Price * l.Quantity})
	}
	return out
}

// mend ends shows that a crash cut off, where their recording ended. Call it before rooms are recovered.
func (w *World) mend(ctx context.Context) error {
	sc, err := newScene()
	if err == nil {
		sc.known, err = w.things(ctx)
	}
	if err != nil {
		return err
	}
	for n, sh := range shows {
		id := sc.known[key("show room", n)]
		if id == "" || sc.known[key("show", n)] != "" {
			continue
		}
		if err := w.mendShow(ctx, &sc, n, sh, id); err != nil {
			return fmt.Errorf("end the show %s: %w", id, err)
		}
	}
	return nil
}

func (w *World) mendShow(ctx context.Context, sc *scene, n int, sh show, roomID string) error {
	room, err := w.Live.Room(ctx, roomID)
	if err != nil {
		return err
	}
	host := sc.actor(sc.ownerOf(sh.channel))
	if room.State == timeline.Prepared {
		_, err := w.Live.Cancel(ctx, host, roomID)
		return err
	}
	if !room.OnAir() {
		return nil
	}
	end, err := recordedUntil(ctx, Past{Live: w.Live, Media: w.Media}, room)
	if err != nil {
		return err
	}
	c := &calendar{Clock: w.Clock, at: end}
	t, err := w.openTill(c)
	if err != nil {
		return err
	}
	past, err := w.Build(c, t.provider)
	if err != nil {
		return err
	}
	defer past.Media.Close()
	if _, err := past.Live.End(ctx, host, roomID); err != nil {
		return err
	}
	if end.Sub(time.UnixMilli(room.StartedAt)) < shortShow {
		return nil
	}
	return w.put(ctx, key("show", n), roomID)
}

// recordedUntil is where the recordings of a room end, at least a moment after it began.
func recordedUntil(ctx context.Context, p Past, room live.Room) (time.Time, error) {
	end := room.StartedAt + time.Second.Milliseconds()
	ids, err := p.Live.Recordings(ctx, room.ID)
	if err != nil {
		return time.Time{}, err
	}
	for _, id := range ids {
		rec, err := p.Media.Recording(ctx, id)
		if err != nil {
			return time.Time{}, err
		}
		for _, seg := range rec.Segments {
			end = max(end, seg.At+seg.DurationUS/1000)
		}
	}
	return time.UnixMilli(end), nil
}
