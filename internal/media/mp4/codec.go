package mp4

import (
	"fmt"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

// picture reads a picture track's decoder configuration.
func (t *Track) picture(c av.Codec) error {
	t.Codec = c
	var err error
	switch c {
	case av.H264:
		var rec codec.AVCC
		if rec, err = codec.ParseAVCC(t.Config); err == nil {
			t.CodecTag = fmt.Sprintf("avc1.%02x%02x%02x", rec.Profile, rec.Constraints, rec.Level)
			t.LengthSize = rec.LengthSize
			// Nobody decodes a picture whose parameter set cannot be read, or has no size.
			_, err = codec.ParseH264SPS(rec.SPS[0])
		}
	case av.HEVC:
		var rec codec.HVCC
		if rec, err = codec.ParseHVCC(t.Config); err == nil {
			t.CodecTag, t.LengthSize = rec.Tag(), rec.LengthSize
		}
	case av.AV1:
		var rec codec.AV1C
		if rec, err = codec.ParseAV1C(t.Config); err == nil {
			t.CodecTag = rec.Tag()
		}
	}
	if err == nil && t.Width > 0 && t.Height > 0 {
		return nil
	}
	if t.FourCC == "avc3" || t.FourCC == "hev1" || c == av.AV1 {
		// Parameter sets inside the samples are legal here, but players need them beforehand.
		t.Codec, t.Name = "", t.Name+" without parameter sets in its header"
		return nil
	}
	return broken(t.Name + " without configuration")
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

// aac reads an AudioSpecificConfig. AAC-LC and HE-AAC play everywhere; Main, LTP, ELD and xHE do not.
func (t *Track) aac(asc []byte) error {
	c, err := codec.ParseASC(asc)
	if err != nil || c.SampleRate() == 0 {
		return broken("AAC without configuration")
	}
	t.CodecTag = c.Tag()
	switch t.CodecTag {
	case "mp4a.40.2", "mp4a.40.5", "mp4a.40.29":
		t.Codec = av.AAC
	default:
		t.Name = fmt.Sprintf("AAC of object type %d", c.ObjectType)
	}
	t.Config, t.SampleRate = append([]byte{}, asc...), c.SampleRate()
	if c.Channels > 0 {
		t.Channels = c.Channels // the sample entry's count is a template in QuickTime files
	}
	return nil
}
