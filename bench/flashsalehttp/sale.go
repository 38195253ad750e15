package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
)

// firstPort and lastPort are where the server of this bench listens.
const (
	firstPort = 22_000
	lastPort  = 22_099
)

// outcome of a sale; the first fields are what one load process reports.
type outcome struct {
	Sold, SoldOut, Unanswered, Busy int
	Waited                          report.Latencies
	FirstError                      string

	Stock      int
	Seconds    float64
	ServerCPU  float64 // seconds
	QuotesPerS float64
	Breaks     int
}

// Decided is how many buyers know what they got.
func (s outcome) Decided() int { return s.Sold + s.SoldOut }

// sale is one sale on an empty site.
func sale(ctx context.Context, o options, stock int) (outcome, error) {
	data, err := os.MkdirTemp("", "flashhttp")
	if err != nil {
		return outcome{}, err
	}
	defer func() { _ = os.RemoveAll(data) }()
	url := "sqlite:" + filepath.Join(data, "hawker.db")
	if o.engine == "postgres" {
		pg, err := proc.StartPostgres(ctx)
		if err != nil {
			return outcome{}, err
		}
		defer pg.Stop()
		url = pg.URL
	}
	w, err := prepare(ctx, data, url, o.buyers, int64(stock))
	if err != nil {
		return outcome{}, fmt.Errorf("prepare: %w", err)
	}
	port, err := proc.FreePort(firstPort, lastPort)
	if err != nil {
		return outcome{}, err
	}
	addr := "127.0.0.1:" + strconv.Itoa(port)
	server, err := proc.Start(ctx, proc.Options{Ready: proc.Dials("tcp", addr)}, o.binary, "serve", "--data", data, "--database-url", url,
		"--addr", addr, "--rtmp-addr=", "--webrtc-addr=", "--sandbox-pay", "--log-level", "warn")
	if err != nil {
		return outcome{}, err
	}
	defer server.Stop()
	s, err := press(ctx, o, w, addr, server, stock)
	if err != nil {
		return s, fmt.Errorf("%w\nserver: %s", err, server.Log())
	}
	server.Stop()
	return s, w.check(ctx, data, url, &s)
}

// press lets every load process get ready, calls the sale, and adds up what they saw.
func press(ctx context.Context, o options, w *world, addr string, server *proc.Process, stock int) (outcome, error) {
	total := outcome{Stock: stock}
	loaders := make([]*loader, o.loaders)
	began := time.Now()
	for i := range loaders {
		from, to := i*o.buyers/o.loaders, (i+1)*o.buyers/o.loaders
		l, err := startLoader(ctx, order{Addr: addr, Sku: w.Sku, Source: fmt.Sprintf("127.0.1.%d", i+1), Buyers: w.Buyers[from:to]})
		if err != nil {
			return total, err
		}
		defer l.kill()
		loaders[i] = l
	}
	for _, l := range loaders {
		if line, err := l.line(); err != nil || line != "ready" {
			return total, fmt.Errorf("a load process did not get ready: %q %w", line, err)
		}
	}
	total.QuotesPerS = float64(o.buyers) / time.Since(began).Seconds()
	stop := profile(o, server, stock)
	cpu, called := server.CPU(), time.Now()
	for _, l := range loaders {
		if _, err := io.WriteString(l.in, "go\n"); err != nil {
			return total, err
		}
	}
	for _, l := range loaders {
		line, err := l.line()
		if err != nil {
			return total, fmt.Errorf("a load process ended: %w", err)
		}
		var got outcome
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			return total, fmt.Errorf("%w in %q", err, line)
		}
		total.Sold += got.Sold
		total.SoldOut += got.SoldOut
		total.Unanswered += got.Unanswered
		total.Busy += got.Busy
		total.Waited.Merge(&got.Waited)
		if got.FirstError != "" {
			fmt.Fprintln(os.Stderr, got.FirstError)
		}
	}
	total.Seconds = time.Since(called).Seconds()
	total.ServerCPU = (server.CPU() - cpu).Seconds()
	stop()
	return total, nil
}

// profile samples the server with perf during a sale, when asked and installed. A sale lasts a second or two,
// so it samples often.
func profile(o options, server *proc.Process, stock int) (stop func()) {
	perf := proc.Find("perf")
	if o.profile == "" || perf == "" {
		return func() {}
	}
	cmd := exec.Command(perf, "record", "-q", "-g", "-F", "1999", "-o", fmt.Sprintf("%s.%d", o.profile, stock), "-p", strconv.Itoa(server.PID()))
	if cmd.Start() != nil {
		return func() {}
	}
	return func() { _ = cmd.Process.Signal(syscall.SIGINT); _ = cmd.Wait() }
}

// loader is a load process.
type loader struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startLoader(ctx context.Context, o order) (*loader, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l := &loader{cmd: exec.CommandContext(ctx, self, "-load", "stdin")}
	l.cmd.Stderr = os.Stderr
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if l.in, err = l.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	l.out = bufio.NewReader(out)
	if err := l.cmd.Start(); err != nil {
		return nil, err
	}
	return l, json.NewEncoder(l.in).Encode(o)
}

func (l *loader) line() (string, error) {
	s, err := l.out.ReadString('\n')
	if err != nil {
		return "", err
	}
	return s[:len(s)-1], nil
}

func (l *loader) kill() {
	_ = l.cmd.Process.Kill()
	_ = l.cmd.Wait()
}
