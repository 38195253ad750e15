package codec

import "fmt"

// OBU types (AV1 bitstream specification 6.2.2).
const (
	obuSequenceHeader    = 1
	obuTemporalDelimiter = 2
	obuFrameHeader       = 3
	obuFrame             = 6
	// maxOBUs bounds the units of one temporal unit; 64 x 64 tiles in own tile groups would
	// be the format's limit and no encoder comes near.
	maxOBUs = 1024
)

// AV1C is a parsed AV1CodecConfigurationRecord (AV1 in ISOBMFF 2.3).
type AV1C struct {
	Profile, Level, Tier byte
	BitDepth             int
	Monochrome           bool
	Width, Height        int // maximum frame size of the sequence header
}

// Tag is the codec string of AV1 in ISOBMFF 5, e.g. av01.0.04M.08.
func (c AV1C) Tag() string {
	tier := byte('M')
	if c.Tier == 1 {
		tier = 'H'
	}
	return fmt.Sprintf("av01.%d.%02d%c.%02d", c.Profile, c.Level, tier, c.BitDepth)
}

// ParseAV1C reads av1C without box header. It must carry the sequence header: the picture size is
// nowhere else before the first frame.
func ParseAV1C(b []byte) (AV1C, error) {
	if len(b) < 4 || b[0] != 0x81 {
		return AV1C{}, malformed("av1C of %d bytes", len(b))
	}
	c := AV1C{Profile: b[1] >> 5, Level: b[1] & 0x1f, Tier: b[2] >> 7, BitDepth: 8, Monochrome: b[2]>>4&1 == 1}
	if b[2]>>6&1 == 1 {
		c.BitDepth = 10
		if b[2]>>5&1 == 1 {
			c.BitDepth = 12
		}
	}
	obus, err := splitOBUs(b[4:])
	if err != nil {
		return AV1C{}, err
	}
	for _, o := range obus {
		if o.kind != obuSequenceHeader {
			continue
		}
		if c.Width, c.Height, err = av1PictureSize(o.payload); err != nil {
			return AV1C{}, err
		}
		return c, nil
	}
	return AV1C{}, malformed("av1C without sequence header")
}

type obu struct {
	kind    byte
	whole   []byte
	payload []byte
}

// splitOBUs cuts low-overhead units (AV1 specification 5.3). A unit without size field takes the rest.
func splitOBUs(data []byte) ([]obu, error) {
	var out []obu
	for len(data) > 0 {
		if len(out) == maxOBUs {
			return nil, malformed("more than %d OBUs", maxOBUs)
		}
		head := data[0]
		if head&0x80 != 0 {
			return nil, malformed("OBU forbidden bit")
		}
		at := 1
		if head&4 != 0 {
			at++
		}
		if at > len(data) {
			return nil, malformed("OBU header cut short")
		}
		size := len(data) - at
		if head&2 != 0 {
			n, used, ok := leb128(data[at:])
			if !ok || n > uint64(len(data)-at-used) {
				return nil, malformed("OBU size with %d bytes left", len(data)-at)
			}
			at += used
			size = int(n)
		}
		end := at + size
		out = append(out, obu{kind: head >> 3 & 15, whole: data[:end:end], payload: data[at:end:end]})
		data = data[end:]
	}
	return out, nil
}

func leb128(b []byte) (v uint64, used int, ok bool) {
	for i := 0; i < 8 && i < len(b); i++ {
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return v, i + 1, true
		}
	}
	return 0, 0, false
}

// av1PictureSize reads a sequence header up to the frame size (AV1 specification 5.5.1).
func av1PictureSize(payload []byte) (width, height int, err error) {
	r := &bitReader{data: payload}
	r.skip(3 + 1) // seq_profile, still_picture
	if r.flag() { // reduced_still_picture_header
		r.skip(5)
	} else {
		skipOperatingPoints(r)
	}
	wBits, hBits := int(r.u(4))+1, int(r.u(4))+1
	width, height = int(r.u(wBits))+1, int(r.u(hBits))+1
	if r.over {
		return 0, 0, malformed("sequence header ends early")
	}
	if width > maxDimension || height > maxDimension {
		return 0, 0, malformed("picture of %d x %d", width, height)
	}
	return width, height, nil
}

func skipOperatingPoints(r *bitReader) {
	decoderModel, delayBits := false, 0
	if r.flag() { // timing_info_present_flag
		r.skip(64)
		if r.flag() { // equal_picture_interval
			zeros := 0
			for !r.flag() && !r.over && zeros < 32 {
				zeros++
			}
			if zeros < 32 {
				r.skip(zeros)
			}
		}
		if decoderModel = r.flag(); decoderModel {
			delayBits = int(r.u(5)) + 1
			r.skip(32 + 5 + 5)
		}
	}
	displayDelay := r.flag()
	for points := int(r.u(5)) + 1; points > 0; points-- {
		r.skip(12)
		if r.u(5) > 7 {
			r.skip(1) // seq_tier
		}
		if decoderModel && r.flag() {
			r.skip(2*delayBits + 1)
		}
		if displayDelay && r.flag() {
			r.skip(4)
		}
	}
}

// AV1IsKey reports whether the first frame of a temporal unit is a shown key frame.
func AV1IsKey(data []byte) bool {
	obus, err := splitOBUs(data)
	if err != nil {
		return false
	}
	for _, o := range obus {
		if (o.kind == obuFrame || o.kind == obuFrameHeader) && len(o.payload) > 0 {
			// show_existing_frame 0, frame_type 00 (KEY_FRAME), show_frame 1
			return o.payload[0]&0xf0 == 0x10
		}
	}
	return false
}

// AV1Sample checks a temporal unit and returns it without temporal delimiters, which samples must
// not hold (AV1 in ISOBMFF 2.4); a copy only when one was there.
func AV1Sample(data []byte) ([]byte, error) {
	obus, err := splitOBUs(data)
	if err != nil {
		return nil, err
	}
	delimiters := 0
	for _, o := range obus {
		if o.kind == obuTemporalDelimiter {
			delimiters++
		}
	}
	if delimiters == 0 {
		return data, nil
	}
	out := make([]byte, 0, len(data))
	for _, o := range obus {
		if o.kind != obuTemporalDelimiter {
			out = append(out, o.whole...)
		}
	}
	return out, nil
}
