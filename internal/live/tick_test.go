package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

func TestTicks_AreDenseAndTheSameFromMemoryAndStore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		var seen [][]byte
		for i := range 5 {
			must[timeline.Comment](t)(w.Say(t.Context(), w.owner(), r.ID, fmt.Sprintf("line %d <b>&\n", i)))
			if tick := v.next(t); tick.N != v.at.Tick.N || tick.N != int64(i)+2 && i > 0 && tick.N != v.state.N {
				t.Fatalf("tick %d", tick.N)
			}
			seen = append(seen, v.at.Body)
		}
		last := v.at.Tick.N
		first := last - int64(len(seen)) + 1
		w.store.flush(t.Context())
		stored := must[[][]byte](t)(w.storedTicks(t.Context(), r.ID, 1, first, last))
		bundle := must[[][]byte](t)(w.Ticks(t.Context(), r.ID, 1, first, last))
		if len(stored) != len(seen) || len(bundle) != len(seen) {
			t.Fatalf("%d seen, %d stored, %d in the bundle", len(seen), len(stored), len(bundle))
		}
		for i, body := range seen {
			alone := must[[]byte](t)(w.Tick(t.Context(), r.ID, 1, first+int64(i)))
			if !bytes.Equal(body, stored[i]) || !bytes.Equal(body, bundle[i]) || !bytes.Equal(body, alone) {
				t.Fatalf("tick %d has several bodies:\n%s\n%s\n%s\n%s", first+int64(i), body, stored[i], bundle[i], alone)
			}
		}
		head, keyN, err := w.Head(r.ID)
		if err != nil || head.N < last || head.Next != head.At+head.Period || keyN != 1 {
			t.Fatalf("%+v, key %d, %v", head, keyN, err)
		}
		memory := must[[]byte](t)(w.Key(t.Context(), r.ID, 1, 1))
		must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		eventually(t, "the sequencer ends", func() bool { return w.sequencer(r.ID) == nil })
		w.store.flush(t.Context())
		if late := must[[]byte](t)(w.Key(t.Context(), r.ID, 1, 1)); !bytes.Equal(memory, late) {
			t.Fatalf("keyframe 1 has two bodies:\n%s\n%s", memory, late)
		}
		if late := must[[]byte](t)(w.Tick(t.Context(), r.ID, 1, first)); !bytes.Equal(late, seen[0]) {
			t.Fatalf("tick %d has two bodies", first)
		}
		_, _, err = w.Head(r.ID)
		refused(t, err, errs.Gone, "room_over")
		refused(t, w.Beacon(r.ID, "viewer-1", FromDirect), errs.Gone, "room_over")
		w.sound(t)
	})
}

func TestTicks_RefuseWhatIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		for _, c := range [][2]int64{{0, 3}, {3, 2}, {1, MaxBundle + 1}, {-5, -1}} {
			_, err := w.Ticks(t.Context(), r.ID, 1, c[0], c[1])
			refused(t, err, errs.Invalid, "bundle_range")
		}
		_, err := w.Ticks(t.Context(), r.ID, 1, 1, 60)
		refused(t, err, errs.NotFound, "tick_not_yet")
		for _, n := range []int64{-1, 0, 999} {
			_, err := w.Tick(t.Context(), r.ID, 1, n)
			refused(t, err, errs.NotFound, "tick_not_yet")
		}
		_, err = w.Tick(t.Context(), r.ID, 2, 1)
		refused(t, err, errs.NotFound, "tick_not_yet")
		_, err = w.Key(t.Context(), r.ID, 1, 2)
		refused(t, err, errs.NotFound, "keyframe_not_found")
	})
}

