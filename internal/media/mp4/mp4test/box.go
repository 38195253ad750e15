package mp4test

import "encoding/binary"

// Node is a box in the making: a leaf with a body or a container.
type Node struct {
	Kind string
	Body []byte
	Kids []*Node
}

// Leaf is a box with a body of parts, as Pack writes them.
func Leaf(kind string, parts ...any) *Node { return &Node{Kind: kind, Body: Pack(parts...)} }

// Tree is a box of boxes.
func Tree(kind string, kids ...*Node) *Node {
	return &Node{Kind: kind, Kids: kids}
}

// Pack writes integers big-endian by their width and bytes and strings as they are.
func Pack(parts ...any) []byte {
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
			panic("mp4test: pack: unknown type")
		}
	}
	return b
}

// Bytes is the box as it stands in a file.
func (n *Node) Bytes() []byte {
	if n.Kind == "raw!" {
		return n.Body
	}
	b := append([]byte(nil), n.Body...)
	for _, kid := range n.Kids {
		b = append(b, kid.Bytes()...)
	}
	return append(Pack(len(b)+8, n.Kind), b...)
}

// Find walks down by names, e.g. Find("trak", "mdia", "minf", "stbl", "stts"); the first of each.
func (n *Node) Find(path ...string) *Node {
	if len(path) == 0 {
		return n
	}
	for _, kid := range n.Kids {
		if kid.Kind == path[0] {
			return kid.Find(path[1:]...)
		}
	}
	panic("mp4test: no box " + path[0])
}

// Drop takes out the first box of a kind.
func (n *Node) Drop(kind string) {
	for i, kid := range n.Kids {
		if kid.Kind == kind {
			n.Kids = append(n.Kids[:i:i], n.Kids[i+1:]...)
			return
		}
	}
	panic("mp4test: no box " + kind)
}

// Stbl is the sample table of the first track.
func (n *Node) Stbl() *Node { return n.Find("trak", "mdia", "minf", "stbl") }
