package llhls

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/media/av"
)

// readFragments returns the samples of whole fragments, as a player finds them.
func readFragments(t testing.TB, b []byte) (samples []av.Sample) {
	t.Helper()
	be := binary.BigEndian
	each := func(b []byte, do func(typ string, body []byte)) {
		for len(b) > 0 {
			n := int(be.Uint32(b))
			do(string(b[4:8]), b[8:n])
			b = b[n:]
		}
	}
	file := b
	var moof []byte
	each(file, func(typ string, body []byte) {
		if typ == "moof" {
			moof = file
		}
		size := 8 + len(body)
		file = file[size:]
		if typ != "moof" {
			return
		}
		each(body, func(typ string, traf []byte) {
			if typ != "traf" {
				return
			}
			var track int
			var dts int64
			each(traf, func(typ string, body []byte) {
				switch typ {
				case "tfhd":
					track = int(be.Uint32(body[4:]))
				case "tfdt":
					dts = int64(be.Uint64(body[4:]))
				case "trun":
					at, entry := be.Uint32(body[8:]), body[12:]
					for range be.Uint32(body[4:]) {
						s := av.Sample{Track: track, DTS: dts, Duration: be.Uint32(entry), Key: true}
						size := be.Uint32(entry[4:])
						s.Data = moof[at : at+size]
						at += size
						dts += int64(s.Duration)
						if track == av.VideoID {
							s.Key = be.Uint32(entry[8:])&0x10000 == 0
							s.CTS = int32(be.Uint32(entry[12:]))
							entry = entry[8:]
						}
						entry = entry[8:]
						samples = append(samples, s)
					}
				}
			})
		})
	})
	return samples
}

// TestStream_PresentationTimesAreNeverAltered feeds every scenario with one epoch and compares what a
// player would show with what was sent.
func TestStream_PresentationTimesAreNeverAltered(t *testing.T) {
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			r := newRig(t, sc.fps)
			sc.run(r)
			r.s.End()
			if len(r.hooks) == 0 {
				t.Fatal("no segments")
			}
			var end [av.AudioID + 1]int64
			shown := map[int][]int64{}
			for _, g := range r.hooks {
				for _, s := range readFragments(t, g.Data) {
					if s.DTS < end[s.Track] {
						t.Fatalf("segment %d, track %d: a sample decodes at %d, before %d", g.Seq, s.Track, s.DTS, end[s.Track])
					}
					if s.Duration == 0 {
						t.Fatalf("segment %d, track %d: a sample lasts nothing", g.Seq, s.Track)
					}
					end[s.Track] = s.DTS + int64(s.Duration)
					shown[s.Track] = append(shown[s.Track], s.DTS+int64(s.CTS))
				}
			}
			if r.s.Stats().Segments != uint64(len(r.hooks)) {
				t.Errorf("%d segments handed over of %d", len(r.hooks), r.s.Stats().Segments)
			}
			if oneEpoch := r.playlist().discSeq == 0 && !strings.Contains(r.playlist().text, "#EXT-X-DISCONTINUITY\n"); oneEpoch {
				for i, pts := range shown[av.VideoID] {
					if pts != r.sent[i] {
						t.Fatalf("picture %d is shown at %d, was sent for %d", i, pts, r.sent[i])
					}
				}
				if lost := len(r.sent) - len(shown[av.VideoID]); lost != 0 {
					t.Errorf("%d pictures were lost", lost)
				}
			}
			if sc.fps == 0 {
				for i, pts := range shown[av.AudioID] {
					if pts != int64(i)*1024 {
						t.Fatalf("sound frame %d is heard at %d, want %d", i, pts, i*1024)
					}
				}
			}
		})
	}
}
