package normal_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/normal"
	"github.com/hawker-live/hawker/internal/media/rtmp"
)

// reel keeps samples and tells when it was closed.
type reel struct {
	samples []av.Sample
	done    chan error
}

func (r *reel) Tracks([]av.Track) error { return nil }
func (r *reel) Write(s av.Sample) error { r.samples = append(r.samples, s); return nil }
func (r *reel) Close(cause error)       { r.done <- cause }
func (r *reel) Discontinuity()          { panic("an ordinary push has no discontinuity") }

func TestNormaliser_RealEncoderGetsAContinuousTimeline(t *testing.T) {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("this test needs ffmpeg in PATH: ", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	out := &reel{done: make(chan error, 1)}
	n := normal.New(out, normal.Options{Clock: clock.Real{}})
	s := rtmp.New(rtmp.Deps{Clock: clock.Real{}, Log: slog.New(slog.DiscardHandler),
		Authorize: func(context.Context, rtmp.Publish) (av.Sink, error) { return n, nil }})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	cmd := exec.CommandContext(ctx, path, "-hide_banner", "-loglevel", "warning", "-nostdin",
		"-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30:duration=3", "-f", "lavfi", "-i", "sine=sample_rate=44100:duration=3",
		"-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "30", "-sc_threshold", "0", "-pix_fmt", "yuv420p",
		"-threads", "1", "-c:a", "aac", "-f", "flv", "rtmp://"+l.Addr().String()+"/live/k")
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, log.String())
	}
	if cause := <-out.done; cause != nil {
		t.Fatal(cause)
	}
	last := map[int]av.Sample{}
	count := map[int]int{}
	for _, s := range out.samples {
		if p, ok := last[s.Track]; ok && p.DTS+int64(p.Duration) != s.DTS {
			t.Fatalf("track %d: %d for %d, then %d", s.Track, p.DTS, p.Duration, s.DTS)
		}
		if s.Track == av.AudioID && s.Duration != 1024 {
			t.Fatalf("sound at %d lasts %d", s.DTS, s.Duration)
		}
		last[s.Track] = s
		count[s.Track]++
	}
	h := n.Health()
	if count[av.VideoID] != 90 || count[av.AudioID] < 129 || h.Clamps+h.Jumps+h.Dropped != 0 || !h.BFrames || len(h.Warnings) != 0 {
		t.Errorf("%v, %+v", count, h)
	}
	if h.KeyGapMS != 1000 || h.FPS < 29.5 || h.FPS > 30.5 {
		t.Errorf("key gap %d ms, %v fps", h.KeyGapMS, h.FPS)
	}
}
