package source

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/cmaf"
	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

func TestMain(m *testing.M) {
	code := m.Run()
	mp4test.Cleanup()
	os.Exit(code)
}

func open(t *testing.T, name string) (*mp4.Movie, *os.File) {
	t.Helper()
	f, err := os.Open(mp4test.File(t, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := mp4.Parse(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return m, f
}

// sink keeps what arrives, with the clock's time, and refuses once it has enough.
type sink struct {
	mu      sync.Mutex
	clock   clock.Clock
	until   time.Duration // of video; refuses after
	tracks  []av.Track
	samples []av.Sample
	at      []time.Time
	closed  []error
}

var errEnough = errors.New("enough")

func (s *sink) Tracks(tracks []av.Track) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tracks = tracks
	return nil
}

func (s *sink) Write(sample av.Sample) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sample.Track == av.VideoID && time.Duration(sample.DTS)*time.Second/videoTimescale > s.until {
		return errEnough
	}
	s.samples = append(s.samples, sample)
	s.at = append(s.at, s.clock.Now())
	return nil
}

func (s *sink) Close(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = append(s.closed, cause)
}

// jumping is a clock on which waiting takes no real time.
type jumping struct {
	clock.Real
	mu  sync.Mutex
	now time.Time
}

func (c *jumping) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *jumping) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	ch := make(chan time.Time, 1)
	ch <- c.now
	return ch
}

