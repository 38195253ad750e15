package normal

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"pgregory.net/rapid"
)

// tape is a sink that keeps everything; cuts and changes mark where a new timeline or new tracks came.
type tape struct {
	tracks  [][]av.Track
	samples []av.Sample
	cuts    []int // index of the first sample after a Discontinuity
	changes []int // and after Tracks
	closed  int
	cause   error
	err     error
}

func (s *tape) Tracks(t []av.Track) error {
	s.tracks, s.changes = append(s.tracks, t), append(s.changes, len(s.samples))
	return s.err
}

func (s *tape) Write(x av.Sample) error { s.samples = append(s.samples, x); return s.err }
func (s *tape) Close(cause error)       { s.closed++; s.cause = cause }
func (s *tape) Discontinuity()          { s.cuts = append(s.cuts, len(s.samples)) }

func (s *tape) of(track int) []av.Sample {
	var out []av.Sample
	for _, x := range s.samples {
		if x.Track == track {
			out = append(out, x)
		}
	}
	return out
}

var (
	picture = av.Track{ID: av.VideoID, Codec: av.H264, Timescale: 1000, Width: 640, Height: 360}
	sound   = av.Track{ID: av.AudioID, Codec: av.AAC, Timescale: 1000, Config: []byte{0x11, 0x90}, SampleRate: 48000}
	opus    = av.Track{ID: av.AudioID, Codec: av.Opus, Timescale: 48000, SampleRate: 48000}
)

func begin(t testing.TB, tracks ...av.Track) (*Normaliser, *tape, *clock.Fake) {
	t.Helper()
	out, fake := &tape{}, clock.NewFake(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC))
	n := New(out, Options{Clock: fake})
	if err := n.Tracks(tracks); err != nil {
		t.Fatal(err)
	}
	return n, out, fake
}

func write(t testing.TB, n *Normaliser, s ...av.Sample) {
	t.Helper()
	for _, x := range s {
		if err := n.Write(x); err != nil {
			t.Fatal(err)
		}
	}
}

func key(ms int64) av.Sample {
	return av.Sample{Track: av.VideoID, DTS: ms, Key: true, Data: []byte{1}}
}
func inter(ms int64) av.Sample { return av.Sample{Track: av.VideoID, DTS: ms, Data: []byte{2}} }
func frame(ms int64) av.Sample {
	return av.Sample{Track: av.AudioID, DTS: ms, Key: true, Data: []byte{3}}
}

func times(s []av.Sample) []int64 {
	var out []int64
	for _, x := range s {
		out = append(out, x.DTS)
	}
	return out
}

func durations(s []av.Sample) []uint32 {
	var out []uint32
	for _, x := range s {
		out = append(out, x.Duration)
	}
	return out
}

func equal[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s %v, want %v", what, got, want)
	}
}

func TestNormaliser_RescalesAndFillsDurations(t *testing.T) {
	n, out, _ := begin(t, picture, sound)
	first := key(100)
	first.CTS = 66
	write(t, n, first, inter(133), inter(166))
	if len(out.samples) != 2 {
		t.Fatalf("%d samples passed on, want 2: the last waits for its duration", len(out.samples))
	}
	n.Close(nil)
	equal(t, "times", times(out.samples), []int64{9000, 11970, 14940})
	equal(t, "durations", durations(out.samples), []uint32{2970, 2970, 2970})
	if out.samples[0].CTS != 5940 || !out.samples[0].Key {
		t.Errorf("%+v", out.samples[0])
	}
	if out.tracks[0][0].Timescale != 90000 || out.tracks[0][1].Timescale != 48000 || out.tracks[0][0].Width != 640 {
		t.Errorf("tracks %+v", out.tracks)
	}
}