func TestTick_AskedForEarlyIsWaitedFor(t *testing.T) {
	w := one(t)
	r := w.live(t)
	v := w.join(t, r.ID, "viewer-1")
	tick := v.next(t)
	body := must[[]byte](t)(w.Tick(t.Context(), r.ID, 1, tick.N+1))
	if v.next(t); !bytes.Equal(body, v.at.Body) {
		t.Fatalf("the early reader got %s", body)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := w.Tick(ctx, r.ID, 1, v.next(t).N+1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a reader who left: %v", err)
	}
}

func TestEpoch_ARestartNeverGivesATickASecondBody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		bodies := map[[2]int64][]byte{}
		for epoch := int64(1); epoch <= 3; epoch++ {
			v := w.join(t, r.ID, "viewer-1")
			if v.state.Epoch != epoch {
				t.Fatalf("epoch %d, want %d", v.state.Epoch, epoch)
			}
			for range 3 {
				tick := v.next(t)
				at := [2]int64{tick.Epoch, tick.N}
				if bodies[at] != nil {
					t.Fatalf("tick %v is sealed twice", at)
				}
				bodies[at] = v.at.Body
			}
			if epoch == 2 {
				w.store.flush(t.Context())
			}
			w.restart(t, epoch == 1)
		}
		for at, body := range bodies {
			got, err := w.Tick(t.Context(), r.ID, at[0], at[1])
			if err == nil && !bytes.Equal(got, body) {
				t.Errorf("tick %v was\n%s and is\n%s", at, body, got)
			}
			if err != nil && (errs.CodeOf(err) != "tick_not_yet" || at[0] > 1) {
				t.Errorf("tick %v: %v", at, err) // only what a crash took may be missing
			}
		}
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.Epoch != 4 || got.State != timeline.Reconnecting {
			t.Fatalf("%+v", got)
		}
		w.sound(t)
	})
}

func TestEpoch_WhatARoomKnowsOutlivesARestart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		must[int64](t)(w.Like(t.Context(), w.owner(), r.ID, 40))
		c := must[timeline.Comment](t)(w.Say(t.Context(), w.owner(), r.ID, "欢迎"))
		if err := errors.Join(w.Explain(t.Context(), w.owner(), r.ID, "prd_2"), w.Pin(t.Context(), w.owner(), r.ID, c.ID, ""),
			w.SetShelf(t.Context(), w.owner(), r.ID, []string{"prd_2", "prd_1"}), w.Beacon(r.ID, "viewer-9", FromDirect)); err != nil {
			t.Fatal(err)
		}
		v := w.join(t, r.ID, "viewer-1")
		for said := w.Newest(r.ID).Tick.N; v.at.Tick.N <= said+1; { // both viewers are counted in the tick that is open now
			v.next(t)
		}
		w.store.flush(t.Context())
		v.leave()
		w.restart(t, true)
		v = w.join(t, r.ID, "viewer-1")
		if v.state.State != timeline.Reconnecting || v.state.Likes != 40 || v.state.Explain == nil || *v.state.Explain != "prd_2" || v.state.ExplainAt == 0 ||
			v.state.Pin == nil || v.state.Pin.ID != c.ID || len(v.state.Shelf) != 2 || v.state.Shelf[0].ProductID != "prd_2" || len(v.state.Comments) != 1 {
			b, _ := json.Marshal(v.state)
			t.Fatalf("after the restart: %s", b)
		}
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.Entered < 2 || got.Comments != 1 || got.Peak < 2 {
			t.Fatalf("%+v", got)
		}
		w.publish(t, channel)
		if e := v.hears(t, timeline.KindRoom); e.State != string(timeline.Live) {
			t.Fatalf("%+v", e)
		}
		if recs := must[[]string](t)(w.Recordings(t.Context(), r.ID)); len(recs) != 2 {
			t.Fatalf("recordings: %v", recs)
		}
		w.sound(t)
	})
}

