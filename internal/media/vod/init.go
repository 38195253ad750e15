package vod

import (
	"encoding/binary"
	"slices"

	"github.com/hawker-live/hawker/internal/media/cmaf"
	"github.com/hawker-live/hawker/internal/media/mp4"
)

// outOfBand renames sample entries that allow parameter sets in the samples too. The ones in the
// entry are complete (mp4 refuses others), CODECS names this form, and Safari takes no other for HEVC.
var outOfBand = map[string]string{"avc3": "avc1", "hev1": "hvc1"}

// buildInit is cmaf's init segment with what only an upload has: the picture's rotation and
// displayed size, and its sample entry as stored, which carries pixel aspect and colour (pasp, colr).
func (s *Stream) buildInit() ([]byte, error) {
	headers, entries := 0, 0 // the picture comes first
	return mp4.Rewrite(cmaf.Init(s.tracks()), func(kind string, body []byte) (string, []byte, error) {
		switch kind {
		case "tkhd":
			if headers++; headers == 1 {
				body = s.turn(slices.Clone(body))
			}
		case "stsd":
			if entries++; entries == 1 {
				body = append(slices.Clone(body[:8]), s.video.Entry...)
				if kind, ok := outOfBand[s.video.FourCC]; ok {
					copy(body[12:], kind)
				}
			}
		}
		return kind, body, nil
	})
}

// turn writes matrix, width and height into a version 0 track header (ISO/IEC 14496-12 8.3.2).
func (s *Stream) turn(tkhd []byte) []byte {
	const matrix, size = 40, 76
	for i, v := range s.video.Matrix {
		binary.BigEndian.PutUint32(tkhd[matrix+4*i:], uint32(v))
	}
	w, h := s.video.DisplayWidth, s.video.DisplayHeight
	if s.video.Rotation%180 != 0 {
		w, h = h, w // stored before the turn
	}
	binary.BigEndian.PutUint32(tkhd[size:], uint32(w)<<16)
	binary.BigEndian.PutUint32(tkhd[size+4:], uint32(h)<<16)
	return tkhd
}
