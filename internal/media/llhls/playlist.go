package llhls

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/cmaf"
)

const (
	// holdParts is PART-HOLD-BACK in parts; the draft asks for two and recommends three.
	holdParts = 3
	// holdTargets is HOLD-BACK in target durations, the least allowed.
	holdTargets = 3
	// skipTargets is CAN-SKIP-UNTIL in target durations, the least allowed.
	skipTargets = 6
	// partsListed is the number of finished segments whose parts are still listed; readers farther
	// from the end take whole segments.
	partsListed = 3

	// pdtForm is RFC 3339 in milliseconds, the form every player reads.
	pdtForm = "2006-01-02T15:04:05.000Z07:00"
)

// rendering is a playlist in the two encodings it is sent in.
type rendering struct{ plain, gzip []byte }

// compress uses the stateless level: a normal encoder would hold half a megabyte per stream for a
// text of three kilobytes.
func compress(plain []byte) rendering {
	var b bytes.Buffer
	b.Grow(len(plain)/3 + 64)
	w, err := gzip.NewWriterLevel(&b, gzip.StatelessCompression)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil { // a bytes.Buffer does not fail; without the short form readers get the plain one
		return rendering{plain: plain}
	}
	return rendering{plain: plain, gzip: b.Bytes()}
}

// text builds a playlist.
type text struct{ b []byte }

func (t *text) str(parts ...string) {
	for _, p := range parts {
		t.b = append(t.b, p...)
	}
}

func (t *text) int(v uint64) { t.b = strconv.AppendUint(t.b, v, 10) }

// sec writes seconds, rounded to the given decimals.
func (t *text) sec(d time.Duration, decimals int) {
	t.b = strconv.AppendFloat(t.b, d.Seconds(), 'f', decimals, 64)
}

// render writes the full playlist and the delta update, nil when nothing may be skipped.
func (n *snapshot) render(discSeq uint64) (full, delta []byte) {
	listed := n.segs[n.first-n.segs[0].seq:]
	full = n.media(listed, discSeq, 0)
	if skip := n.skippable(listed); skip > 0 {
		delta = n.media(listed, discSeq, skip)
	}
	return full, delta
}

// skippable counts the segments that end farther from the playlist's end than CAN-SKIP-UNTIL.
func (n *snapshot) skippable(listed []*segment) int {
	var behind time.Duration
	for _, p := range n.cur.parts {
		behind += p.duration
	}
	for i := len(listed) - 1; i >= 0; i-- {
		if behind >= skipTargets*n.target {
			return i + 1
		}
		behind += listed[i].duration
	}
	return 0
}

// media writes the media playlist without its first skip segments (RFC 8216bis 4.4.5.2).
func (n *snapshot) media(listed []*segment, discSeq uint64, skip int) []byte {
	t := &text{b: make([]byte, 0, 4096)}
	t.str("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:")
	t.int(uint64(n.target / time.Second))
	t.str("\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=")
	t.sec(holdParts*PartTarget, 3)
	t.str(",HOLD-BACK=")
	t.sec(holdTargets*n.target, 3)
	t.str(",CAN-SKIP-UNTIL=")
	t.sec(skipTargets*n.target, 3)
	t.str("\n#EXT-X-PART-INF:PART-TARGET=")
	t.sec(PartTarget, 5)
	t.str("\n#EXT-X-MEDIA-SEQUENCE:")
	t.int(listed[0].seq)
	t.str("\n#EXT-X-DISCONTINUITY-SEQUENCE:")
	t.int(discSeq)
	t.str("\n")
	if n.allKeyStarts(listed) {
		t.str("#EXT-X-INDEPENDENT-SEGMENTS\n")
	}
	var from *initSegment
	if skip > 0 {
		t.str("#EXT-X-SKIP:SKIPPED-SEGMENTS=")
		t.int(uint64(skip))
		t.str("\n")
		from = listed[skip-1].init
	}
	for i, g := range listed[skip:] {
		t.head(g, from)
		from = g.init
		if len(listed)-skip-i <= partsListed {
			t.parts(g)
		}
		t.str("#EXTINF:")
		t.sec(g.duration, 5)
		t.str(",\nseg-")
		t.int(g.seq)
		t.str(".m4s\n")
	}
	if len(n.cur.parts) > 0 {
		t.head(&n.cur, from)
		t.parts(&n.cur)
	}
	if n.ended {
		t.str("#EXT-X-ENDLIST\n")
		return t.b
	}
	t.str("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"")
	t.partName(n.cur.seq, len(n.cur.parts))
	t.str("\"\n")
	return t.b
}

// allKeyStarts reports whether every listed segment can be decoded from its start.
func (n *snapshot) allKeyStarts(listed []*segment) bool {
	for _, g := range listed {
		if !g.keyStart {
			return false
		}
	}
	return len(n.cur.parts) == 0 || n.cur.keyStart
}

// head writes what stands before a segment's first URI.
func (t *text) head(g *segment, from *initSegment) {
	if g.discontinuity {
		t.str("#EXT-X-DISCONTINUITY\n")
	}
	if g.init != from {
		t.str("#EXT-X-MAP:URI=\"init-")
		t.int(uint64(g.init.id))
		t.str(".mp4\"\n")
	}
	t.str("#EXT-X-PROGRAM-DATE-TIME:")
	t.b = g.pdt.UTC().AppendFormat(t.b, pdtForm)
	t.str("\n")
}

func (t *text) parts(g *segment) {
	for i, p := range g.parts {
		t.str("#EXT-X-PART:DURATION=")
		t.sec(p.duration, 5)
		t.str(",URI=\"")
		t.partName(g.seq, i)
		t.str("\"")
		if p.independent {
			t.str(",INDEPENDENT=YES")
		}
		t.str("\n")
	}
}

func (t *text) partName(seq uint64, index int) {
	t.str("part-")
	t.int(seq)
	t.str("-")
	t.int(uint64(index))
	t.str(".m4s")
}

// renderMulti writes the multivariant playlist of the one rendition, from what was measured.
func renderMulti(tracks []av.Track, c *counters) []byte {
	t := &text{}
	t.str("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:BANDWIDTH=")
	t.int(uint64(c.peak))
	t.str(",AVERAGE-BANDWIDTH=")
	t.int(uint64(min(c.average(), c.peak)))
	t.str(",CODECS=\"", cmaf.Codecs(tracks), "\"")
	for _, track := range tracks {
		if !track.Codec.Video() {
			continue
		}
		t.str(",RESOLUTION=")
		t.int(uint64(track.Width))
		t.str("x")
		t.int(uint64(track.Height))
		if c.frameRate > 0 {
			t.str(",FRAME-RATE=", strconv.FormatFloat(math.Round(c.frameRate*1000)/1000, 'f', 3, 64))
		}
	}
	t.str("\nvideo.m3u8\n")
	return t.b
}
