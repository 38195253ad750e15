package live

import (
	"context"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// maxEarly is how long a request for a tick not sealed yet may wait.
const maxEarly = 1500 * time.Millisecond

// MaxBundle ticks in one request.
const MaxBundle = 64

var errTickLater = errs.ForProgram(errs.NotFound, "tick_not_yet", "this tick is not sealed yet; read head and ask when it is due")

// Join counts a socket, unless it is the team's own desk. It gives the newest keyframe and the tick it stands after, from which Following
// leads on. leave must be called; twice is once.
// A room that is not on air answers room_over.
func (s *Service) Join(roomID, viewer string, from Source) (key SealedKey, at *Sealed, leave func(), err error) {
	q := s.sequencer(roomID)
	if q == nil {
		return key, nil, nil, errOver
	}
	v := viewerHash(viewer)
	q.mu.Lock()
	defer q.mu.Unlock()
	if from != FromConsole {
		q.viewers.join(v, from)
	}
	key = q.newestKey()
	return key, q.ring[key.N-q.ring[0].Tick.N], sync.OnceFunc(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if from != FromConsole {
			q.viewers.part(v)
		}
	}), nil
}

// Newest is the newest sealed tick of a room on air, nil when it is over.
func (s *Service) Newest(roomID string) *Sealed {
	q := s.sequencer(roomID)
	if q == nil {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.head
}

func (q *sequencer) newestKey() SealedKey { return q.keys[len(q.keys)-1] }

// Beacon counts a viewer who only fetches over HTTP.
func (s *Service) Beacon(roomID, viewer string, from Source) error {
	q := s.sequencer(roomID)
	if q == nil {
		return errOver
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.viewers.beacon(viewerHash(viewer), s.now(), from)
	return nil
}

// Head is the newest tick and the newest keyframe's number.
func (s *Service) Head(roomID string) (t timeline.Tick, keyN int64, err error) {
	q := s.sequencer(roomID)
	if q == nil {
		return t, 0, errOver
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.head.Tick, q.newestKey().N, nil
}

// Tick returns the body of tick n. One that is due within maxEarly is waited for.
func (s *Service) Tick(ctx context.Context, roomID string, epoch, n int64) ([]byte, error) {
	if q := s.sequencer(roomID); q != nil && q.room.Epoch == epoch {
		if body, err := q.tick(ctx, n); body != nil || err != nil {
			return body, err
		}
	}
	ticks, err := s.storedTicks(ctx, roomID, epoch, n, n)
	if err != nil {
		return nil, err
	}
	if len(ticks) == 0 {
		return nil, errTickLater
	}
	return ticks[0], nil
}

// tick reads from memory, waiting for the next tick when n is it; nil without error means: ask the store.
func (q *sequencer) tick(ctx context.Context, n int64) ([]byte, error) {
	q.mu.Lock()
	head := q.head
	var body []byte
	if first := q.ring[0].Tick.N; n >= first && n <= head.Tick.N {
		body = q.ring[n-first].Body
	}
	q.mu.Unlock()
	switch {
	case body != nil || n <= head.Tick.N:
		return body, nil
	case n > head.Tick.N+1:
		return nil, errTickLater
	}
	select {
	case <-head.Next:
		return head.Following().Body, nil
	case <-q.s.Clock.After(maxEarly):
		return nil, errTickLater
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Ticks returns the bodies of ticks a to b, all of them or an error; at most MaxBundle.
func (s *Service) Ticks(ctx context.Context, roomID string, epoch, a, b int64) ([][]byte, error) {
	if b < a || b-a >= MaxBundle || a < 1 {
		return nil, errs.ForProgram(errs.Invalid, "bundle_range", "ask for at most %d ticks, first to last", MaxBundle)
	}
	var out [][]byte
	if q := s.sequencer(roomID); q != nil && q.room.Epoch == epoch {
		q.mu.Lock()
		if first := q.ring[0].Tick.N; a >= first && b <= q.head.Tick.N {
			for _, t := range q.ring[a-first : b-first+1] {
				out = append(out, t.Body)
			}
		}
		q.mu.Unlock()
	}
	if out == nil {
		var err error
		if out, err = s.storedTicks(ctx, roomID, epoch, a, b); err != nil {
			return nil, err
		}
	}
	if int64(len(out)) != b-a+1 {
		return nil, errTickLater
	}
	return out, nil
}

// Key returns the body of the keyframe after tick n.
func (s *Service) Key(ctx context.Context, roomID string, epoch, n int64) ([]byte, error) {
	if q := s.sequencer(roomID); q != nil && q.room.Epoch == epoch {
		q.mu.Lock()
		defer q.mu.Unlock()
		for _, k := range q.keys {
			if k.N == n {
				return k.Body, nil
			}
		}
	}
	body, found, err := db.Get(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
		`SELECT body FROM live_keyframes WHERE room_id = $1 AND epoch = $2 AND n = $3`, roomID, epoch, n)
	if err == nil && !found {
		err = errs.ForProgram(errs.NotFound, "keyframe_not_found", "there is no such keyframe; read head for the newest")
	}
	return []byte(body), err
}
