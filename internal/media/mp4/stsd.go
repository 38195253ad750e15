package mp4

import (
	"math"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

// names gives the codecs uploads come in the name people know; the fourcc stands in for others.
var names = map[string]string{
	"avc1": "H.264", "avc3": "H.264", "hvc1": "HEVC", "hev1": "HEVC", "dvh1": "Dolby Vision", "dvhe": "Dolby Vision",
	"av01": "AV1", "vp08": "VP8", "vp09": "VP9", "vvc1": "VVC", "vvi1": "VVC", "mp4v": "MPEG-4 Part 2",
	"s263": "H.263", "h263": "H.263", "jpeg": "Motion JPEG", "mjpa": "Motion JPEG", "mjpb": "Motion JPEG",
	"apco": "ProRes", "apcs": "ProRes", "apcn": "ProRes", "apch": "ProRes", "ap4h": "ProRes", "ap4x": "ProRes",
	"encv": "encrypted video", "enca": "encrypted sound",
	"mp4a": "AAC", "Opus": "Opus", ".mp3": "MP3", "ac-3": "Dolby Digital", "ec-3": "Dolby Digital Plus",
	"ac-4": "Dolby AC-4", "alac": "Apple Lossless", "fLaC": "FLAC", "samr": "AMR", "sawb": "AMR", "apac": "Apple spatial audio",
	"sowt": "PCM", "twos": "PCM", "lpcm": "PCM", "ipcm": "PCM", "fpcm": "PCM", "in24": "PCM", "in32": "PCM",
	"fl32": "PCM", "fl64": "PCM", "raw ": "PCM", "ulaw": "G.711", "alaw": "G.711",
}

// stsd takes the first sample entry. Others are noted through stsc (see Track.mixed).
func (t *Track) stsd(b []byte) error {
	_, _, b, err := full(b)
	if err != nil || len(b) < 4 {
		return broken("a track without description")
	}
	return children(b[4:], func(kind string, body, whole []byte) error {
		if t.FourCC != "" {
			return nil
		}
		if len(whole) > maxEntryBytes {
			return broken("a sample entry is too large")
		}
		t.FourCC, t.Name = kind, names[kind]
		if t.Name == "" {
			t.Name = "“" + printable(kind) + "”"
		}
		t.Entry = append([]byte(nil), whole...)
		if t.Video {
			return t.visual(body)
		}
		return t.sound(body)
	})
}

// visual reads a VisualSampleEntry (ISO/IEC 14496-12 12.1.3).
func (t *Track) visual(b []byte) error {
	if len(b) < 78 {
		return broken("a picture description is short")
	}
	t.Width, t.Height = int(be16(b[24:])), int(be16(b[26:]))
	want := map[string]string{"avc1": "avcC", "avc3": "avcC", "hvc1": "hvcC", "hev1": "hvcC", "av01": "av1C"}[t.FourCC]
	if want == "" {
		return nil
	}
	err := children(b[78:], func(kind string, body, _ []byte) error {
		if kind == want && t.Config == nil {
			t.Config = append([]byte{}, body...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.picture(map[string]av.Codec{"avcC": av.H264, "hvcC": av.HEVC, "av1C": av.AV1}[want])
}

// sound reads an AudioSampleEntry (12.2.3) or a QuickTime sound description of version 0 to 2.
func (t *Track) sound(b []byte) error {
	if len(b) < 28 {
		return broken("a sound description is short")
	}
	t.Channels, t.SampleRate = int(be16(b[16:])), int(be32(b[24:])>>16)
	at := 28
	switch version := be16(b[8:]); {
	case version == 1 && !startsBox(b[28:]) && len(b) >= 44:
		at = 44
	case version == 2 && len(b) >= 64:
		at = 64
		if rate := math.Float64frombits(be64(b[32:])); rate > 0 && rate < 1e6 {
			t.SampleRate = int(rate)
		}
		t.Channels = int(min(be32(b[40:]), 255))
	}
	return t.soundBoxes(b[at:], 0)
}

// startsBox reports whether b begins with a plausible box: ISO files may use entry version 1
// without QuickTime's extra fields.
func startsBox(b []byte) bool {
	kind, size, _, ok := header(b)
	return ok && size >= 8 && size <= int64(len(b)) && printable(kind) == kind
}

// soundBoxes finds the decoder configuration; QuickTime wraps it in "wave" (one level).
func (t *Track) soundBoxes(b []byte, depth int) error {
	switch t.FourCC {
	case ".mp3", "ms\x00\x55":
		t.Codec, t.CodecTag, t.Name = MP3, "mp3", "MP3"
		return nil
	case "mp4a", "Opus":
	default:
		return nil
	}
	err := children(b, func(kind string, body, _ []byte) error {
		switch {
		case kind == "wave" && depth == 0:
			return t.soundBoxes(body, 1)
		case kind == "esds" && t.FourCC == "mp4a":
			return t.esds(body)
		case kind == "dOps":
			rec, err := codec.ParseDOps(body)
			if err != nil {
				return broken("Opus without configuration")
			}
			t.Codec, t.CodecTag = av.Opus, "Opus"
			t.Config, t.Channels, t.SampleRate = append([]byte{}, body...), rec.Channels, codec.OpusRate
		}
		return nil
	})
	if err == nil && depth == 0 && t.Config == nil && t.Codec != MP3 && t.Name == names[t.FourCC] {
		return broken(t.Name + " without configuration")
	}
	return err
}
