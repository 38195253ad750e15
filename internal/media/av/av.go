package av

import "errors"

// Codec names an elementary stream format.
type Codec string

const (
	H264 Codec = "h264"
	HEVC Codec = "hevc"
	AV1  Codec = "av1"
	AAC  Codec = "aac"
	Opus Codec = "opus"
)

// Video reports whether c carries pictures.
func (c Codec) Video() bool { return c == H264 || c == HEVC || c == AV1 }

// Track IDs are fixed: one picture and one sound at most, so that a sample names its track
// without a lookup and an fMP4 init segment never renumbers.
const (
	VideoID = 1
	AudioID = 2
)

// Track describes one elementary stream.
type Track struct {
	ID        int // VideoID or AudioID
	Codec     Codec
	Timescale uint32 // ticks per second of DTS, CTS and Duration in this track's samples
	// Config is the decoder configuration as stored in the sample entry, without box header:
	// avcC (ISO/IEC 14496-15 5.3.3), hvcC (8.3.3), av1C (AV1-ISOBMFF 2.3), the
	// AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1) or the dOps payload (Opus in ISOBMFF 4.3.2).
	Config     []byte
	CodecTag   string // RFC 6381 string for CODECS, e.g. avc1.64001f, mp4a.40.2, Opus
	Width      int    // pixels, video only
	Height     int    // pixels, video only
	SampleRate int    // Hz, audio only
	Channels   int    // audio only
}

// Sample is one access unit or audio frame.
type Sample struct {
	Track    int    // Track.ID
	DTS      int64  // decode time in the track's timescale, monotonically increasing once normalised
	CTS      int32  // composition offset: PTS = DTS + CTS
	Duration uint32 // in the track's timescale; 0 while unknown (a live ingest learns it from the next sample)
	Key      bool   // a random access point; true for every audio frame
	Data     []byte // length-prefixed NAL units (4-byte lengths) for H.264/HEVC, raw frames otherwise
}

// Sink receives one published stream: Tracks first, then Samples in arrival order, Close once.
// Tracks is called again when a codec configuration changes. After Write the sink owns Data.
// An error from Tracks or Write ends the publication; its text is for the publisher's eyes.
type Sink interface {
	Tracks(tracks []Track) error
	Write(s Sample) error
	Close(cause error)
}

// ErrReplaced is the Close cause when a newer publisher took the stream over.
var ErrReplaced = errors.New("replaced by a newer publisher on the same stream key")
