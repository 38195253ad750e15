package llhls

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

const (
	realSeconds = 9
	realFrames  = 30 * realSeconds
)

// encode makes H.264 with B-frames and AAC, two-second key frames, as FLV.
func encode(t *testing.T) []byte {
	t.Helper()
	return tool(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=30",
		"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", strconv.Itoa(realSeconds),
		"-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0",
		"-pix_fmt", "yuv420p", "-threads", "1", "-c:a", "aac", "-ac", "2", "-b:a", "96k",
		"-flvflags", "no_duration_filesize", "-f", "flv", "pipe:1")
}

// tool runs a program of the ffmpeg family; anything it says on stderr is a failure.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, complaints.Bytes())
	}
	if complaints.Len() > 0 {
		t.Errorf("%s complains:\n%s", name, complaints.Bytes())
	}
	return out.Bytes()
}

type probe struct {
	Streams []struct {
		Codec    string `json:"codec_name"`
		Profile  string `json:"profile"`
		Width    int    `json:"width"`
		Height   int    `json:"height"`
		Rate     string `json:"sample_rate"`
		Channels int    `json:"channels"`
		Frames   string `json:"nb_read_frames"`
	} `json:"streams"`
	Format struct {
		Duration string `json:"duration"`
		Start    string `json:"start_time"`
	} `json:"format"`
}

func ffprobe(t *testing.T, input string) (p probe) {
	t.Helper()
	out := tool(t, "ffprobe", "-v", "warning", "-count_frames", "-show_streams", "-show_format", "-of", "json", input)
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	return p
}

// check compares with what was encoded, for the given number of video frames.
func (p probe) check(t *testing.T, frames int, seconds float64) {
	t.Helper()
	if len(p.Streams) != 2 {
		t.Fatalf("%d streams", len(p.Streams))
	}
	v, a := p.Streams[0], p.Streams[1]
	if v.Codec != "h264" || v.Width != 640 || v.Height != 360 || v.Frames != strconv.Itoa(frames) {
		t.Errorf("pictures: %s %dx%d, %s frames, want h264 640x360, %d", v.Codec, v.Width, v.Height, v.Frames, frames)
	}
	if a.Codec != "aac" || a.Rate != "48000" || a.Channels != 2 {
		t.Errorf("sound: %s %s Hz %d channels", a.Codec, a.Rate, a.Channels)
	}
	if n, err := strconv.Atoi(a.Frames); err != nil || math.Abs(float64(n)-seconds*48000/1024) > 4 {
		t.Errorf("%s sound frames in %v s", a.Frames, seconds)
	}
	// For a part of a stream ffprobe gives the end as the duration.
	end, err := strconv.ParseFloat(p.Format.Duration, 64)
	start, errStart := strconv.ParseFloat(p.Format.Start, 64)
	if err != nil || errStart != nil || math.Abs(end-start-seconds) > 0.1 {
		t.Errorf("from %s to %s, want %v s", p.Format.Start, p.Format.Duration, seconds)
	}
}

// TestStream_RealMediaIsReadByFFprobe packages what an encoder made and reads it back over HTTP, as
// one segment and as the concatenation a recording is.
func TestStream_RealMediaIsReadByFFprobe(t *testing.T) {
	tracks, samples := readFLV(t, encode(t), 640, 360)
	clk := clock.NewFake(epochStart)
	var record []byte
	var segments []Segment
	s := New(Options{Clock: clk, OnSegment: func(g Segment) {
		if len(segments) == 0 {
			record = append(record, g.Init...)
		}
		record = append(record, g.Data...)
		segments = append(segments, g)
	}})
	if err := s.Tracks(tracks); err != nil {
		t.Fatal(err)
	}
	for _, v := range samples {
		if v.Track == av.VideoID {
			clk.Advance(33 * time.Millisecond)
		}
		if err := s.Write(v); err != nil {
			t.Fatal(err)
		}
	}
	s.End()
	if st := s.Stats(); st.Dropped > 1 || st.ForcedCuts != 0 || st.Segments != 5 {
		t.Errorf("stats %+v", st)
	}

	mux := http.NewServeMux()
	mux.Handle("/media/live/ses_1/", http.StripPrefix("/media/live/ses_1", s))
	srv := httptest.NewServer(mux)
	defer srv.Close()
	t.Run("over HTTP", func(t *testing.T) {
		ffprobe(t, srv.URL+"/media/live/ses_1/index.m3u8").check(t, realFrames, realSeconds)
		multi := get(s, "/index.m3u8").Body.String()
		for _, want := range []string{`CODECS="avc1.64001e,mp4a.40.2"`, "RESOLUTION=640x360", "FRAME-RATE=30.000"} {
			if !strings.Contains(multi, want) {
				t.Errorf("%s is missing in\n%s", want, multi)
			}
		}
	})
	t.Run("one segment", func(t *testing.T) {
		file := append(get(s, "/init-0.mp4").Body.Bytes(), get(s, "/seg-2.m4s").Body.Bytes()...)
		ffprobe(t, save(t, file)).check(t, 60, 2)
	})
	t.Run("one part", func(t *testing.T) {
		file := append(get(s, "/init-0.mp4").Body.Bytes(), get(s, "/part-2-0.m4s").Body.Bytes()...)
		ffprobe(t, save(t, file)).check(t, 15, 0.5)
	})
	t.Run("recording", func(t *testing.T) {
		ffprobe(t, save(t, record)).check(t, realFrames, realSeconds)
		out := tool(t, "ffmpeg", "-v", "warning", "-xerror", "-err_detect", "explode", "-i", save(t, record), "-f", "framemd5", "pipe:1")
		if n := bytes.Count(out, []byte("\n0,")); n != realFrames {
			t.Errorf("%d pictures decode, want %d", n, realFrames)
		}
	})
}

func save(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), fmt.Sprintf("%d.mp4", len(b)))
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
