package rtmp

import (
	"encoding/binary"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
)

// tagKind is what an FLV tag body carries.
type tagKind byte

const (
	tagIgnored tagKind = iota // commands, metadata, end of sequence
	tagConfig
	tagFrames
)

// tag is an FLV audio or video tag body, taken apart (FLV specification E.4.2, E.4.3 and
// enhanced RTMP). data aliases the message.
type tag struct {
	kind  tagKind
	codec av.Codec
	cts   int32 // ms
	data  []byte
}

const (
	flvAVC        = 7
	flvHEVC       = 12 // never standard, sent by many encoders made before enhanced RTMP
	flvAAC        = 10
	flvExAudio    = 9
	flvCommand    = 5 // video frame type
	exVideoFlag   = 0x80
	exStart       = 0
	exFrames      = 1
	exEnd         = 2
	exFramesX     = 3 // video only
	exMetadata    = 4 // video; for audio the channel layout
	exMPEG2TS     = 5 // video only
	exAudioMulti  = 5
	exVideoMulti  = 6
	exModifier    = 7
	maxExModifier = 8 // modifiers before one packet; one is defined so far
)

func malformedTag(what string) error {
	return errs.New(errs.Invalid, "rtmp_malformed", "the encoder sent a %s we cannot read", what)
}

func multitrack() error {
	return errs.New(errs.Unsupported, "rtmp_multitrack", "multitrack streams are not taken; send one picture and one sound")
}

func parseVideoTag(b []byte) (tag, error) {
	if len(b) == 0 {
		return tag{}, nil
	}
	if b[0]&exVideoFlag != 0 {
		return parseExVideo(b)
	}
	if b[0]>>4 == flvCommand {
		return tag{}, nil
	}
	t := tag{codec: av.H264}
	switch b[0] & 15 {
	case flvAVC:
	case flvHEVC:
		t.codec = av.HEVC
	default:
		return tag{}, errs.New(errs.Unsupported, "rtmp_video_codec", "video codec %d is not taken; set the encoder to H.264", b[0]&15)
	}
	if len(b) < 5 {
		return tag{}, malformedTag("video tag")
	}
	t.cts, t.data = int24(b[2:]), b[5:]
	switch b[1] {
	case 0:
		t.kind = tagConfig
	case 1:
		t.kind = tagFrames
	}
	return t, nil
}

func parseExVideo(b []byte) (tag, error) {
	if b[0]>>4&7 == flvCommand {
		return tag{}, nil
	}
	packet, b, err := skipModifiers(b[0]&15, b[1:])
	if err != nil {
		return tag{}, err
	}
	if packet == exVideoMulti {
		return tag{}, multitrack()
	}
	if len(b) < 4 {
		return tag{}, malformedTag("video tag")
	}
	t := tag{data: b[4:]}
	switch fourCC := string(b[:4]); fourCC {
	case "avc1":
		t.codec = av.H264
	case "hvc1":
		t.codec = av.HEVC
	case "av01":
		t.codec = av.AV1
	default:
		return tag{}, errs.New(errs.Unsupported, "rtmp_video_codec", "video codec %q is not taken; set the encoder to H.264, HEVC or AV1", fourCC)
	}
	switch packet {
	case exStart:
		t.kind = tagConfig
	case exFramesX:
		t.kind = tagFrames
	case exFrames:
		t.kind = tagFrames
		if t.codec == av.AV1 {
			break // no composition time: AV1 has no reordering between temporal units
		}
		if len(t.data) < 3 {
			return tag{}, malformedTag("video tag")
		}
		t.cts, t.data = int24(t.data), t.data[3:]
	case exMPEG2TS:
		return tag{}, errs.New(errs.Unsupported, "rtmp_video_codec", "AV1 in MPEG-2 TS form is not taken")
	case exEnd, exMetadata:
	default:
		return tag{}, malformedTag("video packet type")
	}
	return t, nil
}

func parseAudioTag(b []byte) (tag, error) {
	if len(b) == 0 {
		return tag{}, nil
	}
	switch b[0] >> 4 {
	case flvExAudio:
		return parseExAudio(b)
	case flvAAC:
	default:
		return tag{}, errs.New(errs.Unsupported, "rtmp_audio_codec", "audio codec %d is not taken; set the encoder to AAC", b[0]>>4)
	}
	if len(b) < 2 {
		return tag{}, malformedTag("audio tag")
	}
	t := tag{codec: av.AAC, data: b[2:]}
	switch b[1] {
	case 0:
		t.kind = tagConfig
	case 1:
		t.kind = tagFrames
	}
	return t, nil
}

func parseExAudio(b []byte) (tag, error) {
	packet, b, err := skipModifiers(b[0]&15, b[1:])
	if err != nil {
		return tag{}, err
	}
	if packet == exAudioMulti {
		return tag{}, multitrack()
	}
	if len(b) < 4 {
		return tag{}, malformedTag("audio tag")
	}
	t := tag{data: b[4:]}
	switch fourCC := string(b[:4]); fourCC {
	case "mp4a":
		t.codec = av.AAC
	case "Opus":
		t.codec = av.Opus
	default:
		return tag{}, errs.New(errs.Unsupported, "rtmp_audio_codec", "audio codec %q is not taken; set the encoder to AAC or Opus", fourCC)
	}
	switch packet {
	case exStart:
		t.kind = tagConfig
	case exFrames:
		t.kind = tagFrames
	case exEnd, exMetadata:
	default:
		return tag{}, malformedTag("audio packet type")
	}
	return t, nil
}

// skipModifiers steps over ModEx prefixes (enhanced RTMP v2). The only one defined adds
// nanoseconds to the timestamp, which a millisecond timeline cannot hold.
func skipModifiers(packet byte, b []byte) (byte, []byte, error) {
	for i := 0; packet == exModifier; i++ {
		if i == maxExModifier || len(b) < 1 {
			return 0, nil, malformedTag("packet modifier")
		}
		size, used := int(b[0])+1, 1
		if size == 256 {
			if len(b) < 3 {
				return 0, nil, malformedTag("packet modifier")
			}
			size, used = int(binary.BigEndian.Uint16(b[1:]))+1, 3
		}
		if len(b) < used+size+1 {
			return 0, nil, malformedTag("packet modifier")
		}
		b = b[used+size:]
		packet, b = b[0]&15, b[1:]
	}
	return packet, b, nil
}

func int24(b []byte) int32 { return int32(be24(b)<<8) >> 8 }

const (
	flvTagHeader = 11
	// maxAggregate bounds the tags of one aggregate message; they hold a second or two of media.
	maxAggregate = 1024
)

// splitAggregate cuts an aggregate message into the messages it stands for (RTMP specification
// 7.1.6). Timestamps inside are relative to the first tag.
func splitAggregate(m message) ([]message, error) {
	var out []message
	var first uint32
	for b := m.payload; len(b) > 0; {
		if len(b) < flvTagHeader || len(out) == maxAggregate {
			return nil, malformedTag("aggregate message")
		}
		size := int(be24(b[1:]))
		at := be24(b[4:]) | uint32(b[7])<<24
		if len(b) < flvTagHeader+size {
			return nil, malformedTag("aggregate message")
		}
		if len(out) == 0 {
			first = at
		}
		out = append(out, message{
			kind: b[0] & 31, stream: m.stream, timestamp: m.timestamp + at - first,
			payload: b[flvTagHeader : flvTagHeader+size : flvTagHeader+size],
		})
		b = b[flvTagHeader+size:]
		b = b[min(4, len(b)):] // back pointer, missing after the last tag of some encoders
	}
	return out, nil
}
