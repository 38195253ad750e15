package media

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Playlist renders a recording as a media playlist: VOD once ended, EVENT while it grows (RFC 8216 4.3.3.5).
// Every segment carries PROGRAM-DATE-TIME, which ties it to the room's timeline.
func (r Recording) Playlist() string {
	target := 1.0
	for _, s := range r.Segments {
		target = math.Max(target, math.Ceil(float64(s.DurationUS)/1e6))
	}
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
	if r.Ended {
		b.WriteString("#EXT-X-PLAYLIST-TYPE:VOD\n")
	} else {
		b.WriteString("#EXT-X-PLAYLIST-TYPE:EVENT\n")
	}
	fmt.Fprintf(&b, "#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n", int(target))
	last := int64(-1)
	for i, s := range r.Segments {
		if i > 0 && (s.Discontinuity || s.Init != last || s.Seq != r.Segments[i-1].Seq+1) {
			b.WriteString("#EXT-X-DISCONTINUITY\n")
		}
		if s.Init != last {
			fmt.Fprintf(&b, "#EXT-X-MAP:URI=\"init-%d.mp4\"\n", s.Init)
			last = s.Init
		}
		fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n#EXTINF:%.6f,\nseg-%d.m4s\n",
			time.UnixMilli(s.At).UTC().Format("2006-01-02T15:04:05.000Z"), float64(s.DurationUS)/1e6, s.Seq)
	}
	if r.Ended {
		b.WriteString("#EXT-X-ENDLIST\n")
	}
	return b.String()
}
