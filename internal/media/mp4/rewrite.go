package mp4

import "encoding/binary"

// trackPath are the containers between moov and the boxes that Rewrite's callers edit.
var trackPath = map[string]bool{"moov": true, "trak": true, "mdia": true, "minf": true, "stbl": true}

// Rewrite copies the boxes of b and lets edit replace the body, and the type, of every box that is
// not one of moov, trak, mdia, minf and stbl, which are descended into. Sizes above are corrected.
func Rewrite(b []byte, edit func(kind string, body []byte) (string, []byte, error)) ([]byte, error) {
	return rewrite(make([]byte, 0, len(b)+len(b)/8), b, edit, len(trackPath))
}

func rewrite(dst, b []byte, edit func(string, []byte) (string, []byte, error), depth int) ([]byte, error) {
	err := children(b, func(kind string, body, _ []byte) error {
		at := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		var err error
		if trackPath[kind] && depth > 0 {
			dst = append(dst, kind...)
			dst, err = rewrite(dst, body, edit, depth-1)
		} else if kind, body, err = edit(kind, body); err == nil {
			dst = append(append(dst, kind...), body...)
		}
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at))
		return err
	})
	return dst, err
}

// Relocate returns the moov box of a progressive file with every chunk offset passed through move.
// wide stores all offsets in 64 bits (co64), for files that grow beyond 4 GiB by the move; the
// length of the result depends on wide only, not on move.
func Relocate(moov []byte, wide bool, move func(off int64) int64) ([]byte, error) {
	return Rewrite(moov, func(kind string, body []byte) (string, []byte, error) {
		if kind != "stco" && kind != "co64" {
			return kind, body, nil
		}
		width := 4
		if kind == "co64" {
			width = 8
		}
		_, entries, n, err := list(body, width, "the chunk offsets")
		if err != nil {
			return kind, nil, err
		}
		if wide {
			kind = "co64"
		}
		out := make([]byte, 8, 8+n*8)
		binary.BigEndian.PutUint32(out[4:], uint32(n))
		for i := range n {
			var off int64
			if width == 4 {
				off = int64(be32(entries[4*i:]))
			} else {
				off = int64(be64(entries[8*i:]))
			}
			if off = move(off); kind == "co64" {
				out = binary.BigEndian.AppendUint64(out, uint64(off))
			} else {
				out = binary.BigEndian.AppendUint32(out, uint32(off))
			}
		}
		return kind, out, nil
	})
}
