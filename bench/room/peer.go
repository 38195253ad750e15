package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
)

// tickEvery is how often the room seals a tick, and so how often a peer is fed one.
const tickEvery = 250 * time.Millisecond

// fed is a server of others that hands the room's ticks on, started and empty.
type fed struct {
	key, name string // of its figures, and to be read
	server    *proc.Process
	audience  crowdJob // how a viewer joins
	publish   func(ctx context.Context, tick []byte) error
	stop      func()
}

// peers feeds each of them the recorded ticks, one after another, so that none shares the machine with another.
func peers(ctx context.Context, r *report.Run, o options, ours float64, ticks [][]byte) error {
	if len(ticks) == 0 {
		return errors.New("no ticks were recorded for the peers")
	}
	for _, p := range []struct {
		name  string
		start func(context.Context) (*fed, error)
	}{{"nats-server", startNATS}, {"Centrifugo", startCentrifugo}} {
		f, err := p.start(ctx)
		if errors.Is(err, proc.ErrNotInstalled) {
			r.Note("%s is not installed: its peer is left out", p.name)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		theirs, err := f.measure(ctx, r, o, ticks)
		f.stop()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", p.name, err, f.server.Log())
		}
		r.Ratio("viewer_ticks_to_"+f.key, ours, theirs, "times as many viewer-ticks per CPU second as "+p.name+" fed the same ticks")
	}
	return nil
}

// measure lets as many viewers join as ours had, and feeds the ticks at the same period.
func (f *fed) measure(ctx context.Context, r *report.Run, o options, ticks [][]byte) (float64, error) {
	before := f.server.Memory()
	f.audience.Viewers = o.viewers
	all, err := gather(ctx, f.audience)
	defer all.leave()
	if err != nil {
		return 0, err
	}
	idle := f.server.Memory()
	publishing, hush := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- f.feed(publishing, ticks) }()
	time.Sleep(settling)
	begun, used := time.Now(), f.server.CPU()
	seen, err := all.watch(time.Duration(o.seconds) * time.Second)
	wall, cpu := time.Since(begun).Seconds(), (f.server.CPU() - used).Seconds()
	hush()
	if err := errors.Join(err, <-ended); err != nil {
		return 0, err
	}
	if seen.Decoded == 0 {
		return 0, errors.New("not one tick arrived")
	}
	perCPU := float64(seen.Ticks) / cpu
	r.Peer(f.key+"_viewer_ticks_per_cpu_s", perCPU, "ticks", fmt.Sprintf("%s, %d in %.1f s with %.2f CPU s; %.0f bytes a frame, plain; %d recorded ticks repeated", f.name, seen.Ticks, wall, cpu, float64(seen.Bytes)/float64(seen.Decoded), len(ticks)))
	r.Peer(f.key+"_p99_seal_read_ms", seen.age(0.99), "ms", "from publish to read")
	r.Peer(f.key+"_bytes_per_idle_conn", float64(idle-before)/float64(o.viewers), "bytes", "resident memory per viewer, as joined")
	return perCPU, nil
}

// feed repeats the ticks until ctx ends, each with a number and a time of its own.
func (f *fed) feed(ctx context.Context, ticks [][]byte) error {
	every := time.NewTicker(tickEvery)
	defer every.Stop()
	for i := 1; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
		if err := f.publish(ctx, resealed(ticks[i%len(ticks)], i)); err != nil && ctx.Err() == nil {
			return err
		}
	}
}
