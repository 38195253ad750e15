package mp4test

import "bytes"

// inCodecs lie in the decoder configurations and in what the track says it holds.
var inCodecs = []mutation{
	{"avcC of no SPS", "broken_video", func(f *Film) { describePicture(f, "avc1", 320, 180, configOf(0xe0)) }},
	{"avcC claims 31 SPS", "broken_video", func(f *Film) { describePicture(f, "avc1", 320, 180, configOf(0xff)) }},
	{"avcC of 31 SPS", "", func(f *Film) { describePicture(f, "avc1", 320, 180, Leaf("avcC", avccOf(31, 1, sps(20, 11, 0)))) }},
	{"avcC of 255 PPS", "", func(f *Film) { describePicture(f, "avc1", 320, 180, Leaf("avcC", avccOf(1, 255, sps(20, 11, 0)))) }},
	{"avcC of 3-byte lengths", "broken_video", func(f *Film) {
		c := avccOf(1, 1, sps(20, 11, 0))
		c[4] = 0xfe
		describePicture(f, "avc1", 320, 180, Leaf("avcC", c))
	}},
	{"avcC of another version", "broken_video", func(f *Film) {
		c := avccOf(1, 1, sps(20, 11, 0))
		c[0] = 9
		describePicture(f, "avc1", 320, 180, Leaf("avcC", c))
	}},
	{"SPS longer than any", "broken_video", func(f *Film) {
		describePicture(f, "avc1", 320, 180, Leaf("avcC", avccOf(1, 1, append(sps(20, 11, 0), make([]byte, 9000)...))))
	}},
	{"SPS of 65536 x 65536", "broken_video", func(f *Film) { describePicture(f, "avc1", 320, 180, Leaf("avcC", avccOf(1, 1, sps(4096, 4096, 0)))) }},
	{"SPS cropped to nothing", "broken_video", func(f *Film) { describePicture(f, "avc1", 320, 180, Leaf("avcC", avccOf(1, 1, sps(1, 1, 9)))) }},
	{"picture of no width", "broken_video", func(f *Film) { describePicture(f, "avc1", 0, 180, Leaf("avcC", avccOf(1, 1, sps(20, 11, 0)))) }},
	{"picture of no height", "broken_video", func(f *Film) { describePicture(f, "avc1", 320, 0, Leaf("avcC", avccOf(1, 1, sps(20, 11, 0)))) }},
	{"picture of 65535 x 65535", "", func(f *Film) { describePicture(f, "avc1", 65535, 65535, Leaf("avcC", avccOf(1, 1, sps(20, 11, 0)))) }},
	{"profile no browser has", "", func(f *Film) {
		c := avccOf(1, 1, sps(20, 11, 0))
		c[1] = 244
		describePicture(f, "avc1", 320, 180, Leaf("avcC", c))
	}},
	{"encrypted picture", "", func(f *Film) { describePicture(f, "encv", 320, 180, Leaf("avcC", avccOf(1, 1, sps(20, 11, 0)))) }},
	{"hvcC of one byte", "broken_video", func(f *Film) { describePicture(f, "hvc1", 320, 180, Leaf("hvcC", byte(1))) }},
	{"av1C of one byte", "", func(f *Film) { describePicture(f, "av01", 320, 180, Leaf("av1C", byte(0x81))) }},
	{"a million frames a second", "", func(f *Film) {
		put(f.Moov.Stbl().Find("stts"), 12, 0)
		put(f.Moov.Find("trak", "mdia", "mdhd"), 12, 1<<30)
	}},
	{"sound of no channels", "broken_video", func(f *Film) { describeSound(f, "mp4a", 0, esds([]byte{0x11, 0x80})) }},
	{"sound of reserved rate", "broken_video", func(f *Film) { describeSound(f, "mp4a", 2, esds([]byte{0x16, 0x90})) }},
	{"sound of rate zero", "broken_video", func(f *Film) { describeSound(f, "mp4a", 2, esds([]byte{0x17, 0x80, 0, 0, 0, 0x10})) }},
	{"sound of 65535 channels", "", func(f *Film) { describeSound(f, "mp4a", 65535, esds(asc)) }},
	{"sound of object type 31", "broken_video", func(f *Film) { describeSound(f, "mp4a", 2, esds([]byte{0xff, 0xff, 0xff, 0xff})) }},
	{"sound without a configuration", "broken_video", func(f *Film) { describeSound(f, "mp4a", 2, Leaf("free")) }},
	{"encrypted sound", "", func(f *Film) { describeSound(f, "enca", 2, esds(asc)) }},
	{"Opus cut short", "broken_video", func(f *Film) { describeSound(f, "Opus", 2, Leaf("dOps", byte(0), byte(2))) }},
	{"Opus of 255 channels", "broken_video", func(f *Film) {
		describeSound(f, "Opus", 2, Leaf("dOps", byte(0), byte(255), uint16(312), 48000, uint16(0), byte(1)))
	}},
}

