package mp4

// builder collects one track's columns, from stbl and then from fragments.
type builder struct {
	track  *Track
	parser *parser
	Table
	total int64 // bytes of all samples
	next  int64 // decode time after the last sample
	// counted is set for sound of an unknown codec (PCM has one sample per tick, 10 million in four
	// minutes): it is named and refused or transcoded, never repackaged, so it gets no table.
	counted bool
}

// grow charges n more samples to the movie's limit.
func (b *builder) grow(n int) error {
	if b.parser.samples += n; n < 0 || b.parser.samples > MaxSamples {
		return broken("too many samples")
	}
	return nil
}

// charge takes n entries of width bytes from what all tables may hold, before they are made.
func (b *builder) charge(n, width int) error {
	if b.parser.tables += int64(n) * int64(width); b.parser.tables > maxTableBytes {
		return broken("its index is too large")
	}
	return nil
}

// run appends count samples of one duration, starting at b.next.
func (b *builder) run(at, count int, delta uint32) {
	last := len(b.times) - 1
	contiguous := last >= 0 && b.times[last].delta == delta &&
		b.times[last].dts+int64(at-int(b.times[last].at))*int64(delta) == b.next
	if !contiguous {
		b.times = append(b.times, timeRun{uint32(at), delta, b.next})
	}
	b.next += int64(count) * int64(delta)
}

// shift sets the composition offset from sample at on.
func (b *builder) shift(at int, cts int32) {
	if last := len(b.shifts) - 1; last >= 0 && b.shifts[last].cts == cts || last < 0 && cts == 0 {
		return
	}
	b.shifts = append(b.shifts, shiftRun{uint32(at), cts})
}

// place locates count samples from sample at on, stored back to back at off. It returns the end.
// The bytes must lie in the file, and all samples of the track together must fit in it once.
func (b *builder) place(at, count int, off int64) (int64, error) {
	size := b.parser.m.Size
	for k := range count {
		if k%chunkSpan == 0 {
			b.chunkAt = append(b.chunkAt, uint32(at+k))
			b.chunkOff = append(b.chunkOff, off)
		}
		n := int64(b.sizeOf(at + k))
		if off < 0 || n > size-off {
			return 0, truncated("samples are missing")
		}
		if n > MaxSampleBytes {
			return 0, broken("a sample is too large")
		}
		if b.total += n; b.total > size {
			return 0, broken("samples overlap")
		}
		off += n
	}
	return off, nil
}

// expand turns the compact forms "all of one size" and "all sync" into lists, so that fragments
// can append to them.
func (b *builder) expand() {
	if b.sizes == nil {
		b.sizes = make([]uint32, b.n)
		for i := range b.sizes {
			b.sizes[i] = b.size
		}
	}
	if b.allSync && b.track.Video {
		b.allSync = false
		b.syncs = make([]uint32, b.n)
		for i := range b.syncs {
			b.syncs[i] = uint32(i)
		}
	}
}

// table checks what only the whole shows and hands the columns over.
func (b *builder) table() (Table, error) {
	if b.counted || b.n == 0 {
		return Table{}, nil
	}
	if len(b.times) == 0 {
		return Table{}, broken("no sample times")
	}
	if !b.allSync && len(b.syncs) == 0 {
		b.syncs = []uint32{0} // some recorders mark no sync sample at all; the first one always is
	}
	return b.Table, nil
}
