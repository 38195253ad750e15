package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/bench/site"
)

type options struct {
	binary  string
	seconds int
	joins   int
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "", "the hawker to start; built from the sources when empty")
	flag.IntVar(&o.seconds, "seconds", 15, "how long the picture is watched")
	flag.IntVar(&o.joins, "joins", 7, "joins of each kind; the median counts")
	flag.Parse()
	if err := bench(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "latency:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) error {
	s, err := site.Start(ctx, site.Options{Binary: o.binary, World: "serve"})
	if err != nil {
		return err
	}
	defer s.Stop()
	who, err := s.SignUp(ctx, "Host")
	if err != nil {
		return err
	}
	channel, err := who.OpenChannel(ctx, "Clock")
	if err != nil {
		return err
	}
	c, err := startClock(ctx, channel.Push)
	if err != nil {
		return err
	}
	defer c.stop()
	if _, err := who.Playing(ctx, channel); err != nil {
		return err
	}
	room, err := who.OpenRoom(ctx, channel, "Clock")
	if err != nil {
		return err
	}
	w, err := watch(ctx, s.URL, room, o)
	if err != nil {
		return err
	}
	r := report.New("latency")
	r.Figure("llhls_glass_ms", middle(w.GlassMS), "ms", fmt.Sprintf("median of %d frames over %d s, p99 %.0f (goal 2,000)", len(w.GlassMS), o.seconds, at(w.GlassMS, 0.99)))
	r.Figure("first_frame_ms", middle(w.TapMS), "ms", fmt.Sprintf("from the tap on the room's card to its first frame, median of %d, worst %.0f (goal 500)", len(w.TapMS), at(w.TapMS, 1)))
	r.Figure("first_frame_cold_ms", middle(w.ColdMS), "ms", fmt.Sprintf("from opening the room's address with an empty cache, median of %d, worst %.0f", len(w.ColdMS), at(w.ColdMS, 1)))
	r.Note("the picture is %dx%d at %d frames/s, x264 ultrafast zerolatency, a key frame every 2 s; its encoder, the server and Chromium share this machine", width, height, rate)
	r.Note("there is no WHEP playback, so whep_glass_ms is left out")
	return r.Print(os.Stdout)
}

// watched is what the browser tells, in milliseconds.
type watched struct {
	GlassMS []float64 `json:"glassMs"`
	TapMS   []float64 `json:"tapMs"`
	ColdMS  []float64 `json:"coldMs"`
}

// watch lets Chromium join and watch.
func watch(ctx context.Context, url, room string, o options) (watched, error) {
	var w watched
	root, err := site.Root()
	if err != nil {
		return w, err
	}
	node := proc.Find("node")
	if node == "" {
		return w, fmt.Errorf("node: %w", proc.ErrNotInstalled)
	}
	cmd := exec.CommandContext(ctx, node, filepath.Join(root, "bench/latency/viewer.mjs"), url, room, strconv.Itoa(o.seconds), strconv.Itoa(o.joins),
		strconv.Itoa(cellsInRow), strconv.Itoa(cell), strconv.Itoa(width))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return w, fmt.Errorf("the viewer: %w", err)
	}
	if err := json.Unmarshal(out, &w); err != nil {
		return w, err
	}
	if len(w.GlassMS) == 0 || len(w.TapMS) == 0 || len(w.ColdMS) == 0 {
		return w, fmt.Errorf("the viewer saw too little: %d frames, %d and %d joins", len(w.GlassMS), len(w.TapMS), len(w.ColdMS))
	}
	for _, l := range [][]float64{w.GlassMS, w.TapMS, w.ColdMS} {
		slices.Sort(l)
	}
	return w, nil
}

func middle(sorted []float64) float64 { return at(sorted, 0.5) }

func at(sorted []float64, q float64) float64 { return sorted[int(q*float64(len(sorted)-1))] }