func TestStore_AFaultStopsNoTicksAndLosesNone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		v := w.join(t, r.ID, "viewer-1")
		v.next(t)
		w.store.flush(t.Context())
		if _, err := w.DB.Exec(t.Context(), `ALTER TABLE live_ticks RENAME TO live_ticks_away`); err != nil {
			t.Fatal(err)
		}
		c := must[timeline.Comment](t)(w.Say(t.Context(), w.owner(), r.ID, "said during the fault"))
		for range 3 {
			v.next(t)
			w.store.flush(t.Context())
		}
		if _, err := w.DB.Exec(t.Context(), `ALTER TABLE live_ticks_away RENAME TO live_ticks`); err != nil {
			t.Fatal(err)
		}
		last := v.next(t).N
		w.store.flush(t.Context())
		stored := must[[][]byte](t)(w.storedTicks(t.Context(), r.ID, 1, 1, last))
		if int64(len(stored)) != last {
			t.Fatalf("%d of %d ticks are stored", len(stored), last)
		}
		for i, body := range stored {
			var tick timeline.Tick
			if err := json.Unmarshal(body, &tick); err != nil || tick.N != int64(i)+1 {
				t.Fatalf("tick %d stands where %d should: %v", tick.N, i+1, err)
			}
		}
		if _, found, err := w.Comment(t.Context(), r.ID, c.ID); err != nil || !found {
			t.Fatalf("the comment is lost: %v", err)
		}
		w.sound(t)
	})
}

// batch makes stored ticks a..b of an epoch.
func batch(room string, epoch, a, b int64) []stored {
	var out []stored
	for n := a; n <= b; n++ {
		tick := timeline.Tick{V: 1, Room: room, Epoch: epoch, N: n, At: 1000 * n}
		body, _ := json.Marshal(tick)
		out = append(out, stored{room: room, tick: &Sealed{Tick: tick, Body: body}})
	}
	return out
}

func (w *world) readBack(t *testing.T, room string, epoch, a, b int64) int {
	t.Helper()
	list := must[[][]byte](t)(w.storedTicks(t.Context(), room, epoch, a, b))
	for i, body := range list {
		var tick timeline.Tick
		if err := json.Unmarshal(body, &tick); err != nil || tick.N != a+int64(i) || tick.Epoch != epoch {
			t.Fatalf("asked for %d-%d, got %s", epoch, a+int64(i), body)
		}
	}
	return len(list)
}

func TestStore_GapsAndEpochsMakeRunsOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.prepare(t).ID, w.prepare(t).ID
		var mixed []stored
		for i, v := range batch(a, 1, 1, 4) {
			mixed = append(mixed, v, batch(b, 1, 1, 4)[i])
		}
		mixed = append(mixed, batch(a, 1, 9, 12)...)
		mixed = append(mixed, batch(a, 2, 1, 3)...)
		if err := w.DB.Tx(t.Context(), func(ctx context.Context) error { return w.store.write(ctx, mixed, nil) }); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			room               string
			epoch, a, b, found int64
		}{{a, 1, 1, 4, 4}, {a, 1, 9, 12, 4}, {a, 1, 1, 12, 4}, {a, 1, 5, 8, 0}, {a, 2, 1, 3, 3}, {b, 1, 2, 9, 3}} {
			if n := w.readBack(t, c.room, c.epoch, c.a, c.b); int64(n) != c.found {
				t.Errorf("%+v: %d ticks", c, n)
			}
		}
	})
}

func TestStore_ACommitWhoseAnswerWasLostIsTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		room := w.prepare(t).ID
		for _, last := range []int64{4, 8, 6} { // the batch, the same with newer ones behind, and a late echo
			if err := w.DB.Tx(t.Context(), func(ctx context.Context) error { return w.store.write(ctx, batch(room, 1, 1, last), nil) }); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.readBack(t, room, 1, 1, 9); n != 8 {
			t.Fatalf("%d ticks of 8", n)
		}
	})
}

