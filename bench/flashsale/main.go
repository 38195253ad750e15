package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
)

type options struct {
	orders  int
	engines string
	peers   bool
	kills   int
	profile string
}

func main() {
	var o options
	asChild := flag.String("child", "", "run one load described by this JSON (the bench starts itself so)")
	flag.IntVar(&o.orders, "orders", 60_000, "orders of each run")
	flag.StringVar(&o.engines, "engines", "sqlite,postgres", "engines to measure")
	flag.BoolVar(&o.peers, "peers", true, "run the peers too")
	flag.IntVar(&o.kills, "kills", 2, "kill -9 rounds per engine")
	flag.StringVar(&o.profile, "profile", "", "folder for CPU profiles of the runs with 2,000 clients")
	flag.Parse()
	ctx := context.Background()
	var err error
	if *asChild != "" {
		err = child(ctx, *asChild)
	} else {
		err = bench(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "flashsale:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) error {
	r := report.New("flashsale")
	var faults totals
	for _, engine := range strings.Split(o.engines, ",") {
		if err := measure(ctx, r, engine, o, &faults); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	r.Figure("oversold", float64(faults.oversold), "orders", "acknowledged beyond the stock, over all runs")
	r.Figure("lost_acks", float64(faults.lost), "orders", fmt.Sprintf("of %d acknowledged before %d kill -9", faults.killed, faults.kills))
	r.Figure("audit_breaks", float64(faults.breaks), "breaks", "found by the audit after every run and every kill")
	if o.peers {
		if err := redis(ctx, r); err != nil {
			return fmt.Errorf("redis: %w", err)
		}
	}
	return r.Print(os.Stdout)
}

// totals are counted over every run.
type totals struct {
	oversold, lost, killed, kills, breaks int
}

func (t *totals) add(j job, got result) {
	t.breaks += got.Breaks
	t.oversold += max(got.Acked-int(j.Units), 0)
	if got.Available+got.Held != j.Units || got.Held != int64(got.Acked) {
		t.breaks++
		fmt.Fprintf(os.Stderr, "%d acknowledged, %d held, %d left of %d\n", got.Acked, got.Held, got.Available, j.Units)
	}
	if got.FirstBreak != "" {
		fmt.Fprintln(os.Stderr, got.FirstBreak)
	}
}

// site is an empty data folder, and a fresh database for each run in it.
func site(ctx context.Context, engine string) (data, url string, pg *proc.Postgres, done func(), err error) {
	if data, err = os.MkdirTemp("", "flashsale"); err != nil {
		return "", "", nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(data) }
	if engine == "sqlite" {
		return data, sqliteURL(data), nil, remove, nil
	}
	if pg, err = proc.StartPostgres(ctx); err != nil {
		remove()
		return "", "", nil, nil, err
	}
	return data, pg.URL, pg, func() { pg.Stop(); remove() }, nil
}

func measure(ctx context.Context, r *report.Run, engine string, o options, faults *totals) error {
	var best result
	for _, clients := range []int{200, 2_000} {
		got, serverCPU, err := once(ctx, engine, job{Clients: clients, Orders: o.orders, Units: int64(o.orders)}, o.profile, faults)
		if err != nil {
			return err
		}
		key := engine
		if clients == 200 {
			key += "_200"
		} else {
			best = got
		}
		rate := float64(got.Acked) / got.Seconds
		r.Figure(key+"_orders_per_s", rate, "orders/s", fmt.Sprintf("%d clients, p50 %.0f ms, longest %.0f ms", clients, got.P50MS, got.MaxMS))
		r.Figure(key+"_p99_ms", got.P99MS, "ms", fmt.Sprintf("%d clients", clients))
		cpu := got.CPUSeconds + serverCPU
		r.Figure(key+"_orders_per_cpu_s", float64(got.Acked)/cpu, "orders", fmt.Sprintf("per CPU second, clients and server together (%.1f s in %.1f s)", cpu, got.Seconds))
	}
	sold, _, err := once(ctx, engine, job{Clients: 2_000, Orders: 40_000, Units: 5_000}, "", faults)
	if err != nil {
		return err
	}
	r.Figure(engine+"_decided_per_s", float64(sold.Acked+sold.SoldOut)/sold.Seconds, "answers/s", fmt.Sprintf("40,000 tries at 5,000 units: %d sold, %d told sold out", sold.Acked, sold.SoldOut))
	if sold.Acked != 5_000 {
		return fmt.Errorf("%d of 5,000 units were sold", sold.Acked)
	}
	for range o.kills {
		if err := killed(ctx, engine, faults); err != nil {
			return err
		}
	}
	if !o.peers {
		return nil
	}
	rate, cpuRate, err := oneTx(ctx, engine)
	if err != nil {
		return err
	}
	r.Peer("one_tx_"+engine+"_orders_per_s", rate, "orders/s", "200 clients, the same rows, one transaction per order")
	r.Peer("one_tx_"+engine+"_orders_per_cpu_s", cpuRate, "orders", "per CPU second of the client's side")
	r.Ratio(engine+"_to_one_tx", float64(best.Acked)/best.Seconds, rate, "times one transaction per order")
	return nil
}

// once runs one load in a child on a fresh site.
func once(ctx context.Context, engine string, j job, profile string, faults *totals) (result, float64, error) {
	data, url, pg, done, err := site(ctx, engine)
	if err != nil {
		return result{}, 0, err
	}
	defer done()
	j.Data, j.URL = data, url
	if profile != "" && j.Clients == 2_000 {
		j.Profile = filepath.Join(profile, engine+".prof")
	}
	var out bytes.Buffer
	cmd, err := self(j)
	if err != nil {
		return result{}, 0, err
	}
	cmd.Stderr = os.Stderr
	said, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return result{}, 0, err
	}
	server := 0.0
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if lines.Text() == beginning && pg != nil {
			server = -pg.CPU().Seconds()
		}
		out.Reset()
		out.Write(lines.Bytes())
	}
	if err := errors.Join(lines.Err(), cmd.Wait()); err != nil {
		return result{}, 0, err
	}
	var got result
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		return result{}, 0, err
	}
	faults.add(j, got)
	if pg != nil {
		server += pg.CPU().Seconds() // the audit after the load included: an upper bound
	}
	return got, server, nil
}

func self(j job) (*exec.Cmd, error) {
	arg, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	path, err := os.Executable()
	return exec.Command(path, "-child", string(arg)), err
}
