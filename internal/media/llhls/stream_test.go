package llhls

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
)

func TestStream_PartsAreSlicesOfTheirSegment(t *testing.T) {
	r := newRig(t, 30)
	r.size = 90_000 // outgrows the first buffer, so that earlier parts must move
	r.begin().play(6100 * time.Millisecond)
	for _, g := range r.s.snap.Load().segs {
		var joined []byte
		at := 0
		for _, p := range g.parts {
			if &p.data[0] != &g.buf[at] {
				t.Errorf("a part of segment %d has its own memory", g.seq)
			}
			at += len(p.data)
			joined = append(joined, p.data...)
		}
		if !bytes.Equal(joined, r.get("/seg-"+string('0'+rune(g.seq))+".m4s").Body.Bytes()) {
			t.Errorf("segment %d is not its parts in a row", g.seq)
		}
	}
}

func TestStream_LongKeyframeGapKeepsPartsFlowingAndCountsForcedCuts(t *testing.T) {
	r := newRig(t, 30)
	r.gop = 1 << 30
	r.begin().play(20 * time.Second)
	st := r.s.Stats()
	if st.ForcedCuts < 2 || st.Parts < 38 {
		t.Errorf("%d forced cuts and %d parts in 20 s without key frames", st.ForcedCuts, st.Parts)
	}
	if p := r.playlist(); p.target != 6 {
		t.Errorf("TARGETDURATION %d for an encoder without key frames, want 6", p.target)
	}
	if n := newRig(t, 30).begin().play(20 * time.Second).s.Stats().ForcedCuts; n != 0 {
		t.Errorf("%d forced cuts at a two-second interval", n)
	}
	four := newRig(t, 30)
	four.gop = 120
	if st := four.begin().play(20 * time.Second).s.Stats(); st.ForcedCuts != 0 || st.Segments != 4 {
		t.Errorf("%d segments and %d forced cuts at a four-second interval", st.Segments, st.ForcedCuts)
	}
}

func TestStream_FramesTooFarApartLeaveADatedHole(t *testing.T) {
	r := newRig(t, 30).silent().begin().play(5 * time.Second)
	for range 12 {
		r.hiccup(1400 * time.Millisecond)
	}
	r.play(6 * time.Second)
	p := r.playlist()
	last := p.segs[len(p.segs)-1]
	lag := r.clk.Now().Sub(last.pdt)
	if r.s.Stats().ForcedCuts == 0 || lag > 4*time.Second {
		t.Errorf("%d forced cuts; the last segment is dated %v ago", r.s.Stats().ForcedCuts, lag)
	}
}

func TestStream_LostSoundLeavesADatedHole(t *testing.T) {
	r := newRig(t, 0).begin().play(1900 * time.Millisecond)
	for range 4 {
		r.aDTS += 48000 * 29 / 10
		r.play(4700 * time.Millisecond)
	}
	p := r.playlist()
	targetHolds(t, r, nil, p)
	noLongPart(t, r, nil, p)
	noShortPart(t, r, nil, p)
	if lag := r.clk.Now().Sub(p.segs[len(p.segs)-1].pdt); lag < 0 || lag > 3*time.Second {
		t.Errorf("the last segment is dated %v ago", lag)
	}
}

func TestStream_NewConfigurationGetsANewInitAndADiscontinuity(t *testing.T) {
	r := newRig(t, 30).begin().play(5 * time.Second)
	r.begin() // the same configuration again
	r.play(time.Second)
	if p := r.playlist(); strings.Contains(p.text, "DISCONTINUITY\n") {
		t.Fatal("the same configuration again made a discontinuity")
	}
	r.rotate()
	r.play(5 * time.Second)
	p := r.playlist()
	var breaks []listing
	for _, g := range p.segs {
		if g.disc {
			breaks = append(breaks, g)
		}
	}
	if len(breaks) != 1 || !breaks[0].newInit || breaks[0].initURI != "init-1.mp4" || p.segs[0].initURI != "init-0.mp4" {
		t.Fatalf("breaks %+v in\n%s", breaks, p.text)
	}
	if bytes.Equal(r.get("/init-0.mp4").Body.Bytes(), r.get("/init-1.mp4").Body.Bytes()) {
		t.Error("both inits are the same")
	}
	if got := r.get("/index.m3u8").Body.String(); !strings.Contains(got, "RESOLUTION=720x1280") {
		t.Errorf("the multivariant playlist keeps the old size:\n%s", got)
	}
	r.play(90 * time.Second)
	if p := r.playlist(); p.discSeq != 1 || p.segs[0].initURI != "init-1.mp4" {
		t.Errorf("after it slid out: discontinuity sequence %d, init %s", p.discSeq, p.segs[0].initURI)
	}
	if w := r.get("/init-0.mp4"); w.Code != 404 {
		t.Errorf("an init nothing needs is still held: %d", w.Code)
	}
}

