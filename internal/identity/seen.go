package identity

import (
	"context"
	"slices"
	"sync"

	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	// maxSeen sessions wait to be noted as used: a node has no more connections. Whoever finds no room is noted at
	// its next request.
	maxSeen = 20_000
	// seenAtOnce are noted by one statement, one commit.
	seenAtOnce = 512
	// seenRounds bounds how long one request works for others; what is left goes with the next that comes.
	seenRounds = 4
)

// seen gathers the sessions whose use is to be noted. When a room opens or a sale begins everybody comes back at
// once: a commit for each would hold up the orders, and each would wait for it.
type seen struct {
	mu      sync.Mutex
	waiting map[string]bool
	writing bool
}

// noteUse stores that a session was used. One caller at a time writes, for all who came meanwhile; they do not wait.
func (s *Service) noteUse(ctx context.Context, sessionID string, now int64) {
	if !s.seen.add(sessionID) {
		return
	}
	ctx = context.WithoutCancel(ctx) // it writes for others too
	writing := true
	defer func() {
		if writing {
			s.seen.rest()
		}
	}()
	for range seenRounds {
		ids := s.seen.take()
		if writing = len(ids) > 0; !writing {
			return
		}
		for len(ids)&(len(ids)-1) != 0 { // powers of two, so that ten texts serve all; once more changes nothing
			ids = append(ids, ids[len(ids)-1])
		}
		args := make([]any, 0, 1+len(ids))
		args = append(args, now)
		for _, id := range ids {
			args = append(args, id)
		}
		_, err := s.DB.Exec(ctx, `UPDATE identity_sessions SET last_seen_at = $1 WHERE id IN (`+db.Placeholders(2, len(ids))+`)`, args...)
		if err != nil {
			s.Log.WarnContext(ctx, "note the use of sessions", "sessions", len(ids), "err", err)
		}
	}
}

// add reports whether the caller is to write.
func (v *seen) add(id string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.waiting == nil {
		v.waiting = map[string]bool{}
	}
	if len(v.waiting) < maxSeen {
		v.waiting[id] = true
	}
	if v.writing {
		return false
	}
	v.writing = true
	return true
}

// take hands out the next to be noted, in an order that two nodes share; when there are none, nobody writes any more.
func (v *seen) take() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	ids := make([]string, 0, min(len(v.waiting), seenAtOnce))
	for id := range v.waiting {
		if len(ids) == seenAtOnce {
			break
		}
		ids = append(ids, id)
		delete(v.waiting, id)
	}
	slices.Sort(ids)
	v.writing = len(ids) > 0
	return ids
}

func (v *seen) rest() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.writing = false
}