func TestNormaliser_CountsSoundForward(t *testing.T) {
	n, out, _ := begin(t, sound)
	// 21.333 ms frames as RTMP rounds them, with 40 ms of jitter on two.
	write(t, n, frame(10), frame(31), frame(53), frame(114), frame(95), frame(117))
	n.Close(nil)
	equal(t, "times", times(out.samples), []int64{480, 1504, 2528, 3552, 4576, 5600})
	equal(t, "durations", durations(out.samples), []uint32{1024, 1024, 1024, 1024, 1024, 1024})

	// A hole of 150 ms moves the count: the frame before lasts over it.
	n, out, _ = begin(t, sound)
	write(t, n, frame(0), frame(21), frame(193), frame(214))
	n.Close(nil)
	equal(t, "times", times(out.samples), []int64{0, 1024, 9264, 10288})
	equal(t, "durations", durations(out.samples), []uint32{1024, 8240, 1024, 1024})

	// Sound that runs ahead of its clock loses a frame each time it is 100 ms ahead.
	n, out, _ = begin(t, sound)
	for range 8 {
		write(t, n, frame(0))
	}
	n.Close(nil)
	equal(t, "times", times(out.samples), []int64{0, 1024, 2048, 3072, 4096})
	if h := n.Health(); h.Dropped != 3 || h.AudioFrames != 8 {
		t.Errorf("%+v", h)
	}
}

func TestNormaliser_HighEfficiencyAACCountsAtItsOutputRate(t *testing.T) {
	n, out, _ := begin(t, av.Track{ID: av.AudioID, Codec: av.AAC, Timescale: 1000, Config: []byte{0x2b, 0x11, 0x88, 0}})
	write(t, n, frame(0), frame(42), frame(85))
	n.Close(nil)
	equal(t, "times", times(out.samples), []int64{0, 2048, 4096})
	if out.tracks[0][0].Timescale != 48000 {
		t.Errorf("%+v", out.tracks)
	}
}

func TestNormaliser_OpusFollowsPacketDurations(t *testing.T) {
	n, out, _ := begin(t, opus)
	packet := func(dts int64, toc byte) av.Sample {
		return av.Sample{Track: av.AudioID, DTS: dts, Data: []byte{toc}}
	}
	// 20 ms, 60 ms, then one 20 ms packet lost before the last.
	write(t, n, packet(0, 0xfc), packet(960, 0x18), packet(3840, 0xfc), packet(5760, 0xfc))
	n.Close(nil)
	equal(t, "times", times(out.samples), []int64{0, 960, 3840, 5760})
	equal(t, "durations", durations(out.samples), []uint32{960, 2880, 1920, 960})
	if h := n.Health(); !slices.Equal(h.Warnings, []string{WarnAudioOnly, WarnOpusAudio}) {
		t.Errorf("warnings %v", h.Warnings)
	}
}

func TestNormaliser_ClampsRepeatedAndReversedTimes(t *testing.T) {
	n, out, _ := begin(t, picture)
	a, b := inter(40), inter(20)
	a.CTS, b.CTS = 40, 30
	write(t, n, key(40), a, b, inter(80))
	n.Close(nil)
	equal(t, "times", times(out.samples), []int64{3600, 3601, 3602, 7200})
	equal(t, "durations", durations(out.samples)[:3], []uint32{1, 1, 3598})
	// Presentation times stay 80 and 50 ms.
	if p, q := out.samples[1], out.samples[2]; p.DTS+int64(p.CTS) != 7200 || q.DTS+int64(q.CTS) != 4500 {
		t.Errorf("%+v %+v", p, q)
	}
	if h := n.Health(); h.Clamps != 2 || h.Jumps != 0 {
		t.Errorf("%+v", h)
	}
}

func TestNormaliser_DropsPicturesBeforeTheFirstKeyFrame(t *testing.T) {
	n, out, _ := begin(t, picture, sound)
	write(t, n, inter(0), frame(0), inter(33), frame(21), key(66), inter(100))
	n.Close(nil)
	if v := out.of(av.VideoID); len(v) != 2 || !v[0].Key || v[0].DTS != 66*90 {
		t.Errorf("%+v", v)
	}
	if h := n.Health(); h.Dropped != 2 || h.VideoFrames != 2 || h.AudioFrames != 2 {
		t.Errorf("%+v", h)
	}
}

// stream writes seconds of 25 fps picture with a key frame each second and 20 ms sound steps,
// starting at a source time.
func stream(t testing.TB, n *Normaliser, fromMS, seconds int64) {
	t.Helper()
	for ms := int64(0); ms < seconds*1000; ms += 20 {
		if ms%40 == 0 {
			s := inter(fromMS + ms)
			s.Key = ms%1000 == 0
			write(t, n, s)
		}
		write(t, n, frame(fromMS+ms))
	}
}