func run(t *testing.T, name string, length time.Duration) *sink {
	t.Helper()
	m, f := open(t, name)
	c := &jumping{now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	s := &sink{clock: c, until: length}
	if err := Loop(context.Background(), m, f, c, s); !errors.Is(err, errEnough) {
		t.Fatalf("Loop: %v", err)
	}
	if len(s.closed) != 1 || !errors.Is(s.closed[0], errEnough) {
		t.Fatalf("closed with %v", s.closed)
	}
	return s
}

func TestLoop_TimesContinueOverJoins(t *testing.T) {
	for _, name := range []string{"plain.mp4", "bframes.mp4", "vfr.mp4", "portrait.mp4", "trimmed.mp4", "delayed.mp4", "fragmented.mp4", "silent.mp4"} {
		t.Run(name, func(t *testing.T) {
			s := run(t, name, 31*time.Second)
			end := map[int]int64{}
			start := s.at[0]
			seconds := func(x av.Sample, ticks int64) float64 {
				for _, track := range s.tracks {
					if track.ID == x.Track {
						return float64(ticks) / float64(track.Timescale)
					}
				}
				t.Fatalf("sample of unknown track %d", x.Track)
				return 0
			}
			heard := map[int]float64{}
			for i, x := range s.samples {
				if last, ok := end[x.Track]; ok && x.DTS != last {
					t.Fatalf("sample %d of track %d at %d, the last one ended at %d", i, x.Track, x.DTS, last)
				}
				if x.Duration == 0 || len(x.Data) == 0 {
					t.Fatalf("sample %d: %d ticks, %d bytes", i, x.Duration, len(x.Data))
				}
				if _, ok := end[x.Track]; !ok && !x.Key {
					t.Fatal("does not start with a key")
				}
				end[x.Track] = x.DTS + int64(x.Duration)
				heard[x.Track] = seconds(x, end[x.Track])
				// Sent when due, not earlier, on a clock that never lags.
				if d := s.at[i].Sub(start).Seconds() - (seconds(x, x.DTS) - seconds(s.samples[0], s.samples[0].DTS)); d < -1e-6 || d > 1e-6 {
					t.Fatalf("sample %d sent %.6f s off", i, d)
				}
			}
			if len(s.tracks) == 2 {
				if d := heard[av.VideoID] - heard[av.AudioID]; d > 0.1 || d < -0.1 {
					t.Errorf("sound and picture end %.3f s apart", d)
				}
			}
		})
	}
}

// At every join the sound starts again within a frame of where it stood beside the picture.
func TestLoop_SoundStaysWithThePicture(t *testing.T) {
	for _, name := range []string{"plain.mp4", "portrait.mp4", "bframes.mp4", "delayed.mp4"} {
		m, _ := open(t, name)
		lanes, err := newLanes(m)
		if err != nil {
			t.Fatal(err)
		}
		picture, sound := lanes[0], lanes[1]
		frame := float64(1024) / float64(sound.out.SampleRate)
		joins := func(l *lane, n int) []float64 {
			var out []float64
			for before := int64(0); len(out) < n; l.advance() {
				if l.joins != before {
					before = l.joins
					out = append(out, float64(l.next.DTS)/float64(l.out.Timescale))
				}
			}
			return out
		}
		vs, as := joins(picture, 200), joins(sound, 200)
		for k := range vs {
			drift := (as[k] - vs[k]) - (as[0] - vs[0])
			if drift < -0.0001 || drift > frame+0.0001 {
				t.Fatalf("%s: after %d joins the sound is %.4f s off", name, k, drift)
			}
		}
	}
}

// What leaves is decodable: two loops, written as fragments, pass a decoder without complaint.
func TestLoop_Decodes(t *testing.T) {
	s := run(t, "bframes.mp4", 11*time.Second)
	out := cmaf.Init(s.tracks)
	runs := map[int]*cmaf.Run{av.VideoID: {Track: av.VideoID}, av.AudioID: {Track: av.AudioID}}
	for _, x := range s.samples {
		runs[x.Track].Samples = append(runs[x.Track].Samples, x)
	}
	out = cmaf.AppendFragment(out, 1, *runs[av.VideoID], *runs[av.AudioID])
	path := t.TempDir() + "/loop.mp4"
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	mp4test.Run(t, "ffmpeg", "-v", "error", "-nostdin", "-xerror", "-i", path, "-f", "null", "-")
}

func TestLoop_Refusals(t *testing.T) {
	for name, code := range map[string]string{"hevc.mp4": "codec_unsupported", "audio.mp4": "no_video_track"} {
		m, f := open(t, name)
		s := &sink{clock: clock.Real{}}
		if err := Loop(context.Background(), m, f, clock.Real{}, s); errs.CodeOf(err) != code || len(s.closed) != 1 || s.tracks != nil {
			t.Errorf("%s: %v, closed %v", name, err, s.closed)
		}
	}
}

func TestLoop_EndsWithItsContext(t *testing.T) {
	m, f := open(t, "plain.mp4")
	c := clock.NewFake(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC))
	s := &sink{clock: c, until: time.Hour}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Loop(ctx, m, f, c, s) }()
	for sent := 0; sent < 30; {
		c.Advance(10 * time.Millisecond)
		s.mu.Lock()
		sent = len(s.samples)
		s.mu.Unlock()
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || len(s.closed) != 1 {
		t.Errorf("%v, closed %v", err, s.closed)
	}
}

// A machine that slept does not send what it missed in one burst.
func TestLoop_MovesOnAfterAPause(t *testing.T) {
	m, f := open(t, "plain.mp4")
	c := &jumping{now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	s := &sleeper{sink: sink{clock: c, until: 4 * time.Second}, c: c}
	if err := Loop(context.Background(), m, f, c, s); !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	burst := 0
	for i := 51; i < len(s.at); i++ {
		if s.at[i].Equal(s.at[50]) {
			burst++
		}
	}
	if burst > 3 {
		t.Errorf("%d samples in one burst after a pause", burst)
	}
}

// sleeper stops the world for a minute at its fiftieth sample.
type sleeper struct {
	sink
	c *jumping
}

func (s *sleeper) Write(x av.Sample) error {
	if len(s.samples) == 50 {
		s.c.mu.Lock()
		s.c.now = s.c.now.Add(time.Minute)
		s.c.mu.Unlock()
	}
	return s.sink.Write(x)
}