func TestStore_HoldsABoundedPast(t *testing.T) {
	w := one(t)
	room := w.prepare(t).ID
	if _, err := w.DB.Exec(t.Context(), `ALTER TABLE live_ticks RENAME TO live_ticks_away`); err != nil {
		t.Fatal(err)
	}
	for _, v := range batch(room, 1, 1, maxHeld+10) {
		w.store.add(v)
	}
	w.store.flush(t.Context())
	w.store.turn <- struct{}{} // the writer's own flush has what is held while it tries
	w.store.mu.Lock()
	held := w.store.ticks
	w.store.mu.Unlock()
	<-w.store.turn
	if len(held) != maxHeld || held[0].tick.Tick.N != 11 {
		t.Fatalf("%d are held, the first is %d", len(held), held[0].tick.Tick.N)
	}
	if _, err := w.DB.Exec(t.Context(), `ALTER TABLE live_ticks_away RENAME TO live_ticks`); err != nil {
		t.Fatal(err)
	}
}

func TestAudience_EachViewerCountsOnce(t *testing.T) {
	t.Parallel()
	a := newAudience(0, 0)
	one, two := viewerHash("viewer-1"), viewerHash("viewer-2")
	a.beacon(one, 0, FromFeed)
	a.join(one, FromFeed)
	a.join(one, FromFeed)
	a.beacon(one, 10, FromFeed)
	a.beacon(two, 10, FromFeed)
	if n := a.count(10); n != 2 || a.entered != 2 || a.peak != 2 {
		t.Fatalf("%d viewers, %d entered, peak %d", n, a.entered, a.peak)
	}
	a.part(one)
	if n := a.count(20); n != 2 {
		t.Fatalf("%d viewers with one socket left", n)
	}
	a.part(one)
	if n := a.count(30); n != 1 {
		t.Fatalf("%d viewers with a beacon left", n)
	}
	if n := a.count(10 + beaconLife.Milliseconds()); n != 1 {
		t.Fatal("the beacon died too early")
	}
	if n := a.count(1011 + beaconLife.Milliseconds()); n != 0 {
		t.Fatalf("%d viewers after the last beacon", n)
	}
	a.beacon(two, 99_000, FromFeed)
	a.beacon(one, 99_000, FromFeed)
	if a.entered != 2 || a.count(99_000) != 2 || a.peak != 2 {
		t.Fatalf("returners count as newcomers: %d", a.entered)
	}
}

func TestAudience_SocketsAndBeaconsMakeTheOnlineCount(t *testing.T) {
	w := one(t)
	r := w.live(t)
	v := w.join(t, r.ID, "viewer-1")
	second := w.join(t, r.ID, "viewer-1")
	if err := errors.Join(w.Beacon(r.ID, "viewer-1", FromDirect), w.Beacon(r.ID, "viewer-2", FromDirect)); err != nil {
		t.Fatal(err)
	}
	v.next(t)
	if tick := v.next(t); tick.Online != 2 {
		t.Fatalf("%d online", tick.Online)
	}
	if viewers, rooms := w.OnlineNow(); viewers != 2 || rooms != 1 {
		t.Fatalf("%d viewers in %d rooms", viewers, rooms)
	}
	second.leave()
	second.leave() // twice is once
	v.next(t)
	if tick := v.next(t); tick.Online != 2 {
		t.Fatalf("%d online", tick.Online)
	}
}

