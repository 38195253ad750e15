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

// idleAfter is when memory is read: what starting needed has been given back by then.
const idleAfter = 10 * time.Second

func main() {
	binary := flag.String("binary", "", "the hawker to start; built from the sources when empty")
	rounds := flag.Int("rounds", 5, "starts of each world; the median counts")
	flag.Parse()
	if err := bench(context.Background(), *binary, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "start:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, binary string, rounds int) error {
	if binary == "" {
		var err error
		if binary, err = site.Binary(ctx); err != nil {
			return err
		}
	}
	r := report.New("start")
	for _, w := range []struct{ world, prefix, what string }{
		{"serve", "", "an empty site"}, {"demo", "demo_", "the sample world, made anew"},
	} {
		if err := measure(ctx, r, binary, w.world, w.prefix, w.what, rounds); err != nil {
			return fmt.Errorf("%s: %w", w.world, err)
		}
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	r.Figure("binary_mb", float64(info.Size())/1e6, "MB", "one file, web app and sample world inside, not stripped (goal 90)")
	r.Note("first pages are asked for every 20 ms from the start of the process; the file cache is warm")
	return r.Print(os.Stdout)
}

// measure starts one world several times; the last one is left alone and looked at.
func measure(ctx context.Context, r *report.Run, binary, world, prefix, what string, rounds int) error {
	var opened []time.Duration
	for round := range rounds {
		s, err := site.Start(ctx, site.Options{Binary: binary, World: world})
		if err != nil {
			return err
		}
		opened = append(opened, s.Opened)
		if round == rounds-1 {
			used := s.CPU()
			time.Sleep(idleAfter)
			r.Figure(prefix+"start_cpu_s", used.Seconds(), "CPU s", "until the first page")
			r.Figure(prefix+"idle_rss_mb", float64(s.Memory())/1e6, "MB", fmt.Sprintf("%s, %s after its first page (goal 150)", what, idleAfter))
			r.Figure(prefix+"idle_cpu_ms_per_s", report.MS(s.CPU()-used)/idleAfter.Seconds(), "ms", "CPU per second while nobody asks")
		}
		s.Stop()
	}
	slices.Sort(opened)
	r.Figure(prefix+"first_page_ms", report.MS(opened[len(opened)/2]), "ms",
		fmt.Sprintf("%s: empty folder to first page, median of %d, worst %.0f (goal 1,000)", what, rounds, report.MS(opened[len(opened)-1])))
	return nil
}
