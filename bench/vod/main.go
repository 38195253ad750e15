package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/bench/site"
)

type options struct {
	binary, cache, profile string
	rounds                 int
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "", "the hawker to start; built from the sources when empty")
	flag.StringVar(&o.cache, "cache", "out/bench", "folder that keeps the video between runs")
	flag.IntVar(&o.rounds, "rounds", 5, "uploads, and remuxes by the peer; the median counts")
	flag.StringVar(&o.profile, "profile", "", "file for a CPU profile of indexing and segmenting alone, without a server")
	flag.Parse()
	if err := bench(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "vod:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) error {
	m, err := makeMovie(ctx, o.cache)
	if err != nil {
		return err
	}
	if o.profile != "" {
		return profile(m, o.profile)
	}
	r := report.New("vod")
	s, err := site.Start(ctx, site.Options{Binary: o.binary, World: "serve"})
	if err != nil {
		return err
	}
	defer s.Stop()
	who, err := s.SignUp(ctx, "Uploader")
	if err != nil {
		return err
	}
	var waits []time.Duration
	var cpu []float64
	var segments int
	for range o.rounds {
		u, err := upload(ctx, s, who, m, chunk)
		if err != nil {
			return err
		}
		waits = append(waits, u.playable)
		if u, err = upload(ctx, s, who, m, smallChunk); err != nil {
			return err
		}
		cpu = append(cpu, u.cpu.Seconds()/m.seconds*30)
		segments = u.segments
	}
	slices.Sort(waits)
	slices.Sort(cpu)
	mid := o.rounds / 2
	r.Figure("playable_ms_100mb", report.MS(waits[mid]), "ms",
		fmt.Sprintf("%.0f MB sent; last byte to playlists, init and first segment read; worst of %d: %.0f (goal 300)", float64(m.size)/1e6, o.rounds, report.MS(waits[o.rounds-1])))
	r.Figure("cpu_s_per_30s_720p", cpu[mid], "CPU s", fmt.Sprintf("of the server: last chunk, index, and all %d segments sent once over HTTP", segments))
	r.Figure("rss_mb", float64(s.Memory())/1e6, "MB", "of the server at the end")

	var peer []float64
	for range o.rounds {
		used, err := remux(ctx, m)
		if err != nil {
			return err
		}
		peer = append(peer, used.Seconds()/m.seconds*30)
	}
	slices.Sort(peer)
	r.Peer("ffmpeg_copy_cpu_s_per_30s_720p", peer[mid], "CPU s", "ffmpeg -c copy to fMP4 HLS on the same disk, nothing sent")
	r.Ratio("cpu_to_ffmpeg", cpu[mid], peer[mid], "of ffmpeg's CPU (goal below 1)")
	r.Note("the video is %.0f s of 720p30 at %.1f Mbit/s, moov at the end", m.seconds, float64(m.size)*8/m.seconds/1e6)
	return r.Print(os.Stdout)
}
