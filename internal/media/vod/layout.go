package vod

import (
	"errors"
	"io"
	"sort"
)

// layout is a virtual file: pieces of memory and of one underlying file, back to back. It reads
// and seeks like a file, for one reader at a time.
type layout struct {
	r      io.ReaderAt
	pieces []piece
	size   int64
	pos    int64
}

// piece is mem when that is not nil, else n bytes of the file from off.
type piece struct {
	at  int64 // in the virtual file
	mem []byte
	off int64
	n   int64
}

func (l *layout) add(p piece) {
	if p.n == 0 {
		return
	}
	p.at = l.size
	l.pieces = append(l.pieces, p)
	l.size += p.n
}

// Read fills p across pieces, so that many small extents do not become as many small writes.
func (l *layout) Read(p []byte) (int, error) {
	if l.pos >= l.size {
		return 0, io.EOF
	}
	k := sort.Search(len(l.pieces), func(k int) bool { return l.pieces[k].at > l.pos }) - 1
	total := 0
	for ; k < len(l.pieces) && total < len(p); k++ {
		piece := &l.pieces[k]
		skip := l.pos - piece.at
		want := min(int64(len(p)-total), piece.n-skip)
		dst := p[total : total+int(want)]
		n := len(dst)
		if piece.mem != nil {
			copy(dst, piece.mem[skip:])
		} else {
			var err error
			if n, err = l.r.ReadAt(dst, piece.off+skip); n < len(dst) {
				if err == nil || err == io.EOF {
					err = io.ErrUnexpectedEOF // the file was whole when it was opened
				}
				l.pos += int64(n)
				return total + n, err
			}
		}
		total += n
		l.pos += int64(n)
	}
	return total, nil
}

// Seek implements io.Seeker; positions beyond the end read as the end.
func (l *layout) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += l.pos
	case io.SeekEnd:
		offset += l.size
	}
	if offset < 0 {
		return 0, errors.New("vod: seek before the start")
	}
	l.pos = offset
	return offset, nil
}
