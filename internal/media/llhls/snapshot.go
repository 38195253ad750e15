package llhls

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// snapshot is what readers see at one moment; it never changes.
type snapshot struct {
	segs   []*segment // finished and readable, oldest first, numbered without gaps
	first  uint64     // the first listed
	cur    segment    // the open one as it was
	target time.Duration
	ended  bool

	full, delta, multi rendering
	next               chan struct{} // closed when a newer snapshot is there
}

// ready reports whether there is a playlist to show: TARGETDURATION is known with the first segment.
func (n *snapshot) ready() bool { return len(n.segs) > 0 }

// publish replaces the snapshot when readers have something new to see.
func (s *Stream) publish() {
	if !s.dirty {
		return
	}
	s.dirty = false
	n := &snapshot{
		segs: s.segs, first: s.first, cur: s.cur, target: s.target, ended: s.state == ended,
		next: make(chan struct{}),
	}
	if n.ready() {
		full, delta := n.render(s.discSeq)
		n.full = compress(full)
		n.delta = n.full
		if delta != nil {
			n.delta = compress(delta)
		}
		n.multi = compress(renderMulti(s.segs[len(s.segs)-1].init.tracks, &s.stats))
	}
	old := s.snap.Swap(n)
	close(old.next)
}

// wait returns the first snapshot that satisfies want, or nil when the context or the time ended it.
func (s *Stream) wait(ctx context.Context, want func(*snapshot) bool) *snapshot {
	n := s.snap.Load()
	if want(n) {
		return n
	}
	expired := s.clk.After(n.patience())
	for {
		select {
		case <-n.next:
		case <-expired:
			return nil
		case <-ctx.Done():
			return nil
		}
		if n = s.snap.Load(); want(n) {
			return n
		}
	}
}

// patience bounds every wait: three target durations.
func (n *snapshot) patience() time.Duration {
	if n.target == 0 {
		return 3 * longTarget
	}
	return 3 * n.target
}

// segment returns a finished segment, or nil.
func (n *snapshot) segment(seq uint64) *segment {
	if len(n.segs) == 0 || seq < n.segs[0].seq || seq-n.segs[0].seq >= uint64(len(n.segs)) {
		return nil
	}
	return n.segs[seq-n.segs[0].seq]
}

// part returns a part, or nil; hinted is true when it is the one announced next.
func (n *snapshot) part(seq, index uint64) (data []byte, hinted bool) {
	g := n.segment(seq)
	if g == nil && seq == n.cur.seq {
		g = &n.cur
		hinted = !n.ended && index == uint64(len(g.parts))
	}
	if g == nil || index >= uint64(len(g.parts)) {
		return nil, hinted
	}
	return g.parts[index].data, false
}

// initData returns an init segment some readable segment needs, or nil.
func (n *snapshot) initData(id uint64) []byte {
	for _, g := range n.segs {
		if uint64(g.init.id) == id {
			return g.init.data
		}
	}
	if n.cur.init != nil && uint64(n.cur.init.id) == id {
		return n.cur.init.data
	}
	return nil
}

// lookup finds an object by its name. wait is true for the hinted part, which is about to exist.
func (n *snapshot) lookup(name string) (data []byte, wait bool) {
	if id, ok := cutNumber(name, "init-", ".mp4"); ok {
		return n.initData(id), false
	}
	if seq, ok := cutNumber(name, "seg-", ".m4s"); ok {
		if g := n.segment(seq); g != nil {
			return g.buf, false
		}
		return nil, false
	}
	if seq, index, ok := cutPart(name); ok {
		return n.part(seq, index)
	}
	return nil, false
}

func cutNumber(name, prefix, suffix string) (uint64, bool) {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return 0, false
	}
	rest, ok = strings.CutSuffix(rest, suffix)
	if !ok {
		return 0, false
	}
	return number(rest)
}

func cutPart(name string) (seq, index uint64, ok bool) {
	rest, ok := strings.CutPrefix(name, "part-")
	if !ok {
		return 0, 0, false
	}
	a, b, ok := strings.Cut(strings.TrimSuffix(rest, ".m4s"), "-")
	if !ok || !strings.HasSuffix(rest, ".m4s") {
		return 0, 0, false
	}
	seq, okSeq := number(a)
	index, okIndex := number(b)
	return seq, index, okSeq && okIndex
}

// number reads a decimal in its only form: a shared cache must not hold 7 and 007 as two objects.
func number(s string) (uint64, bool) {
	if len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	v, err := strconv.ParseUint(s, 10, 63)
	return v, err == nil
}
