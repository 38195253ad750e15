package mp4test

import "bytes"

// Elsewhere is the address that references of the corpus point to: a test that listens there sees who
// follows them.
const Elsewhere = "127.0.0.1:24681"

// inLayout lie about where things are: in other files, in the index itself, in one another.
var inLayout = []mutation{
	{"media in another file", "codec_unsupported", func(f *Film) { reference(f, Leaf("url ", 0, "file:///etc/passwd\x00")) }},
	{"media on another host", "codec_unsupported", func(f *Film) { reference(f, Leaf("url ", 0, "http://"+Elsewhere+"/film.mp4\x00")) }},
	{"media by alias", "codec_unsupported", func(f *Film) { reference(f, Leaf("alis", 0, make([]byte, 150))) }},
	{"media by name", "codec_unsupported", func(f *Film) { reference(f, Leaf("urn ", 0, "urn:x\x00http://"+Elsewhere+"/\x00")) }},
	{"reference to itself", "", func(f *Film) { reference(f, Leaf("url ", 1)) }},
	{"empty reference", "", func(f *Film) { reference(f, Leaf("url ", 0)) }},
	{"references cut short", "broken_video", func(f *Film) {
		minf := f.Moov.Find("trak", "mdia", "minf")
		minf.Kids = append([]*Node{Tree("dinf", Leaf("dref", 0))}, minf.Kids...)
	}},
	{"a million references claimed", "broken_video", func(f *Film) {
		minf := f.Moov.Find("trak", "mdia", "minf")
		minf.Kids = append([]*Node{Tree("dinf", Leaf("dref", 0, 1_000_000))}, minf.Kids...)
	}},
	{"chunks in the index", "", func(f *Film) { offsets(f, func(i int) uint32 { return uint32(40 + i) }) }},
	{"chunks at the very start", "", func(f *Film) { offsets(f, func(int) uint32 { return 0 }) }},
	{"chunks backwards", "", func(f *Film) { offsets(f, func(i int) uint32 { return uint32(f.head + 8 + 20_000 - 500*i) }) }},
	{"last chunk over the edge", "truncated_video", func(f *Film) {
		s := f.Moov.Stbl().Find("stco")
		put(s, len(s.Body)-4, uint32(int64(f.head)+8+f.data-10))
	}},
	{"sound in the picture", "", func(f *Film) {
		copy(f.Moov.Kids[2].Find("mdia", "minf", "stbl", "stco").Body[8:], f.Moov.Stbl().Find("stco").Body[8:])
	}},
	{"moov in moov", "", func(f *Film) { f.Moov.Kids = append(f.Moov.Kids, Tree("moov", f.Moov.Kids...)) }},
	{"stbl in stbl", "", func(f *Film) { s := f.Moov.Stbl(); s.Kids = append(s.Kids, Tree("stbl", s.Kids...)) }},
	{"two sample tables", "", func(f *Film) {
		minf := f.Moov.Find("trak", "mdia", "minf")
		minf.Kids = append(minf.Kids, f.Moov.Stbl())
	}},
	{"two media", "", func(f *Film) {
		trak := f.Moov.Find("trak")
		trak.Kids = append(trak.Kids, trak.Find("mdia"))
	}},
	{"two descriptions", "", func(f *Film) { s := f.Moov.Stbl(); s.Kids = append(s.Kids, s.Find("stsd")) }},
	{"empty sample table", "broken_video", func(f *Film) { f.Moov.Stbl().Kids = nil }},
	{"track in a track", "", func(f *Film) { trak := f.Moov.Find("trak"); trak.Kids = append(trak.Kids, f.Moov.Kids[2]) }},
	{"sixty-four tracks", "", func(f *Film) {
		for range 62 {
			f.Moov.Kids = append(f.Moov.Kids, f.Moov.Kids[2])
		}
	}},
	{"a hundred thousand edits", "", func(f *Film) {
		f.Moov.Find("trak", "edts", "elst").Body = append(Pack(0, 100_000), bytes.Repeat(Pack(1, 3000, 0x10000), 100_000)...)
	}},
	{"edits of no length", "", func(f *Film) {
		f.Moov.Find("trak", "edts", "elst").Body = append(Pack(0, 1000), bytes.Repeat(Pack(0, 0, 0x10000), 1000)...)
	}},
	{"edits of nothing but waiting", "broken_video", func(f *Film) {
		f.Moov.Find("trak", "edts", "elst").Body = append(Pack(0, 1000), bytes.Repeat(Pack(0x7fffffff, uint32(1<<32-1), 0x10000), 1000)...)
	}},
	{"names with paths", "", func(f *Film) {
		f.Moov.Kids = append(f.Moov.Kids, Tree("udta", Leaf("\xa9nam", uint16(20), uint16(0), "../../../etc/passwd\x00"), Leaf("name", "..\\..\\x\x00")))
	}},
	{"a uuid of every kind", "", func(f *Film) {
		f.Tail = append(f.Tail, Leaf("uuid", make([]byte, 16)), Leaf("uuid", []byte{1}), Leaf("pssh", 0, make([]byte, 20)), Leaf("sidx", 0))
	}},
	{"protection without a scheme", "", func(f *Film) {
		f.Moov.Kids = append(f.Moov.Kids, Leaf("pssh", 0, make([]byte, 16), 1<<30))
	}},
	{"fragment index that loops", "", func(f *Film) {
		f.Tail = append(f.Tail, Leaf("sidx", 0, 1, 90000, 0, 0, uint16(0), uint16(1), uint32(0x80000000), 0, 0))
	}},
}

// reference puts a data reference before the sample table of the picture (ISO/IEC 14496-12 8.7.2).
func reference(f *Film, entry *Node) {
	minf := f.Moov.Find("trak", "mdia", "minf")
	minf.Kids = append([]*Node{Tree("dinf", Leaf("dref", 0, 1, entry.Bytes()))}, minf.Kids...)
}

// offsets rewrites where the picture's chunks are.
func offsets(f *Film, at func(i int) uint32) {
	s := f.Moov.Stbl().Find("stco")
	for i := 0; 8+4*i < len(s.Body); i++ {
		put(s, 8+4*i, at(i))
	}
}
