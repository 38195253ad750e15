package live

import (
	"sync"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

// Rates per user. Three lines at once and one every second and a half is livelier than anyone types;
// likes come summed, a few requests a second at most.
const (
	sayBurst      = 3
	sayPerSecond  = 0.7
	likeBurst     = 6
	likePerSecond = 3
	// maxBuckets bounds the memory of the limiter; full buckets are dropped first.
	maxBuckets = 200_000
)

// limiter is a token bucket per key.
type limiter struct {
	clock   clock.Clock
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	at     int64
}

func (l *limiter) allow(key string, burst, perSecond float64) bool {
	now := l.clock.Now().UnixMilli()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxBuckets {
			l.sweep(now)
		}
		b = &bucket{tokens: burst, at: now}
		l.buckets[key] = b
	}
	b.tokens = min(burst, b.tokens+float64(now-b.at)/1000*perSecond)
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// sweep forgets keys idle for ten seconds: by then every bucket is full again. When that frees nothing, all
// are forgotten: a free burst for everybody is the lesser harm than a sweep at every call.
func (l *limiter) sweep(now int64) {
	for k, b := range l.buckets {
		if now-b.at > 10_000 {
			delete(l.buckets, k)
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}
