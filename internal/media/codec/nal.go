package codec

import (
	"bytes"
	"encoding/binary"
)

// MaxNALs bounds the units of one access unit. Level 6.2 encoders reach some 600 slices; more is
// an attempt to make us allocate.
const MaxNALs = 1024

// SplitAVCC cuts an access unit with 4-byte NAL lengths. Empty units are left out.
func SplitAVCC(data []byte) ([][]byte, error) { return splitLengths(data, 4) }

func splitLengths(data []byte, size int) ([][]byte, error) {
	var nals [][]byte
	for len(data) > 0 {
		if len(data) < size {
			return nil, malformed("%d bytes where a NAL length of %d was due", len(data), size)
		}
		var n uint32
		for _, b := range data[:size] {
			n = n<<8 | uint32(b)
		}
		data = data[size:]
		if uint64(n) > uint64(len(data)) {
			return nil, malformed("NAL of %d bytes with %d left", n, len(data))
		}
		if n > 0 {
			if len(nals) == MaxNALs {
				return nil, malformed("more than %d NAL units", MaxNALs)
			}
			nals = append(nals, data[:n:n])
		}
		data = data[n:]
	}
	return nals, nil
}

// SplitAnnexB cuts a byte stream at its 3- or 4-byte start codes (ITU-T H.264 Annex B). Bytes
// before the first start code are ignored, as are trailing zeros and empty units.
func SplitAnnexB(data []byte) ([][]byte, error) {
	var nals [][]byte
	start := -1
	flush := func(end int) {
		if start < 0 {
			return
		}
		if nal := bytes.TrimRight(data[start:end], "\x00"); len(nal) > 0 {
			nals = append(nals, nal[:len(nal):len(nal)])
		}
	}
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte{0, 0, 1})
		if i < 0 {
			break
		}
		flush(at + i)
		if len(nals) > MaxNALs {
			return nil, malformed("more than %d NAL units", MaxNALs)
		}
		at += i + 3
		start = at
	}
	flush(len(data))
	if len(nals) > MaxNALs {
		return nil, malformed("more than %d NAL units", MaxNALs)
	}
	return nals, nil
}

// JoinAVCC writes units with 4-byte lengths into a new buffer.
func JoinAVCC(nals [][]byte) []byte {
	size := 0
	for _, n := range nals {
		size += 4 + len(n)
	}
	out := make([]byte, 0, size)
	for _, n := range nals {
		out = binary.BigEndian.AppendUint32(out, uint32(len(n)))
		out = append(out, n...)
	}
	return out
}

// NormaliseLengths checks the framing of an access unit whose NAL lengths are size bytes (1, 2 or
// 4) and returns it with 4-byte lengths and without empty units. The input itself is returned when
// nothing had to change, which is the ordinary case.
func NormaliseLengths(data []byte, size int) ([]byte, error) {
	if size != 4 {
		nals, err := splitLengths(data, size)
		if err != nil {
			return nil, err
		}
		return JoinAVCC(nals), nil
	}
	count, clean := 0, true
	for rest := data; len(rest) > 0; count++ {
		if len(rest) < 4 {
			return nil, malformed("%d bytes where a NAL length was due", len(rest))
		}
		n := binary.BigEndian.Uint32(rest)
		if uint64(n) > uint64(len(rest)-4) {
			return nil, malformed("NAL of %d bytes with %d left", n, len(rest)-4)
		}
		clean = clean && n > 0
		rest = rest[4+n:]
	}
	if count > MaxNALs {
		return nil, malformed("more than %d NAL units", MaxNALs)
	}
	if clean {
		return data, nil
	}
	nals, err := SplitAVCC(data)
	if err != nil {
		return nil, err
	}
	return JoinAVCC(nals), nil
}

// unescape removes emulation prevention bytes (ITU-T H.264 7.3.1), in a copy.
func unescape(nal []byte) []byte {
	out := make([]byte, 0, len(nal))
	zeros := 0
	for _, b := range nal {
		if zeros >= 2 && b == 3 {
			zeros = 0
			continue
		}
		if b == 0 {
			zeros++
		} else {
			zeros = 0
		}
		out = append(out, b)
	}
	return out
}

// maxParameterSet bounds an SPS or PPS in bytes. Real ones stay under 200; scaling lists and a full
// VUI stay under 2,000.
const maxParameterSet = 4096

// maxDimension bounds a picture side in pixels: level 6.2 allows 16,888 at most, and sample
// entries hold 16 bits.
const maxDimension = 16888
