package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/demo"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/shop"
)

// alive runs the sample world until the returned func is called.
func (w *world) alive() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.demo.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("run the sample world: %v", err)
		}
	})
	w.t.Cleanup(stop)
	return stop
}

// until waits for something that the actors bring about.
func (w *world) until(what string, within time.Duration, done func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(within); !done(); {
		if time.Now().After(deadline) {
			w.t.Fatalf("within %s there was no %s", within, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (w *world) channelID(handle string) string {
	w.t.Helper()
	c, err := w.now.Channel.Channel(w.ctx, handle)
	w.must(err)
	return c.ID
}

// room is the channel's room on air.
func (w *world) room(handle string) (live.Room, bool) {
	w.t.Helper()
	r, found, err := w.now.Live.Current(w.ctx, w.channelID(handle))
	w.must(err)
	return r, found && r.State == timeline.Live
}

var onAir = []string{"helane", "xian", "dengxia"}

func (w *world) allOnAir() bool {
	for _, handle := range onAir {
		if _, ok := w.room(handle); !ok {
			return false
		}
	}
	return true
}

func TestRun_RoomsAreLiveWithPeopleInThemAndTheShowsBecomeReplays(t *testing.T) {
	t.Parallel() // half of it waits
	w := seeded(t)
	w.start()
	stop := w.alive()
	w.until("three rooms on air", 20*time.Second, w.allOnAir)
	selling, _ := w.room("helane")
	if !selling.Demo || selling.Record {
		t.Errorf("demo %t, recorded %t", selling.Demo, selling.Record)
	}
	shelf, err := w.now.Live.ShelfIDs(w.ctx, selling.ID)
	w.must(err)
	if len(shelf) != 12 {
		t.Errorf("the shelf holds %d products", len(shelf))
	}
	for _, handle := range onAir[1:] {
		r, _ := w.room(handle)
		if shelf, err := w.now.Live.ShelfIDs(w.ctx, r.ID); err != nil || len(shelf) != 0 {
			t.Errorf("%s sells %d products (%v)", handle, len(shelf), err)
		}
	}
	w.until("talk, likes and an explained product", 30*time.Second, func() bool {
		r, ok := w.room("helane")
		return ok && r.Online > 5 && r.Likes > 0 && r.Comments > 2 && r.Explain == shelf[0]
	})
	w.spokenByActors(selling.ID)

	w.demo.Pause(true)
	time.Sleep(1500 * time.Millisecond) // an act under way may still end
	before, _ := w.room("helane")
	time.Sleep(4 * time.Second)
	if after, ok := w.room("helane"); !ok || after.Comments != before.Comments || after.Likes != before.Likes || !w.demo.Paused() {
		t.Errorf("paused, but %d comments became %d and %d likes %d", before.Comments, after.Comments, before.Likes, after.Likes)
	}
	w.demo.Pause(false)

	w.until("two shows", 120*time.Second, func() bool {
		return w.count(`SELECT count(*) FROM demo_things WHERE key IN ('show/0', 'show/1')`) == 2
	})
	stop()
	w.until("rest", 10*time.Second, func() bool { return w.jobs.Settle(w.ctx) == nil })
	w.checkReplay("ayan", demo.ShowLength(0))
	w.checkReplay("yexiao", demo.ShowLength(1))
	w.sound()
}

// spokenByActors checks what viewers of the room are sent.
func (w *world) spokenByActors(roomID string) {
	w.t.Helper()
	key, _, leave, err := w.now.Live.Join(roomID, "watcher", live.FromDirect)
	w.must(err)
	defer leave()
	var k timeline.Keyframe
	w.must(json.Unmarshal(key.Body, &k))
	heard := k.Comments
	head, _, err := w.now.Live.Head(roomID)
	w.must(err)
	for n := k.N + 1; n <= head.N; n++ {
		body, err := w.now.Live.Tick(w.ctx, roomID, head.Epoch, n)
		w.must(err)
		var tick timeline.Tick
		w.must(json.Unmarshal(body, &tick))
		heard = append(heard, tick.Comments...)
	}
	if len(heard) == 0 {
		w.t.Error("nobody was heard")
	}
	for _, c := range heard {
		if !c.Demo || c.Name == "" || c.Avatar == "" {
			w.t.Errorf("comment %+v is not marked as demo", c)
		}
	}
}

// checkReplay watches the newest replay of a channel from end to end.
func (w *world) checkReplay(handle string, lasts time.Duration) {
	w.t.Helper()
	rooms, err := w.now.Live.Rooms(w.ctx, live.Filter{ChannelID: w.channelID(handle), States: []timeline.State{timeline.Ended}, Replays: true, Limit: 10})
	w.must(err)
	if len(rooms) != 1 {
		w.t.Fatalf("%s has %d replays", handle, len(rooms))
	}
	r := rooms[0]
	replay, err := w.now.Live.Replay(w.ctx, r.ID)
	w.must(err)
	length := time.Duration(replay.DurationMS) * time.Millisecond
	if d := length - lasts; d < -time.Second || d > 4*time.Second {
		w.t.Errorf("%s lasted %s, want %s", handle, length, lasts)
	}
	if age := time.Since(time.UnixMilli(r.StartedAt)); age < 24*time.Hour || age > 6*24*time.Hour {
		w.t.Errorf("%s began %s ago", handle, age)
	}
	comments, ticks, bought, last := 0, 0, 0, int64(0)
	for k := range replay.Chunks {
		body, err := w.now.Live.Chunk(w.ctx, r.ID, k)
		w.must(err)
		var chunk struct{ Ticks []timeline.Tick }
		w.must(json.Unmarshal(body, &chunk))
		for _, tick := range chunk.Ticks {
			if last != 0 && tick.N != last+1 {
				w.t.Fatalf("%s: tick %d follows %d", handle, tick.N, last)
			}
			last = tick.N
			ticks, comments, bought = ticks+1, comments+len(tick.Comments), bought+len(tick.Bought)
		}
	}
	if least := int(lasts / time.Second); ticks < least*4-40 || comments < least/12 || len(replay.Explained) < 4 || r.Likes == 0 || r.Peak < 15 {
		w.t.Errorf("%s: %d ticks, %d comments, %d explained, %d likes, peak %d", handle, ticks, comments, len(replay.Explained), r.Likes, r.Peak)
	}
	sales, err := w.now.Live.SalesOf(w.ctx, r.ID)
	w.must(err)
	if sales.Orders < int64(lasts/(2*time.Minute)) || bought != int(sales.Orders) {
		w.t.Errorf("%s: %d orders, %d on the ticker", handle, sales.Orders, bought)
	}
	var recorded time.Duration
	for _, id := range replay.Recordings {
		rec, err := w.now.Media.Recording(w.ctx, id)
		w.must(err)
		if !rec.Ended {
			w.t.Errorf("%s: recording %s goes on", handle, id)
		}
		recorded += time.Duration(rec.DurationMS()) * time.Millisecond
	}
	// A recording begins with the segment after the start, 2 s at most.
	if d := length - recorded; d < -2*time.Second || d > 3*time.Second {
		w.t.Errorf("%s lasted %s, recorded are %s", handle, length, recorded)
	}
	c, err := w.now.Channel.Channel(w.ctx, handle)
	w.must(err)
	if !raced { // too short then to have a course
		w.checkCourse(identity.Actor{UserID: c.OwnerID}, r, lasts)
	}
	w.t.Logf("%s: %s, %s recorded, %d ticks, %d comments, %d explained, %d orders", handle, length, recorded, ticks, comments, len(replay.Explained), sales.Orders)
}

// checkCourse reads the review of a show as its host does: people come, are there, and go again; they talk
// and buy all the time.
func (w *world) checkCourse(host identity.Actor, r live.Room, lasts time.Duration) {
	w.t.Helper()
	v, err := w.now.Live.Review(w.ctx, host, r.ID)
	w.must(err)
	if want := int(lasts/time.Minute) + 1; len(v.Points) < want || len(v.Points) > want+1 {
		w.t.Fatalf("%s: %d points in %s", r.Title, len(v.Points), lasts)
	}
	third := len(v.Points) / 3
	var peaks, comments, orders [3]int64
	for i, p := range v.Points {
		if !p.Measured {
			w.t.Errorf("%s: minute %d was not measured", r.Title, i)
		}
		k := min(i/third, 2)
		peaks[k], comments[k], orders[k] = max(peaks[k], p.Peak), comments[k]+p.Comments, orders[k]+p.Orders
	}
	if v.Follows == 0 || v.Openers == 0 || v.Openers >= r.Entered || v.Openers < v.Buyers {
		w.t.Errorf("%s: %d entered, %d opened a product, %d bought, %d follow", r.Title, r.Entered, v.Openers, v.Buyers, v.Follows)
	}
	first, last := v.Points[0].Peak, v.Points[len(v.Points)-1].Peak
	if first*2 > r.Peak || last*4 > r.Peak*3 || peaks[1] < peaks[0] || peaks[1] < peaks[2] {
		w.t.Errorf("%s: from %d to %d, peaks of its thirds %v", r.Title, first, last, peaks)
	}
	for k := range 3 {
		if comments[k] < 20 || orders[k] < 2 {
			w.t.Errorf("%s: comments of its thirds %v, orders %v", r.Title, comments, orders)
			break
		}
	}
	if at := (v.PeakAt - r.StartedAt) * 100 / lasts.Milliseconds(); at < 25 || at > 75 {
		w.t.Errorf("%s: the peak is at %d %%", r.Title, at)
	}
}

// fast is a clock that runs several times as fast as the machine's.
type fast struct {
	clock.Real
	from time.Time
	rate time.Duration
}

func (f fast) Now() time.Time                         { return f.from.Add(time.Since(f.from) * f.rate) }
func (f fast) After(d time.Duration) <-chan time.Time { return f.Real.After(d / f.rate) }
func (f fast) Ticker(d time.Duration) clock.Ticker    { return f.Real.Ticker(d / f.rate) }

// onFast is a world in which a minute is four seconds. Its shows count as held: they have a clock of their own.
func onFast(t *testing.T) *world {
	t.Helper()
	slow := seeded(t)
	for _, k := range []string{"show/0", "show/1"} {
		_, err := slow.db.Exec(slow.ctx, `INSERT INTO demo_things (key, id) VALUES ($1, 'held')`, k)
		slow.must(err)
	}
	return newWorldAt(t, slow.db, slow.blobs, fast{from: time.Now(), rate: 15})
}

func TestRun_ActorsBuyWhatIsExplained(t *testing.T) {
	t.Parallel() // mostly waits for the actors
	w := onFast(t)
	w.start()
	stop := w.alive()
	w.until("a sale", 40*time.Second, func() bool {
		r, ok := w.room("helane")
		if !ok {
			return false
		}
		sales, err := w.now.Live.SalesOf(w.ctx, r.ID)
		w.must(err)
		return sales.Orders > 0
	})
	stop()
	w.until("rest", 10*time.Second, func() bool { return w.jobs.Settle(w.ctx) == nil })
	orders, err := w.now.Shop.AllOrders(w.ctx, w.role("operator"), shop.OrderQuery{Limit: 10})
	w.must(err)
	paid := 0
	for _, o := range orders { // the newest may be waiting for its bank yet
		if o.RoomID != "" && o.BuyerID == w.role("viewer").UserID {
			t.Errorf("an actor bought as the viewer: %+v", o)
		}
		if o.RoomID != "" && o.PaidAt > 0 {
			paid++
		}
	}
	if paid == 0 {
		t.Errorf("none of the newest orders was paid in a room; the newest is %+v", orders[0])
	}
	w.sound()
}

func TestRun_LeavesTheShelfToAPerson(t *testing.T) {
	t.Parallel() // mostly waits for the actors
	w := onFast(t)
	w.start()
	w.alive()
	host := w.role("host")
	var shelf []string
	w.until("a second explained product", 15*time.Second, func() bool {
		r, ok := w.room("helane")
		if !ok {
			return false
		}
		var err error
		shelf, err = w.now.Live.ShelfIDs(w.ctx, r.ID)
		w.must(err)
		return r.Explain == shelf[1]
	})
	r, _ := w.room("helane")
	w.must(w.now.Live.Explain(w.ctx, host, r.ID, shelf[9]))
	time.Sleep(7 * time.Second) // more than three of the script's turns
	if r, ok := w.room("helane"); !ok || r.Explain != shelf[9] {
		t.Errorf("the script explains %s over the host's %s", r.Explain, shelf[9])
	}
}

func TestRun_OpensARoomAgainButNotInAPersonsPlace(t *testing.T) {
	t.Parallel() // mostly waits for the actors
	w := onFast(t)
	w.start()
	w.alive()
	w.until("three rooms on air", 10*time.Second, w.allOnAir)
	host := w.role("host")
	first, _ := w.room("helane")
	_, err := w.now.Live.End(w.ctx, host, first.ID)
	w.must(err)
	// The host opens one of their own before the script comes back.
	asset, err := w.demo.SampleAsset(w.ctx)
	w.must(err)
	w.until("a free sample source", 5*time.Second, func() bool { return !w.now.Media.SampleOn(first.ChannelID) })
	w.must(w.now.Media.StartSample(w.ctx, first.ChannelID, asset))
	own, err := w.now.Live.Prepare(w.ctx, host, first.ChannelID, live.Draft{Title: "mine"})
	w.must(err)
	w.until("a start of one's own", 5*time.Second, func() bool {
		_, err := w.now.Live.Start(w.ctx, host, own.ID)
		return err == nil
	})
	time.Sleep(5 * time.Second) // longer than the script stays away
	if r, ok := w.room("helane"); !ok || r.ID != own.ID || r.Demo || r.Comments != 0 {
		t.Errorf("in the host's own room: %+v", r)
	}
	_, err = w.now.Live.End(w.ctx, host, own.ID)
	w.must(err)
	w.until("the script's next room", 15*time.Second, func() bool {
		r, ok := w.room("helane")
		return ok && r.Demo && r.ID != first.ID
	})
}

func TestRun_GoesOnInTheSameRoomsAfterARestart(t *testing.T) {
	t.Parallel() // mostly waits for the actors
	before := seeded(t)
	halt := before.start()
	stop := before.alive()
	before.until("three rooms on air", 10*time.Second, before.allOnAir)
	was, _ := before.room("helane")
	stop()
	halt()

	w := newWorld(t, before.db, before.blobs)
	w.must(w.demo.Seed(w.ctx, nil))
	w.start()
	w.alive()
	w.until("three rooms on air again", 10*time.Second, w.allOnAir)
	is, _ := w.room("helane")
	if is.ID != was.ID || is.Epoch <= was.Epoch {
		t.Errorf("room %s in epoch %d, was %s in %d", is.ID, is.Epoch, was.ID, was.Epoch)
	}
}

// A show that a crash cut off ends where its recording ends.
func TestSeed_EndsAShowThatACrashCutOff(t *testing.T) {
	t.Parallel() // mostly waits for the recording
	dead := seeded(t)
	halt := dead.start()
	channel, host := dead.channelID("ayan"), dead.role("host")
	asset, err := dead.demo.SampleAsset(dead.ctx)
	dead.must(err)
	dead.must(dead.now.Media.StartSample(dead.ctx, channel, asset))
	room, err := dead.now.Live.Prepare(dead.ctx, host, channel, live.Draft{Title: "cut off", Record: true, Demo: true})
	dead.must(err)
	dead.until("a start", 5*time.Second, func() bool {
		_, err := dead.now.Live.Start(dead.ctx, host, room.ID)
		return err == nil
	})
	_, err = dead.db.Exec(dead.ctx, `INSERT INTO demo_things (key, id) VALUES ('show room/0', $1)`, room.ID)
	dead.must(err)
	dead.until("two recorded segments", 15*time.Second, func() bool { return dead.count(`SELECT count(*) FROM media_segments`) >= 2 })
	halt()
	time.Sleep(2 * time.Second)

	w := newWorld(t, dead.db, dead.blobs)
	w.must(w.demo.Seed(w.ctx, nil))
	got, err := w.now.Live.Room(w.ctx, room.ID)
	w.must(err)
	if got.State != timeline.Ended || got.EndedAt <= got.StartedAt || got.EndedAt > time.Now().Add(-time.Second).UnixMilli() {
		t.Errorf("state %s, from %d to %d", got.State, got.StartedAt, got.EndedAt)
	}
	if n := w.count(`SELECT count(*) FROM demo_things WHERE key = 'show/0'`); n != 0 {
		t.Error("a show of seconds counts as held")
	}
	if _, found, err := w.now.Live.Current(w.ctx, channel); err != nil || found {
		t.Errorf("the channel is still on air (%v)", err)
	}
}

func TestRun_EndsWithItsContext(t *testing.T) {
	w := seeded(t)
	w.start()
	ctx, cancel := context.WithTimeout(w.ctx, 1500*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := w.demo.Run(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
}
