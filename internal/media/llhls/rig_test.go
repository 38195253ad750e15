package llhls

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

var epochStart = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func videoTrack() av.Track {
	return av.Track{ID: av.VideoID, Codec: av.H264, Timescale: 90000, Config: []byte{1, 0x64, 0, 0x1f, 0xff},
		CodecTag: "avc1.64001f", Width: 1280, Height: 720}
}

func audioTrack() av.Track {
	return av.Track{ID: av.AudioID, Codec: av.AAC, Timescale: 48000, Config: []byte{0x11, 0x90},
		CodecTag: "mp4a.40.2", SampleRate: 48000, Channels: 2}
}

// rig feeds synthetic samples to a stream in real time of a fake clock.
type rig struct {
	t     testing.TB
	clk   *clock.Fake
	s     *Stream
	hooks []Segment

	tracks []av.Track
	frame  int64 // ticks of 90 kHz per picture; 0 for none
	gop    int   // pictures per key frame
	size   int   // bytes per picture
	jitter int64 // ticks by which a picture's interval varies, either way
	rand   *rand.Rand

	now      time.Duration // media time so far
	vDTS     int64
	aDTS     int64
	pictures int
	sent     []int64 // presentation time of every picture
	each     func()  // after every sample
}

func newRig(t testing.TB, fps float64) *rig {
	r := &rig{t: t, clk: clock.NewFake(epochStart), gop: int(2 * fps), size: 200,
		tracks: []av.Track{audioTrack()}, each: func() {}, rand: rand.New(rand.NewPCG(1, 2))}
	if fps > 0 {
		r.frame = int64(90000/fps + 0.5)
		r.tracks = []av.Track{videoTrack(), audioTrack()}
	}
	r.s = New(Options{Clock: r.clk, OnSegment: func(g Segment) { r.hooks = append(r.hooks, g) }})
	return r
}

// silent leaves the pictures only.
func (r *rig) silent() *rig { r.tracks = []av.Track{videoTrack()}; return r }

func (r *rig) begin() *rig {
	r.t.Helper()
	if err := r.s.Tracks(r.tracks); err != nil {
		r.t.Fatalf("tracks: %v", err)
	}
	return r
}

// play sends d of media, the track that is behind first.
func (r *rig) play(d time.Duration) *rig {
	r.t.Helper()
	end := r.now + d
	for r.step(end) {
	}
	r.clk.Advance(end - r.now)
	r.now = end
	return r
}

func (r *rig) has(id int) bool {
	for _, t := range r.tracks {
		if t.ID == id {
			return true
		}
	}
	return false
}

func (r *rig) step(end time.Duration) bool {
	r.t.Helper()
	v := time.Duration(r.vDTS) * time.Second / 90000
	a := time.Duration(r.aDTS) * time.Second / 48000
	switch {
	case r.has(av.VideoID) && v < end && (!r.has(av.AudioID) || v <= a || a >= end):
		interval := r.frame
		if r.jitter > 0 {
			interval += r.rand.Int64N(2*r.jitter+1) - r.jitter
		}
		r.picture(v, interval)
	case r.has(av.AudioID) && a < end:
		r.wait(a)
		r.send(av.Sample{Track: av.AudioID, DTS: r.aDTS, Duration: 1024, Key: true, Data: make([]byte, 40)})
		r.aDTS += 1024
	default:
		return false
	}
	return true
}

// picture sends one picture lasting interval ticks.
func (r *rig) picture(at time.Duration, interval int64) {
	r.t.Helper()
	r.wait(at)
	key := r.pictures%r.gop == 0
	r.sent = append(r.sent, r.vDTS+6000)
	r.send(av.Sample{Track: av.VideoID, DTS: r.vDTS, CTS: 6000, Duration: uint32(interval), Key: key,
		Data: make([]byte, r.size)})
	r.pictures++
	r.vDTS += interval
}

func (r *rig) wait(at time.Duration) {
	if at > r.now {
		r.clk.Advance(at - r.now)
		r.now = at
	}
}

func (r *rig) send(v av.Sample) {
	r.t.Helper()
	if err := r.s.Write(v); err != nil {
		r.t.Fatalf("write: %v", err)
	}
	r.each()
}

// hiccup makes one picture last d (longer than an interval), as when an encoder skips frames; sound
// goes on.
func (r *rig) hiccup(d time.Duration) *rig {
	r.t.Helper()
	r.picture(time.Duration(r.vDTS)*time.Second/90000, int64(d)*90000/int64(time.Second))
	return r.play(d)
}

