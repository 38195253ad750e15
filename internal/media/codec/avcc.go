package codec

import (
	"bytes"
	"encoding/binary"
)

// AVCC is a parsed AVCDecoderConfigurationRecord (ISO/IEC 14496-15 5.3.3.1).
type AVCC struct {
	Profile, Constraints, Level byte
	LengthSize                  int // bytes of a NAL length: 1, 2 or 4
	SPS, PPS                    [][]byte
}

// ParseAVCC reads avcC without box header. At least one SPS and one PPS are required: without
// them nothing can be decoded.
func ParseAVCC(b []byte) (AVCC, error) {
	if len(b) < 7 {
		return AVCC{}, malformed("avcC of %d bytes", len(b))
	}
	if b[0] != 1 {
		return AVCC{}, malformed("avcC version %d", b[0])
	}
	c := AVCC{Profile: b[1], Constraints: b[2], Level: b[3], LengthSize: int(b[4]&3) + 1}
	if c.LengthSize == 3 {
		return AVCC{}, malformed("avcC with 3-byte NAL lengths")
	}
	rest := b[5:]
	var err error
	if c.SPS, rest, err = parameterSets(rest, 0x1f, h264SPS); err != nil {
		return AVCC{}, err
	}
	if c.PPS, _, err = parameterSets(rest, 0xff, h264PPS); err != nil {
		return AVCC{}, err
	}
	if len(c.SPS) == 0 || len(c.PPS) == 0 {
		return AVCC{}, malformed("avcC with %d SPS and %d PPS", len(c.SPS), len(c.PPS))
	}
	return c, nil
}

func parameterSets(b []byte, countMask, nalType byte) (sets [][]byte, rest []byte, err error) {
	if len(b) < 1 {
		return nil, nil, malformed("avcC ends before its parameter set count")
	}
	count := int(b[0] & countMask)
	b = b[1:]
	for i := 0; i < count; i++ {
		if len(b) < 2 {
			return nil, nil, malformed("avcC ends in a parameter set length")
		}
		n := int(binary.BigEndian.Uint16(b))
		if n < 1 || n > maxParameterSet || n > len(b)-2 {
			return nil, nil, malformed("parameter set of %d bytes with %d left", n, len(b)-2)
		}
		if b[2]&0x1f != nalType {
			return nil, nil, malformed("NAL type %d among type %d", b[2]&0x1f, nalType)
		}
		sets = append(sets, b[2:2+n:2+n])
		b = b[2+n:]
	}
	return sets, b, nil
}

// BuildAVCC makes avcC with 4-byte lengths out of parameter sets, as a WHIP ingest needs from
// in-band units. Repeated sets are stored once. Limits: 31 SPS, 255 PPS.
func BuildAVCC(sps, pps [][]byte) ([]byte, error) {
	sps, pps = distinct(sps), distinct(pps)
	if len(sps) == 0 || len(sps) > 31 || len(pps) == 0 || len(pps) > 255 {
		return nil, malformed("avcC out of %d SPS and %d PPS", len(sps), len(pps))
	}
	first, err := ParseH264SPS(sps[0])
	if err != nil {
		return nil, err
	}
	out := []byte{1, first.Profile, first.Constraints, first.Level, 0xff, 0xe0 | byte(len(sps))}
	if out, err = appendSets(out, sps, h264SPS); err != nil {
		return nil, err
	}
	out = append(out, byte(len(pps)))
	if out, err = appendSets(out, pps, h264PPS); err != nil {
		return nil, err
	}
	switch first.Profile {
	case 66, 77, 88: // these records end here
	default:
		out = append(out, 0xfc|first.ChromaFormat, 0xf8|(first.BitDepthLuma-8), 0xf8|(first.BitDepthChroma-8), 0)
	}
	return out, nil
}

func appendSets(out []byte, sets [][]byte, nalType byte) ([]byte, error) {
	for _, s := range sets {
		if len(s) == 0 || len(s) > maxParameterSet || s[0]&0x1f != nalType {
			return nil, malformed("parameter set of %d bytes", len(s))
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(s)))
		out = append(out, s...)
	}
	return out, nil
}

// distinct drops repeated sets. It gives up beyond MaxNALs so that hostile input cannot make the
// quadratic search long.
func distinct(sets [][]byte) [][]byte {
	if len(sets) > MaxNALs {
		return nil
	}
	var out [][]byte
next:
	for _, s := range sets {
		for _, o := range out {
			if bytes.Equal(s, o) {
				continue next
			}
		}
		out = append(out, s)
	}
	return out
}