// describePicture replaces the description of the picture track.
func describePicture(f *Film, kind string, w, h uint16, config *Node) {
	entry := Leaf(kind, make([]byte, 6), uint16(1), make([]byte, 16), w, h, make([]byte, 50), config.Bytes())
	f.Moov.Stbl().Find("stsd").Body = Pack(0, 1, entry.Bytes())
}

// describeSound replaces the description of the sound track.
func describeSound(f *Film, kind string, channels uint16, config *Node) {
	entry := Leaf(kind, make([]byte, 6), uint16(1), make([]byte, 8), channels, uint16(16), 0, uint32(48000<<16), config.Bytes())
	f.Moov.Kids[2].Find("mdia", "minf", "stbl", "stsd").Body = Pack(0, 1, entry.Bytes())
}

func esds(asc []byte) *Node {
	return Leaf("esds", 0, byte(3), byte(20+len(asc)), uint16(1), byte(0), byte(4), byte(15+len(asc)), byte(0x40), byte(0x15), make([]byte, 11),
		byte(5), byte(len(asc)), asc)
}

// configOf is an avcC whose count of SPS says what it wants.
func configOf(count byte) *Node {
	c := avccOf(1, 1, sps(20, 11, 0))
	c[5] = count
	return Leaf("avcC", c)
}

func avccOf(nSPS, nPPS int, sps []byte) []byte {
	return Pack(byte(1), byte(66), byte(0xc0), byte(30), byte(0xff), byte(0xe0|nSPS), bytes.Repeat(Pack(uint16(len(sps)), sps), nSPS),
		byte(nPPS), bytes.Repeat(Pack(uint16(2), byte(0x68), byte(0xce)), nPPS))
}

// sps writes a baseline sequence parameter set (ITU-T H.264 7.3.2.1.1) of w x h macroblocks that
// crops crop units from each side.
func sps(w, h, crop uint32) []byte {
	var b bitWriter
	b.ue(0)      // seq_parameter_set_id
	b.ue(0)      // log2_max_frame_num_minus4
	b.ue(2)      // pic_order_cnt_type
	b.ue(1)      // max_num_ref_frames
	b.bits(1, 0) // gaps_in_frame_num_value_allowed_flag
	b.ue(w - 1)
	b.ue(h - 1)
	b.bits(2, 3) // frame_mbs_only_flag, direct_8x8_inference_flag
	b.bits(1, min(crop, 1))
	for range 4 * min(crop, 1) {
		b.ue(crop)
	}
	b.bits(1, 0) // vui_parameters_present_flag
	b.bits(1, 1) // stop bit
	// Emulation bytes are left out: no value used here makes three zero bytes in a row.
	return append([]byte{0x67, 66, 0xc0, 30}, b.out...)
}

type bitWriter struct {
	out []byte
	n   int
}

func (b *bitWriter) bits(n int, v uint32) {
	for i := n - 1; i >= 0; i-- {
		if b.n%8 == 0 {
			b.out = append(b.out, 0)
		}
		b.out[b.n/8] |= byte(v>>i&1) << (7 - b.n%8)
		b.n++
	}
}

// ue is the unsigned Exp-Golomb code (9.1).
func (b *bitWriter) ue(v uint32) {
	n := 0
	for (v+1)>>(n+1) > 0 {
		n++
	}
	b.bits(n, 0)
	b.bits(n+1, v+1)
}
