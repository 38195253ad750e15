package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/internal/errs"
)

// job is what a child is told, as JSON in its argument.
type job struct {
	Data, URL string
	Clients   int
	Orders    int   // to try
	Units     int64 // on sale
	Acks      bool  // print every acknowledged order, one id a line, for a parent that will kill
	Profile   string
}

// result is what a child prints as its last line.
type result struct {
	Acked, SoldOut  int
	Busy            int // answered "busy", and tried again
	Seconds         float64
	CPUSeconds      float64
	P50MS, P99MS    float64
	MaxMS           float64
	Available, Held int64
	Breaks          int
	FirstBreak      string
	AuditSeconds    float64
}

// beginning is the line a child prints when everything is set up.
const beginning = "begin"

// child runs one load in this process and prints its result.
func child(ctx context.Context, arg string) error {
	var j job
	if err := json.Unmarshal([]byte(arg), &j); err != nil {
		return err
	}
	w, err := newWorld(ctx, j.Data, j.URL, j.Units, j.Orders)
	if err != nil {
		return err
	}
	defer w.close()
	if j.Profile != "" {
		f, err := os.Create(j.Profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
	}
	if !j.Acks {
		fmt.Println(beginning)
	}
	r, err := w.load(ctx, j)
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	if r.Available, r.Held, _, err = w.counters(ctx); err != nil {
		return err
	}
	begin := time.Now()
	found, err := w.app.Audit(ctx)
	if err != nil {
		return err
	}
	r.AuditSeconds, r.Breaks = time.Since(begin).Seconds(), len(found.Breaks)
	if r.Breaks > 0 {
		r.FirstBreak = fmt.Sprint(found.Breaks[0])
	}
	line, err := json.Marshal(r)
	if err == nil {
		_, err = fmt.Printf("%s\n", line)
	}
	return err
}

// load is closed-loop clients that take the next order of the run until none is left.
func (w *world) load(ctx context.Context, j job) (result, error) {
	var next, acked, soldOut, busy atomic.Int64
	var mu sync.Mutex
	var all report.Latencies
	var failed error
	out := make(chan string, 4*j.Clients)
	var printing sync.WaitGroup
	if j.Acks {
		printing.Go(func() { printAcks(out) })
	}
	cpu, begin := report.CPU(), time.Now()
	var wg sync.WaitGroup
	for range j.Clients {
		wg.Go(func() {
			var own report.Latencies
			for n := next.Add(1) - 1; n < int64(j.Orders); n = next.Add(1) - 1 {
				asked := time.Now()
				id, err := w.insist(ctx, int(n), &busy)
				switch {
				case err == nil:
					acked.Add(1)
					if j.Acks {
						out <- id
					}
				case errs.CodeOf(err) == "out_of_stock":
					soldOut.Add(1)
				default:
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					return
				}
				own.Add(time.Since(asked))
			}
			mu.Lock()
			all.Merge(&own)
			mu.Unlock()
		})
	}
	wg.Wait()
	took, used := time.Since(begin), report.CPU()-cpu
	close(out)
	printing.Wait()
	return result{Acked: int(acked.Load()), SoldOut: int(soldOut.Load()), Busy: int(busy.Load()), Seconds: took.Seconds(), CPUSeconds: used.Seconds(),
		P50MS: report.MS(all.Quantile(0.5)), P99MS: all.P99MS(), MaxMS: report.MS(all.Max())}, failed
}

// insist does what a client does that is told to come again: its wait counts from its first try.
func (w *world) insist(ctx context.Context, n int, busy *atomic.Int64) (string, error) {
	for {
		p, err := w.place(ctx, n)
		if !errs.Is(err, errs.Busy) {
			return p.Order.ID, err
		}
		busy.Add(1)
		time.Sleep(20 * time.Millisecond)
	}
}

// printAcks writes what has gathered as one write, so that the pipe does not become the bottleneck.
func printAcks(out <-chan string) {
	b := bufio.NewWriterSize(os.Stdout, 64<<10)
	for id := range out {
		_, _ = b.WriteString(id + "\n")
		if len(out) == 0 {
			_ = b.Flush()
		}
	}
	_ = b.Flush()
}
