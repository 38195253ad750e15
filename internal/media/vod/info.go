package vod

import (
	"math"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/cmaf"
	"github.com/hawker-live/hawker/internal/media/mp4"
)

// Info is what a product needs to know about an upload.
type Info struct {
	DurationMS       int64
	Width, Height    int // pixels as displayed, after rotation and pixel aspect
	Rotation         int // clockwise degrees the coded picture is turned: 0, 90, 180, 270
	FPS              float64
	VideoCodec       av.Codec
	AudioCodec       av.Codec // "" when silent
	Codecs           string   // RFC 6381, for the CODECS attribute
	HasAudio         bool
	KeyframeGapMaxMS int64 // above 6,000 seeking is coarse: worth a transcode when ffmpeg is there
	BitrateBPS       int64 // average
	PeakBPS          int64 // of the densest segment
	FastStart        bool
	Fragmented       bool
}

func (s *Stream) describe(longestGap int64) Info {
	v := s.video
	ms := func(ticks int64) int64 { return mp4.Rescale(ticks, 1000, v.Timescale) }
	out := Info{
		DurationMS: ms(s.segments[len(s.segments)-1].end),
		Width:      v.DisplayWidth, Height: v.DisplayHeight, Rotation: v.Rotation,
		VideoCodec: v.Codec, Codecs: cmaf.Codecs(s.tracks()), HasAudio: s.audio != nil,
		KeyframeGapMaxMS: ms(longestGap),
		FastStart:        s.movie.FastStart, Fragmented: s.movie.Fragmented,
	}
	if s.audio != nil {
		out.AudioCodec = s.audio.Codec
	}
	if length := v.Samples.DTS(s.v.Last) - v.Samples.DTS(s.v.First); length > 0 {
		fps := float64(s.v.Last-s.v.First) * float64(v.Timescale) / float64(length)
		out.FPS = math.Round(fps*1000) / 1000
	}
	var total int64
	for _, seg := range s.segments {
		total += seg.bytes
		if length := ms(seg.end - seg.start); length > 0 {
			out.PeakBPS = max(out.PeakBPS, seg.bytes*8000/length)
		}
	}
	if out.DurationMS > 0 {
		out.BitrateBPS = total * 8000 / out.DurationMS
	}
	out.PeakBPS = max(out.PeakBPS, out.BitrateBPS)
	return out
}

// tracks are the streams in the units of package av, picture first.
func (s *Stream) tracks() []av.Track {
	out := []av.Track{s.video.AV()}
	if s.audio != nil {
		out = append(out, s.audio.AV())
	}
	return out
}
