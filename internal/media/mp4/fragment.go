package mp4

import (
	"errors"
	"math"
)

// maxFragmentTime bounds tfdt; 2^60 ticks is 36 years at 1 GHz, and sums with it cannot overflow.
const maxFragmentTime = 1 << 60

const sampleIsNonSync = 0x10000 // ISO/IEC 14496-12 8.8.3.1

// fragments appends the samples of every moof to the tracks.
func (p *parser) fragments() error {
	p.m.Fragmented = len(p.moofs) > 0
	for _, at := range p.moofs {
		whole, err := p.index(at.offset, at.size)
		if err != nil {
			return err
		}
		_, _, head, _ := header(whole)
		// Offsets of later traf boxes without a base continue behind the previous one's data.
		dataEnd := at.offset
		err = children(whole[head:], func(kind string, body, _ []byte) error {
			if kind != "traf" {
				return nil
			}
			return p.traf(body, at.offset, &dataEnd)
		})
		if err != nil {
			stopped := p.m.Incomplete || at.offset+at.size == p.m.Size
			if stopped && at == p.moofs[len(p.moofs)-1] {
				p.m.Incomplete = true
				return nil // the recording stopped inside this fragment's data
			}
			return err
		}
	}
	return nil
}

// fragment is the state of one traf.
type fragment struct {
	b        *builder
	defaults trex
	base     int64
	off      int64 // where the next run's data starts unless it says otherwise
}

func (p *parser) traf(body []byte, moof int64, dataEnd *int64) error {
	var f fragment
	err := children(body, func(kind string, body, _ []byte) error {
		switch kind {
		case "tfhd":
			return p.tfhd(&f, body, moof, *dataEnd)
		case "tfdt":
			return f.tfdt(body)
		case "trun":
			return f.trun(body)
		}
		return nil
	})
	*dataEnd = f.off
	return err
}

func (p *parser) tfhd(f *fragment, body []byte, moof, dataEnd int64) error {
	_, flags, body, err := full(body)
	if err != nil || len(body) < 4 {
		return broken("fragment header is short")
	}
	id := be32(body)
	body = body[4:]
	f.defaults = p.defaults[id]
	f.base = dataEnd
	if flags&0x20000 != 0 {
		f.base = moof
	}
	fields := []struct {
		flag  uint32
		width int
		set   func([]byte)
	}{
		{0x1, 8, func(b []byte) { f.base = int64(be64(b) & math.MaxInt64) }},
		{0x2, 4, func([]byte) {}},
		{0x8, 4, func(b []byte) { f.defaults.duration = be32(b) }},
		{0x10, 4, func(b []byte) { f.defaults.size = be32(b) }},
		{0x20, 4, func(b []byte) { f.defaults.flags = be32(b) }},
	}
	for _, field := range fields {
		if flags&field.flag == 0 {
			continue
		}
		if len(body) < field.width {
			return broken("fragment header is short")
		}
		field.set(body)
		body = body[field.width:]
	}
	f.off = f.base
	for _, b := range p.builders {
		if b.track.ID == id {
			f.b = b
		}
	}
	return nil
}

// tfdt moves the decode time forward. A value behind the samples already read is ignored: decode
// times stay monotonic, and a player would do the same.
func (f *fragment) tfdt(body []byte) error {
	version, _, body, err := full(body)
	if err != nil || len(body) < 4 || version == 1 && len(body) < 8 {
		return broken("fragment time is short")
	}
	at := uint64(be32(body))
	if version == 1 {
		at = be64(body)
	}
	if at > maxFragmentTime {
		return broken("fragment time")
	}
	if f.b != nil && (f.b.n == 0 || int64(at) > f.b.next) {
		f.b.next = int64(at)
	}
	return nil
}

func (f *fragment) trun(body []byte) error {
	version, flags, body, err := full(body)
	if err != nil || len(body) < 4 {
		return broken("run is short")
	}
	count := int64(be32(body))
	body = body[4:]
	if flags&0x1 != 0 {
		if len(body) < 4 {
			return broken("run is short")
		}
		f.off = f.base + int64(int32(be32(body)))
		body = body[4:]
	}
	first := f.defaults.flags
	if flags&0x4 != 0 {
		if len(body) < 4 {
			return broken("run is short")
		}
		first = be32(body)
		body = body[4:]
	}
	width := int64(0)
	for bit := uint32(0x100); bit <= 0x800; bit <<= 1 {
		if flags&bit != 0 {
			width += 4
		}
	}
	if count > MaxSamples || count*width > int64(len(body)) {
		return broken("run has more samples than bytes")
	}
	if f.b == nil || count == 0 {
		return nil
	}
	if f.b.counted {
		f.b.n = min(f.b.n+int(count), MaxSamples)
		return nil
	}
	if err := f.b.grow(int(count)); err != nil {
		return err
	}
	per := 8 // its size, and its number when it is a sync sample
	if flags&0x100 != 0 {
		per += 16
	}
	if flags&0x800 != 0 {
		per += 8
	}
	if err := errors.Join(f.b.charge(int(count), per), f.b.charge(2+int(count)/chunkSpan, 36)); err != nil {
		return err
	}
	return f.append(version, flags, first, body, int(count))
}

// append adds the samples of a run. On an error the samples before it stay, none of this run.
func (f *fragment) append(version byte, flags, first uint32, body []byte, count int) error {
	b := f.b
	b.expand()
	at := b.n
	before, next := len(b.times), b.next
	shifts, syncs, chunks := len(b.shifts), len(b.syncs), len(b.chunkAt)
	limit := maxShiftSeconds * int64(b.track.Timescale)
	word := func(bit, otherwise uint32) uint32 {
		if flags&bit == 0 {
			return otherwise
		}
		v := be32(body)
		body = body[4:]
		return v
	}
	var err error
	for i := range count {
		duration := word(0x100, f.defaults.duration)
		size := word(0x200, f.defaults.size)
		otherwise := f.defaults.flags
		if i == 0 {
			otherwise = first
		}
		sampleFlags := word(0x400, otherwise)
		cts := int32(word(0x800, 0))
		if duration > math.MaxInt32 || int64(cts) > limit || int64(cts) < -limit {
			err = broken("a sample's time")
			break
		}
		b.sizes = append(b.sizes, size)
		b.run(at+i, 1, duration)
		b.shift(at+i, cts)
		if !b.allSync && sampleFlags&sampleIsNonSync == 0 {
			b.syncs = append(b.syncs, uint32(at+i))
		}
	}
	if err == nil {
		f.off, err = b.place(at, count, f.off)
	}
	if err != nil {
		b.sizes, b.times, b.next = b.sizes[:at], b.times[:before], next
		b.shifts, b.syncs = b.shifts[:shifts], b.syncs[:syncs]
		b.chunkAt, b.chunkOff = b.chunkAt[:chunks], b.chunkOff[:chunks]
		return err
	}
	b.n += count
	return nil
}
