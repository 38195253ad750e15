package live

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"sync"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// ChunkMS is how much of the timeline one replay request covers.
const ChunkMS = 10_000

// Replay describes a room's replay: where the picture is, and how the timeline is cut.
type Replay struct {
	Room       Room
	Recordings []string
	DurationMS int64
	Chunks     int64
	Explained  []Explained
}

var errNoReplay = errs.New(errs.NotFound, "no_replay", "this live was not recorded")

// Replay of a room that is over; one that ended a second ago is ready too.
func (s *Service) Replay(ctx context.Context, roomID string) (Replay, error) {
	r, err := s.Room(ctx, roomID)
	if err != nil {
		return Replay{}, err
	}
	if r.State != timeline.Ended {
		return Replay{}, errs.New(errs.Conflict, "still_live", "this live is still on; the replay is there when it ends")
	}
	out := Replay{Room: r, DurationMS: r.EndedAt - r.StartedAt}
	if out.Recordings, err = s.Recordings(ctx, roomID); err != nil {
		return out, err
	}
	if len(out.Recordings) == 0 {
		return out, errNoReplay
	}
	out.Chunks = chunks(r)
	out.Explained, err = s.Explains(ctx, roomID)
	return out, err
}

// chunks is how many stretches a room's timeline has; its very end belongs to the last.
func chunks(r Room) int64 { return max(1, (r.EndedAt-r.StartedAt+ChunkMS-1)/ChunkMS) }

// Chunk is the k-th stretch of a replay: the state at its start and the ticks within it.
type Chunk struct {
	Key   timeline.Keyframe `json:"key"`
	Ticks []json.RawMessage `json:"ticks"`
}

// Chunk reads a stretch of a room that is over. Removed comments are gone from it.
func (s *Service) Chunk(ctx context.Context, roomID string, k int64) ([]byte, error) {
	r, err := s.Room(ctx, roomID)
	if err != nil {
		return nil, err
	}
	if r.State != timeline.Ended {
		return nil, errs.New(errs.Conflict, "still_live", "this live is still on; the replay is there when it ends")
	}
	last := chunks(r) - 1
	if k < 0 || k > last {
		return nil, errs.New(errs.NotFound, "chunk_not_found", "the replay is shorter than that")
	}
	body, seen := s.replays.get(roomID, k)
	if body != nil {
		return body, nil
	}
	recs, err := s.Recordings(ctx, roomID)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return nil, errNoReplay
	}
	from := r.StartedAt + k*ChunkMS
	to := from + ChunkMS
	if k == last {
		to = math.MaxInt64 // the tick that says the end is sealed a moment after it
	}
	chunk, err := s.readChunk(ctx, r, from, to)
	if err != nil {
		return nil, err
	}
	if body, err = json.Marshal(chunk); err == nil {
		s.replays.put(roomID, k, body, seen)
	}
	return body, err
}

func (s *Service) readChunk(ctx context.Context, r Room, from, to int64) (Chunk, error) {
	s.store.flush(ctx) // the last second of a room that just ended
	removed, err := s.removed(ctx, r.ID)
	if err != nil {
		return Chunk{}, err
	}
	key, err := s.keyBefore(ctx, r, from)
	if err != nil {
		return Chunk{}, err
	}
	out := Chunk{Ticks: []json.RawMessage{}}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
		`SELECT body FROM live_ticks WHERE room_id = $1 AND to_at >= $2 AND from_at < $3 ORDER BY epoch, first_n`, r.ID, min(key.At, from), to)
	if err != nil {
		return out, err
	}
	for _, body := range rows {
		for line := range bytes.SplitSeq([]byte(body), []byte("\n")) {
			var t timeline.Tick
			if err := json.Unmarshal(line, &t); err != nil {
				return out, err
			}
			if cleaned := clean(&t, removed); cleaned {
				if line, err = json.Marshal(t); err != nil {
					return out, err
				}
			}
			switch {
			case key.Knows(t):
			case t.At < from:
				key.Fold(t)
			case t.At < to:
				out.Ticks = append(out.Ticks, line)
			}
		}
	}
	dropComments(&key, removed)
	out.Key = key
	return out, nil
}

// keyBefore is the newest keyframe before at, so that a tick of that very moment is still told as a tick.
// Before the first one it is the first: a room goes on air some milliseconds before its first tick. Every epoch
// begins with one, so that no folding crosses an epoch, whose versions count anew.
func (s *Service) keyBefore(ctx context.Context, r Room, at int64) (timeline.Keyframe, error) {
	scan := func(r db.Row) (v timeline.Keyframe, err error) {
		var body string
		if err := r.Scan(&body); err != nil {
			return v, err
		}
		return v, json.Unmarshal([]byte(body), &v)
	}
	k, found, err := db.Get(ctx, s.DB, scan, `SELECT body FROM live_keyframes WHERE room_id = $1 AND at < $2 ORDER BY epoch DESC, n DESC LIMIT 1`, r.ID, at)
	if err != nil || found {
		return k, err
	}
	k, found, err = db.Get(ctx, s.DB, scan, `SELECT body FROM live_keyframes WHERE room_id = $1 ORDER BY epoch, n LIMIT 1`, r.ID)
	if err == nil && !found {
		err = errNoReplay
	}
	return k, err
}

func (s *Service) removed(ctx context.Context, roomID string) (map[string]bool, error) {
	ids, err := db.List(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
		`SELECT id FROM live_comments WHERE room_id = $1 AND removed = 1`, roomID)
	out := make(map[string]bool, len(ids))
	for _, v := range ids {
		out[v] = true
	}
	return out, err
}

func clean(t *timeline.Tick, removed map[string]bool) bool {
	kept := t.Comments[:0:0]
	for _, c := range t.Comments {
		if !removed[c.ID] {
			kept = append(kept, c)
		}
	}
	changed := len(kept) != len(t.Comments)
	t.Comments = kept
	for i, e := range t.Events {
		if e.T == timeline.KindPin && e.Comment != nil && removed[e.Comment.ID] {
			t.Events[i].Comment, changed = nil, true
		}
	}
	return changed
}

func dropComments(k *timeline.Keyframe, removed map[string]bool) {
	kept := []timeline.Comment{}
	for _, c := range k.Comments {
		if !removed[c.ID] {
			kept = append(kept, c)
		}
	}
	k.Comments = kept
	if k.Pin != nil && removed[k.Pin.ID] {
		k.Pin = nil
	}
}

// replayCache keeps recently read chunks: a popular replay is read in order by many at once.
type replayCache struct {
	mu    sync.Mutex
	drops int64 // counts drop, so that what was read before one is not put after it
	order []chunkID
	body  map[chunkID][]byte
}

type chunkID struct {
	room string
	k    int64
}

const maxChunks = 512 // about 10 MB

// get returns a kept chunk, or nil and what put wants to see again.
func (c *replayCache) get(room string, k int64) (body []byte, drops int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.body[chunkID{room, k}], c.drops
}

func (c *replayCache) put(room string, k int64, body []byte, drops int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := chunkID{room, k}
	if c.drops != drops || c.body[id] != nil {
		return
	}
	if c.body == nil {
		c.body = map[chunkID][]byte{}
	}
	if len(c.order) >= maxChunks {
		delete(c.body, c.order[0])
		c.order = c.order[1:]
	}
	c.order = append(c.order, id)
	c.body[id] = body
}

// drop forgets a room's chunks, when a comment in them was removed.
func (c *replayCache) drop(room string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	c.order = slices.DeleteFunc(c.order, func(id chunkID) bool {
		if id.room == room {
			delete(c.body, id)
		}
		return id.room == room
	})
}