func TestStream_ReconnectContinuesTheNumbersAndTheMediaTime(t *testing.T) {
	r := newRig(t, 30).begin().play(5 * time.Second)
	r.reconnect(9 * time.Second)
	r.play(5 * time.Second)
	r.s.End()
	for i, g := range r.hooks {
		if g.Seq != uint64(i) || g.Discontinuity != (i == 3) || g.InitID != 0 || !g.KeyStart {
			t.Errorf("segment %d: seq %d, discontinuity %v, init %d, key %v", i, g.Seq, g.Discontinuity, g.InitID, g.KeyStart)
		}
		if i > 0 && g.Start < r.hooks[i-1].Start+r.hooks[i-1].Duration {
			t.Errorf("segment %d starts at %v, inside the one before", i, g.Start)
		}
	}
	if len(r.hooks) != 6 {
		t.Fatalf("%d segments", len(r.hooks))
	}
	if want := epochStart.Add(14 * time.Second); !r.hooks[3].PDT.Equal(want) {
		t.Errorf("the segment after the reconnect is dated %v, want %v", r.hooks[3].PDT, want)
	}
	for _, g := range r.hooks {
		if !bytes.Equal(g.Data, r.s.snap.Load().segment(g.Seq).buf) || len(g.Init) == 0 {
			t.Errorf("segment %d was handed over with other bytes", g.Seq)
		}
	}
}

func TestStream_ReplacedPublisherLeavesTheNewOneAlone(t *testing.T) {
	r := newRig(t, 30).begin().play(3 * time.Second)
	r.s.Close(av.ErrReplaced)
	if err := r.s.Tracks(r.tracks); err != nil {
		t.Fatal(err)
	}
	r.pictures = 0
	r.play(time.Second)
	before := r.s.Stats().Segments
	r.s.Close(av.ErrReplaced) // the old connection's, late
	r.play(2 * time.Second)
	if st := r.s.Stats(); !st.Live || st.Segments != before+1 {
		t.Errorf("after the late close: live %v, %d segments, want %d", st.Live, st.Segments, before+1)
	}
}

func TestStream_ReplacementBeginsANewEpochWithTheSameConfiguration(t *testing.T) {
	r := newRig(t, 30).begin().play(3 * time.Second)
	r.s.Close(av.ErrReplaced)
	r.now, r.vDTS, r.aDTS, r.pictures = 0, 0, 0, 0
	r.begin().play(5 * time.Second)
	breaks := 0
	for _, g := range r.playlist().segs {
		if g.disc {
			breaks++
		}
	}
	if st := r.s.Stats(); breaks != 1 || st.Parts < 15 || st.Dropped > 3 {
		t.Errorf("%d discontinuities, stats %+v", breaks, st)
	}
	r.begin().play(3 * time.Second) // the same publisher repeats itself
	if got := strings.Count(r.playlist().text, "#EXT-X-DISCONTINUITY\n"); got != 1 {
		t.Errorf("%d discontinuities after a repeated declaration", got)
	}
}

func TestStream_BeginsAtAKeyFrameAndKeepsTheSoundFromThereOn(t *testing.T) {
	r := newRig(t, 30)
	r.begin()
	r.pictures = 31 // the next key frame is 29 pictures away
	r.play(5 * time.Second)
	g := r.s.snap.Load().segs[0]
	if !g.keyStart || g.frames != 60 {
		t.Errorf("the first segment has key start %v and %d frames", g.keyStart, g.frames)
	}
	if r.s.Stats().Dropped < 29 {
		t.Errorf("%d samples dropped", r.s.Stats().Dropped)
	}
}

func TestStream_AnnouncedPicturesThatNeverComeDoNotHoldTheSound(t *testing.T) {
	r := newRig(t, 30).begin()
	r.tracks = r.tracks[1:]
	r.play(20 * time.Second)
	if st := r.s.Stats(); st.Parts < 20 {
		t.Errorf("%d parts in 20 s of sound", st.Parts)
	}
}

