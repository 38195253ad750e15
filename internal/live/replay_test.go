package live

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

func TestReplay_IsThereWhenTheLiveIsOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		_, err := w.Replay(t.Context(), r.ID)
		refused(t, err, errs.Conflict, "still_live")
		_, err = w.Chunk(t.Context(), r.ID, 0)
		refused(t, err, errs.Conflict, "still_live")
		if err := w.Explain(t.Context(), w.owner(), r.ID, "prd_1"); err != nil {
			t.Fatal(err)
		}
		v := w.join(t, r.ID, "viewer-1")
		v.next(t)
		over := must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		eventually(t, "the last tick", func() bool { return w.sequencer(r.ID) == nil })
		got := must[Replay](t)(w.Replay(t.Context(), r.ID))
		if got.Chunks != 1 || len(got.Recordings) != 1 || got.DurationMS != over.EndedAt-over.StartedAt || len(got.Explained) != 1 || got.Explained[0].To != over.EndedAt {
			t.Fatalf("%+v", got)
		}
		var c Chunk
		if err := json.Unmarshal(must[[]byte](t)(w.Chunk(t.Context(), r.ID, 0)), &c); err != nil {
			t.Fatal(err)
		}
		var last timeline.Tick
		if err := json.Unmarshal(c.Ticks[len(c.Ticks)-1], &last); err != nil || !last.Over() {
			t.Fatalf("the end is missing: %+v, %v", last, err)
		}
		for _, k := range []int64{-1, 1, 1 << 60, -1 << 62} {
			_, err = w.Chunk(t.Context(), r.ID, k)
			refused(t, err, errs.NotFound, "chunk_not_found")
		}

		quiet := must[Room](t)(w.Prepare(t.Context(), w.owner(), channel, Draft{Title: "不录"}))
		w.publish(t, channel)
		must[Room](t)(w.Start(t.Context(), w.owner(), quiet.ID))
		must[Room](t)(w.End(t.Context(), w.owner(), quiet.ID))
		_, err = w.Replay(t.Context(), quiet.ID)
		refused(t, err, errs.NotFound, "no_replay")
		_, err = w.Chunk(t.Context(), quiet.ID, 0)
		refused(t, err, errs.NotFound, "no_replay")
		if has := must[map[string]bool](t)(w.HasReplay(t.Context(), []string{r.ID, quiet.ID})); !has[r.ID] || has[quiet.ID] {
			t.Fatalf("%v", has)
		}
	})
}

// played is a broadcast on an invented clock: what viewers saw after every tick.
type played struct {
	room  Room
	at    []int64
	epoch []int64
	seen  []string // keyframe as JSON
}

// broadcast plays a room of random acts, with restarts, and stores it as the server would.
func broadcast(t *rapid.T, w *world, room Room) played {
	now := int64(1_700_000_000_000) + rapid.Int64Range(0, 9999).Draw(t, "begin")
	room.State, room.Epoch, room.StartedAt = timeline.Live, 1, now-rapid.Int64Range(0, 30).Draw(t, "launch")
	out := played{room: room}
	q := &sequencer{s: w.Service, room: room, core: timeline.Open(room.ID, 1, now, periodMS, timeline.Live), viewers: newAudience(0, 0)}
	ticks := rapid.IntRange(20, 130).Draw(t, "ticks")
	for i := range ticks {
		for range rapid.IntRange(0, 2).Draw(t, "acts") {
			act(t, q, now)
		}
		if i == ticks-1 {
			q.over = true
			q.core.Say(timeline.Event{T: timeline.KindRoom, State: string(timeline.Ended)})
		}
		q.seal(now)
		b, err := json.Marshal(q.core.Keyframe())
		if err != nil {
			t.Fatal(err)
		}
		out.at, out.epoch, out.seen = append(out.at, now), append(out.epoch, q.room.Epoch), append(out.seen, string(b))
		if rapid.IntRange(0, 60).Draw(t, "fate") == 0 {
			k := q.core.Keyframe()
			room.Epoch++
			q = &sequencer{s: w.Service, room: room, core: timeline.Open(room.ID, room.Epoch, now, periodMS, k.State), viewers: newAudience(0, 0)}
			q.core.Restore(k.Likes, k.Shelf, k.Explain, k.ExplainAt, k.Pin, k.Comments)
		}
		if rapid.IntRange(0, 20).Draw(t, "flush") == 0 {
			w.store.flush(context.Background())
		}
		now += rapid.SampledFrom([]int64{250, 250, 251, 50, 1000}).Draw(t, "step")
	}
	out.room.State, out.room.EndedAt = timeline.Ended, out.at[ticks-1]-rapid.Int64Range(0, 49).Draw(t, "lead")
	if _, err := w.DB.Exec(context.Background(), `UPDATE live_rooms SET state = 'ended', epoch = $1, started_at = $2, ended_at = $3 WHERE id = $4`,
		room.Epoch, room.StartedAt, max(out.room.EndedAt, room.StartedAt), room.ID); err != nil {
		t.Fatal(err)
	}
	return out
}

