package codec

import "fmt"

// H.264 NAL unit types (ITU-T H.264 table 7-1).
const (
	h264IDR = 5
	h264SPS = 7
	h264PPS = 8
)

// H264SPS is what a sequence parameter set says about the picture.
type H264SPS struct {
	Profile, Constraints, Level byte
	ChromaFormat                byte // 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4
	BitDepthLuma                byte
	BitDepthChroma              byte
	Width, Height               int     // pixels after cropping
	FPS                         float64 // from VUI timing; 0 when not told
}

// Tag is the RFC 6381 string, e.g. avc1.64001f.
func (s H264SPS) Tag() string {
	return fmt.Sprintf("avc1.%02x%02x%02x", s.Profile, s.Constraints, s.Level)
}

// H264IsIDR reports whether units hold an instantaneous decoder refresh picture. Recovery points
// without IDR do not count: a segment may only start where every player can.
func H264IsIDR(nals [][]byte) bool {
	for _, n := range nals {
		if len(n) > 0 && n[0]&0x1f == h264IDR {
			return true
		}
	}
	return false
}

// H264ParameterSets picks the sequence and picture parameter sets out of in-band units.
func H264ParameterSets(nals [][]byte) (sps, pps [][]byte) {
	for _, n := range nals {
		if len(n) == 0 {
			continue
		}
		switch n[0] & 0x1f {
		case h264SPS:
			sps = append(sps, n)
		case h264PPS:
			pps = append(pps, n)
		}
	}
	return sps, pps
}

// hasChromaInfo lists the profiles whose SPS carries chroma format and bit depth
// (ITU-T H.264 7.3.2.1.1).
func hasChromaInfo(profile byte) bool {
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}

// ParseH264SPS reads a sequence parameter set NAL, header byte included (ITU-T H.264 7.3.2.1.1).
func ParseH264SPS(nal []byte) (H264SPS, error) {
	if len(nal) < 4 || len(nal) > maxParameterSet {
		return H264SPS{}, malformed("SPS of %d bytes", len(nal))
	}
	if nal[0]&0x1f != h264SPS {
		return H264SPS{}, malformed("NAL type %d is not an SPS", nal[0]&0x1f)
	}
	r := &bitReader{data: unescape(nal[1:])}
	s := H264SPS{
		Profile: byte(r.u(8)), Constraints: byte(r.u(8)), Level: byte(r.u(8)),
		ChromaFormat: 1, BitDepthLuma: 8, BitDepthChroma: 8,
	}
	r.ue() // seq_parameter_set_id
	separatePlanes := false
	if hasChromaInfo(s.Profile) {
		chroma := r.ue()
		if chroma > 3 {
			return H264SPS{}, malformed("chroma_format_idc %d", chroma)
		}
		s.ChromaFormat = byte(chroma)
		if chroma == 3 {
			separatePlanes = r.flag()
		}
		luma, chromaDepth := r.ue(), r.ue()
		if luma > 6 || chromaDepth > 6 {
			return H264SPS{}, malformed("bit depth %d/%d", luma+8, chromaDepth+8)
		}
		s.BitDepthLuma, s.BitDepthChroma = byte(luma+8), byte(chromaDepth+8)
		r.skip(1) // qpprime_y_zero_transform_bypass_flag
		if r.flag() {
			skipScalingLists(r, chroma == 3)
		}
	}
	r.ue() // log2_max_frame_num_minus4
	skipPictureOrder(r)
	r.ue()    // max_num_ref_frames
	r.skip(1) // gaps_in_frame_num_value_allowed_flag
	mbWidth, mapHeight := int64(r.ue())+1, int64(r.ue())+1
	frameOnly := int64(r.u(1))
	if frameOnly == 0 {
		r.skip(1) // mb_adaptive_frame_field_flag
	}
	r.skip(1) // direct_8x8_inference_flag
	width, height := mbWidth*16, mapHeight*16*(2-frameOnly)
	if r.flag() {
		unitX, unitY := int64(1), 2-frameOnly
		if !separatePlanes && s.ChromaFormat != 0 {
			if s.ChromaFormat < 3 {
				unitX = 2
			}
			if s.ChromaFormat == 1 {
				unitY *= 2
			}
		}
		left, right, top, bottom := int64(r.ue()), int64(r.ue()), int64(r.ue()), int64(r.ue())
		width -= (left + right) * unitX
		height -= (top + bottom) * unitY
	}
	vui := r.flag()
	if r.over {
		return H264SPS{}, malformed("SPS ends early")
	}
	if width < 1 || height < 1 || width > maxDimension || height > maxDimension {
		return H264SPS{}, malformed("picture of %d x %d", width, height)
	}
	s.Width, s.Height = int(width), int(height)
	if vui {
		s.FPS = vuiFrameRate(r)
	}
	return s, nil
}

func skipScalingLists(r *bitReader, full bool) {
	lists := 8
	if full {
		lists = 12
	}
	for i := 0; i < lists; i++ {
		if !r.flag() {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		last, next := int32(8), int32(8)
		for j := 0; j < size && !r.over; j++ {
			if next != 0 {
				next = (last + r.se()) & 0xff
			}
			if next != 0 {
				last = next
			}
		}
	}
}

func skipPictureOrder(r *bitReader) {
	switch r.ue() {
	case 0:
		r.ue() // log2_max_pic_order_cnt_lsb_minus4
	case 1:
		r.skip(1) // delta_pic_order_always_zero_flag
		r.se()    // offset_for_non_ref_pic
		r.se()    // offset_for_top_to_bottom_field
		cycle := r.ue()
		if cycle > 255 {
			r.over = true
			return
		}
		for i := uint32(0); i < cycle && !r.over; i++ {
			r.se()
		}
	}
}

// vuiFrameRate reads VUI up to timing (ITU-T H.264 E.1.1). A VUI cut short is no reason to refuse
// a stream whose size is known, so it only means "rate not told".
func vuiFrameRate(r *bitReader) float64 {
	if r.flag() && r.u(8) == 255 { // aspect_ratio_idc Extended_SAR
		r.skip(32)
	}
	if r.flag() { // overscan_info_present_flag
		r.skip(1)
	}
	if r.flag() { // video_signal_type_present_flag
		r.skip(4)
		if r.flag() {
			r.skip(24)
		}
	}
	if r.flag() { // chroma_loc_info_present_flag
		r.ue()
		r.ue()
	}
	if !r.flag() {
		return 0
	}
	units, scale := r.u(32), r.u(32)
	if r.over || units == 0 || scale == 0 {
		return 0
	}
	return float64(scale) / (2 * float64(units))
}
