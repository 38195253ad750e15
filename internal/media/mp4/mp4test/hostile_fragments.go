package mp4test

// inFragments lie in movie fragments, or are no film at all.
var inFragments = []mutation{
	{"trun without tables", "broken_video", func(f *Film) { addFragment(f, Pack(0, uint32(1<<32-1))) }},
	{"trun of 2^32 samples", "broken_video", func(f *Film) { addFragment(f, Pack(0x201, uint32(1<<32-1), 0)) }},
	{"trun of 8 million empty samples", "broken_video", func(f *Film) { addFragment(f, Pack(1, 8<<20, 0)) }},
	{"trun before the file", "truncated_video", func(f *Film) { addFragment(f, Pack(0x201, 1, uint32(0x80000000), 5)) }},
	{"trun beyond the file", "truncated_video", func(f *Film) { addFragment(f, Pack(0x201, 1, 0x7fffffff, 5)) }},
	{"trun with wild offset", "broken_video", func(f *Film) { addFragment(f, Pack(0xb01, 1, 0, 5, 5, uint32(0x7fffffff))) }},
	{"trun cut", "broken_video", func(f *Film) { addFragment(f, Pack(0x205, 1)) }},
	{"trun that fits", "", func(f *Film) { addFragment(f, Pack(0x301, 2, 0, 3000, 5, 3000, 5)) }},
	{"tfdt in the far future", "broken_video", func(f *Film) {
		addFragment(f, Pack(0x301, 1, 0, 3000, 5), Leaf("tfdt", 1<<24, uint64(1<<61)))
	}},
	{"tfdt after a week", "video_too_long", func(f *Film) {
		addFragment(f, Pack(0x301, 1, 0, 3000, 5), Leaf("tfdt", 1<<24, uint64(90000*86400*7)))
	}},
	{"tracks years apart", "video_too_long", func(f *Film) {
		f.Moov.Kids[2].Find("mdia", "minf", "stbl").Drop("stsz")
		kids := []*Node{Leaf("tfhd", 0x020000, 2), Leaf("tfdt", 1<<24, uint64(1<<59)), Leaf("trun", Pack(0x301, 1, 0, 1024, 5))}
		f.Tail = append(f.Tail, Tree("moof", Tree("traf", kids...)))
	}},
	{"tfhd short", "broken_video", func(f *Film) {
		f.Tail = append(f.Tail, Tree("moof", Tree("traf", Leaf("tfhd", 0x1f, 1, 0))))
	}},
	{"compressed moov", "codec_unsupported", func(f *Film) { f.Moov.Kids = []*Node{Leaf("cmov", make([]byte, 20))} }},
	{"a second moov", "", func(f *Film) { f.Tail = append(f.Tail, Tree("moov", Leaf("mvhd"))) }},
	{"text before", "not_a_video", func(f *Film) { f.Ftyp = &Node{Kind: "<!DO", Body: []byte("CTYPE html>")} }},
	{"a picture", "not_a_video", func(f *Film) { f.Moov = Leaf("meta", 0) }},
}
