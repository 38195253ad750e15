package mp4test

import "bytes"

// inHeaders lie in movie, track and media headers and in sample descriptions.
var inHeaders = []mutation{
	{"untouched", "", func(f *Film) {}},
	{"moov missing", "truncated_video", func(f *Film) { f.Moov = Leaf("free") }},
	{"mvhd missing", "broken_video", func(f *Film) { f.Moov.Drop("mvhd") }},
	{"mvhd short", "broken_video", func(f *Film) { f.Moov.Find("mvhd").Body = make([]byte, 8) }},
	{"mvhd empty", "broken_video", func(f *Film) { f.Moov.Find("mvhd").Body = nil }},
	{"movie timescale zero", "broken_video", func(f *Film) { put(f.Moov.Find("mvhd"), 12, 0) }},
	{"media timescale zero", "broken_video", func(f *Film) { put(f.Moov.Find("trak", "mdia", "mdhd"), 12, 0) }},
	{"media timescale one", "video_too_long", func(f *Film) { put(f.Moov.Find("trak", "mdia", "mdhd"), 12, 1) }},
	{"media timescale huge", "", func(f *Film) { put(f.Moov.Find("trak", "mdia", "mdhd"), 12, 1<<32-1) }},
	{"mdhd short", "broken_video", func(f *Film) { f.Moov.Find("trak", "mdia", "mdhd").Body = make([]byte, 9) }},
	{"mdhd missing", "broken_video", func(f *Film) { f.Moov.Find("trak", "mdia").Drop("mdhd") }},
	{"hdlr missing", "", func(f *Film) { f.Moov.Find("trak", "mdia").Drop("hdlr") }},
	{"tkhd short", "broken_video", func(f *Film) { f.Moov.Find("trak", "tkhd").Body = make([]byte, 20) }},
	{"tkhd wild matrix", "", func(f *Film) { put(f.Moov.Find("trak", "tkhd"), 40, 0x80000000) }},
	{"no tracks", "no_video_track", func(f *Film) { f.Moov.Kids = f.Moov.Kids[:1] }},
	{"track twice", "", func(f *Film) { f.Moov.Kids = append(f.Moov.Kids, f.Moov.Kids[1]) }},
	{"a thousand tracks", "broken_video", func(f *Film) {
		for range 1000 {
			f.Moov.Kids = append(f.Moov.Kids, f.Moov.Kids[1])
		}
	}},
	{"stsd missing", "broken_video", func(f *Film) { f.Moov.Stbl().Drop("stsd") }},
	{"stsd empty", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsd").Body = Pack(0, 0) }},
	{"stsd entry short", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsd").Body = Pack(0, 1, 20, "avc1", make([]byte, 12)) }},
	{"stsd entry of 100 KB", "broken_video", func(f *Film) {
		f.Moov.Stbl().Find("stsd").Body = Pack(0, 1, Leaf("avc1", make([]byte, 100_000)).Bytes())
	}},
	{"avcC missing", "broken_video", func(f *Film) { f.Moov.Stbl().Find("stsd").Body = Pack(0, 1, Leaf("avc1", make([]byte, 78)).Bytes()) }},
	{"avcC cut", "broken_video", func(f *Film) {
		f.Moov.Stbl().Find("stsd").Body = Pack(0, 1, Leaf("avc1", make([]byte, 78), Leaf("avcC", avcc[:9]).Bytes()).Bytes())
	}},
	{"avcC loop of empty boxes", "broken_video", func(f *Film) {
		f.Moov.Stbl().Find("stsd").Body = Pack(0, 1, Leaf("avc1", make([]byte, 78), bytes.Repeat(Leaf("free").Bytes(), 7000)).Bytes())
	}},
	{"unknown codec", "", func(f *Film) { copy(f.Moov.Stbl().Find("stsd").Body[12:], "zzzz") }},
	{"binary fourcc", "", func(f *Film) { copy(f.Moov.Stbl().Find("stsd").Body[12:], "\x00\xff\n\x1b") }},
}
