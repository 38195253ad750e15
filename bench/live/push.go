package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
)

// makePicture encodes 30 s of 720p30 at a constant 2 Mbit/s with sound, unless it is there.
func makePicture(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "live-720p.flv")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	ffmpeg := proc.Find("ffmpeg")
	if ffmpeg == "" {
		return "", fmt.Errorf("ffmpeg: %w", proc.ErrNotInstalled)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	half := path + ".part.flv"
	cmd := exec.CommandContext(ctx, ffmpeg, "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
		"-f", "lavfi", "-i", "testsrc=size=1280x720:rate=30", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", "30",
		"-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0",
		"-b:v", "2000k", "-minrate", "2000k", "-maxrate", "2000k", "-bufsize", "2000k", "-nal-hrd", "cbr", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", half)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("encode the picture: %w\n%s", err, out)
	}
	return path, os.Rename(half, path)
}

func pushTo(ctx context.Context, picture, address string) (*proc.Process, error) {
	return proc.Start(ctx, proc.Options{}, proc.Find("ffmpeg"), "-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", picture, "-c", "copy", "-f", "flv", address)
}

// pushTee publishes and writes the same stream to a pipe in the same moment, which tells when each frame left.
func pushTee(ctx context.Context, picture, address string, f *frames) (*proc.Process, error) {
	return proc.Start(ctx, proc.Options{Stdout: f}, proc.Find("ffmpeg"), "-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", picture, "-c", "copy",
		"-map", "0:v", "-map", "0:a", "-f", "tee", "[f=flv:flvflags=no_duration_filesize]"+address+"|[f=flv:flvflags=no_duration_filesize:flush_packets=1]pipe:1")
}

// keptFrames are ten seconds of pictures: less than the 30 s after which the picture repeats.
const keptFrames = 300

// frames notes when each picture left the encoder. It is the writer behind ffmpeg's pipe.
type frames struct {
	mu   sync.Mutex
	buf  []byte
	head bool
	kept []frame
}

// frame is a picture by the beginning of its slice, which is found again in the part that carries it.
type frame struct {
	piece []byte
	at    time.Time
}

const (
	flvHeader     = 9 + 4
	tagHeader     = 11
	tagTrailer    = 4
	videoTag      = 9
	pieceBytes    = 400
	videoPrefix   = 5 // frame type and codec, packet type, composition time
	nalUnitPacket = 1
)

// Write takes the next bytes of the FLV stream.
func (f *frames) Write(b []byte) (int, error) {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buf = append(f.buf, b...)
	if !f.head && len(f.buf) >= flvHeader {
		f.buf, f.head = f.buf[flvHeader:], true
	}
	for f.head && len(f.buf) >= tagHeader {
		size := int(binary.BigEndian.Uint32(f.buf) & 0xffffff)
		if len(f.buf) < tagHeader+size+tagTrailer {
			break
		}
		body := f.buf[tagHeader : tagHeader+size]
		if f.buf[0] == videoTag && size > videoPrefix && body[1] == nalUnitPacket {
			if piece := slice(body[videoPrefix:]); piece != nil {
				f.kept = append(f.kept, frame{append([]byte(nil), piece...), now})
				f.kept = f.kept[max(len(f.kept)-keptFrames, 0):]
			}
		}
		f.buf = append(f.buf[:0], f.buf[tagHeader+size+tagTrailer:]...)
	}
	return len(b), nil
}

// slice is the beginning of the first coded slice of a picture in AVCC form.
func slice(sample []byte) []byte {
	for len(sample) > 4 {
		n := int(binary.BigEndian.Uint32(sample))
		if n <= 0 || n > len(sample)-4 {
			return nil
		}
		if kind := sample[4] & 31; kind == 1 || kind == 5 {
			return sample[4 : 4+min(n, pieceBytes)]
		}
		sample = sample[4+n:]
	}
	return nil
}