func act(t *rapid.T, q *sequencer, now int64) {
	v := rapid.SampledFrom([]string{"prd_1", "prd_2", "prd_3"}).Draw(t, "product")
	switch rapid.IntRange(0, 6).Draw(t, "act") {
	case 0:
		q.core.Say(explainEvent(v, now))
	case 1:
		q.core.Say(explainEvent("", now))
	case 2:
		q.core.Say(timeline.Event{T: timeline.KindShelf, Items: []timeline.Item{{ProductID: v, Number: 1, Left: 5, State: "on"}}})
	case 3:
		left, sold := rapid.Int64Range(0, 9).Draw(t, "left"), int64(1)
		q.core.Say(timeline.Event{T: timeline.KindProduct, ProductID: &v, Price: 4900, Left: &left, Sold: &sold, State: "on"})
	case 4:
		q.core.Say(timeline.Event{T: timeline.KindPin, Comment: &timeline.Comment{ID: v, Text: "pinned"}})
	case 5:
		q.core.Comment(timeline.Comment{ID: fmt.Sprint("cmt_", now, v), User: v, Text: "line"})
	case 6:
		q.core.Like(rapid.Int64Range(1, 50).Draw(t, "likes"))
	}
}

func TestReplay_EveryChunkIsWhatViewersSawThen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t), migrate))
	rapid.Check(t, func(t *rapid.T) {
		r, err := w.Prepare(context.Background(), w.owner(), channel, Draft{Title: "x"})
		if err == nil {
			err = w.noteRecording(context.Background(), r.ID, "rec_"+r.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		live := broadcast(t, w, r)
		i := 0 // ticks seen so far
		for k := range chunks(live.room) {
			body, err := w.Chunk(context.Background(), r.ID, k)
			if err != nil {
				t.Fatalf("chunk %d: %v", k, err)
			}
			var c Chunk
			if err := json.Unmarshal(body, &c); err != nil {
				t.Fatal(err)
			}
			for i < len(live.at) && (live.at[i] < live.room.StartedAt+k*ChunkMS || i == 0) {
				i++ // the first tick is the first keyframe, whenever it was sealed
			}
			sameState(t, fmt.Sprintf("chunk %d begins", k), c.Key, live.seen[i-1])
			for _, raw := range c.Ticks {
				var tick timeline.Tick
				if err := json.Unmarshal(raw, &tick); err != nil {
					t.Fatal(err)
				}
				if tick.At != live.at[i] || tick.Epoch != live.epoch[i] {
					t.Fatalf("chunk %d has tick %d-%d at %d, viewers saw %d-… at %d", k, tick.Epoch, tick.N, tick.At, live.epoch[i], live.at[i])
				}
				if tick.Epoch > c.Key.Epoch {
					clear(c.Key.Versions)
				}
				c.Key.Fold(tick)
				sameState(t, fmt.Sprintf("chunk %d, tick %d", k, tick.N), c.Key, live.seen[i])
				i++
			}
		}
		if i != len(live.at) {
			t.Fatalf("%d of %d ticks are in the replay", i, len(live.at))
		}
	})
}

// A keyframe that falls on the moment at which a chunk begins is no reason to leave its tick out.
func TestReplay_TheTickAtAChunksFirstMomentIsInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t), migrate))
	r := must[Room](t)(w.Prepare(t.Context(), w.owner(), channel, Draft{Title: "x"}))
	if err := w.noteRecording(t.Context(), r.ID, "rec_"+r.ID); err != nil {
		t.Fatal(err)
	}
	const begun, ticks = int64(1_700_000_000_000), 2*timeline.KeyEvery + 5
	r.State, r.Epoch, r.StartedAt = timeline.Live, 1, begun
	q := &sequencer{s: w.Service, room: r, core: timeline.Open(r.ID, 1, begun, periodMS, timeline.Live), viewers: newAudience(0, 0)}
	for i := range int64(ticks) {
		q.seal(begun + i*periodMS)
	}
	if _, err := w.DB.Exec(t.Context(), `UPDATE live_rooms SET state = 'ended', epoch = 1, started_at = $1, ended_at = $2 WHERE id = $3`, begun, begun+ticks*periodMS, r.ID); err != nil {
		t.Fatal(err)
	}
	last := int64(1) // the first tick is the first keyframe
	for k := range int64(3) {
		var c Chunk
		if err := json.Unmarshal(must[[]byte](t)(w.Chunk(t.Context(), r.ID, k)), &c); err != nil {
			t.Fatal(err)
		}
		for _, raw := range c.Ticks {
			var tick timeline.Tick
			if err := json.Unmarshal(raw, &tick); err != nil {
				t.Fatal(err)
			}
			if tick.N != last+1 {
				t.Fatalf("chunk %d: tick %d follows %d", k, tick.N, last)
			}
			last = tick.N
		}
	}
	if last != ticks {
		t.Errorf("the replay ends with tick %d of %d", last, ticks)
	}
}

func sameState(t *rapid.T, where string, got timeline.Keyframe, want string) {
	b, err := json.Marshal(got)
	if err != nil || string(b) != want {
		t.Fatalf("%s with\n%s\nviewers saw\n%s", where, b, want)
	}
}

func TestReplayCache_ForgetsARoomAlsoWhatIsBeingRead(t *testing.T) {
	t.Parallel()
	var c replayCache
	_, seen := c.get("rom_1", 0)
	c.put("rom_1", 0, []byte("a"), seen)
	c.put("rom_2", 0, []byte("b"), seen)
	_, reading := c.get("rom_1", 1)
	c.drop("rom_1")
	c.put("rom_1", 1, []byte("old"), reading)
	for id, want := range map[chunkID]string{{"rom_1", 0}: "", {"rom_1", 1}: "", {"rom_2", 0}: "b"} {
		if got, _ := c.get(id.room, id.k); string(got) != want {
			t.Errorf("%v is %q", id, got)
		}
	}
	_, seen = c.get("", 0)
	for k := range int64(2 * maxChunks) {
		c.put("rom_3", k, []byte("c"), seen)
	}
	if len(c.body) != maxChunks || len(c.order) != maxChunks {
		t.Fatalf("%d chunks in %d places", len(c.body), len(c.order))
	}
}
