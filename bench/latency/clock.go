package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
)

const (
	width  = 640
	height = 360
	rate   = 30

	// The time in unix ms is 42 bits: two rows of 21 cells, the highest bit first, and below them the
	// same two rows inverted, so that a half decoded frame is seen for what it is. Cells are larger than
	// any block of the codec, and survive it.
	cellsInRow = 21
	cell       = 30
	rows       = 4

	black, grey, white = 16, 110, 235
)

// clock is the publisher: frames drawn here, encoded and pushed by ffmpeg.
type clock struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	quit chan struct{}
	done chan struct{}
}

func startClock(ctx context.Context, address string) (*clock, error) {
	path := proc.Find("ffmpeg")
	if path == "" {
		return nil, fmt.Errorf("ffmpeg: %w", proc.ErrNotInstalled)
	}
	size := fmt.Sprintf("%dx%d", width, height)
	cmd := exec.CommandContext(ctx, path, "-hide_banner", "-loglevel", "error", "-probesize", "32", "-fflags", "nobuffer",
		"-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", strconv.Itoa(rate), "-i", "pipe:0", "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000",
		"-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", strconv.Itoa(2*rate), "-b:v", "1000k", "-pix_fmt", "yuv420p",
		"-c:a", "aac", "-b:a", "96k", "-flush_packets", "1", "-f", "flv", address)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	c := &clock{cmd: cmd, in: in, quit: make(chan struct{}), done: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go c.draw()
	return c, nil
}

func (c *clock) stop() {
	close(c.quit)
	<-c.done
	_ = c.in.Close()
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// draw hands a frame to the encoder at every tick, with the time of that moment on it.
func (c *clock) draw() {
	defer close(c.done)
	tick := time.NewTicker(time.Second / rate)
	defer tick.Stop()
	frame := make([]byte, width*height*3/2)
	for i := range frame {
		frame[i] = 128
	}
	for i := range width * height {
		frame[i] = grey
	}
	for {
		select {
		case <-c.quit:
			return
		case <-tick.C:
		}
		paint(frame, time.Now().UnixMilli())
		if _, err := c.in.Write(frame); err != nil {
			return // the encoder ended; the viewer will miss its picture and say so
		}
	}
}

// paint writes the cells of a time into the luma plane.
func paint(frame []byte, ms int64) {
	for row := range rows {
		for col := range cellsInRow {
			bit := ms>>(2*cellsInRow-1-(row%2*cellsInRow+col))&1 == 1
			value := byte(black)
			if bit != (row >= 2) {
				value = white
			}
			for y := row * cell; y < (row+1)*cell; y++ {
				line := frame[y*width+col*cell:][:cell]
				for x := range line {
					line[x] = value
				}
			}
		}
	}
}
