package llhls

import "time"

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
	s.tell()
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

// find returns an object's bytes, nil when there is none. hinted is true for the part announced next, which is
// about to exist.
func (n *snapshot) find(o object) (data []byte, hinted bool) {
	switch o.kind {
	case initObject:
		return n.initData(o.seq), false
	case segmentObject:
		if g := n.segment(o.seq); g != nil {
			return g.buf, false
		}
	case partObject:
		return n.part(o.seq, o.index)
	}
	return nil, false
}
