package llhls

import (
	"testing"
	"time"
)

// golden is the playlist of four seconds and a part of 30 fps, with a reconnect before the last.
const golden = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:4
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.500,HOLD-BACK=12.000,CAN-SKIP-UNTIL=24.000
#EXT-X-PART-INF:PART-TARGET=0.50000
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:00.000Z
#EXT-X-PART:DURATION=0.50000,URI="part-0-0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.50000,URI="part-0-1.m4s"
#EXT-X-PART:DURATION=0.50000,URI="part-0-2.m4s"
#EXT-X-PART:DURATION=0.50000,URI="part-0-3.m4s"
#EXTINF:2.00000,
seg-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:02.000Z
#EXT-X-PART:DURATION=0.50000,URI="part-1-0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.50000,URI="part-1-1.m4s"
#EXT-X-PART:DURATION=0.20000,URI="part-1-2.m4s"
#EXTINF:1.20000,
seg-1.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:08.200Z
#EXT-X-PART:DURATION=0.50000,URI="part-2-0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-2-1.m4s"
`

func TestPlaylist_Golden(t *testing.T) {
	r := newRig(t, 30).begin().play(3200 * time.Millisecond)
	r.reconnect(5 * time.Second)
	r.play(600 * time.Millisecond)
	w := r.get("/video.m3u8")
	if got := w.Body.String(); got != golden {
		t.Errorf("the playlist is\n%s\nwant\n%s", got, golden)
	}
	const multi = "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:BANDWIDTH=68608,AVERAGE-BANDWIDTH=68608," +
		"CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=30.000\nvideo.m3u8\n"
	got := r.get("/index.m3u8").Body.String()
	c := &r.s.stats
	if c.peak <= 0 || got != string(renderMulti(r.tracks, c)) {
		t.Errorf("the multivariant playlist is\n%s", got)
	}
	fixed := &counters{peak: 68608, totalBytes: 8576, total: time.Second, frameRate: 29.9999}
	if got := string(renderMulti(r.tracks, fixed)); got != multi {
		t.Errorf("the multivariant playlist is\n%s\nwant\n%s", got, multi)
	}
}
