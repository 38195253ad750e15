package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/bench/site"
)

type options struct {
	binary, cache string
	viewers       int
	seconds       int
	peers         bool
}

const (
	// joining is how long readers take to come, so that they do not come as one.
	joining = 3 * time.Second
	// settling lets every reader fetch a few parts before anything counts.
	settling = 4 * time.Second
	// quietParts are waited for with one reader.
	quietParts = 16
)

func main() {
	var o options
	asChild := flag.String("child", "", "be readers, described by this JSON (the bench starts itself so)")
	flag.StringVar(&o.binary, "binary", "", "the hawker to start; built from the sources when empty")
	flag.StringVar(&o.cache, "cache", "out/bench", "folder that keeps the encoded picture between runs")
	flag.IntVar(&o.viewers, "viewers", 1000, "viewers of each load")
	flag.IntVar(&o.seconds, "seconds", 10, "how long each load counts")
	flag.BoolVar(&o.peers, "peers", true, "run the peers too")
	flag.Parse()
	ctx := context.Background()
	var err error
	if *asChild != "" {
		err = child(*asChild)
	} else {
		err = bench(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "live:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) error {
	picture, err := makePicture(ctx, o.cache)
	if err != nil {
		return err
	}
	r := report.New("live")
	ours, err := hawker(ctx, r, o, picture)
	if err != nil {
		return err
	}
	if o.peers {
		if err := peer(ctx, r, o, picture, ours); err != nil {
			return err
		}
	}
	return r.Print(os.Stdout)
}

// hawker measures the real binary and returns its CPU seconds per GB of plain HLS.
func hawker(ctx context.Context, r *report.Run, o options, picture string) (perGB float64, err error) {
	s, err := site.Start(ctx, site.Options{Binary: o.binary, World: "serve"})
	if err != nil {
		return 0, err
	}
	defer s.Stop()
	who, err := s.SignUp(ctx, "Host")
	if err != nil {
		return 0, err
	}
	channel, err := who.OpenChannel(ctx, "Bench")
	if err != nil {
		return 0, err
	}
	frames := &frames{}
	push, err := pushTee(ctx, picture, channel.Push, frames)
	if err != nil {
		return 0, err
	}
	defer push.Kill()
	index, err := who.Playing(ctx, channel)
	if err != nil {
		return 0, err
	}
	at := stream{Addr: s.Addr, Dir: index[:strings.LastIndexByte(index, '/')+1], Playlist: "video.m3u8"}

	quiet, err := ready(at, frames, quietParts)
	if err != nil {
		return 0, err
	}
	r.Figure("part_ready_ms", report.MS(quiet.Quantile(0.5)), "ms", fmt.Sprintf("median from the arrival of a part's last frame to the part in one reader's hand; longest of %d %.0f (goal 50)", quiet.Count(), report.MS(quiet.Max())))

	ll, busy, err := lowLatency(ctx, s, at, o, frames)
	if err != nil {
		return 0, err
	}
	r.Figure("viewers_per_core", float64(o.viewers)*ll.wall/ll.cpu, "viewers", fmt.Sprintf("%d LL-HLS viewers took %.1f CPU s in %.1f s, RTMP ingest included (goal 5,000)", o.viewers, ll.cpu, ll.wall))
	r.Figure("cpu_us_per_request", ll.cpu*1e6/float64(ll.Requests), "us", fmt.Sprintf("over %d playlists and parts, %.2f GB (goal 25)", ll.Requests, float64(ll.Bytes)/1e9))
	r.Figure("ll_cpu_s_per_gb", ll.cpu/(float64(ll.Bytes)/1e9), "CPU s/GB", fmt.Sprintf("LL-HLS, %.0f Mbit/s", float64(ll.Bytes)*8/1e6/ll.wall))
	r.Figure("part_ready_loaded_ms", report.MS(busy.Quantile(0.5)), "ms", fmt.Sprintf("median beside these viewers, who all ask at the same moment; longest %.0f", report.MS(busy.Max())))
	r.Figure(fmt.Sprintf("rss_mb_%d", o.viewers), ll.rss/1e6, "MB", fmt.Sprintf("most during that load, %d connections (goal 100)", 2*o.viewers))

	plain, err := load(ctx, at, "hls", o, s.CPU, s.Memory)
	if err != nil {
		return 0, err
	}
	perGB = plain.cpu / (float64(plain.Bytes) / 1e9)
	r.Figure("hls_cpu_s_per_gb", perGB, "CPU s/GB", plain.String()+" (goal 0.25)")
	return perGB, nil
}

// lowLatency loads the stream and, beside the load, waits for parts as one more reader does.
func lowLatency(ctx context.Context, s *site.Site, at stream, o options, frames *frames) (loaded, *report.Latencies, error) {
	type waited struct {
		l   *report.Latencies
		err error
	}
	done := make(chan waited, 1)
	go func() {
		time.Sleep(joining + settling)
		l, err := ready(at, frames, o.seconds*2-2)
		done <- waited{l, err}
	}()
	got, err := load(ctx, at, "ll", o, s.CPU, s.Memory)
	w := <-done
	if err == nil {
		err = w.err
	}
	return got, w.l, err
}

func peer(ctx context.Context, r *report.Run, o options, picture string, ours float64) error {
	n, err := startNginx(ctx)
	if err == proc.ErrNotInstalled {
		r.Note("nginx with the rtmp module is not installed (apt install nginx libnginx-mod-rtmp)")
		return nil
	}
	if err != nil {
		return err
	}
	defer n.Stop()
	push, err := pushTo(ctx, picture, n.push)
	if err != nil {
		return err
	}
	defer push.Kill()
	if err := n.playing(ctx); err != nil {
		return err
	}
	got, err := load(ctx, n.stream, "hls", o, n.CPU, n.Memory)
	if err != nil {
		return fmt.Errorf("nginx: %w", err)
	}
	perGB := got.cpu / (float64(got.Bytes) / 1e9)
	r.Peer("nginx_hls_cpu_s_per_gb", perGB, "CPU s/GB", got.String())
	r.Ratio("hls_cpu_to_nginx", ours, perGB, "of nginx's CPU per GB")
	return nil
}
