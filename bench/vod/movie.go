package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
)

// movie is the upload: 30 s encoded once, repeated until it has 100 MB.
type movie struct {
	path    string
	size    int64
	seconds float64
}

const (
	sceneSeconds = 30
	// scenes of 2.1 Mbit/s pictures and 128 kbit/s sound pass 100 MB.
	scenes = 13
)

// makeMovie makes the file unless it is there. The index lies at the end, as phones and editors write it.
func makeMovie(ctx context.Context, dir string) (movie, error) {
	m := movie{path: filepath.Join(dir, "vod-100mb.mp4"), seconds: sceneSeconds * scenes}
	if info, err := os.Stat(m.path); err == nil {
		m.size = info.Size()
		return m, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return m, err
	}
	scene := filepath.Join(dir, "vod-scene.mp4")
	if err := ffmpeg(ctx, "-f", "lavfi", "-i", "testsrc=size=1280x720:rate=30", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", strconv.Itoa(sceneSeconds),
		"-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-b:v", "2100k", "-minrate", "2100k", "-maxrate", "2100k",
		"-bufsize", "2100k", "-nal-hrd", "cbr", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", scene); err != nil {
		return m, err
	}
	half := m.path + ".part.mp4"
	if err := ffmpeg(ctx, "-stream_loop", strconv.Itoa(scenes-1), "-i", scene, "-c", "copy", half); err != nil {
		return m, err
	}
	if err := os.Rename(half, m.path); err != nil {
		return m, err
	}
	info, err := os.Stat(m.path)
	if err != nil {
		return m, err
	}
	m.size = info.Size()
	return m, nil
}

func ffmpeg(ctx context.Context, args ...string) error {
	_, err := measured(ctx, args...)
	return err
}

// measured runs ffmpeg to its end and returns its processor time.
func measured(ctx context.Context, args ...string) (time.Duration, error) {
	path := proc.Find("ffmpeg")
	if path == "" {
		return 0, proc.ErrNotInstalled
	}
	cmd := exec.CommandContext(ctx, path, append([]string{"-hide_banner", "-loglevel", "error", "-nostdin", "-y"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("ffmpeg: %w\n%s", err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// remux is the peer: the same file as fMP4 HLS on disk, pictures and sound copied.
func remux(ctx context.Context, m movie) (time.Duration, error) {
	dir, err := os.MkdirTemp("", "vod-peer-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return measured(ctx, "-i", m.path, "-c", "copy", "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
		"-hls_segment_filename", filepath.Join(dir, "%d.m4s"), filepath.Join(dir, "index.m3u8"))
}