func TestNormaliser_JumpsRebaseBothTracksOnce(t *testing.T) {
	// Frames of 960 samples make sound steps of exactly 20 ms.
	sound := sound
	sound.Config = []byte{0x11, 0x94}
	for name, to := range map[string]int64{"forwards": 60_000, "backwards": 0, "just over the limits": 10_000 + 2_000 + 3_100} {
		n, out, _ := begin(t, picture, sound)
		stream(t, n, 10_000, 2)
		stream(t, n, to, 2)
		n.Close(nil)
		v, a := out.of(av.VideoID), out.of(av.AudioID)
		if len(v) != 100 || len(a) != 200 || len(out.cuts) != 1 {
			t.Fatalf("%s: %d pictures, %d sounds, cuts %v", name, len(v), len(a), out.cuts)
		}
		for i := range v {
			if want := int64(10_000+40*i) * 90; v[i].DTS != want || v[i].Duration != 3600 {
				t.Fatalf("%s: picture %d at %d for %d, want %d", name, i, v[i].DTS, v[i].Duration, want)
			}
		}
		for i := range a {
			if want := int64(10_000+20*i) * 48; a[i].DTS != want || a[i].Duration != 960 {
				t.Fatalf("%s: sound %d at %d, want %d", name, i, a[i].DTS, want)
			}
		}
		if h := n.Health(); h.Jumps != 1 || h.Clamps != 0 || h.Dropped != 0 || !slices.Contains(h.Warnings, WarnTimestampJumps) {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

func TestNormaliser_OneWildTimestampIsASlip(t *testing.T) {
	for name, wild := range map[string]int64{"far ahead": 3_600_000, "behind": 4_000, "far behind": 0} {
		n, out, _ := begin(t, picture)
		write(t, n, key(6000), inter(6040), inter(wild), inter(6120), inter(6160))
		n.Close(nil)
		equal(t, name, times(out.samples), []int64{540000, 543600, 547200, 550800, 554400})
		if h := n.Health(); len(out.cuts) != 0 || h.Jumps != 0 || h.Clamps != 1 {
			t.Errorf("%s: cuts %v, %+v", name, out.cuts, h)
		}
	}
}

func TestNormaliser_AWildTimestampAtTheEndIsNotLost(t *testing.T) {
	n, out, _ := begin(t, picture)
	write(t, n, key(0), inter(40), inter(90_000))
	n.Close(nil)
	equal(t, "times", times(out.samples), []int64{0, 3600, 7200})
}

func TestNormaliser_PauseOfOneTrackKeepsBothInStep(t *testing.T) {
	n, out, _ := begin(t, picture, sound)
	write(t, n, key(0), frame(0), inter(40))
	for ms := int64(1); ms*64/3 < 8000; ms++ {
		write(t, n, frame(ms*64/3))
	}
	write(t, n, key(8000), inter(8040))
	n.Close(nil)
	v := out.of(av.VideoID)
	equal(t, "times", times(v), []int64{0, 3600, 720000, 723600})
	equal(t, "durations", durations(v), []uint32{3600, 716400, 3600, 3600})
	if h := n.Health(); len(out.cuts) != 0 || h.Jumps != 0 {
		t.Errorf("cuts %v, %+v", out.cuts, h)
	}
}

func TestNormaliser_TracksDatedFromDifferentOriginsAreLaidSideBySide(t *testing.T) {
	const origin = 86_400_000 // the picture counts from midnight, the sound from zero
	n, out, _ := begin(t, picture, sound)
	for ms := int64(0); ms < 2000; ms += 20 {
		write(t, n, frame(ms))
		if ms%40 == 0 {
			s := inter(origin + ms)
			s.Key = ms == 0
			write(t, n, s)
		}
	}
	n.Close(nil)
	v, a := out.of(av.VideoID), out.of(av.AudioID)
	if len(v) != 50 || len(out.cuts) != 1 {
		t.Fatalf("%d pictures, cuts %v", len(v), out.cuts)
	}
	if gap := v[49].DTS/90 - a[len(a)-1].DTS/48; gap < -100 || gap > 100 {
		t.Errorf("picture and sound are %d ms apart", gap)
	}

	// One wild first picture is left out.
	n, out, _ = begin(t, picture, sound)
	write(t, n, frame(0), key(origin), frame(21), key(40), inter(80))
	n.Close(nil)
	equal(t, "pictures", times(out.of(av.VideoID)), []int64{3600, 7200})
}

func TestNormaliser_TrackThatBeginsAfterARebaseJoinsTheNewTimeline(t *testing.T) {
	n, out, _ := begin(t, picture, sound)
	write(t, n, key(0), inter(40), key(500_000), inter(500_040), frame(500_040))
	n.Close(nil)
	equal(t, "pictures", times(out.of(av.VideoID)), []int64{0, 3600, 7200, 10800})
	equal(t, "sounds", times(out.of(av.AudioID)), []int64{120 * 48})
}

func TestNormaliser_PauseBeyondAnHourIsADiscontinuity(t *testing.T) {
	n, out, _ := begin(t, picture, sound)
	write(t, n, key(0), frame(0), inter(40))
	for ms := int64(0); ms <= 3_700_000; ms += 2900 {
		write(t, n, frame(ms))
	}
	write(t, n, key(3_699_000), inter(3_699_040))
	n.Close(nil)
	if len(out.cuts) != 1 {
		t.Errorf("cuts %v", out.cuts)
	}
}

func TestNormaliser_DiscontinuityIsFollowedByAKeyFrame(t *testing.T) {
	n, out, _ := begin(t, picture)
	write(t, n, key(0), inter(40), inter(50_000), inter(50_040), key(50_080), inter(50_120))
	n.Close(nil)
	if len(out.cuts) != 1 || len(out.samples) != 4 || !out.samples[out.cuts[0]].Key {
		t.Fatalf("cuts %v in %+v", out.cuts, out.samples)
	}
}

func TestNormaliser_NewConfigurationRunsOn(t *testing.T) {
	n, out, _ := begin(t, picture, sound)
	write(t, n, key(0), frame(0), inter(40), frame(21))
	faster := sound
	faster.Config = []byte{0x12, 0x10} // 44.1 kHz
	if err := n.Tracks([]av.Track{picture, faster}); err != nil {
		t.Fatal(err)
	}
	if len(out.samples) != 4 {
		t.Fatalf("%d samples before the new tracks: all must be complete", len(out.samples))
	}
	write(t, n, inter(80), key(120), frame(43), frame(66))
	n.Close(nil)
	v, a := out.of(av.VideoID), out.of(av.AudioID)
	equal(t, "pictures", times(v), []int64{0, 3600, 10800})
	equal(t, "sounds", times(a), []int64{0, 1024, 1882, 2906})
	if out.tracks[1][1].Timescale != 44100 {
		t.Errorf("%+v", out.tracks[1])
	}
}

func TestNormaliser_StartBelowZeroIsLifted(t *testing.T) {
	n, out, _ := begin(t, picture, sound)
	write(t, n, key(-500), frame(-480), inter(-460), frame(-459))
	n.Close(nil)
	equal(t, "pictures", times(out.of(av.VideoID)), []int64{0, 3600})
	equal(t, "sounds", times(out.of(av.AudioID)), []int64{960, 1984})
}

func TestNormaliser_Refusals(t *testing.T) {
	out := &tape{}
	n := New(out, Options{Clock: clock.NewFake(time.Unix(1, 0))})
	if n.Write(key(0)) == nil {
		t.Error("a sample before Tracks was taken")
	}
	for name, tracks := range map[string][]av.Track{
		"no timescale":  {{ID: av.VideoID, Codec: av.H264}},
		"wrong id":      {{ID: av.AudioID, Codec: av.H264, Timescale: 1000}},
		"two pictures":  {picture, picture},
		"broken config": {{ID: av.AudioID, Codec: av.AAC, Timescale: 1000, Config: []byte{1}}},
	} {
		if n.Tracks(tracks) == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if len(out.tracks) != 0 {
		t.Error("refused tracks reached the output")
	}
	if err := n.Tracks([]av.Track{picture}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int{-1, 0, av.AudioID, 9} {
		if n.Write(av.Sample{Track: id}) == nil {
			t.Errorf("sample of track %d was taken", id)
		}
	}
	n.Close(av.ErrReplaced)
	n.Close(nil)
	if out.closed != 1 || out.cause != av.ErrReplaced {
		t.Errorf("closed %d times with %v", out.closed, out.cause)
	}
	if n.Write(key(0)) == nil || n.Tracks([]av.Track{picture}) == nil {
		t.Error("a closed normaliser took more")
	}
}

func TestNormaliser_OutputErrorIsReturnedAndEndsWriting(t *testing.T) {
	n, out, _ := begin(t, picture)
	out.err = errors.New("disk full")
	write(t, n, key(0))
	if err := n.Write(inter(40)); err != out.err {
		t.Errorf("%v", err)
	}
	if err := n.Write(inter(80)); err != out.err {
		t.Errorf("again: %v", err)
	}
	n.Close(nil)
	if len(out.samples) != 1 || out.cause != out.err || out.closed != 1 {
		t.Errorf("%d samples, closed %d times with %v", len(out.samples), out.closed, out.cause)
	}
}

func TestRescale_RoundsToNearestAndKeepsOrder(t *testing.T) {
	for _, c := range []struct{ v, from, to, want int64 }{
		{1, 1000, 90000, 90}, {1, 3, 1, 0}, {2, 3, 1, 1}, {-1, 3, 1, 0}, {-2, 3, 1, -1}, {-1000, 1000, 48000, -48000},
		{1 << 50, 1000, 90000, 1 << 50 * 90},
	} {
		if got := rescale(c.v, c.from, c.to); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

// Whatever a publisher sends, the output keeps the package's invariants.
func TestNormaliser_InvariantsHoldForAnyTimestamps(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		out := &tape{}
		n := New(out, Options{Clock: clock.NewFake(time.Unix(1_800_000_000, 0))})
		if err := n.Tracks([]av.Track{picture, sound}); err != nil {
			r.Fatal(err)
		}
		step := rapid.OneOf(
			rapid.Int64Range(15, 45), rapid.Int64Range(15, 45), rapid.Int64Range(15, 45),
			rapid.Int64Range(-1500, 4000), rapid.Int64Range(-100_000_000, 100_000_000))
		at := rapid.Int64Range(-5000, 1<<32).Draw(r, "start")
		for range rapid.IntRange(1, 120).Draw(r, "count") {
			at += step.Draw(r, "step")
			if rapid.IntRange(0, 40).Draw(r, "change") == 40 {
				if err := n.Tracks([]av.Track{picture, sound}); err != nil {
					r.Fatal(err)
				}
			}
			s := frame(at)
			if rapid.Bool().Draw(r, "picture") {
				s = inter(at)
				s.Key = rapid.IntRange(0, 3).Draw(r, "key") == 0
				s.CTS = rapid.Int32Range(-100, 200).Draw(r, "cts")
			}
			if err := n.Write(s); err != nil {
				r.Fatal(err)
			}
		}
		n.Close(nil)
		last := map[int]*av.Sample{}
		cuts := slices.Concat(out.cuts, out.changes)
		slices.Sort(cuts)
		needKey := true
		for i := range out.samples {
			for len(cuts) > 0 && cuts[0] == i {
				cuts, needKey = cuts[1:], true
				clear(last)
			}
			s := &out.samples[i]
			if s.DTS < 0 || s.Duration == 0 {
				r.Fatalf("sample %d: %+v", i, *s)
			}
			if p := last[s.Track]; p != nil && p.DTS+int64(p.Duration) != s.DTS {
				r.Fatalf("sample %d of track %d at %d, the one before ended at %d", i, s.Track, s.DTS, p.DTS+int64(p.Duration))
			}
			if s.Track == av.VideoID {
				if needKey && !s.Key {
					r.Fatalf("sample %d should be a key frame", i)
				}
				needKey = false
			}
			last[s.Track] = s
		}
		for _, id := range []int{av.VideoID, av.AudioID} {
			t := times(out.of(id))
			if !slices.IsSorted(t) || len(slices.Compact(slices.Clone(t))) != len(t) {
				r.Fatalf("track %d does not rise: %v", id, t)
			}
		}
	})
}
