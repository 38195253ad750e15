package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
)

// centrifugoConfig is Centrifugo 5 as it comes, but that anybody may join without a token, that pings are far apart
// so that only ticks are counted, and that a slow reader has half a minute as at nats-server, not one second.
const centrifugoConfig = `{
  "client_insecure": true, "api_insecure": true, "allowed_origins": ["*"], "log_level": "error",
  "ping_interval": "3600s", "pong_timeout": "1800s", "client_stale_close_delay": "60s", "websocket_write_timeout": "30s"
}`

// joinRoom are the two commands of a viewer, in one frame as its JSON protocol allows.
const joinRoom = `{"id":1,"connect":{}}` + "\n" + `{"id":2,"subscribe":{"channel":"room"}}`

// publishWait bounds one publish: a server that takes longer than a tick to take a tick is behind anyway.
const publishWait = 10 * time.Second

// startCentrifugo starts the centrifugo that is on the PATH or in the home folder's go/bin.
func startCentrifugo(ctx context.Context) (*fed, error) {
	home, _ := os.UserHomeDir()
	path := proc.Find("centrifugo", filepath.Join(home, "go/bin/centrifugo"))
	if path == "" {
		return nil, proc.ErrNotInstalled
	}
	dir, err := os.MkdirTemp("", "benchcentrifugo")
	if err != nil {
		return nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	config := filepath.Join(dir, "config.json")
	if err := os.WriteFile(config, []byte(centrifugoConfig), 0o600); err != nil {
		remove()
		return nil, err
	}
	port, err := proc.FreePort(natsPort, lastPort)
	if err != nil {
		remove()
		return nil, err
	}
	addr := "127.0.0.1:" + strconv.Itoa(port)
	p, err := proc.Start(ctx, proc.Options{Dir: dir, Ready: proc.Dials("tcp", addr)}, path, "-c", config, "-a", "127.0.0.1", "-p", strconv.Itoa(port))
	if err != nil {
		remove()
		return nil, err
	}
	return &fed{key: "centrifugo", name: "Centrifugo 5", server: p, audience: crowdJob{Port: port, Path: "/connection/websocket", Greet: joinRoom},
		publish: func(ctx context.Context, tick []byte) error { return publishHTTP(ctx, addr, tick) },
		stop:    func() { p.Stop(); remove() }}, nil
}

// publishHTTP hands one tick to Centrifugo's server API, as an application does.
func publishHTTP(ctx context.Context, addr string, tick []byte) error {
	ctx, cancel := context.WithTimeout(ctx, publishWait)
	defer cancel()
	body := fmt.Appendf(nil, `{"channel":"room","data":%s}`, tick)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/api/publish", bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err == nil && (res.StatusCode != http.StatusOK || bytes.Contains(said, []byte(`"error"`))) {
		err = fmt.Errorf("publish: %d %s", res.StatusCode, said)
	}
	return err
}
