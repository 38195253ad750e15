package mp4

import (
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
)

// Limits of what Parse accepts. Each is far above what a person uploads and low enough that a
// hostile file costs no more than a large honest one.
const (
	// MaxIndexBytes bounds moov plus all moof boxes. A 24 h film at 60 fps needs about 45 MB.
	MaxIndexBytes = 64 << 20
	// MaxSamples bounds the samples of all tracks together: 24 h of 60 fps video (5.2 M) and 24 h
	// of 32 kHz AAC (2.7 M) fit.
	MaxSamples = 8 << 20
	// maxTableBytes bounds the columns of all tables together. With the box they are read from, and the
	// old and new copy of a growing column, parsing stays below 256 MB. 24 h of constant 60 fps needs 60 MB.
	maxTableBytes = 96 << 20
	// MaxTracks bounds trak boxes; action cameras write up to about ten.
	MaxTracks = 64
	// MaxDuration is the longest presentation; longer than any event the product runs (13 h).
	MaxDuration = 24 * time.Hour
	// MaxSampleBytes bounds one sample; a 4K intra frame at 800 Mbit/s is below 4 MB.
	MaxSampleBytes = 64 << 20
	// maxTopBoxes bounds the top-level scan, two boxes per fragment: 24 h of one-second fragments
	// is 173 k. One small read each keeps the scan of a hostile file well below a second.
	maxTopBoxes = 1 << 18
	// maxEntryBytes bounds one sample entry; parameter sets are a few hundred bytes.
	maxEntryBytes = 64 << 10
)

// Extra codecs that occur in uploads and have no name in package av.
const (
	MP3 av.Codec = "mp3"
)

// Movie is the index of one file.
type Movie struct {
	Size       int64 // bytes of the file
	Timescale  uint32
	Fragmented bool // has movie fragments (moof)
	FastStart  bool // moov stands before the first mdat
	// Incomplete reports that a fragmented recording ended inside its last fragment, which was left out.
	Incomplete bool
	MoovOffset int64
	MoovSize   int64 // with its box header
	MdatOffset int64 // of the first mdat box header; Size when there is none
	Tracks     []*Track
}

// Track is one picture or sound track that holds at least one sample.
type Track struct {
	ID       uint32
	Enabled  bool
	Codec    av.Codec // "" when not one that this program knows how to repackage
	FourCC   string   // of the sample entry
	Name     string   // what people call the codec, e.g. "HEVC", "ProRes"
	Video    bool     // picture track; otherwise sound
	Config   []byte   // decoder configuration as in av.Track.Config
	CodecTag string   // RFC 6381
	// LengthSize is the width in bytes of the NAL lengths in H.264 and HEVC samples: 1, 2 or 4.
	LengthSize int
	Entry      []byte // the sample entry box as stored, header included
	Language   string // ISO 639-2/T, "und" when unknown

	Timescale uint32
	// Width and Height are the coded picture; DisplayWidth and DisplayHeight what a viewer sees
	// after pixel aspect and rotation.
	Width, Height               int
	DisplayWidth, DisplayHeight int
	Rotation                    int // clockwise degrees to turn the coded picture: 0, 90, 180, 270
	Matrix                      [9]int32
	SampleRate, Channels        int // sound only

	// Samples is empty for sound whose codec this program does not know.
	Samples Table
	Edit    Edit

	mixed bool // samples refer to more than one sample entry
}

// Playlength is the sum of the track's sample durations, in its timescale.
func (t *Track) Playlength() int64 { return t.Samples.End() - t.Samples.Start() }

// AV describes the track in the units of package av, keeping the file's timescale.
func (t *Track) AV() av.Track {
	out := av.Track{ID: av.AudioID, Codec: t.Codec, Timescale: t.Timescale, Config: t.Config,
		CodecTag: t.CodecTag, SampleRate: t.SampleRate, Channels: t.Channels}
	if t.Video {
		out.ID, out.Width, out.Height = av.VideoID, t.Width, t.Height
	}
	return out
}

// Video is the picture to play: the first enabled track whose codec is known, else the first with
// a known codec, else the first. nil when the file has none.
func (m *Movie) Video() *Track { return m.pick(true) }

// Audio is the sound to play, chosen like Video. nil when the file is silent.
func (m *Movie) Audio() *Track { return m.pick(false) }

func (m *Movie) pick(video bool) *Track {
	var best *Track
	rank := func(t *Track) int {
		switch {
		case t.Codec != "" && t.Enabled:
			return 3
		case t.Codec != "":
			return 2
		default:
			return 1
		}
	}
	for _, t := range m.Tracks {
		if t.Video == video && (best == nil || rank(t) > rank(best)) {
			best = t
		}
	}
	return best
}

// Bytes is about how much memory the movie holds, for caches that bound it.
func (m *Movie) Bytes() int64 {
	n := int64(256)
	for _, t := range m.Tracks {
		n += 512 + int64(len(t.Entry)+len(t.Config)) + t.Samples.bytes()
	}
	return n
}
