package mp4

import "math"

// maxShiftSeconds bounds composition offsets; reordering spans frames, not minutes.
const maxShiftSeconds = 60

// stbl reads the sample table of a progressive track (ISO/IEC 14496-12 8.5 to 8.7).
func (b *builder) stbl(body []byte) error {
	boxes := map[string][]byte{}
	err := children(body, func(kind string, body, _ []byte) error {
		switch kind {
		case "stsd", "stts", "ctts", "stss", "stsz", "stz2", "stsc", "stco", "co64":
			if _, twice := boxes[kind]; !twice {
				boxes[kind] = body
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.track.stsd(boxes["stsd"]); err != nil {
		return err
	}
	b.counted = !b.track.Video && b.track.Codec == ""
	b.allSync = !b.track.Video
	if err := b.stsz(boxes["stsz"], boxes["stz2"]); err != nil || b.n == 0 {
		return err
	}
	if b.counted {
		return nil
	}
	if err := b.stts(boxes["stts"]); err != nil {
		return err
	}
	if err := b.ctts(boxes["ctts"]); err != nil {
		return err
	}
	if err := b.stss(boxes["stss"]); err != nil {
		return err
	}
	return b.chunks(boxes["stsc"], boxes["stco"], boxes["co64"])
}

func (b *builder) stsz(stsz, stz2 []byte) error {
	if stsz == nil && stz2 == nil {
		return nil
	}
	if stsz != nil {
		_, _, body, err := full(stsz)
		if err != nil || len(body) < 8 {
			return broken("stsz is short")
		}
		if b.size = be32(body); b.size != 0 {
			return b.take(int64(be32(body[4:])))
		}
		n, entries := int64(be32(body[4:])), body[8:]
		if n*4 > int64(len(entries)) {
			return broken("stsz has more entries than bytes")
		}
		if err := b.take(n); err != nil || b.counted {
			return err
		}
		if err := b.charge(b.n, 4); err != nil {
			return err
		}
		b.sizes = make([]uint32, n)
		for i := range b.sizes {
			b.sizes[i] = be32(entries[4*i:])
		}
		return nil
	}
	_, _, body, err := full(stz2)
	if err != nil || len(body) < 8 {
		return broken("stz2 is short")
	}
	bits, n := int64(body[3]), int64(be32(body[4:]))
	body = body[8:]
	if bits != 4 && bits != 8 && bits != 16 || (n*bits+7)/8 > int64(len(body)) {
		return broken("stz2 has more entries than bytes")
	}
	if err := b.take(n); err != nil || b.counted {
		return err
	}
	if err := b.charge(b.n, 4); err != nil {
		return err
	}
	b.sizes = make([]uint32, n)
	for i := range b.sizes {
		switch bits {
		case 4:
			b.sizes[i] = uint32(body[i/2]>>(4*(1-i%2))) & 15
		case 8:
			b.sizes[i] = uint32(body[i])
		default:
			b.sizes[i] = uint32(be16(body[2*i:]))
		}
	}
	return nil
}

// take sets the number of samples.
func (b *builder) take(n int64) error {
	if b.counted {
		b.n = int(min(n, MaxSamples))
		return nil
	}
	if n > MaxSamples {
		return broken("too many samples")
	}
	b.n = int(n)
	return b.grow(b.n)
}

func (b *builder) stts(body []byte) error {
	_, entries, n, err := list(body, 8, "stts")
	if err != nil {
		return err
	}
	// Grown step by step, the columns of a hostile index would for a moment take twice their room.
	if err := b.charge(min(n, b.n)+1, 16); err != nil {
		return err
	}
	b.times = make([]timeRun, 0, min(n, b.n)+1)
	at, delta := 0, uint32(0)
	for i := 0; i < n && at < b.n; i++ {
		count := int(min(int64(be32(entries[8*i:])), int64(b.n-at)))
		if delta = be32(entries[8*i+4:]); delta > math.MaxInt32 {
			return broken("a negative sample duration")
		}
		if count > 0 {
			b.run(at, count, delta)
		}
		at += count
	}
	if at < b.n { // some writers leave the last entries out; the last duration holds
		if at == 0 {
			return broken("no sample times")
		}
		b.run(at, b.n-at, delta)
	}
	return nil
}

func (b *builder) ctts(body []byte) error {
	if body == nil {
		return nil
	}
	_, entries, n, err := list(body, 8, "ctts")
	if err != nil {
		return err
	}
	limit := maxShiftSeconds * int64(b.track.Timescale)
	if err := b.charge(min(n, b.n)+1, 8); err != nil {
		return err
	}
	b.shifts = make([]shiftRun, 0, min(n, b.n)+1)
	at := 0
	for i := 0; i < n && at < b.n; i++ {
		// Version 0 is unsigned by the letter; writers store negative offsets in it all the same.
		cts := int32(be32(entries[8*i+4:]))
		if int64(cts) > limit || int64(cts) < -limit {
			return broken("composition offsets")
		}
		count := int64(be32(entries[8*i:]))
		if count > 0 {
			b.shift(at, cts)
		}
		at += int(min(count, int64(b.n-at)))
	}
	if at < b.n {
		b.shift(at, 0)
	}
	return nil
}

func (b *builder) stss(body []byte) error {
	if body == nil || !b.track.Video {
		b.allSync = true
		return nil
	}
	_, entries, n, err := list(body, 4, "stss")
	if err != nil {
		return err
	}
	if err := b.charge(min(n, b.n), 4); err != nil {
		return err
	}
	b.syncs = make([]uint32, 0, min(n, b.n))
	last := uint32(0)
	for i := range n {
		number := be32(entries[4*i:])
		if number <= last {
			return broken("stss is not ascending")
		}
		if int64(number) > int64(b.n) {
			break
		}
		b.syncs = append(b.syncs, number-1)
		last = number
	}
	return nil
}

// chunks joins stsc and stco/co64 into sample offsets.
func (b *builder) chunks(stsc, stco, co64 []byte) error {
	width, offsets := 4, stco
	if stco == nil {
		width, offsets = 8, co64
	}
	_, offs, chunks, err := list(offsets, width, "the chunk offsets")
	if err != nil {
		return err
	}
	_, runs, n, err := list(stsc, 12, "stsc")
	if err != nil {
		return err
	}
	room := min(chunks, b.n) + b.n/chunkSpan
	if err := b.charge(room, 12); err != nil {
		return err
	}
	b.chunkAt, b.chunkOff = make([]uint32, 0, room), make([]int64, 0, room)
	at, run, perChunk := 0, 0, int64(0)
	for chunk := 0; chunk < chunks && at < b.n; chunk++ {
		if run < n && int64(be32(runs[12*run:])) == int64(chunk)+1 {
			perChunk = int64(be32(runs[12*run+4:]))
			if perChunk == 0 {
				return broken("stsc has an empty chunk")
			}
			if run > 0 && be32(runs[12*run+8:]) != be32(runs[8:]) {
				b.track.mixed = true
			}
			run++
		}
		if perChunk == 0 || run < n && int64(be32(runs[12*run:])) <= int64(chunk)+1 {
			return broken("stsc is not ascending from one")
		}
		off := int64(0)
		if width == 4 {
			off = int64(be32(offs[4*chunk:]))
		} else if off = int64(be64(offs[8*chunk:])); off < 0 {
			return truncated("samples are missing")
		}
		count := int(min(perChunk, int64(b.n-at)))
		if _, err := b.place(at, count, off); err != nil {
			return err
		}
		at += count
	}
	if at < b.n {
		return broken("samples without a place")
	}
	return nil
}
