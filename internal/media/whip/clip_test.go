package whip

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pion/webrtc/v4/pkg/media/h264reader"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"
)

func ffmpeg(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("these tests need ffmpeg in PATH: ", err)
	}
	if out, err := exec.Command(path, append([]string{"-hide_banner", "-loglevel", "error", "-nostdin", "-y"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
}

var clips struct {
	sync.Mutex
	made map[string][][]byte
}

// clip makes 6 s of H.264 access units in Annex B, a key frame per second.
func clip(t *testing.T, size string) [][]byte {
	t.Helper()
	return made(t, size, func(dir string) [][]byte {
		out := filepath.Join(dir, "v.h264")
		ffmpeg(t, "-f", "lavfi", "-i", "testsrc2=size="+size+":rate=30:duration=6", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency",
			"-profile:v", "baseline", "-x264-params", "slices=1:sliced-threads=0", "-g", "30", "-b:v", "600k", "-pix_fmt", "yuv420p", "-threads", "1", "-f", "h264", out)
		return accessUnits(t, read(t, out))
	})
}

// tone makes 6 s of Opus packets.
func tone(t *testing.T, channels string) [][]byte {
	t.Helper()
	return made(t, "tone"+channels, func(dir string) [][]byte {
		out := filepath.Join(dir, "a.ogg")
		ffmpeg(t, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=6", "-ac", channels, "-c:a", "libopus", "-b:a", "64k",
			"-page_duration", "20000", "-f", "ogg", out)
		return opusPackets(t, read(t, out))
	})
}

func made(t *testing.T, name string, build func(dir string) [][]byte) [][]byte {
	t.Helper()
	clips.Lock()
	defer clips.Unlock()
	if got, ok := clips.made[name]; ok {
		return got
	}
	if clips.made == nil {
		clips.made = map[string][][]byte{}
	}
	clips.made[name] = build(t.TempDir())
	return clips.made[name]
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func accessUnits(t *testing.T, stream []byte) [][]byte {
	t.Helper()
	r, err := h264reader.NewReader(bytes.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	var unit []byte
	for {
		nal, err := r.NextNAL()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		unit = append(append(unit, 0, 0, 0, 1), nal.Data...)
		if nal.UnitType == h264reader.NalUnitTypeCodedSliceIdr || nal.UnitType == h264reader.NalUnitTypeCodedSliceNonIdr {
			out = append(out, unit)
			unit = nil
		}
	}
}

func opusPackets(t *testing.T, stream []byte) [][]byte {
	t.Helper()
	r, _, err := oggreader.NewWith(bytes.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for {
		page, _, err := r.ParseNextPage()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(page, []byte("OpusTags")) {
			out = append(out, page)
		}
	}
}
