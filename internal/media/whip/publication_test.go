package whip

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

// feed is a publication with a sink, driven by hand.
type feed struct {
	t    *testing.T
	p    *publication
	sink *sink
	seq  map[*input]uint16
	keys int // key frames asked for
}

func newFeed(t *testing.T, o offer) *feed {
	f := &feed{t: t, sink: newSink(), seq: map[*input]uint16{}}
	f.p = newPublication(clock.NewFake(epoch), f.sink, o, func() { f.keys++ })
	return f
}

func (f *feed) send(in *input, ts uint32, after time.Duration, payload []byte) error {
	f.t.Helper()
	seq := f.seq[in]
	f.seq[in]++
	return f.p.packet(in, packet{seq: seq, ts: ts, marker: true, payload: payload, at: epoch.Add(after)})
}

func (f *feed) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

var (
	monoPacket   = []byte{0x78, 1, 2} // CELT, 20 ms
	stereoPacket = []byte{0x7c, 1, 2}
	keyPicture   = stap(spsNAL, ppsNAL, idrNAL)
)

func TestPublication_ReportsBringPictureAndSoundTogether(t *testing.T) {
	f := newFeed(t, offer{video: true, audio: true})
	v, a := f.p.attach(true), f.p.attach(false)
	const late = 300 * time.Millisecond // of the picture's packets
	for i := range 400 {                // 20 ms each
		now := time.Duration(i) * 20 * time.Millisecond
		f.must(f.send(a, uint32(777+960*i), now, monoPacket))
		payload := slice
		if i%50 == 0 {
			payload = keyPicture
		}
		f.must(f.send(v, uint32(123456+1800*i), now+late, payload))
		if i == 60 {
			f.p.report(a, ntp(epoch.Add(now)), uint32(777+960*i))
			f.p.report(v, ntp(epoch.Add(now)), uint32(123456+1800*i))
		}
	}
	_, samples := f.sink.snapshot()
	n := map[int]int{}
	for _, s := range samples {
		i := n[s.Track]
		n[s.Track]++
		seconds := float64(s.DTS) / audioRate
		if s.Track == av.VideoID {
			seconds = float64(s.DTS) / videoRate
		}
		skew := seconds - float64(i)*0.02
		if s.Track == av.AudioID && math.Abs(skew) > 1e-6 {
			t.Fatalf("sound %d was moved by %f s", i, skew)
		}
		if s.Track == av.VideoID && (i < 50 && skew < 0.25 || i > 300 && math.Abs(skew) > 0.001) {
			t.Fatalf("picture %d is %f s off", i, skew)
		}
	}
	if n[av.VideoID] != 400 || n[av.AudioID] != 400 {
		t.Errorf("samples %v", n)
	}
}

func TestPublication_ReportsBeforeTheStartNeedNoSlew(t *testing.T) {
	f := newFeed(t, offer{video: true, audio: true})
	v, a := f.p.attach(true), f.p.attach(false)
	f.must(f.send(a, 0, 0, monoPacket))
	f.must(f.send(v, 0, 400*time.Millisecond, slice)) // no key frame yet
	f.p.report(a, ntp(epoch), 0)
	f.p.report(v, ntp(epoch), 0)
	f.must(f.send(v, 9000, 500*time.Millisecond, keyPicture))
	_, samples := f.sink.snapshot()
	if len(samples) != 2 || samples[0].DTS != 0 || samples[1].DTS != 9000 {
		t.Errorf("samples %+v", samples)
	}
}

func TestPublication_AfterALossNothingComesBeforeAKeyFrame(t *testing.T) {
	f := newFeed(t, offer{video: true})
	v := f.p.attach(true)
	f.must(f.send(v, 0, 0, keyPicture))
	f.must(f.send(v, 3000, 0, slice))
	f.seq[v]++ // lost
	f.keys = 0
	for i := range 20 {
		f.must(f.send(v, uint32(6000+3000*i), time.Duration(i)*33*time.Millisecond, slice))
	}
	if _, samples := f.sink.snapshot(); len(samples) != 2 {
		t.Errorf("%d samples", len(samples))
	}
	if f.keys == 0 {
		t.Error("no key frame was asked for")
	}
	if _, waiting := f.p.state(); !waiting {
		t.Error("not waiting for a key frame")
	}
	f.must(f.send(v, 90000, 0, keyPicture))
	f.must(f.send(v, 93000, 0, slice))
	tracks, samples := f.sink.snapshot()
	if len(samples) != 4 || !samples[2].Key || samples[3].DTS-samples[2].DTS != 3000 || len(tracks) != 1 {
		t.Errorf("tracks %v, samples %+v", tracks, samples)
	}
	if got := f.p.totals(); got.gaps != 1 || got.dropped == 0 || got.samples != 4 {
		t.Errorf("totals %+v", got)
	}
}

