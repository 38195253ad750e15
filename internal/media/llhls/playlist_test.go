package llhls

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

// onEveryPlaylist runs check on each playlist of each scenario with the one before it (nil at first).
func onEveryPlaylist(t *testing.T, check func(t *testing.T, r *rig, prev, p *playlist)) {
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			r := newRig(t, sc.fps)
			var prev *playlist
			var last *snapshot
			seen := 0
			r.each = func() {
				n := r.s.snap.Load()
				if n == last || !n.ready() || t.Failed() {
					return
				}
				last = n
				p := parsePlaylist(t, string(n.full.plain))
				check(t, r, prev, p)
				if t.Failed() {
					t.Log(p.text)
				}
				prev = p
				seen++
			}
			sc.run(r)
			if seen < 20 {
				t.Fatalf("only %d playlists were published", seen)
			}
		})
	}
}

func TestPlaylist_PartTargetIsConstant(t *testing.T) {
	onEveryPlaylist(t, func(t *testing.T, _ *rig, _, p *playlist) {
		if p.partTarget != 0.5 {
			t.Errorf("PART-TARGET = %v", p.partTarget)
		}
	})
}

func TestPlaylist_NoPartExceedsPartTarget(t *testing.T) { onEveryPlaylist(t, noLongPart) }

func noLongPart(t *testing.T, _ *rig, prev, p *playlist) {
	for _, g := range p.segs {
		for _, part := range g.parts {
			if part.duration > p.partTarget || part.duration <= 0 {
				t.Errorf("%s lasts %v s", part.uri, part.duration)
			}
		}
	}
}

func TestPlaylist_EveryPartButASegmentsLastIsAtLeast85Percent(t *testing.T) {
	onEveryPlaylist(t, noShortPart)
}

func noShortPart(t *testing.T, _ *rig, prev, p *playlist) {
	for _, g := range p.segs {
		for i, part := range g.parts {
			if (i < len(g.parts)-1 || !g.done) && part.duration < 0.85*p.partTarget-1e-5 {
				t.Errorf("%s lasts %v s and is not the last of its segment", part.uri, part.duration)
			}
		}
	}
}

func TestPlaylist_PartsAddUpToTheirSegment(t *testing.T) {
	onEveryPlaylist(t, func(t *testing.T, _ *rig, _, p *playlist) {
		for _, g := range p.finished() {
			sum := 0.0
			for _, part := range g.parts {
				sum += part.duration
			}
			if len(g.parts) > 0 && math.Abs(sum-g.duration) > 1e-4 {
				t.Errorf("%s lasts %v s, its parts %v s", g.uri, g.duration, sum)
			}
		}
	})
}

func TestPlaylist_TargetDurationIsFixedAndNeverExceeded(t *testing.T) {
	onEveryPlaylist(t, targetHolds)
}

func targetHolds(t *testing.T, _ *rig, prev, p *playlist) {
	if prev != nil && p.target != prev.target {
		t.Errorf("TARGETDURATION went from %d to %d", prev.target, p.target)
	}
	for _, g := range p.finished() {
		if int(math.Round(g.duration)) > p.target {
			t.Errorf("%s lasts %v s with TARGETDURATION %d", g.uri, g.duration, p.target)
		}
	}
}

func TestPlaylist_EverySegmentHasAProgramDateTime(t *testing.T) {
	onEveryPlaylist(t, func(t *testing.T, _ *rig, prev, p *playlist) {
		for i, g := range p.segs {
			if g.pdt.IsZero() {
				t.Fatalf("segment %d has no date", g.seq)
			}
			if i == 0 || g.disc || !p.segs[i-1].done {
				continue
			}
			want := p.segs[i-1].pdt.Add(time.Duration(p.segs[i-1].duration * float64(time.Second)))
			if d := g.pdt.Sub(want).Abs(); d > 2*time.Millisecond {
				t.Errorf("segment %d is dated %v off the end of the one before", g.seq, d)
			}
		}
	})
}

func TestPlaylist_SequenceNumbersOnlyGrowAndNameTheSameMedia(t *testing.T) {
	onEveryPlaylist(t, numbersGrow)
}

func numbersGrow(t *testing.T, _ *rig, prev, p *playlist) {
	for _, g := range p.finished() {
		if g.uri != fmt.Sprintf("seg-%d.m4s", g.seq) {
			t.Errorf("segment %d is %s", g.seq, g.uri)
		}
	}
	if prev == nil {
		return
	}
	if p.mediaSeq < prev.mediaSeq || p.discSeq < prev.discSeq {
		t.Errorf("sequence went back: media %d to %d, discontinuity %d to %d",
			prev.mediaSeq, p.mediaSeq, prev.discSeq, p.discSeq)
	}
	for _, g := range prev.finished() {
		if i := g.seq - p.mediaSeq; i >= 0 && (p.segs[i].duration != g.duration || !p.segs[i].pdt.Equal(g.pdt)) {
			t.Errorf("segment %d changed after it was listed", g.seq)
		}
	}
}

func TestPlaylist_DiscontinuitySequenceCountsThoseThatSlidOut(t *testing.T) {
	onEveryPlaylist(t, breaksCounted)
}

func breaksCounted(t *testing.T, _ *rig, prev, p *playlist) {
	if prev == nil {
		return
	}
	gone := 0
	for _, g := range prev.segs {
		if g.disc && g.seq < p.mediaSeq {
			gone++
		}
	}
	if p.discSeq != prev.discSeq+gone {
		t.Errorf("DISCONTINUITY-SEQUENCE %d after %d with %d slid out", p.discSeq, prev.discSeq, gone)
	}
}

