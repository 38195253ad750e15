package media

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Playlist renders recordings, in order, as one media playlist: VOD once all have ended, EVENT while the
// last one grows (RFC 8216 4.3.3.5). Every segment carries PROGRAM-DATE-TIME, which ties it to the room's
// timeline. URIs are relative to /media/rec/{recordings}/.
func Playlist(recs ...Recording) string {
	target, kind := 1.0, "VOD"
	for _, r := range recs {
		if !r.Ended {
			kind = "EVENT"
		}
		for _, s := range r.Segments {
			target = math.Max(target, math.Ceil(float64(s.DurationUS)/1e6))
		}
	}
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
	fmt.Fprintf(&b, "#EXT-X-PLAYLIST-TYPE:%s\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n", kind, int(target))
	for i, r := range recs {
		r.render(&b, i == 0)
	}
	if kind == "VOD" {
		b.WriteString("#EXT-X-ENDLIST\n")
	}
	return b.String()
}

func (r Recording) render(b *strings.Builder, first bool) {
	init := int64(-1)
	for i, s := range r.Segments {
		gap := i > 0 && (s.Discontinuity || s.Init != init || s.Seq != r.Segments[i-1].Seq+1)
		if gap || i == 0 && !first {
			b.WriteString("#EXT-X-DISCONTINUITY\n")
		}
		if s.Init != init {
			fmt.Fprintf(b, "#EXT-X-MAP:URI=\"../%s/init-%d.mp4\"\n", r.ID, s.Init)
			init = s.Init
		}
		fmt.Fprintf(b, "#EXT-X-PROGRAM-DATE-TIME:%s\n#EXTINF:%.6f,\n../%s/seg-%d.m4s\n",
			time.UnixMilli(s.At).UTC().Format("2006-01-02T15:04:05.000Z"), float64(s.DurationUS)/1e6, r.ID, s.Seq)
	}
}
