package mp4

import "encoding/binary"

// maxChildren bounds the boxes looked at in one container; a fragment with one trun per frame of
// a minute has 3,600.
const maxChildren = 1 << 16

// header reads a box header from b (ISO/IEC 14496-12 4.2). size 0 means "to the end".
// ok is false when b is too short for the header or the size is smaller than the header.
func header(b []byte) (kind string, size int64, head int, ok bool) {
	if len(b) < 8 {
		return "", 0, 0, false
	}
	size, head = int64(binary.BigEndian.Uint32(b)), 8
	kind = string(b[4:8])
	switch {
	case size == 1:
		if len(b) < 16 {
			return kind, 0, 0, false
		}
		large := binary.BigEndian.Uint64(b[8:])
		if large < 16 || large > 1<<62 {
			return kind, 0, 0, false
		}
		size, head = int64(large), 16
	case size != 0 && size < 8:
		return kind, 0, 0, false
	}
	return kind, size, head, true
}

// children calls visit for each box in b. whole is the box with its header.
func children(b []byte, visit func(kind string, body, whole []byte) error) error {
	for n := 0; len(b) >= 8; n++ {
		if n == maxChildren {
			return broken("too many boxes")
		}
		kind, size, head, ok := header(b)
		if !ok {
			return broken("box size")
		}
		if size == 0 {
			// In QuickTime a zero word ends a list (udta, wave); as a box it would run to the end.
			if kind == "\x00\x00\x00\x00" {
				return nil
			}
			size = int64(len(b))
		}
		if size > int64(len(b)) {
			return broken("box " + printable(kind) + " larger than its parent")
		}
		if err := visit(kind, b[head:size], b[:size]); err != nil {
			return err
		}
		b = b[size:]
	}
	return nil // up to 7 stray bytes are the terminator some QuickTime writers leave
}

// full splits the version and flags off a full box.
func full(b []byte) (version byte, flags uint32, body []byte, err error) {
	if len(b) < 4 {
		return 0, 0, nil, broken("short box")
	}
	word := binary.BigEndian.Uint32(b)
	return byte(word >> 24), word & 0xffffff, b[4:], nil
}

// list splits a full box that is a count and count entries of width bytes. A count larger than the
// box is refused before anything is allocated.
func list(b []byte, width int, what string) (version byte, entries []byte, n int, err error) {
	version, _, b, err = full(b)
	if err != nil {
		return 0, nil, 0, err
	}
	if len(b) < 4 {
		return 0, nil, 0, broken(what + " is short")
	}
	count := int64(binary.BigEndian.Uint32(b))
	if count*int64(width) > int64(len(b)-4) {
		return 0, nil, 0, broken(what + " has more entries than bytes")
	}
	return version, b[4 : 4+count*int64(width)], int(count), nil
}

// printable makes a box type safe for messages.
func printable(kind string) string {
	out := []byte(kind)
	for i, c := range out {
		if c < 0x20 || c > 0x7e {
			out[i] = '?'
		}
	}
	return string(out)
}

func be16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }
func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
func be64(b []byte) uint64 { return binary.BigEndian.Uint64(b) }
