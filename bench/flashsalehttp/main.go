package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"syscall"

	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/bench/site"
)

// spare descriptors of the server: its database, listeners, logs and its own calls.
const spare = 400

// mostBuyers is what the mission names.
const mostBuyers = 22_000

type options struct {
	binary, engine, profile, medusa string
	buyers, loaders                 int
}

func main() {
	var o options
	asLoader := flag.String("load", "", "run the buyers described by this JSON (the bench starts itself so)")
	flag.StringVar(&o.binary, "binary", "", "hawker binary; empty builds it")
	flag.StringVar(&o.engine, "engine", "sqlite", "sqlite or postgres")
	flag.StringVar(&o.profile, "profile", "", "file for CPU profiles of the server, taken by perf when it is installed; the units on sale are added to its name")
	flag.StringVar(&o.medusa, "medusa", os.Getenv("HAWKER_BENCH_MEDUSA"), "folder of a Medusa 2 that medusa/prepare.sh installed; empty leaves this peer out")
	flag.IntVar(&o.buyers, "buyers", mostBuyers, "buyers wanted; the descriptor limit may allow fewer")
	flag.IntVar(&o.loaders, "loaders", 2, "load processes")
	flag.Parse()
	ctx := context.Background()
	var err error
	if *asLoader != "" {
		err = load(ctx, *asLoader)
	} else {
		err = bench(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "flashsale-http:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) error {
	limit, err := descriptors()
	if err != nil {
		return err
	}
	r := report.New("flashsale-http")
	if most := limit - spare; o.buyers > most {
		r.Note("%d buyers of %d: one server process may hold %d descriptors here", most, o.buyers, limit)
		o.buyers = most
	}
	if o.binary == "" {
		if o.binary, err = site.Binary(ctx); err != nil {
			return err
		}
	}
	few, err := sale(ctx, o, 500)
	if err != nil {
		return fmt.Errorf("500 units: %w", err)
	}
	many, err := sale(ctx, o, 20_000)
	if err != nil {
		return fmt.Errorf("20,000 units: %w", err)
	}
	r.Figure("buyers", float64(o.buyers), "buyers", "each with a session and a connection")
	few.figures(r, "")
	many.figures(r, "many_")
	if err := peer(ctx, r, o.medusa, many, o.engine == "sqlite"); err != nil {
		return err
	}
	r.Note("no prefix: 500 units; many_: 20,000 units. %s, the rest of the program at work beside the sale", o.engine)
	return r.Print(os.Stdout)
}

// descriptors raises the limit as far as the system lets, and says how far that is.
func descriptors() (int, error) {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0, err
	}
	l.Cur = l.Max
	return int(min(l.Max, 1<<20)), syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
}

func (s outcome) figures(r *report.Run, prefix string) {
	r.Figure(prefix+"decided_per_s", float64(s.Decided())/s.Seconds, "answers/s", fmt.Sprintf("from the first press to the last answer (%.2f s)", s.Seconds))
	r.Figure(prefix+"p99_ms", s.Waited.P99MS(), "ms", fmt.Sprintf("from a buyer's press to its decision, retries included; median %.0f ms", report.MS(s.Waited.Quantile(0.5))))
	r.Figure(prefix+"unanswered", float64(s.Unanswered), "buyers", "got no decision")
	r.Figure(prefix+"stock", float64(s.Stock), "units", "on sale")
	r.Figure(prefix+"sold", float64(s.Sold), "units", fmt.Sprintf("acknowledged; %d were told none is left, %d answers said busy", s.SoldOut, s.Busy))
	r.Figure(prefix+"server_cpu_us", 1e6*s.ServerCPU/float64(max(s.Decided()+s.Busy, 1)), "us", "CPU time of the server per answer, background work included")
	r.Figure(prefix+"quotes_per_s", s.QuotesPerS, "quotes/s", "before the sale, with connecting")
	r.Figure(prefix+"audit_breaks", float64(s.Breaks), "breaks", "after the sale; the units held and the orders stored fit the answers")
}