func TestStream_MemoryStaysBelowItsCap(t *testing.T) {
	r := newRig(t, 30)
	r.s = New(Options{Clock: r.clk, MaxBytes: 4 << 20})
	r.size = 20_000 // 1.2 MB a segment: the window alone would be 18 MB
	peak := 0
	r.each = func() { peak = max(peak, r.s.Stats().HeldBytes) }
	r.begin().play(40 * time.Second)
	if st := r.s.Stats(); peak > 4<<20 || st.Evicted == 0 || st.ForcedCuts == 0 {
		t.Errorf("peak %d bytes of %d, %d evicted, %d forced cuts", peak, 4<<20, st.Evicted, st.ForcedCuts)
	}
	if n := len(r.playlist().finished()); n < minListed {
		t.Errorf("%d segments are listed", n)
	}
	before := r.s.Stats().Dropped
	r.send(av.Sample{Track: av.VideoID, DTS: r.vDTS, Duration: 3000, Key: true, Data: make([]byte, 1<<20)})
	if r.s.Stats().Dropped != before+1 {
		t.Error("a picture larger than a segment may be was taken")
	}
}

func TestStream_RefusesWhatItCannotPackage(t *testing.T) {
	s := New(Options{Clock: newRig(t, 30).clk})
	if err := s.Write(av.Sample{Track: av.VideoID}); errs.CodeOf(err) != "tracks_missing" {
		t.Errorf("sample before tracks: %v", err)
	}
	bad := func(change func(*av.Track)) []av.Track {
		v := videoTrack()
		change(&v)
		return []av.Track{v}
	}
	for name, tracks := range map[string][]av.Track{
		"none": nil, "three": {videoTrack(), audioTrack(), audioTrack()}, "twice": {audioTrack(), audioTrack()},
		"wrong ID": bad(func(v *av.Track) { v.ID = 7 }), "no clock": bad(func(v *av.Track) { v.Timescale = 0 }),
		"no config": bad(func(v *av.Track) { v.Config = nil }), "no size": bad(func(v *av.Track) { v.Width = 0 }),
		"no tag": bad(func(v *av.Track) { v.CodecTag = "" }), "MP3": bad(func(v *av.Track) { v.ID, v.Codec = 2, "mp3" }),
	} {
		if err := s.Tracks(tracks); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Tracks([]av.Track{videoTrack()}); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(av.Sample{Track: av.AudioID, Duration: 1, Data: []byte{1}}); errs.CodeOf(err) != "track_unknown" {
		t.Errorf("sample of an unknown track: %v", err)
	}
	s.End()
	s.End()
	for _, err := range []error{s.Write(av.Sample{}), s.Tracks([]av.Track{videoTrack()})} {
		if !errs.Is(err, errs.Gone) {
			t.Errorf("after the end: %v", err)
		}
	}
}

func TestStream_DropsAndCountsSamplesItCannotPlace(t *testing.T) {
	r := newRig(t, 30).begin().play(3 * time.Second)
	before := r.s.Stats().Dropped
	r.send(av.Sample{Track: av.VideoID, DTS: r.vDTS - 3000, Duration: 3000, Data: []byte{1}}) // twice the same time
	r.send(av.Sample{Track: av.VideoID, DTS: r.vDTS, Duration: 3000})                         // no data
	r.send(av.Sample{Track: av.VideoID, DTS: r.vDTS, Data: []byte{1}})                        // no duration
	if got := r.s.Stats().Dropped - before; got != 3 {
		t.Errorf("%d dropped, want 3", got)
	}
}

func TestStream_StatsMayBeReadWhileItIsWritten(t *testing.T) {
	r := newRig(t, 30).begin()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					r.s.Stats()
					r.s.LastFrameAt()
					get(r.s, "/seg-0.m4s")
				}
			}
		})
	}
	r.play(10 * time.Second)
	r.s.Close(errors.New("connection reset"))
	close(stop)
	wg.Wait()
	st := r.s.Stats()
	if st.Width != 1280 || st.Height != 720 || st.FrameRate < 29.9 || st.FrameRate > 30.1 || st.BitsPerSecond <= 0 {
		t.Errorf("stats %+v", st)
	}
	if st.Live || st.Ended || !r.s.LastFrameAt().Equal(st.LastFrameAt) || st.LastPartAge < 0 {
		t.Errorf("stats %+v", st)
	}
}

func TestStats_FrameRateIsTheUsualOneItStandsFor(t *testing.T) {
	for measured, want := range map[float64]float64{29.99: 30, 29.97: 30000. / 1001, 59.95: 60000. / 1001, 24.99: 25, 27: 27, 12.5: 12.5} {
		if got := nominal(measured); got != want {
			t.Errorf("%v stands for %v, got %v", measured, want, got)
		}
	}
}