func TestPlaylist_PreloadHintIsAlwaysPresentWhileLiveAndComesTrue(t *testing.T) {
	onEveryPlaylist(t, func(t *testing.T, r *rig, prev, p *playlist) {
		if (p.hint == "") != p.ended {
			t.Errorf("hint %q with ended %v", p.hint, p.ended)
		}
		if prev == nil || p.ended {
			return
		}
		if _, wait := r.s.snap.Load().find(objectOf(prev.hint)); wait {
			t.Errorf("%s was hinted; a new playlist is there, and it is not", prev.hint)
		}
	})
}

func TestPlaylist_HintedPartExistsOnceThePlaylistMovesOn(t *testing.T) {
	for _, fps := range []float64{30, 25, 0} {
		r := newRig(t, fps)
		hint := ""
		r.each = func() {
			n := r.s.snap.Load()
			if !n.ready() {
				return
			}
			now := parsePlaylist(t, string(n.full.plain)).hint
			if hint != "" && now != hint {
				if data, _ := n.find(objectOf(hint)); data == nil {
					t.Fatalf("%v fps: %s was hinted and never came", fps, hint)
				}
			}
			hint = now
		}
		r.begin().play(20 * time.Second)
		if hint == "" {
			t.Fatalf("%v fps: no hint was ever published", fps)
		}
	}
}

func TestPlaylist_IndependentPartsContainAKeyFrame(t *testing.T) {
	r := newRig(t, 30).begin().play(9 * time.Second)
	for _, g := range r.playlist().segs {
		for i, part := range g.parts {
			if part.independent != (i == 0) {
				t.Errorf("%s: INDEPENDENT %v; the key frame opens the segment", part.uri, part.independent)
			}
		}
	}
	for _, g := range newRig(t, 0).begin().play(9 * time.Second).playlist().segs {
		for _, part := range g.parts {
			if !part.independent {
				t.Errorf("%s of a sound-only stream is not INDEPENDENT", part.uri)
			}
		}
	}
}

func TestPlaylist_IndependentSegmentsIsPromisedOnlyWhileItHolds(t *testing.T) {
	if p := newRig(t, 30).begin().play(9 * time.Second).playlist(); !p.promised {
		t.Error("every segment starts with a key frame and that is not said")
	}
	r := newRig(t, 30)
	r.gop = 1 << 30
	if p := r.begin().play(20 * time.Second).playlist(); p.promised {
		t.Error("independent segments are promised after a forced cut")
	}
}

func TestPlaylist_ServerControlStatesTheHoldBacks(t *testing.T) {
	onEveryPlaylist(t, func(t *testing.T, _ *rig, _, p *playlist) {
		for name, want := range map[string]float64{
			"PART-HOLD-BACK": 3 * p.partTarget, "HOLD-BACK": 3 * float64(p.target), "CAN-SKIP-UNTIL": 6 * float64(p.target),
		} {
			if got, err := strconv.ParseFloat(p.control[name], 64); err != nil || got != want {
				t.Errorf("%s = %q, want %v", name, p.control[name], want)
			}
		}
		if p.control["CAN-BLOCK-RELOAD"] != "YES" {
			t.Error("CAN-BLOCK-RELOAD is missing")
		}
	})
}

func TestPlaylist_ListsPartsOfTheLastSegmentsOnly(t *testing.T) {
	onEveryPlaylist(t, func(t *testing.T, _ *rig, _, p *playlist) {
		done := p.finished()
		for i, g := range done {
			if recent := len(done)-i <= 3; recent != (len(g.parts) > 0) {
				t.Errorf("%s lists %d parts, %d segments from the end", g.uri, len(g.parts), len(done)-i)
			}
		}
	})
}

func TestPlaylist_WindowIsBounded(t *testing.T) {
	r := newRig(t, 30).begin().play(120 * time.Second)
	if p := r.playlist(); len(p.finished()) != 15 || p.mediaSeq < 40 {
		t.Errorf("%d segments from %d are listed, want 15 of two seconds", len(p.finished()), p.mediaSeq)
	}
	if n := len(r.s.snap.Load().segs); n != 30 {
		t.Errorf("%d segments are held, want the listed 15 and as many again", n)
	}
}

func TestPlaylist_DeltaSkipsWhatTheClientHas(t *testing.T) {
	r := newRig(t, 30).begin().play(60 * time.Second)
	full := r.playlist()
	delta := parsePlaylist(t, r.get("/video.m3u8?_HLS_skip=YES").Body.String())
	if delta.skipped == 0 || delta.skipped+len(delta.segs) != len(full.segs) {
		t.Fatalf("%d skipped and %d listed of %d", delta.skipped, len(delta.segs), len(full.segs))
	}
	kept := 0.0
	for i, g := range delta.segs {
		if g.uri != full.segs[delta.skipped+i].uri {
			t.Errorf("after the skip comes %s, want %s", g.uri, full.segs[delta.skipped+i].uri)
		}
		kept += g.duration
	}
	if until, _ := strconv.ParseFloat(full.control["CAN-SKIP-UNTIL"], 64); kept < until {
		t.Errorf("only %v s are left, CAN-SKIP-UNTIL is %v", kept, until)
	}
	if strings.Contains(delta.text, "EXT-X-MAP") {
		t.Error("the delta repeats a MAP that did not change")
	}
	young := newRig(t, 30).begin().play(9 * time.Second)
	if p := parsePlaylist(t, young.get("/video.m3u8?_HLS_skip=v2").Body.String()); p.skipped != 0 {
		t.Errorf("%d segments skipped of a playlist shorter than CAN-SKIP-UNTIL", p.skipped)
	}
}