func TestRoom_TwoHundredJoinAndTalkWhileItRuns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		var running sync.WaitGroup
		const people = 200
		actors := make([]identity.Actor, people)
		err := w.DB.Tx(t.Context(), func(ctx context.Context) error {
			for i := range actors {
				u := fmt.Sprintf("usr_%03d", i)
				actors[i] = identity.Actor{UserID: u, Name: u}
				if _, err := w.DB.Exec(ctx, `INSERT INTO identity_users (id, login, name, bio, avatar, locale, password_hash, state, suspended_reason, operator, demo_role, created_at)
					VALUES ($1,$2,$3,'','','zh-CN','','active','',0,'',1)`, u, u, u); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range actors {
			running.Go(func() {
				_, at, leave, err := w.Join(r.ID, a.UserID, FromDirect)
				if err != nil {
					t.Error(err)
					return
				}
				defer leave()
				if _, err := w.Say(t.Context(), a, r.ID, fmt.Sprintf("第 %d 个", i)); err != nil {
					t.Error(err)
				}
				if _, err := w.Like(t.Context(), a, r.ID, 2); err != nil {
					t.Error(err)
				}
				if i%50 == 0 {
					if err := w.Explain(t.Context(), w.owner(), r.ID, fmt.Sprintf("prd_%d", 1+i/50%3)); err != nil {
						t.Error(err)
					}
				}
				n := at.Tick.N
				for range 3 {
					<-at.Next
					if at = at.Following(); at.Tick.N != n+1 {
						t.Errorf("tick %d after %d", at.Tick.N, n)
					}
					n = at.Tick.N
				}
			})
		}
		running.Wait()
		got := must[Room](t)(w.Room(t.Context(), r.ID))
		if got.Comments != people || got.Likes != 2*people || got.Entered != people || got.Peak < 2 {
			t.Fatalf("%+v", got)
		}
		must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		eventually(t, "the sequencer ends", func() bool { return w.sequencer(r.ID) == nil })
		w.sound(t)
		n, _, err := db.Get(t.Context(), w.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT count(*) FROM live_comments WHERE room_id = $1`, r.ID)
		if err != nil || n != people {
			t.Fatalf("%d comments are stored, %v", n, err)
		}
		if got := must[Room](t)(w.Room(t.Context(), r.ID)); got.Comments != people || got.Likes != 2*people || got.Online != 0 {
			t.Fatalf("the row says %+v", got)
		}
	})
}

// A clock set back makes every look at it say "wait"; words that come faster than a period must not begin the
// wait anew each time.
func TestSequencer_SealsWhileMuchIsSaidAfterTheClockWasSetBack(t *testing.T) {
	w := one(t)
	r := w.live(t)
	q := w.sequencer(r.ID)
	w.clock.by.Add(-(10 * time.Minute).Milliseconds())
	before := w.Newest(r.ID).Tick.N
	for until := time.Now().Add(2 * time.Second); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		q.say(timeline.Event{T: timeline.KindExplain})
	}
	if n := w.Newest(r.ID).Tick.N - before; n < 4 {
		t.Fatalf("%d ticks in two seconds", n)
	}
}

func TestRun_StopsEverythingAndStartsNothing(t *testing.T) {
	w := one(t)
	r := w.live(t)
	v := w.join(t, r.ID, "viewer-1")
	v.next(t)
	w.stop()
	if w.sequencer(r.ID) != nil {
		t.Fatal("a sequencer runs on")
	}
	last := v.at.Tick.N
	if n := w.readBack(t, r.ID, 1, 1, last); int64(n) != last {
		t.Fatalf("%d of %d ticks are stored", n, last)
	}
	refused(t, w.Recover(t.Context()), errs.Busy, "server_restarting")
}

// One op is a tick sealed and read by everyone.
func BenchmarkChain2000Readers(b *testing.B) {
	w := one(b)
	room := w.prepare(b)
	q := &sequencer{s: w.Service, room: room, core: timeline.Open(room.ID, 1, w.now(), periodMS, timeline.Live), viewers: newAudience(0, 0)}
	at := w.now()
	q.seal(at)
	const readers = 2000
	first := q.head
	var running, arrived sync.WaitGroup
	over := make(chan struct{})
	for range readers {
		running.Go(func() {
			for at := first; ; arrived.Done() {
				select {
				case <-at.Next:
					at = at.Following()
				case <-over:
					return
				}
			}
		})
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range 8 {
			q.core.Comment(timeline.Comment{ID: fmt.Sprint(i), User: fmt.Sprint(i), Text: fmt.Sprint("text ", i)})
		}
		arrived.Add(readers)
		at += periodMS
		q.seal(at)
		arrived.Wait()
	}
	close(over)
	running.Wait()
}
