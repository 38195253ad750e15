package main

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/hawker-live/hawker/bench/proc"
)

// publish sends a small picture by RTMP: the room must be on air, and its media must cost little beside its talk.
func publish(ctx context.Context, address string) (*proc.Process, error) {
	ffmpeg := proc.Find("ffmpeg")
	if ffmpeg == "" {
		return nil, fmt.Errorf("ffmpeg: %w", proc.ErrNotInstalled)
	}
	return proc.Start(ctx, proc.Options{}, ffmpeg, "-hide_banner", "-loglevel", "error", "-nostdin", "-re",
		"-f", "lavfi", "-i", "testsrc=size=160x120:rate=10", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
		"-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-g", "20", "-b:v", "100k", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k", "-f", "flv", address)
}

// maxRecorded ticks are kept for the peer, which repeats them.
const maxRecorded = 400

// recordTicks keeps a room's ticks as one more viewer, until ctx ends.
func recordTicks(ctx context.Context, url string) (take func() [][]byte) {
	var kept [][]byte
	var reading sync.WaitGroup
	reading.Go(func() {
		c, _, err := websocket.Dial(ctx, url, nil)
		if err != nil {
			return
		}
		defer func() { _ = c.CloseNow() }()
		c.SetReadLimit(1 << 20)
		for len(kept) < maxRecorded {
			_, b, err := c.Read(ctx)
			if err != nil {
				return
			}
			if bytes.Contains(b, []byte(`"c":[`)) && !bytes.Contains(b, []byte(`"key":true`)) { // not the keyframe, not from before anybody talked
				kept = append(kept, b)
			}
		}
	})
	return func() [][]byte {
		reading.Wait()
		return kept
	}
}

var sealedAt = regexp.MustCompile(`"at":\d{13},"p"`)

// resealed is a recorded tick with the time of now, so that its age can be told.
func resealed(tick []byte, n int) []byte {
	tick = sealedAt.ReplaceAll(tick, fmt.Appendf(nil, `"at":%d,"p"`, time.Now().UnixMilli()))
	return regexp.MustCompile(`"n":\d+,"at"`).ReplaceAll(tick, fmt.Appendf(nil, `"n":%d,"at"`, n))
}
