package codec

import (
	"bytes"

	"github.com/hawker-live/hawker/internal/media/av"
)

// maxConfig bounds a decoder configuration in bytes; real ones stay under 1 KiB.
const maxConfig = 64 << 10

// Track describes an elementary stream from its configuration bytes, which are copied. For H.264
// and HEVC the copy announces 4-byte NAL lengths whatever the source used: pass samples through
// NormaliseLengths with the source's LengthSize. Opus takes dOps or OpusHead and keeps dOps.
func Track(c av.Codec, config []byte, timescale uint32) (av.Track, error) {
	if len(config) > maxConfig {
		return av.Track{}, malformed("%s configuration of %d bytes", c, len(config))
	}
	t := av.Track{ID: av.AudioID, Codec: c, Timescale: timescale, Config: bytes.Clone(config)}
	if c.Video() {
		t.ID = av.VideoID
	}
	switch c {
	case av.H264:
		rec, err := ParseAVCC(config)
		if err != nil {
			return av.Track{}, err
		}
		sps, err := ParseH264SPS(rec.SPS[0])
		if err != nil {
			return av.Track{}, err
		}
		t.Config[4] |= 3
		t.CodecTag, t.Width, t.Height = sps.Tag(), sps.Width, sps.Height
	case av.HEVC:
		rec, err := ParseHVCC(config)
		if err != nil {
			return av.Track{}, err
		}
		t.Config[21] |= 3
		t.CodecTag, t.Width, t.Height = rec.Tag(), rec.Width, rec.Height
	case av.AV1:
		rec, err := ParseAV1C(config)
		if err != nil {
			return av.Track{}, err
		}
		t.CodecTag, t.Width, t.Height = rec.Tag(), rec.Width, rec.Height
	case av.AAC:
		asc, err := ParseASC(config)
		if err != nil {
			return av.Track{}, err
		}
		t.CodecTag, t.SampleRate, t.Channels = asc.Tag(), asc.SampleRate(), asc.Channels
	case av.Opus:
		parse := ParseDOps
		if bytes.HasPrefix(config, opusMagic) {
			parse = ParseOpusHead
		}
		rec, err := parse(config)
		if err != nil {
			return av.Track{}, err
		}
		t.Config = rec.DOps()
		t.CodecTag, t.SampleRate, t.Channels = "Opus", OpusRate, rec.Channels
	default:
		return av.Track{}, malformed("unknown codec %q", c)
	}
	return t, nil
}

// IsKey reports whether a sample is a random access point. H.264 and HEVC data carries 4-byte
// lengths; torn data is never a key. Audio always is.
func IsKey(c av.Codec, data []byte) bool {
	switch c {
	case av.H264:
		nals, err := SplitAVCC(data)
		return err == nil && H264IsIDR(nals)
	case av.HEVC:
		nals, err := SplitAVCC(data)
		return err == nil && HEVCIsIRAP(nals)
	case av.AV1:
		return AV1IsKey(data)
	}
	return true
}
