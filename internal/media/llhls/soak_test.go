package llhls

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
)

// TestStream_RulesHoldWhateverThePublisherDoes walks at random through hiccups, stalls, jumps,
// reconnects and configuration changes, and checks each playlist and the decode times of all media.
func TestStream_RulesHoldWhateverThePublisherDoes(t *testing.T) {
	for seed := range uint64(12) {
		r := newRig(t, []float64{30, 25, 60, 12, 29.97, 0}[seed%6])
		if seed%5 == 4 && r.frame > 0 {
			r.silent()
		}
		r.rand = rand.New(rand.NewPCG(seed, 7))
		var prev *playlist
		var last *snapshot
		r.each = func() {
			n := r.s.snap.Load()
			if n == last || !n.ready() {
				return
			}
			last = n
			p := parsePlaylist(t, string(n.full.plain))
			for _, rule := range []func(*testing.T, *rig, *playlist, *playlist){
				noLongPart, noShortPart, targetHolds, numbersGrow, breaksCounted,
			} {
				rule(t, r, prev, p)
			}
			if t.Failed() {
				t.Fatalf("seed %d, %v into it:\n%s", seed, r.clk.Now().Sub(epochStart), p.text)
			}
			prev = p
		}
		r.begin()
		for range 25 {
			r.mischief()
			r.play(time.Duration(r.rand.IntN(3000)) * time.Millisecond)
		}
		r.s.End()
		if prev == nil || len(r.hooks) < 5 {
			t.Fatalf("seed %d: %d segments", seed, len(r.hooks))
		}
		var end [av.AudioID + 1]int64
		for i, g := range r.hooks {
			if g.Seq != uint64(i) {
				t.Fatalf("seed %d: segment %d was handed over as number %d", seed, g.Seq, i)
			}
			for _, s := range readFragments(t, g.Data) {
				if s.DTS < end[s.Track] {
					t.Fatalf("seed %d, segment %d, track %d: %d decodes after %d", seed, g.Seq, s.Track, s.DTS, end[s.Track])
				}
				end[s.Track] = s.DTS + int64(s.Duration)
			}
		}
	}
}

// mischief does one of the things publishers do.
func (r *rig) mischief() {
	all := r.tracks
	switch r.rand.IntN(9) {
	case 0:
		if r.frame > 0 {
			r.hiccup(200*time.Millisecond + time.Duration(r.rand.IntN(2500))*time.Millisecond)
		}
	case 1: // pictures stall, sound goes on
		if len(all) == 2 {
			r.tracks = all[1:]
			r.play(time.Duration(r.rand.IntN(7000)) * time.Millisecond)
		}
	case 2: // sound is lost for a while
		r.aDTS += r.rand.Int64N(48000 * 2)
	case 3: // an unannounced jump, either way
		jump := r.rand.Int64N(400) - 200
		r.vDTS, r.aDTS, r.now = r.vDTS+jump*90000, r.aDTS+jump*48000, r.now+time.Duration(jump)*time.Second
	case 4:
		r.reconnect(time.Duration(r.rand.IntN(20)) * time.Second)
	case 5:
		if len(all) == 2 {
			r.rotate()
			all = r.tracks
		}
	case 6:
		r.s.Discontinuity()
	case 7:
		r.gop = 1 + r.rand.IntN(500)
	case 8:
		r.jitter = r.rand.Int64N(r.frame/2 + 1)
	}
	r.tracks = all
}

func TestStream_UnannouncedJumpsBeginANewEpoch(t *testing.T) {
	for name, jump := range map[string]int64{"ten hours ahead": 36000, "back to the start": -60} {
		r := newRig(t, 30).begin().play(61 * time.Second)
		r.vDTS, r.aDTS, r.now = r.vDTS+jump*90000, r.aDTS+jump*48000, r.now+time.Duration(jump)*time.Second
		parts := r.s.Stats().Parts
		r.play(10 * time.Second)
		breaks := 0
		for _, g := range r.playlist().segs {
			if g.disc {
				breaks++
			}
		}
		if got := r.s.Stats().Parts - parts; breaks != 1 || got < 14 {
			t.Errorf("%s: %d discontinuities and %d parts in ten seconds", name, breaks, got)
		}
	}
}

func TestStream_EncoderWithoutKeyFramesBeginsAfterABoundedWait(t *testing.T) {
	r := newRig(t, 30)
	r.gop = 1 << 30
	r.begin()
	r.pictures = 1
	r.play(keyWait + 5*time.Second)
	if st := r.s.Stats(); st.Parts < 9 || st.Dropped < 150 {
		t.Errorf("%d parts, %d dropped", st.Parts, st.Dropped)
	}
	if r.s.snap.Load().cur.keyStart {
		t.Error("a segment without a key frame is said to start with one")
	}
}
