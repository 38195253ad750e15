package mp4

import "sort"

// Sample locates one sample of a track.
type Sample struct {
	Offset   int64 // in the file
	Size     uint32
	DTS      int64  // track timescale, as stored (no edit applied)
	CTS      int32  // PTS = DTS + CTS
	Duration uint32 // track timescale
	Key      bool   // sync sample
}

// Table is the read-only sample index of one track: parallel run-length columns, so that a film of
// a million frames costs a few bytes per frame. Safe for concurrent use.
type Table struct {
	n        int
	size     uint32   // of every sample when sizes is nil
	sizes    []uint32 // one per sample
	chunkAt  []uint32 // first sample of each chunk
	chunkOff []int64  // its file offset
	times    []timeRun
	shifts   []shiftRun
	syncs    []uint32 // ascending; ignored when allSync
	allSync  bool
}

type timeRun struct {
	at    uint32 // first sample of the run
	delta uint32
	dts   int64 // of that sample
}

type shiftRun struct {
	at  uint32
	cts int32
}

// chunkSpan is the most samples that share one stored offset; longer chunks are split while
// building, which bounds the additions a random access costs.
const chunkSpan = 1024

// Len is the number of samples.
func (t *Table) Len() int { return t.n }

// Start is the decode time of the first sample, 0 for an empty table.
func (t *Table) Start() int64 {
	if t.n == 0 {
		return 0
	}
	return t.times[0].dts
}

// End is the decode time at which the last sample's duration is over.
func (t *Table) End() int64 {
	if t.n == 0 {
		return 0
	}
	last := t.times[len(t.times)-1]
	return last.dts + int64(t.n-int(last.at))*int64(last.delta)
}

// DTS is the decode time of sample i; i = Len() gives End.
func (t *Table) DTS(i int) int64 {
	if i >= t.n {
		return t.End()
	}
	run := t.times[t.timeRun(i)]
	return run.dts + int64(i-int(run.at))*int64(run.delta)
}

// At returns sample i, 0 <= i < Len().
func (t *Table) At(i int) Sample {
	var s Sample
	c := t.Cursor(i)
	c.Next(&s)
	return s
}

// IndexAt is the first sample with a decode time >= dts, Len() when there is none.
func (t *Table) IndexAt(dts int64) int {
	k := sort.Search(len(t.times), func(k int) bool { return t.times[k].dts >= dts }) - 1
	if k < 0 {
		return 0
	}
	run, end := t.times[k], t.n
	if k+1 < len(t.times) {
		end = int(t.times[k+1].at)
	}
	if run.delta == 0 {
		return end
	}
	ahead := (dts - run.dts + int64(run.delta) - 1) / int64(run.delta)
	return int(min(int64(end), int64(run.at)+ahead))
}

// SyncAtOrAfter is the first sync sample with index >= i, Len() when there is none.
func (t *Table) SyncAtOrAfter(i int) int {
	if t.allSync {
		return min(i, t.n)
	}
	k := sort.Search(len(t.syncs), func(k int) bool { return int(t.syncs[k]) >= i })
	if k == len(t.syncs) {
		return t.n
	}
	return int(t.syncs[k])
}

// SyncAtOrBefore is the last sync sample with index <= i, 0 when there is none.
func (t *Table) SyncAtOrBefore(i int) int {
	if t.allSync {
		return i
	}
	k := sort.Search(len(t.syncs), func(k int) bool { return int(t.syncs[k]) > i })
	if k == 0 {
		return 0
	}
	return int(t.syncs[k-1])
}

func (t *Table) timeRun(i int) int {
	return sort.Search(len(t.times), func(k int) bool { return int(t.times[k].at) > i }) - 1
}

func (t *Table) bytes() int64 {
	return int64(4*len(t.sizes) + 12*len(t.chunkAt) + 16*len(t.times) + 8*len(t.shifts) + 4*len(t.syncs))
}

// Cursor walks a table from one sample on.
type Cursor struct {
	t                        *Table
	i                        int
	chunk, time, shift, sync int
	off                      int64
}

// Cursor starts at sample i.
func (t *Table) Cursor(i int) Cursor {
	c := Cursor{t: t, i: i}
	if i < 0 || i >= t.n {
		c.i = t.n
		return c
	}
	c.chunk = sort.Search(len(t.chunkAt), func(k int) bool { return int(t.chunkAt[k]) > i }) - 1
	c.off = t.chunkOff[c.chunk]
	for k := int(t.chunkAt[c.chunk]); k < i; k++ {
		c.off += int64(t.sizeOf(k))
	}
	c.time = t.timeRun(i)
	c.shift = sort.Search(len(t.shifts), func(k int) bool { return int(t.shifts[k].at) > i }) - 1
	c.sync = sort.Search(len(t.syncs), func(k int) bool { return int(t.syncs[k]) >= i })
	return c
}

// Next stores the next sample in s; false at the end.
func (c *Cursor) Next(s *Sample) bool {
	t, i := c.t, c.i
	if i >= t.n {
		return false
	}
	for c.chunk+1 < len(t.chunkAt) && int(t.chunkAt[c.chunk+1]) <= i {
		c.chunk++
		c.off = t.chunkOff[c.chunk]
	}
	for c.time+1 < len(t.times) && int(t.times[c.time+1].at) <= i {
		c.time++
	}
	for c.shift+1 < len(t.shifts) && int(t.shifts[c.shift+1].at) <= i {
		c.shift++
	}
	for c.sync < len(t.syncs) && int(t.syncs[c.sync]) < i {
		c.sync++
	}
	run := t.times[c.time]
	*s = Sample{
		Offset: c.off, Size: t.sizeOf(i), Duration: run.delta,
		DTS: run.dts + int64(i-int(run.at))*int64(run.delta),
		Key: t.allSync || c.sync < len(t.syncs) && int(t.syncs[c.sync]) == i,
	}
	if c.shift >= 0 {
		s.CTS = t.shifts[c.shift].cts
	}
	c.off += int64(s.Size)
	c.i++
	return true
}

func (t *Table) sizeOf(i int) uint32 {
	if t.sizes == nil {
		return t.size
	}
	return t.sizes[i]
}
