package mp4test

import (
	"bytes"
	"encoding/binary"
)

// inBoxes lie in edit lists, in the nesting of boxes and in descriptors.
var inBoxes = []mutation{
	{"elst of the far future", "", func(f *Film) { f.Moov.Find("trak", "edts", "elst").Body = Pack(0, 1, 1000, 0x7fffffff, 0x10000) }},
	{"elst negative", "broken_video", func(f *Film) {
		f.Moov.Find("trak", "edts", "elst").Body = Pack(0, 1, 1000, uint32(0x80000000), 0x10000)
	}},
	{"elst huge delay", "broken_video", func(f *Film) {
		f.Moov.Find("trak", "edts", "elst").Body = Pack(1<<24, 2, uint64(1<<60), uint64(1<<64-1), 0x10000, uint64(1000), uint64(0), 0x10000)
	}},
	{"elst overflowing", "broken_video", func(f *Film) {
		f.Moov.Find("trak", "edts", "elst").Body = Pack(1<<24, 1, uint64(1<<63), uint64(0), 0x10000)
	}},
	{"elst count lies", "broken_video", func(f *Film) { put(f.Moov.Find("trak", "edts", "elst"), 4, 1<<30) }},
	{"elst of a tick", "", func(f *Film) { put(f.Moov.Find("trak", "edts", "elst"), 8, 1) }},
	{"deep nesting in moov", "", func(f *Film) { f.Moov.Kids = append(f.Moov.Kids, deep("moov", 5000)) }},
	{"deep nesting in stbl", "", func(f *Film) { s := f.Moov.Stbl(); s.Kids = append(s.Kids, deep("stbl", 5000)) }},
	{"deep wave", "broken_video", func(f *Film) {
		entry := Leaf("mp4a", make([]byte, 28), deep("wave", 1000).Bytes())
		f.Moov.Kids[2].Find("mdia", "minf", "stbl", "stsd").Body = Pack(0, 1, entry.Bytes())
	}},
	{"seventy thousand empty boxes", "broken_video", func(f *Film) {
		f.Moov.Kids = append(f.Moov.Kids, &Node{Kind: "udta"})
		for range 70_000 {
			f.Moov.Kids = append(f.Moov.Kids, Leaf("free"))
		}
	}},
	{"child larger than its parent", "broken_video", func(f *Film) {
		f.Moov.Kids = append(f.Moov.Kids, Leaf("free", make([]byte, 8)))
		tail(f.Moov, 0x7fffffff)
	}},
	{"child of size four", "broken_video", func(f *Film) { f.Moov.Kids = append(f.Moov.Kids, Leaf("free", make([]byte, 8))); tail(f.Moov, 4) }},
	{"child with a cut 64-bit size", "broken_video", func(f *Film) { f.Moov.Kids = append(f.Moov.Kids, Leaf("free")); tail(f.Moov, 1) }},
	{"child to the end", "", func(f *Film) { f.Moov.Kids = append(f.Moov.Kids, Leaf("free", make([]byte, 8))); tail(f.Moov, 0) }},
	{"esds lies about its length", "", func(f *Film) { descriptors(f, func(b []byte) { b[1] = 0x7f }) }},
	{"esds with endless length", "broken_video", func(f *Film) {
		descriptors(f, func(b []byte) { copy(b[1:], "\xff\xff\xff\xff\xff\xff") })
	}},
	{"esds of another tag", "broken_video", func(f *Film) { descriptors(f, func(b []byte) { b[0] = 9 }) }},
	{"esds with all options", "broken_video", func(f *Film) { descriptors(f, func(b []byte) { b[4] = 0xff }) }},
}

// put overwrites the 32-bit word at byte off of a box's body.
func put(n *Node, off int, v uint32) { binary.BigEndian.PutUint32(n.Body[off:], v) }

func deep(kind string, n int) *Node {
	root := &Node{Kind: kind}
	for range n {
		root = Tree(kind, root)
	}
	return root
}

// tail makes the last kid lie about its size.
func tail(n *Node, size uint32) {
	kid := n.Kids[len(n.Kids)-1]
	raw := kid.Bytes()
	binary.BigEndian.PutUint32(raw, size)
	// A box whose header is stored as a body: the parent appends it without its own header.
	n.Kids[len(n.Kids)-1] = &Node{Kind: "raw!", Body: raw}
}

// descriptors changes the bytes of the sound's elementary stream descriptor.
func descriptors(f *Film, change func(b []byte)) {
	b := f.Moov.Kids[2].Find("mdia", "minf", "stbl", "stsd").Body
	change(b[bytes.Index(b, []byte("esds"))+8:])
}

func addFragment(f *Film, trun []byte, extra ...*Node) {
	kids := append([]*Node{Leaf("tfhd", 0x020000, 1)}, extra...)
	f.Tail = append(f.Tail, Tree("moof", Leaf("mfhd", 0, 1), Tree("traf", append(kids, Leaf("trun", trun))...)))
}
