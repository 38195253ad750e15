package mp4test

import "io"

// sampleSize keeps a film of some seconds small: parsers never read what is in the samples.
const sampleSize = 100

var (
	avcc = avccOf(1, 1, sps(20, 12, 0)) // 320 x 192
	asc  = []byte{0x11, 0x90}
)

// Film is a synthetic movie: moov first, then one mdat with all samples.
type Film struct {
	Ftyp, Moov *Node
	Tail       []*Node // top-level boxes after moov
	data       int64   // mdat body bytes
	head       int     // bytes before mdat as generated
}

// Generate makes a film of n video samples (30 fps, a sync sample each 60) and m AAC frames, ten to a chunk.
func Generate(n, m int) *Film {
	f := &Film{data: int64(n+m) * sampleSize}
	f.Ftyp = Leaf("ftyp", "isom", 512, "isomavc1")
	mvhd := Leaf("mvhd", 0, 0, 0, 1000, n*1000/30, make([]byte, 80))
	avc1 := Leaf("avc1", make([]byte, 6), uint16(1), make([]byte, 16), uint16(320), uint16(180), make([]byte, 50),
		Leaf("avcC", avcc).Bytes())
	mp4a := Leaf("mp4a", make([]byte, 6), uint16(1), make([]byte, 8), uint16(2), uint16(16), 0, uint32(48000<<16),
		Leaf("esds", 0, byte(3), byte(22), uint16(1), byte(0), byte(4), byte(17), byte(0x40), byte(0x15), make([]byte, 11),
			byte(5), byte(2), asc).Bytes())
	f.Moov = Tree("moov", mvhd, track(1, "vide", 90000, 3000, n, avc1), track(2, "soun", 48000, 1024, m, mp4a))
	f.place(n, m)
	return f
}

func track(id int, handler string, timescale, delta, n int, entry *Node) *Node {
	matrix := Pack(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	sizes := Pack(0, 0, n)
	for range n {
		sizes = append(sizes, Pack(sampleSize)...)
	}
	stbl := Tree("stbl", Leaf("stsd", 0, 1, entry.Bytes()), Leaf("stts", 0, 1, n, delta),
		Leaf("stsc", 0, 1, 1, 10, 1), Leaf("stsz", sizes), Leaf("stco", 0, 0))
	if handler == "vide" {
		syncs := Pack(0, (n+59)/60)
		for i := 0; i < n; i += 60 {
			syncs = append(syncs, Pack(i+1)...)
		}
		stbl.Kids = append(stbl.Kids, Leaf("stss", syncs), Leaf("ctts", 0, 1, n, 0))
	}
	return Tree("trak",
		Leaf("tkhd", 3, 0, 0, id, 0, 0, make([]byte, 16), matrix, 320<<16, 180<<16),
		Tree("edts", Leaf("elst", 0, 1, n*delta*1000/timescale, 0, 0x10000)),
		Tree("mdia", Leaf("mdhd", 0, 0, 0, timescale, n*delta, 0x55c40000),
			Leaf("hdlr", 0, 0, handler, make([]byte, 13)), Tree("minf", stbl)))
}

// place writes the chunk offsets, now that the size of moov is known.
func (f *Film) place(n, m int) {
	chunks := func(count int) int { return (count + 9) / 10 }
	head := len(f.Ftyp.Bytes()) + len(f.Moov.Bytes()) + 4*chunks(n) + 4*chunks(m) + 8
	f.head = head - 8
	for i, trak := range []*Node{f.Moov.Kids[1], f.Moov.Kids[2]} {
		count, start := n, head
		if i == 1 {
			count, start = m, head+n*sampleSize
		}
		body := Pack(0, chunks(count))
		for c := range chunks(count) {
			body = append(body, Pack(start+c*10*sampleSize)...)
		}
		trak.Find("mdia", "minf", "stbl", "stco").Body = body
	}
}

// Reader lays the film out: head in memory, media data as zeros.
func (f *Film) Reader() Sparse {
	head := append(f.Ftyp.Bytes(), f.Moov.Bytes()...)
	for _, n := range f.Tail {
		head = append(head, n.Bytes()...)
	}
	if gap := f.head - len(head); gap >= 8 { // a smaller index must not move the media
		head = append(head, Leaf("free", make([]byte, gap-8)).Bytes()...)
	}
	head = append(head, Pack(uint32(f.data+8), "mdat")...)
	return Sparse{head, int64(len(head)) + f.data}
}

// Sparse is a file of head followed by zeros.
type Sparse struct {
	Head   []byte
	Length int64
}

// Size implements what io.SectionReader and the parser ask of a file.
func (s Sparse) Size() int64 { return s.Length }

// ReadAt implements io.ReaderAt.
func (s Sparse) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.Length {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), s.Length-off))
	clear(p[:n])
	if off < int64(len(s.Head)) {
		copy(p[:n], s.Head[off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
