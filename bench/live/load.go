package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// readerProcesses share the viewers of a load.
const readerProcesses = 2

// stream is where a media playlist and what it lists are served.
type stream struct{ Addr, Dir, Playlist string }

// job is what reader processes are told.
type job struct {
	stream
	Mode    string // "ll" or "hls"
	Viewers int
	Joining time.Duration
	From    time.Time // what is answered between these moments counts
	To      time.Time
}

// seen is what reader processes tell.
type seen struct {
	Requests, Bytes int64
	Late            int64 // media that came more than its own length too late
	Errors          int64
	FirstError      string
}

// loaded is one load as a whole.
type loaded struct {
	seen
	wall, cpu, rss float64
	viewers        int
}

func (l loaded) String() string {
	return fmt.Sprintf("%d viewers, %.2f GB in %.1f s (%.0f Mbit/s), %.2f CPU s, %.0f MB", l.viewers, float64(l.Bytes)/1e9, l.wall, float64(l.Bytes)*8/1e6/l.wall, l.cpu, l.rss/1e6)
}

// load lets the viewers come, and reads the server's processor time and memory while they watch.
func load(ctx context.Context, at stream, mode string, o options, cpu func() time.Duration, memory func() int64) (loaded, error) {
	from := time.Now().Add(joining + settling)
	to := from.Add(time.Duration(o.seconds) * time.Second)
	self, err := os.Executable()
	if err != nil {
		return loaded{}, err
	}
	type answer struct {
		seen
		err error
	}
	answers := make(chan answer, readerProcesses)
	for i := range readerProcesses {
		viewers := o.viewers/readerProcesses + min(max(o.viewers%readerProcesses-i, 0), 1)
		arg, err := json.Marshal(job{at, mode, viewers, joining, from, to})
		if err != nil {
			return loaded{}, err
		}
		go func() {
			var out bytes.Buffer
			cmd := exec.CommandContext(ctx, self, "-child", string(arg))
			cmd.Stdout, cmd.Stderr = &out, os.Stderr
			a := answer{err: cmd.Run()}
			if a.err == nil {
				a.err = json.Unmarshal(out.Bytes(), &a.seen)
			}
			answers <- a
		}()
	}
	got := watch(from, to, cpu, memory)
	got.viewers = o.viewers
	for range readerProcesses {
		a := <-answers
		err = errors.Join(err, a.err)
		got.Requests += a.Requests
		got.Bytes += a.Bytes
		got.Late += a.Late
		got.Errors += a.Errors
		got.FirstError = max(got.FirstError, a.FirstError)
	}
	if err == nil && (got.Errors > 0 || got.Late > 0) {
		err = fmt.Errorf("%d requests failed (%s), %d came late: too many viewers for this machine", got.Errors, got.FirstError, got.Late)
	}
	return got, err
}

// watch sleeps through the load and reads the server at its ends; memory every second between.
func watch(from, to time.Time, cpu func() time.Duration, memory func() int64) loaded {
	time.Sleep(time.Until(from))
	begun, used := time.Now(), cpu()
	var most int64
	for time.Until(to) > 0 {
		most = max(most, memory())
		time.Sleep(min(time.Second, time.Until(to)))
	}
	return loaded{cpu: (cpu() - used).Seconds(), wall: time.Since(begun).Seconds(), rss: float64(most)}
}
