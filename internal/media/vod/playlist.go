package vod

import (
	"bytes"
	"fmt"
	"time"

	"github.com/hawker-live/hawker/internal/media/mp4"
)

// Names of what Serve answers to; the playlists refer to them.
const (
	NameMultivariant = "index.m3u8"
	NamePlaylist     = "video.m3u8"
	NameInit         = "init.mp4"
	NameProgressive  = "file.mp4"
	segmentPrefix    = "seg-"
	segmentSuffix    = ".m4s"
)

// Playlist is the media playlist (RFC 8216bis 4.4, VOD, version 7). When start is not zero every
// segment carries its PROGRAM-DATE-TIME counted from there.
func (s *Stream) Playlist(start time.Time) []byte {
	var b bytes.Buffer
	longest := int64(0)
	for i := range s.segments {
		longest = max(longest, s.micros(s.segments[i].end)-s.micros(s.segments[i].start))
	}
	// EXTINF rounded to a whole second must not exceed it (4.4.3.1).
	target := max(1, (longest+999_999)/1_000_000)
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n", target)
	if s.independent {
		b.WriteString("#EXT-X-INDEPENDENT-SEGMENTS\n")
	}
	fmt.Fprintf(&b, "#EXT-X-MAP:URI=%q\n", NameInit)
	for i, seg := range s.segments {
		from, to := s.micros(seg.start), s.micros(seg.end)
		if !start.IsZero() {
			at := start.Add(time.Duration(from) * time.Microsecond).UTC()
			fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n", at.Format("2006-01-02T15:04:05.000Z"))
		}
		fmt.Fprintf(&b, "#EXTINF:%d.%06d,\n%s%d%s\n", (to-from)/1_000_000, (to-from)%1_000_000, segmentPrefix, i, segmentSuffix)
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return b.Bytes()
}

// Multivariant is the multivariant playlist with the one rendition there is.
func (s *Stream) Multivariant() []byte {
	var b bytes.Buffer
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:7\n")
	if s.independent {
		b.WriteString("#EXT-X-INDEPENDENT-SEGMENTS\n")
	}
	i := s.info
	fmt.Fprintf(&b, "#EXT-X-STREAM-INF:BANDWIDTH=%d,AVERAGE-BANDWIDTH=%d,CODECS=%q,RESOLUTION=%dx%d,FRAME-RATE=%.3f\n%s\n",
		max(1, i.PeakBPS), max(1, i.BitrateBPS), i.Codecs, i.Width, i.Height, i.FPS, NamePlaylist)
	return b.Bytes()
}

// micros converts presentation time; differences of converted boundaries add up without drift.
func (s *Stream) micros(ticks int64) int64 { return mp4.Rescale(ticks, 1_000_000, s.video.Timescale) }
