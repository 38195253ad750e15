package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/bench/site"
)

type options struct {
	binary  string
	viewers int
	seconds int
}

const (
	// joining is how long viewers take to come, settling until the cache and its connections are warm.
	joining  = 2 * time.Second
	settling = 3 * time.Second
	// sayEvery is how often the host says something, so that ticks have a body.
	sayEvery = 50 * time.Millisecond
)

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "", "the hawker to start; built from the sources when empty")
	flag.IntVar(&o.viewers, "viewers", 2000, "viewers who fetch ticks through the cache")
	flag.IntVar(&o.seconds, "seconds", 10, "how long counts")
	flag.Parse()
	if err := bench(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "room-edge:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := site.Start(ctx, site.Options{Binary: o.binary, World: "serve"})
	if err != nil {
		return err
	}
	defer s.Stop()
	host, room, push, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer push.Kill()
	e, err := startEdge(ctx, s.Addr)
	if err != nil {
		return err
	}
	defer e.stop()
	go func() {
		for i := 0; ctx.Err() == nil; i++ {
			_ = host.Call(ctx, http.MethodPost, "/live/rooms/"+room+"/comments", map[string]string{"text": fmt.Sprintf("看看这一件，今天的价格最好 %d", i)}, nil)
			time.Sleep(sayEvery)
		}
	}()

	c := &crowd{addr: e.addr, room: room}
	viewers := make([]*viewer, o.viewers)
	errs := make([]error, o.viewers)
	watching, leave := context.WithCancel(ctx)
	var all sync.WaitGroup
	for i := range viewers {
		viewers[i] = &viewer{crowd: c}
		all.Go(func() {
			time.Sleep(joining * time.Duration(i) / time.Duration(o.viewers))
			errs[i] = viewers[i].watch(watching)
		})
	}
	time.Sleep(joining + settling)
	before, err := e.asked()
	first := newest(ctx, host, room)
	origin, cache := s.CPU(), e.CPU()
	c.counting.Store(true)
	time.Sleep(time.Duration(o.seconds) * time.Second)
	c.counting.Store(false)
	origin, cache = s.CPU()-origin, e.CPU()-cache
	ticks := newest(ctx, host, room) - first
	after, err2 := e.asked()
	leave()
	all.Wait()
	if err := errors.Join(append(errs, err, err2)...); err != nil {
		return err
	}
	var age report.Latencies
	var read int64
	for _, v := range viewers {
		age.Merge(&v.age)
		read += v.read
	}
	r := report.New("room-edge")
	r.Figure("viewers", float64(o.viewers), "viewers", fmt.Sprintf("clock-paced, a keep-alive connection each; %d ticks read, %d asked too early or late", read, c.failed.Load()))
	r.Figure("origin_requests_per_tick", float64(after-before)/float64(ticks), "requests", fmt.Sprintf("%d for %d ticks, by nginx's log (goal 1)", after-before, ticks))
	r.Figure("p50_seal_read_ms", report.MS(age.Quantile(0.5)), "ms", "from the tick's seal to a viewer's read; jitter of 83 ms included")
	r.Figure("p99_seal_read_ms", age.P99MS(), "ms", "goal 133: jitter and 50")
	r.Figure("origin_cpu_ms_per_s", 1000*origin.Seconds()/float64(o.seconds), "ms/s", fmt.Sprintf("of the whole origin, ingest included; nginx's master alone %.0f", 1000*cache.Seconds()/float64(o.seconds)))
	return r.Print(os.Stdout)
}

// newest is the number of the newest tick, asked of the origin.
func newest(ctx context.Context, who *site.Person, room string) int64 {
	var t tick
	_ = who.Call(ctx, http.MethodGet, "/live/rooms/"+room+"/head", nil, &t)
	return t.N
}

// open puts a room on air.
func open(ctx context.Context, s *site.Site) (*site.Person, string, *proc.Process, error) {
	host, err := s.SignUp(ctx, "Host")
	if err != nil {
		return nil, "", nil, err
	}
	channel, err := host.OpenChannel(ctx, "Bench")
	if err != nil {
		return nil, "", nil, err
	}
	ffmpeg := proc.Find("ffmpeg")
	if ffmpeg == "" {
		return nil, "", nil, fmt.Errorf("ffmpeg: %w", proc.ErrNotInstalled)
	}
	push, err := proc.Start(ctx, proc.Options{}, ffmpeg, "-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10",
		"-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-g", "20", "-b:v", "100k", "-pix_fmt", "yuv420p", "-f", "flv", channel.Push)
	if err != nil {
		return nil, "", nil, err
	}
	if _, err := host.Playing(ctx, channel); err != nil {
		return nil, "", push, err
	}
	var room struct{ ID string }
	if err := host.Call(ctx, http.MethodPost, "/live/channels/"+channel.ID+"/rooms", map[string]any{"title": "One room", "record": false}, &room); err != nil {
		return nil, "", push, err
	}
	return host, room.ID, push, host.Call(ctx, http.MethodPost, "/live/rooms/"+room.ID+"/start", nil, nil)
}
