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
)

const (
	// natsPort to lastPort are where the peers listen: nats-server's WebSocket on the first that is free, its client
	// port on the next.
	natsPort = 25_800
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

// startNATS starts it in a process of its own, which is this program again.
func startNATS(ctx context.Context) (*fed, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	port, err := proc.FreePort(natsPort, lastPort)
	if err != nil {
		return nil, err
	}
	addr := "127.0.0.1:" + strconv.Itoa(port+1)
	p, err := proc.Start(ctx, proc.Options{Ready: proc.Dials("tcp", addr)}, self, "-nats", strconv.Itoa(port))
	if err != nil {
		return nil, err
	}
	nc, err := nats.Connect("nats://" + addr)
	if err != nil {
		p.Stop()
		return nil, err
	}
	return &fed{key: "nats", name: "nats-server " + server.VERSION, server: p,
		audience: crowdJob{Port: port, Path: "/", Greet: "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\",\"version\":\"1\",\"protocol\":1}\r\nSUB room 1\r\n"},
		publish: func(_ context.Context, tick []byte) error {
			if err := nc.Publish("room", tick); err != nil {
				return err
			}
			return nc.Flush()
		},
		stop: func() { nc.Close(); p.Stop() }}, nil
}
