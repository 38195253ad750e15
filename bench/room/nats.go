package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
)

const (
	natsPort = 25_800 // its WebSocket's; the client port is the next
	// firstPort to lastPort are where the bench's own servers listen.
	lastPort = 25_998
)

// natsMain is nats-server as it comes, with its WebSocket open and pings far apart, so that only ticks are counted.
func natsMain(port int) error {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port + 1, NoSigs: true, MaxConn: 64_000, PingInterval: time.Hour,
		Websocket: server.WebsocketOpts{Host: "127.0.0.1", Port: port, NoTLS: true, HandshakeTimeout: 30 * time.Second}})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		return fmt.Errorf("nats-server did not start on %d", port)
	}
	s.WaitForShutdown()
	return nil
}

// peer feeds nats-server the recorded ticks at the same period, to as many viewers.
func peer(ctx context.Context, r *report.Run, o options, ticks [][]byte) (float64, error) {
	if len(ticks) == 0 {
		return 0, fmt.Errorf("no ticks were recorded for the peer")
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	port, err := proc.FreePort(natsPort, lastPort)
	if err != nil {
		return 0, err
	}
	p, err := proc.Start(ctx, proc.Options{Ready: proc.Dials("tcp", "127.0.0.1:"+strconv.Itoa(port+1))}, self, "-nats", strconv.Itoa(port))
	if err != nil {
		return 0, err
	}
	defer p.Stop()
	before := p.Memory()
	all, err := gather(ctx, crowdJob{Port: port, Path: "/", Viewers: o.viewers, Greet: "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\",\"version\":\"1\",\"protocol\":1}\r\nSUB room 1\r\n"})
	defer all.leave()
	if err != nil {
		return 0, fmt.Errorf("nats: %w", err)
	}
	idle := p.Memory()
	nc, err := nats.Connect("nats://127.0.0.1:" + strconv.Itoa(port+1))
	if err != nil {
		return 0, err
	}
	defer nc.Close()
	publishing, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		every := time.NewTicker(250 * time.Millisecond)
		defer every.Stop()
		for i := 1; publishing.Err() == nil; i++ {
			<-every.C
			_ = nc.Publish("room", resealed(ticks[i%len(ticks)], i))
			_ = nc.Flush()
		}
	}()
	time.Sleep(settling)
	begun, used := time.Now(), p.CPU()
	seen, err := all.watch(time.Duration(o.seconds) * time.Second)
	if err != nil {
		return 0, fmt.Errorf("nats: %w", err)
	}
	wall, cpu := time.Since(begun).Seconds(), (p.CPU() - used).Seconds()
	perCPU := float64(seen.Ticks) / cpu
	r.Peer("nats_viewer_ticks_per_cpu_s", perCPU, "ticks", fmt.Sprintf("nats-server %s, %d in %.1f s with %.2f CPU s; %.0f bytes a frame, plain; %d recorded ticks repeated", server.VERSION, seen.Ticks, wall, cpu, float64(seen.Bytes)/float64(max(seen.Decoded, 1)), len(ticks)))
	r.Peer("nats_p99_seal_read_ms", seen.age(0.99), "ms", "from publish to read")
	r.Peer("nats_bytes_per_idle_conn", float64(idle-before)/float64(o.viewers), "bytes", "resident memory per viewer, as joined")
	return perCPU, nil
}