func TestPublication_SoundThatJoinsLateWaitsForAKeyFrame(t *testing.T) {
	f := newFeed(t, offer{video: true, audio: true})
	v := f.p.attach(true)
	f.must(f.send(v, 0, 0, keyPicture))
	f.must(f.p.tick(epoch.Add(trackWait)))
	a := f.p.attach(false)
	f.must(f.send(a, 0, 3*time.Second, monoPacket))
	f.must(f.send(v, 3000, 3*time.Second, slice))
	tracks, samples := f.sink.snapshot()
	if len(tracks) != 1 || len(tracks[0]) != 1 || len(samples) != 2 {
		t.Fatalf("tracks %v, %d samples", tracks, len(samples))
	}
	f.must(f.send(v, 6000, 3*time.Second, keyPicture))
	f.must(f.send(a, 960, 3*time.Second, monoPacket))
	tracks, samples = f.sink.snapshot()
	if len(tracks) != 2 || len(tracks[1]) != 2 || len(samples) != 4 || !samples[2].Key || samples[3].Track != av.AudioID {
		t.Errorf("tracks %v, samples %+v", tracks, samples)
	}
}

func TestPublication_StereoPacketsAreNeverToldAsMono(t *testing.T) {
	f := newFeed(t, offer{audio: true})
	a := f.p.attach(false)
	f.must(f.send(a, 0, 0, monoPacket))
	f.must(f.send(a, 960, 0, stereoPacket))
	f.must(f.send(a, 1920, 0, monoPacket))
	f.must(f.send(a, 2880, 0, []byte{0x7b, 0})) // no frames: not Opus
	tracks, samples := f.sink.snapshot()
	if len(tracks) != 2 || tracks[0][0].Channels != 1 || tracks[1][0].Channels != 2 || len(samples) != 3 || samples[1].tracks != 2 {
		t.Errorf("tracks %+v, samples %+v", tracks, samples)
	}
}

func TestPublication_MediaThatNeverPlaysEndsWithAReason(t *testing.T) {
	f := newFeed(t, offer{video: true})
	v := f.p.attach(true)
	f.must(f.p.tick(epoch.Add(time.Hour))) // nothing came: not this one's to judge
	f.must(f.send(v, 0, 0, stap(idrNAL)))  // no parameter sets, ever
	f.must(f.send(v, 3000, 0, stap(spsNAL[:5], ppsNAL, idrNAL)))
	f.must(f.p.tick(epoch.Add(configWait - time.Second)))
	if err := f.p.tick(epoch.Add(configWait)); errs.CodeOf(err) != "whip_no_picture" {
		t.Errorf("%v", err)
	}
	if tracks, _ := f.sink.snapshot(); len(tracks) != 0 || f.keys < 2 {
		t.Errorf("tracks %v, %d requests", tracks, f.keys)
	}
}

func TestPublication_WaitingSamplesAreBounded(t *testing.T) {
	f := newFeed(t, offer{video: true, audio: true})
	v := f.p.attach(true)
	big := append([]byte{0x65}, bytes.Repeat([]byte{1}, 60_000)...)
	for i := range 2000 {
		f.must(f.send(v, uint32(i), 0, stap(spsNAL, ppsNAL, big)))
		if f.p.size > maxHeldBytes+len(big) || len(f.p.held) > maxHeldSamples {
			t.Fatalf("%d samples of %d bytes wait", len(f.p.held), f.p.size)
		}
	}
	if _, samples := f.sink.snapshot(); len(samples) != 2000 {
		t.Errorf("%d samples", len(samples))
	}
}

func TestPublication_ShortStreamIsGivenAtItsEndAndErrorsStay(t *testing.T) {
	f := newFeed(t, offer{video: true, audio: true})
	v := f.p.attach(true)
	f.must(f.send(v, 0, 0, keyPicture))
	f.p.finish()
	if tracks, samples := f.sink.snapshot(); len(tracks) != 1 || len(samples) != 1 {
		t.Errorf("tracks %v, %d samples", tracks, len(samples))
	}
	stop := errors.New("room stopped")
	f.sink.failWith(stop)
	if err := f.send(v, 3000, 0, slice); err != stop {
		t.Errorf("%v", err)
	}
	f.sink.failWith(nil)
	if err := f.send(v, 6000, 0, slice); err != stop {
		t.Errorf("written on after an error: %v", err)
	}
	if err := f.p.tick(epoch); err != stop {
		t.Errorf("tick forgot: %v", err)
	}
}

func TestPublication_ReplacedStreamIsNotListenedTo(t *testing.T) {
	f := newFeed(t, offer{video: true})
	old := f.p.attach(true)
	f.must(f.send(old, 0, 0, keyPicture))
	next := f.p.attach(true)
	f.must(f.send(old, 3000, 0, slice))
	f.must(f.send(next, 50, 33*time.Millisecond, slice)) // needs a key frame of its own
	f.must(f.send(next, 3050, 66*time.Millisecond, keyPicture))
	if _, samples := f.sink.snapshot(); len(samples) != 2 || samples[1].DTS < 3000 || !samples[1].Key {
		t.Errorf("samples %+v", samples)
	}
}
