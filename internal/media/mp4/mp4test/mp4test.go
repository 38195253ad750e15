package mp4test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	picture = "-f lavfi -i testsrc2=size=320x180:rate=30:duration=5"
	tone    = " -f lavfi -i sine=frequency=440:sample_rate=48000:duration=5"
	x264    = " -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 30 -bf 0"
	aac     = " -c:a aac -b:a 64k"
)

// recipes are ffmpeg arguments without the output. "@name" stands for the path of another recipe.
var recipes = map[string]string{
	"plain.mp4":      picture + tone + x264 + aac,
	"faststart.mp4":  picture + tone + x264 + aac + " -movflags +faststart",
	"bframes.mp4":    picture + tone + " -c:v libx264 -preset veryfast -bf 3 -g 48 -pix_fmt yuv420p" + aac,
	"negcts.mp4":     picture + tone + " -c:v libx264 -preset veryfast -bf 2 -g 48 -pix_fmt yuv420p" + aac + " -movflags negative_cts_offsets",
	"rotated.mp4":    "-i @plain.mp4 -c copy",
	"upside.mp4":     "-i @plain.mp4 -c copy",
	"vfr.mp4":        picture + tone + " -vf select=not(mod(n\\,7))+not(mod(n\\,3)) -fps_mode vfr" + x264 + aac,
	"silent.mp4":     picture + x264,
	"audio.mp4":      tone[1:] + aac,
	"trimmed.mp4":    "-ss 2.5 -i @bframes.mp4 -c copy",
	"delayed.mp4":    "-i @plain.mp4 -itsoffset 0.7 -i @plain.mp4 -map 0:v -map 1:a -c copy",
	"fragmented.mp4": picture + tone + " -c:v libx264 -preset veryfast -bf 2 -g 30 -pix_fmt yuv420p" + aac + " -movflags frag_keyframe+empty_moov+default_base_moof",
	"hybrid.mp4":     "-i @bframes.mp4 -c copy -movflags frag_keyframe",
	"hevc.mp4":       picture + tone + " -c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1" + aac,
	"hev1.mp4":       "-i @hevc.mp4 -c copy -tag:v hev1",
	"high10.mp4":     picture + " -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le",
	"opus.mp4":       picture + tone + x264 + " -c:a libopus",
	"mp3.mp4":        picture + tone + x264 + " -c:a libmp3lame",
	"camera.mov":     picture + tone + x264 + aac,
	"pcm.mov":        picture + tone + x264 + " -c:a pcm_s16le",
	"prores.mov":     "-f lavfi -i testsrc2=size=320x180:rate=30:duration=1 -c:v prores_ks",
	"longgop.mp4":    "-f lavfi -i testsrc2=size=160x90:rate=10:duration=70 -c:v libx264 -preset ultrafast -g 9999 -keyint_min 9999 -sc_threshold 0 -pix_fmt yuv420p",
	"large.mp4":      "-stream_loop 600 -i @plain.mp4 -c copy", // about 110 MB, for benchmarks
	"portrait.mp4":   "-f lavfi -i testsrc2=size=180x320:rate=25:duration=9 -f lavfi -i sine=frequency=300:sample_rate=44100:duration=9.4 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac -ac 2",
}

// turned gives the track matrix (a b u c d v x y w) written into a recipe's picture track: how phones
// say that they were held upright. ffmpeg's own option for it differs between its versions.
var turned = map[string][9]uint32{
	"rotated.mp4": {0, 0x10000, 0, 0xffff0000, 0, 0, 180 << 16, 0, 0x40000000},
	"upside.mp4":  {0xffff0000, 0, 0, 0, 0xffff0000, 0, 320 << 16, 180 << 16, 0x40000000},
}

var (
	mu   sync.Mutex
	dir  string
	made = map[string]string{}
)

// File returns the path of a recipe's file. Callers must not change it.
func File(t testing.TB, name string) string {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	return file(t, name)
}

func file(t testing.TB, name string) string {
	t.Helper()
	if path, ok := made[name]; ok {
		return path
	}
	recipe, ok := recipes[name]
	if !ok {
		t.Fatalf("mp4test: no recipe %s", name)
	}
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "mp4test"); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-v", "error", "-nostdin", "-y"}
	for _, arg := range strings.Fields(recipe) {
		if source, ok := strings.CutPrefix(arg, "@"); ok {
			arg = file(t, source)
		}
		args = append(args, strings.Trim(arg, "'"))
	}
	path := filepath.Join(dir, name)
	Run(t, "ffmpeg", append(args, path)...)
	if matrix, ok := turned[name]; ok {
		turn(t, path, matrix)
	}
	made[name] = path
	return path
}

// turn overwrites the matrix in the first track header.
func turn(t testing.TB, path string, matrix [9]uint32) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte("tkhd"))
	if at < 0 || b[at+4] != 0 {
		t.Fatal("mp4test: no version 0 track header")
	}
	for i, v := range matrix {
		binary.BigEndian.PutUint32(b[at+44+4*i:], v)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Cleanup removes what File made; call it from TestMain after m.Run.
func Cleanup() {
	mu.Lock()
	defer mu.Unlock()
	if dir != "" {
		os.RemoveAll(dir)
	}
	dir, made = "", map[string]string{}
}

// Run runs a command that must succeed and stay silent on stderr; it returns its output.
func Run(t testing.TB, name string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil || stderr.Len() > 0 {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String()
}
