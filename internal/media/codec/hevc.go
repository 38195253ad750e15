package codec

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
)

const (
	hevcSPS       = 33
	hevcFirstIRAP = 16 // BLA_W_LP
	hevcLastIRAP  = 23 // RSV_IRAP_VCL23
	hvccHeader    = 23
)

// HVCC is the part of an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 8.3.3.1) that sample
// entries and playlists need.
type HVCC struct {
	ProfileSpace  byte // 0-3
	Tier          byte // 0 main, 1 high
	Profile       byte
	Compatibility uint32
	Constraints   [6]byte
	Level         byte // 30 times the level number
	LengthSize    int
	Width, Height int // pixels after the conformance window, from the first SPS
}

// Tag is the codec string of ISO/IEC 14496-15 annex E.3, e.g. hvc1.1.6.L93.b0.
func (c HVCC) Tag() string {
	var s strings.Builder
	s.WriteString("hvc1.")
	if c.ProfileSpace > 0 {
		s.WriteByte('A' + c.ProfileSpace - 1)
	}
	tier := byte('L')
	if c.Tier == 1 {
		tier = 'H'
	}
	fmt.Fprintf(&s, "%d.%x.%c%d", c.Profile, bits.Reverse32(c.Compatibility), tier, c.Level)
	last := len(c.Constraints)
	for last > 0 && c.Constraints[last-1] == 0 {
		last--
	}
	for _, b := range c.Constraints[:last] {
		fmt.Fprintf(&s, ".%x", b)
	}
	return s.String()
}

// ParseHVCC reads hvcC without box header. An SPS must be inside.
func ParseHVCC(b []byte) (HVCC, error) {
	if len(b) < hvccHeader {
		return HVCC{}, malformed("hvcC of %d bytes", len(b))
	}
	// Version 0 is written by encoders that followed drafts; its layout is the same.
	if b[0] > 1 {
		return HVCC{}, malformed("hvcC version %d", b[0])
	}
	c := HVCC{
		ProfileSpace: b[1] >> 6, Tier: b[1] >> 5 & 1, Profile: b[1] & 0x1f,
		Compatibility: binary.BigEndian.Uint32(b[2:]), Level: b[12], LengthSize: int(b[21]&3) + 1,
	}
	copy(c.Constraints[:], b[6:12])
	if c.LengthSize == 3 {
		return HVCC{}, malformed("hvcC with 3-byte NAL lengths")
	}
	total := 0
	rest := b[hvccHeader:]
	for arrays := int(b[22]); arrays > 0; arrays-- {
		if len(rest) < 3 {
			return HVCC{}, malformed("hvcC ends in an array header")
		}
		nalType, count := rest[0]&0x3f, int(binary.BigEndian.Uint16(rest[1:]))
		rest = rest[3:]
		if total += count; total > MaxNALs {
			return HVCC{}, malformed("hvcC with more than %d units", MaxNALs)
		}
		for i := 0; i < count; i++ {
			if len(rest) < 2 {
				return HVCC{}, malformed("hvcC ends in a unit length")
			}
			n := int(binary.BigEndian.Uint16(rest))
			if n > len(rest)-2 {
				return HVCC{}, malformed("hvcC unit of %d bytes with %d left", n, len(rest)-2)
			}
			if nalType == hevcSPS && c.Width == 0 {
				var err error
				if c.Width, c.Height, err = hevcPictureSize(rest[2 : 2+n]); err != nil {
					return HVCC{}, err
				}
			}
			rest = rest[2+n:]
		}
	}
	if c.Width == 0 {
		return HVCC{}, malformed("hvcC without SPS")
	}
	return c, nil
}

// hevcPictureSize reads an SPS up to its conformance window (ITU-T H.265 7.3.2.2.1).
func hevcPictureSize(nal []byte) (width, height int, err error) {
	if len(nal) < 3 || len(nal) > maxParameterSet {
		return 0, 0, malformed("HEVC SPS of %d bytes", len(nal))
	}
	r := &bitReader{data: unescape(nal[2:])}
	r.skip(4) // sps_video_parameter_set_id
	subLayers := int(r.u(3))
	r.skip(1)
	skipProfileTierLevel(r, subLayers)
	r.ue() // sps_seq_parameter_set_id
	chroma := r.ue()
	if chroma > 3 {
		return 0, 0, malformed("chroma_format_idc %d", chroma)
	}
	separate := chroma == 3 && r.flag()
	w, h := int64(r.ue()), int64(r.ue())
	if r.flag() {
		unitX, unitY := int64(1), int64(1)
		if !separate && (chroma == 1 || chroma == 2) {
			unitX = 2
		}
		if chroma == 1 {
			unitY = 2
		}
		left, right, top, bottom := int64(r.ue()), int64(r.ue()), int64(r.ue()), int64(r.ue())
		w -= (left + right) * unitX
		h -= (top + bottom) * unitY
	}
	if r.over {
		return 0, 0, malformed("HEVC SPS ends early")
	}
	if w < 1 || h < 1 || w > maxDimension || h > maxDimension {
		return 0, 0, malformed("picture of %d x %d", w, h)
	}
	return int(w), int(h), nil
}

func skipProfileTierLevel(r *bitReader, subLayers int) {
	r.skip(88 + 8)
	if subLayers == 0 {
		return
	}
	flags := r.u(16) // two flags for each of up to 8 layers, padded to 16 bits
	for i := 0; i < subLayers; i++ {
		if flags>>(15-2*i)&1 == 1 {
			r.skip(88)
		}
		if flags>>(14-2*i)&1 == 1 {
			r.skip(8)
		}
	}
}

// HEVCIsIRAP reports whether units hold an intra random access point picture (ITU-T H.265 3.69).
func HEVCIsIRAP(nals [][]byte) bool {
	for _, n := range nals {
		if len(n) < 2 {
			continue
		}
		if t := n[0] >> 1 & 0x3f; t >= hevcFirstIRAP && t <= hevcLastIRAP {
			return true
		}
	}
	return false
}
