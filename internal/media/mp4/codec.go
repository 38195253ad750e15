package mp4

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/hawker-live/hawker/internal/media/av"
)

// avcTag is the RFC 6381 name of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 5.3.3).
func avcTag(c []byte) (string, bool) {
	if len(c) < 7 || c[0] != 1 {
		return "", false
	}
	return fmt.Sprintf("avc1.%02x%02x%02x", c[1], c[2], c[3]), true
}

// hevcTag follows ISO/IEC 14496-15 Annex E.3.
func hevcTag(fourcc string, c []byte) (string, bool) {
	if len(c) < 23 {
		return "", false
	}
	var sb strings.Builder
	sb.WriteString(fourcc + ".")
	if space := c[1] >> 6; space > 0 {
		sb.WriteByte('A' + space - 1)
	}
	tier := byte('L')
	if c[1]>>5&1 == 1 {
		tier = 'H'
	}
	fmt.Fprintf(&sb, "%d.%X.%c%d", c[1]&31, bits.Reverse32(be32(c[2:])), tier, c[12])
	last := 11
	for last >= 6 && c[last] == 0 {
		last--
	}
	for i := 6; i <= last; i++ {
		fmt.Fprintf(&sb, ".%X", c[i])
	}
	return sb.String(), true
}

// av1Tag follows AV1-ISOBMFF 5.
func av1Tag(c []byte) (string, bool) {
	if len(c) < 4 {
		return "", false
	}
	tier, depth := 'M', 8
	if c[2]>>7 == 1 {
		tier = 'H'
	}
	if c[2]>>6&1 == 1 {
		depth = 10
		if c[2]>>5&1 == 1 {
			depth = 12
		}
	}
	return fmt.Sprintf("av01.%d.%02d%c.%02d", c[1]>>5, c[1]&31, tier, depth), true
}

// esds reads the elementary stream descriptor (ISO/IEC 14496-1 7.2.6.5) far enough to tell AAC
// from MP3 and to take the AudioSpecificConfig.
func (t *Track) esds(b []byte) error {
	_, _, b, err := full(b)
	if err != nil {
		return err
	}
	tag, es, _ := descriptor(b)
	if tag != 3 || len(es) < 3 {
		return broken("sound description")
	}
	flags := es[2]
	es = es[3:]
	skip := 0
	if flags&0x80 != 0 {
		skip += 2
	}
	if flags&0x40 != 0 && len(es) > skip {
		skip += 1 + int(es[skip])
	}
	if flags&0x20 != 0 {
		skip += 2
	}
	if skip > len(es) {
		return broken("sound description")
	}
	tag, config, _ := descriptor(es[skip:])
	if tag != 4 || len(config) < 13 {
		return broken("sound description")
	}
	switch config[0] {
	case 0x40: // ISO/IEC 14496-3
	case 0x69, 0x6b:
		t.Codec, t.CodecTag, t.Name = MP3, fmt.Sprintf("mp4a.%02x", config[0]), "MP3"
		return nil
	case 0x66, 0x67, 0x68:
		t.Name = "MPEG-2 AAC"
		return nil
	default:
		t.Name = fmt.Sprintf("MPEG-4 sound of type 0x%02x", config[0])
		return nil
	}
	tag, asc, _ := descriptor(config[13:])
	if tag != 5 || len(asc) < 2 {
		return broken("AAC without configuration")
	}
	return t.aac(asc)
}

// descriptor splits one descriptor: tag, length in groups of 7 bits (at most four bytes), body.
func descriptor(b []byte) (tag byte, body, rest []byte) {
	if len(b) < 2 {
		return 0, nil, nil
	}
	tag, b = b[0], b[1:]
	n := 0
	for i := 0; i < 4; i++ {
		if len(b) == 0 {
			return 0, nil, nil
		}
		c := b[0]
		b = b[1:]
		n = n<<7 | int(c&0x7f)
		if c&0x80 == 0 {
			break
		}
	}
	n = min(n, len(b)) // some writers overstate the length; what is there counts
	return tag, b[:n], b[n:]
}

// aacRates are the sampling frequencies of ISO/IEC 14496-3 table 1.18.
var aacRates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// aac reads an AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1).
func (t *Track) aac(asc []byte) error {
	r := bitReader{b: asc}
	object := r.object()
	rate := r.rate()
	channels := int(r.bits(4))
	if object == 5 || object == 29 { // SBR, PS: the output rate follows
		rate = r.rate()
	}
	if r.short || rate == 0 {
		return broken("AAC without configuration")
	}
	switch object {
	case 2, 5, 29:
		t.Codec = av.AAC
	default: // Main, SSR, LTP, ELD, xHE: not in every browser
		t.Name = fmt.Sprintf("AAC of object type %d", object)
	}
	t.CodecTag = fmt.Sprintf("mp4a.40.%d", object)
	t.Config, t.SampleRate = append([]byte{}, asc...), rate
	if channels == 7 {
		channels = 8
	}
	if channels > 0 && channels <= 8 {
		t.Channels = channels // the sample entry's count is a template in QuickTime files
	}
	return nil
}

type bitReader struct {
	b     []byte
	at    int
	short bool
}

func (r *bitReader) bits(n int) uint32 {
	var v uint32
	for range n {
		if r.at/8 >= len(r.b) {
			r.short = true
			return 0
		}
		v = v<<1 | uint32(r.b[r.at/8]>>(7-r.at%8))&1
		r.at++
	}
	return v
}

func (r *bitReader) object() uint32 {
	if object := r.bits(5); object != 31 {
		return object
	}
	return 32 + r.bits(6)
}

func (r *bitReader) rate() int {
	index := r.bits(4)
	if index == 15 {
		return int(r.bits(24))
	}
	if int(index) >= len(aacRates) {
		return 0
	}
	return aacRates[index]
}
