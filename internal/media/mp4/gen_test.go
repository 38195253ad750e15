package mp4

import (
	"encoding/binary"
	"io"
)

// node is a box in the making: a leaf with a body or a container.
type node struct {
	kind string
	body []byte
	kids []*node
}

func leaf(kind string, parts ...any) *node { return &node{kind: kind, body: pack(parts...)} }
func tree(kind string, kids ...*node) *node {
	return &node{kind: kind, kids: kids}
}

// pack writes integers big-endian by their width and bytes and strings as they are.
func pack(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch v := part.(type) {
		case []byte:
			b = append(b, v...)
		case string:
			b = append(b, v...)
		case byte:
			b = append(b, v)
		case uint16:
			b = binary.BigEndian.AppendUint16(b, v)
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		case uint32:
			b = binary.BigEndian.AppendUint32(b, v)
		case uint64:
			b = binary.BigEndian.AppendUint64(b, v)
		default:
			panic("pack: unknown type")
		}
	}
	return b
}

func (n *node) bytes() []byte {
	if n.kind == "raw!" {
		return n.body
	}
	b := append([]byte(nil), n.body...)
	for _, kid := range n.kids {
		b = append(b, kid.bytes()...)
	}
	return append(pack(len(b)+8, n.kind), b...)
}

// find walks down by names, e.g. find("trak", "mdia", "minf", "stbl", "stts"); the first of each.
func (n *node) find(path ...string) *node {
	if len(path) == 0 {
		return n
	}
	for _, kid := range n.kids {
		if kid.kind == path[0] {
			return kid.find(path[1:]...)
		}
	}
	panic("gen: no box " + path[0])
}

func (n *node) drop(kind string) {
	for i, kid := range n.kids {
		if kid.kind == kind {
			n.kids = append(n.kids[:i:i], n.kids[i+1:]...)
			return
		}
	}
	panic("gen: no box " + kind)
}

func (n *node) stbl() *node { return n.find("trak", "mdia", "minf", "stbl") }

// sparse is a file of head followed by zeros.
type sparse struct {
	head []byte
	size int64
}

func (s sparse) Size() int64 { return s.size }

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), s.size-off))
	clear(p[:n])
	if off < int64(len(s.head)) {
		copy(p[:n], s.head[off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

const genSampleSize = 700

var (
	genAVCC = []byte{1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 4, 0x67, 0x42, 0xc0, 0x1e, 1, 0, 1, 0x68}
	genASC  = []byte{0x11, 0x90}
)

// film is a synthetic movie: moov first, then one mdat with all samples.
type film struct {
	ftyp, moov *node
	tail       []*node // top-level boxes after moov
	data       int64   // mdat body bytes
	head       int     // bytes before mdat as generated
}

// generate makes a film of n video samples (30 fps, a sync sample each 60) and m AAC frames, ten to a chunk.
func generate(n, m int) *film {
	f := &film{data: int64(n+m) * genSampleSize}
	f.ftyp = leaf("ftyp", "isom", 512, "isomavc1")
	mvhd := leaf("mvhd", 0, 0, 0, 1000, n*1000/30, make([]byte, 80))
	avc1 := leaf("avc1", make([]byte, 6), uint16(1), make([]byte, 16), uint16(320), uint16(180), make([]byte, 50),
		leaf("avcC", genAVCC).bytes())
	mp4a := leaf("mp4a", make([]byte, 6), uint16(1), make([]byte, 8), uint16(2), uint16(16), 0, uint32(48000<<16),
		leaf("esds", 0, byte(3), byte(22), uint16(1), byte(0), byte(4), byte(17), byte(0x40), byte(0x15), make([]byte, 11),
			byte(5), byte(2), genASC).bytes())
	f.moov = tree("moov", mvhd, genTrack(1, "vide", 90000, 3000, n, avc1), genTrack(2, "soun", 48000, 1024, m, mp4a))
	f.place(n, m)
	return f
}

func genTrack(id int, handler string, timescale, delta, n int, entry *node) *node {
	matrix := pack(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	sizes := pack(0, 0, n)
	for range n {
		sizes = append(sizes, pack(genSampleSize)...)
	}
	stbl := tree("stbl", leaf("stsd", 0, 1, entry.bytes()), leaf("stts", 0, 1, n, delta),
		leaf("stsc", 0, 1, 1, 10, 1), leaf("stsz", sizes), leaf("stco", 0, 0))
	if handler == "vide" {
		syncs := pack(0, (n+59)/60)
		for i := 0; i < n; i += 60 {
			syncs = append(syncs, pack(i+1)...)
		}
		stbl.kids = append(stbl.kids, leaf("stss", syncs), leaf("ctts", 0, 1, n, 0))
	}
	return tree("trak",
		leaf("tkhd", 3, 0, 0, id, 0, 0, make([]byte, 16), matrix, 320<<16, 180<<16),
		tree("edts", leaf("elst", 0, 1, n*delta*1000/timescale, 0, 0x10000)),
		tree("mdia", leaf("mdhd", 0, 0, 0, timescale, n*delta, 0x55c40000),
			leaf("hdlr", 0, 0, handler, make([]byte, 13)), tree("minf", stbl)))
}

// place writes the chunk offsets, now that the size of moov is known.
func (f *film) place(n, m int) {
	chunks := func(count int) int { return (count + 9) / 10 }
	head := len(f.ftyp.bytes()) + len(f.moov.bytes()) + 4*chunks(n) + 4*chunks(m) + 8
	f.head = head - 8
	for i, trak := range []*node{f.moov.kids[1], f.moov.kids[2]} {
		count, start := n, head
		if i == 1 {
			count, start = m, head+n*genSampleSize
		}
		body := pack(0, chunks(count))
		for c := range chunks(count) {
			body = append(body, pack(start+c*10*genSampleSize)...)
		}
		trak.find("mdia", "minf", "stbl", "stco").body = body
	}
}

// reader lays the film out: head in memory, media data as zeros.
func (f *film) reader() sparse {
	head := append(f.ftyp.bytes(), f.moov.bytes()...)
	for _, n := range f.tail {
		head = append(head, n.bytes()...)
	}
	if gap := f.head - len(head); gap >= 8 { // a smaller index must not move the media
		head = append(head, leaf("free", make([]byte, gap-8)).bytes()...)
	}
	head = append(head, pack(uint32(f.data+8), "mdat")...)
	return sparse{head, int64(len(head)) + f.data}
}
