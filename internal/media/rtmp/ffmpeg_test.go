package rtmp

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

// push runs a real encoder against the server and returns its messages.
func push(t *testing.T, url string, input ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("these tests need ffmpeg in PATH: ", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	args := append([]string{"-hide_banner", "-loglevel", "warning", "-nostdin"}, input...)
	cmd := exec.CommandContext(ctx, path, append(args, "-f", "flv", url)...)
	var log bytes.Buffer
	cmd.Stderr = &log
	err = cmd.Run()
	return log.String(), err
}

var (
	picture = []string{"-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30:duration=3"}
	tone    = []string{"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=3"}
	h264    = []string{"-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "30", "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-threads", "1"}
	aac     = []string{"-c:a", "aac", "-b:a", "96k", "-ac", "2"}
)

func join(parts ...[]string) []string {
	var out []string
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestFFmpeg_PushArrivesWhole(t *testing.T) {
	w := newWorld(t, 0)
	if log, err := push(t, "rtmp://"+w.addr+"/live/KEY?token=1", join(picture, tone, h264, aac)...); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, log)
	}
	w.sink.wait(t)
	if p := <-w.asked; p.App != "live" || p.Key != "KEY" {
		t.Errorf("asked for %+v", p)
	}
	if w.sink.cause != nil {
		t.Errorf("cause %v", w.sink.cause)
	}
	if len(w.sink.tracks) != 1 || len(w.sink.tracks[0]) != 2 {
		t.Fatalf("tracks %+v", w.sink.tracks)
	}
	v, a := w.sink.tracks[0][0], w.sink.tracks[0][1]
	if v.Codec != av.H264 || v.Width != 320 || v.Height != 180 || !strings.HasPrefix(v.CodecTag, "avc1.6400") {
		t.Errorf("video %+v", v)
	}
	if a.Codec != av.AAC || a.SampleRate != 48000 || a.Channels != 2 || a.CodecTag != "mp4a.40.2" {
		t.Errorf("audio %+v", a)
	}
	var frames, keys, sounds, reordered int
	last := map[int]int64{av.VideoID: -1, av.AudioID: -1}
	for i, s := range w.sink.samples {
		if s.DTS <= last[s.Track] {
			t.Fatalf("sample %d of track %d at %d after %d", i, s.Track, s.DTS, last[s.Track])
		}
		last[s.Track] = s.DTS
		if s.Track == av.AudioID {
			sounds++
			continue
		}
		frames++
		if s.Key {
			keys++
		}
		if s.CTS > 33 {
			reordered++
		}
		if nals, err := codec.SplitAVCC(s.Data); err != nil || len(nals) == 0 {
			t.Fatalf("frame %d: %d units, %v", i, len(nals), err)
		}
	}
	// 3 s at 30 fps with a key frame each second; 3 s of 1,024-sample frames and the encoder's delay.
	if frames != 90 || keys != 3 || sounds < 140 || sounds > 143 || reordered == 0 {
		t.Errorf("%d frames, %d keys, %d sounds, %d reordered", frames, keys, sounds, reordered)
	}
}

func TestFFmpeg_VideoOnlyAndAudioOnly(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		id   int
		min  int
	}{
		"video": {join(picture, h264), av.VideoID, 90},
		"audio": {join(tone, aac), av.AudioID, 140},
	} {
		w := newWorld(t, 0)
		if log, err := push(t, "rtmp://"+w.addr+"/live/KEY", c.args...); err != nil {
			t.Fatalf("%s: ffmpeg: %v\n%s", name, err, log)
		}
		w.sink.wait(t)
		if len(w.sink.tracks) != 1 || len(w.sink.tracks[0]) != 1 || w.sink.tracks[0][0].ID != c.id || len(w.sink.samples) < c.min {
			t.Errorf("%s: tracks %+v, %d samples", name, w.sink.tracks, len(w.sink.samples))
		}
	}
}

func TestFFmpeg_WrongKeyIsToldWhy(t *testing.T) {
	w := newWorld(t, 0)
	log, err := push(t, "rtmp://"+w.addr+"/live/WRONG", join(picture, h264)...)
	if err == nil || !strings.Contains(log, errWrongKey.Error()) {
		t.Errorf("ffmpeg ended with %v and said %q", err, log)
	}
	if w.sink.touched() {
		t.Error("the sink was touched")
	}
}