// get requests a path and returns the answer.
func (r *rig) get(path string) *httptest.ResponseRecorder { return get(r.s, path) }

func get(s *Stream, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// playlist is the present media playlist.
func (r *rig) playlist() *playlist {
	r.t.Helper()
	n := r.s.snap.Load()
	if !n.ready() {
		r.t.Fatal("no playlist yet")
	}
	return parsePlaylist(r.t, string(n.full.plain))
}

// scenarios are the streams every playlist rule is checked on.
var scenarios = []struct {
	name string
	run  func(r *rig)
	fps  float64
}{
	{"30 fps", func(r *rig) { r.begin().play(70 * time.Second) }, 30},
	{"29.97 fps", func(r *rig) { r.begin().play(20 * time.Second) }, 30000.0 / 1001},
	{"25 fps without sound", func(r *rig) { r.silent().begin().play(20 * time.Second) }, 25},
	{"60 fps, four-second keys", func(r *rig) { r.gop = 240; r.begin().play(30 * time.Second) }, 60},
	{"millisecond jitter", func(r *rig) { r.jitter = 900; r.begin().play(40 * time.Second) }, 30},
	{"5 fps", func(r *rig) { r.begin().play(20 * time.Second) }, 5},
	{"3 fps without sound", func(r *rig) { r.silent().begin().play(20 * time.Second) }, 3},
	{"1 fps", func(r *rig) { r.begin().play(40 * time.Second) }, 1},
	{"hiccups", func(r *rig) {
		r.begin()
		for i := range 12 {
			r.play(1300 * time.Millisecond).hiccup(time.Duration(i+1) * 190 * time.Millisecond)
		}
		r.play(4 * time.Second)
	}, 30},
	{"hiccups without sound", func(r *rig) {
		r.silent().begin()
		for i := range 12 {
			r.play(1300 * time.Millisecond).hiccup(time.Duration(i+1) * 130 * time.Millisecond)
		}
		r.play(4 * time.Second)
	}, 30},
	{"no key frames", func(r *rig) { r.gop = 1 << 30; r.begin().play(40 * time.Second) }, 30},
	{"keys stop coming", func(r *rig) { r.begin().play(10 * time.Second); r.gop = 1 << 30; r.play(20 * time.Second) }, 30},
	{"sound only", func(r *rig) { r.begin().play(30 * time.Second) }, 0},
	{"pictures stall", func(r *rig) {
		r.begin().play(5 * time.Second)
		keep := r.tracks
		r.tracks = keep[1:]
		r.play(4 * time.Second)
		r.tracks = keep
		r.play(8 * time.Second)
	}, 30},
	{"pictures pause, the last one lasts", func(r *rig) {
		r.begin().play(5 * time.Second)
		keep := r.tracks
		for _, pause := range []int64{1, 3, 9} {
			r.tracks = keep[1:]
			r.play(time.Duration(pause) * time.Second)
			r.tracks = keep
			r.picture(0, pause*90000) // it comes when the next one does, with its duration
			r.play(3 * time.Second)
		}
	}, 30},
	{"configuration change", func(r *rig) {
		r.begin().play(9 * time.Second)
		r.rotate()
		r.play(40 * time.Second)
	}, 30},
	{"reconnect", func(r *rig) {
		r.begin().play(7 * time.Second)
		r.reconnect(11 * time.Second)
		r.play(9 * time.Second)
		r.s.End()
		r.each()
	}, 30},
	{"timestamp jump", func(r *rig) {
		r.begin().play(5 * time.Second)
		r.s.Discontinuity()
		r.vDTS, r.aDTS = r.vDTS+90000*600, r.aDTS+48000*600
		r.now += 600 * time.Second
		r.play(9 * time.Second)
	}, 30},
}

// rotate changes the picture's configuration at a key frame.
func (r *rig) rotate() {
	r.t.Helper()
	turned := videoTrack()
	turned.Width, turned.Height, turned.Config = 720, 1280, []byte{1, 0x64, 0, 0x20, 0xff}
	r.tracks = []av.Track{turned, audioTrack()}
	r.begin()
	r.pictures = 0
}

// reconnect lets the publisher go away for d and come back with timestamps from zero.
func (r *rig) reconnect(d time.Duration) {
	r.t.Helper()
	r.s.Close(nil)
	r.each()
	r.clk.Advance(d)
	r.now, r.vDTS, r.aDTS, r.pictures = 0, 0, 0, 0
	r.s.Close(av.ErrReplaced)
	if err := r.s.Tracks(r.tracks); err != nil {
		r.t.Fatalf("resume: %v", err)
	}
}
