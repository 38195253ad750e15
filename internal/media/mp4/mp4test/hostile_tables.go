package mp4test

import "bytes"

// inTables lie in the sample tables: counts, sizes, chunks, times.
var inTables = []mutation{
	{"stts missing", "broken_video", func(f *Film) { f.Moov.Stbl().Drop("stts") }},
	{"stts empty", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stts").Body = Pack(0, 0) }},
	{"stts short of samples", "", func(f *Film) { put(f.Moov.Stbl().Find("stts"), 8, 1) }},
	{"stts far too many", "", func(f *Film) { put(f.Moov.Stbl().Find("stts"), 8, 1<<32-1) }},
	{"stts count lies", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stts"), 4, 1<<32-1) }},
	{"stts zero durations", "", func(f *Film) { put(f.Moov.Stbl().Find("stts"), 12, 0) }},
	{"stts negative duration", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stts"), 12, 0xfffffff0) }},
	{"stts a week", "video_too_long", func(f *Film) { put(f.Moov.Stbl().Find("stts"), 12, 90000*3600) }},
	{"stts zero counts", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stts").Body = Pack(0, 3, 0, 1, 0, 1, 0, 1) }},
	{"ctts negative", "", func(f *Film) { put(f.Moov.Stbl().Find("ctts"), 12, 0xffffff00) }},
	{"ctts minimum", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("ctts"), 12, 0x80000000) }},
	{"ctts maximum", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("ctts"), 12, 0x7fffffff) }},
	{"ctts count lies", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("ctts"), 4, 1<<31) }},
	{"ctts too short a run", "", func(f *Film) { put(f.Moov.Stbl().Find("ctts"), 8, 3) }},
	{"stss descending", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stss").Body = Pack(0, 2, 60, 1) }},
	{"stss with zero", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stss").Body = Pack(0, 1, 0) }},
	{"stss beyond the end", "", func(f *Film) { f.Moov.Stbl().Find("stss").Body = Pack(0, 1, 1<<31) }},
	{"stss empty", "", func(f *Film) { f.Moov.Stbl().Find("stss").Body = Pack(0, 0) }},
	{"stss count lies", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stss"), 4, 1<<30) }},
	{"stsz of 2^32 samples", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsz").Body = Pack(0, 1, uint32(1<<32-1)) }},
	{"stsz of 8 million of one byte", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsz").Body = Pack(0, 1, 8<<20) }},
	{"stsz count lies", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stsz"), 8, 1<<30) }},
	{"stsz huge sample", "truncated_video", func(f *Film) { put(f.Moov.Stbl().Find("stsz"), 12, 1<<32-1) }},
	{"stsz empty samples", "", func(f *Film) { f.Moov.Stbl().Find("stsz").Body = Pack(0, 0, 4, 0, 0, 0, 0) }},
	{"stsz missing", "", func(f *Film) { f.Moov.Stbl().Drop("stsz") }},
	{"stsz short", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsz").Body = Pack(0, 0) }},
	{"stz2 of nibbles", "", func(f *Film) {
		s := f.Moov.Stbl().Find("stsz")
		s.Kind, s.Body = "stz2", Pack(0, 4, 3, byte(0x12), byte(0x30))
	}},
	{"stz2 of odd width", "broken_video", func(f *Film) { s := f.Moov.Stbl().Find("stsz"); s.Kind, s.Body = "stz2", Pack(0, 7, 3, 0) }},
	{"stz2 count lies", "broken_video", func(f *Film) {
		s := f.Moov.Stbl().Find("stsz")
		s.Kind, s.Body = "stz2", Pack(0, 16, uint32(1<<32-1), 0)
	}},
	{"stsc missing", "broken_video", func(f *Film) { f.Moov.Stbl().Drop("stsc") }},
	{"stsc empty", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsc").Body = Pack(0, 0) }},
	{"stsc starts at zero", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stsc"), 8, 0) }},
	{"stsc starts at two", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stsc"), 8, 2) }},
	{"stsc empty chunks", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stsc"), 12, 0) }},
	{"stsc endless chunk", "", func(f *Film) { put(f.Moov.Stbl().Find("stsc"), 12, 1<<32-1) }},
	{"stsc descending", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsc").Body = Pack(0, 3, 1, 10, 1, 5, 10, 1, 3, 10, 1) }},
	{"stsc same chunk twice", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsc").Body = Pack(0, 2, 1, 10, 1, 1, 10, 1) }},
	{"stsc changes entry", "", func(f *Film) { f.Moov.Stbl().Find("stsc").Body = Pack(0, 2, 1, 10, 1, 3, 10, 2) }},
	{"stco missing", "broken_video", func(f *Film) { f.Moov.Stbl().Drop("stco") }},
	{"stco empty", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stco").Body = Pack(0, 0) }},
	{"stco short of chunks", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stco"), 4, 1) }},
	{"stco count lies", "broken_video", func(f *Film) { put(f.Moov.Stbl().Find("stco"), 4, 1<<31) }},
	{"stco beyond the file", "truncated_video", func(f *Film) { put(f.Moov.Stbl().Find("stco"), 8, 1<<32-1) }},
	{"stco all at one place", "", func(f *Film) {
		s := f.Moov.Stbl().Find("stco")
		for i := 12; i < len(s.Body); i += 4 {
			copy(s.Body[i:], s.Body[8:12])
		}
	}},
	{"co64 beyond the file", "truncated_video", func(f *Film) {
		s := f.Moov.Stbl().Find("stco")
		s.Kind, s.Body = "co64", Pack(0, 30, bytes.Repeat(Pack(uint64(1<<62)), 30))
	}},
	{"co64 negative", "truncated_video", func(f *Film) {
		s := f.Moov.Stbl().Find("stco")
		s.Kind, s.Body = "co64", Pack(0, 30, bytes.Repeat(Pack(uint64(1<<64-1)), 30))
	}},
	{"co64 count overflows", "broken_video", func(f *Film) {
		s := f.Moov.Stbl().Find("stco")
		s.Kind, s.Body = "co64", Pack(0, uint32(0x20000001), uint64(0))
	}},
}
