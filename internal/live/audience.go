package live

import (
	"hash/fnv"
	"maps"
	"time"
)

const (
	// beaconLife is how long a viewer who only fetches over HTTP counts after its last beacon (sent every 15 s).
	beaconLife = 32 * time.Second
	// maxKnown bounds the set that tells newcomers from returners; beyond it everyone is a newcomer.
	maxKnown = 1 << 20
)

// audience counts a room's viewers: by open sockets and by beacons, each viewer once.
type audience struct {
	sockets map[uint64]int
	beacons map[uint64]int64 // last beacon, unix ms
	known   map[uint64]struct{}
	sources map[Source]int64 // viewers met by where they came from
	heard   bool             // sources changed since they were taken
	entered int64
	peak    int64
	swept   int64
}

func newAudience(entered, peak int64) audience {
	return audience{sockets: map[uint64]int{}, beacons: map[uint64]int64{}, known: map[uint64]struct{}{}, sources: map[Source]int64{}, entered: entered, peak: peak}
}

func viewerHash(viewer string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(viewer)) // a hash never fails
	return h.Sum64()
}

func (a *audience) join(v uint64, from Source) {
	a.sockets[v]++
	delete(a.beacons, v)
	a.meet(v, from)
}

func (a *audience) part(v uint64) {
	if a.sockets[v]--; a.sockets[v] <= 0 {
		delete(a.sockets, v)
	}
}

// beacon notes a viewer without a socket; beyond maxKnown nobody new is counted, because a beacon costs its
// sender nothing.
func (a *audience) beacon(v uint64, now int64, from Source) {
	_, old := a.beacons[v]
	if a.sockets[v] > 0 || !old && len(a.beacons) >= maxKnown {
		return
	}
	a.beacons[v] = now
	a.meet(v, from)
}

// inside reports whether a viewer is in the room, as far as the last sweep knows.
func (a *audience) inside(v uint64) bool {
	_, fetches := a.beacons[v]
	return fetches || a.sockets[v] > 0
}

func (a *audience) meet(v uint64, from Source) {
	if _, old := a.known[v]; old {
		return
	}
	if len(a.known) < maxKnown {
		a.known[v] = struct{}{}
	}
	a.entered++
	a.sources[from]++
	a.heard = true
}

// takeSources gives the sources when they changed, else nil.
func (a *audience) takeSources() map[Source]int64 {
	if !a.heard {
		return nil
	}
	a.heard = false
	return maps.Clone(a.sources)
}

// count is the number of viewers at now. Expired beacons are swept once a second.
func (a *audience) count(now int64) int64 {
	if now-a.swept >= 1000 {
		a.swept = now
		for v, at := range a.beacons {
			if now-at > beaconLife.Milliseconds() {
				delete(a.beacons, v)
			}
		}
	}
	n := int64(len(a.sockets) + len(a.beacons))
	a.peak = max(a.peak, n)
	return n
}
