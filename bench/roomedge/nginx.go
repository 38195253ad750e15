package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hawker-live/hawker/bench/proc"
)

// conf is what deploy/nginx/hawker.conf says about ticks, with a log of what went to the origin. The lock's timeout
// is its own: nginx looks for the answer again after 500 ms or at the timeout, whichever is sooner.
const conf = `daemon off;
worker_processes 2;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log error;
events { worker_connections 8192; }
http {
  proxy_cache_path %[1]s/cache levels=1:2 keys_zone=hawker:16m max_size=256m inactive=10m use_temp_path=off;
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  map $upstream_cache_status $asked { default 1; HIT 0; STALE 0; "" 1; }
  log_format asked '$upstream_cache_status $status $request_uri';
  access_log %[1]s/asked.log asked if=$asked;
  keepalive_requests 1000000;
  upstream origin { server %[2]s; keepalive 32; }
  server {
    listen 127.0.0.1:%[3]d backlog=4096;
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_cache hawker;
      proxy_cache_lock on;
      proxy_cache_lock_timeout 60ms;
    }
  }
}
`

type edge struct {
	*proc.Process
	dir  string
	addr string
}

// startEdge puts an nginx before the origin; ErrNotInstalled when there is none.
func startEdge(ctx context.Context, origin string) (*edge, error) {
	nginx := proc.Find("nginx", "/usr/sbin/nginx")
	if nginx == "" {
		return nil, fmt.Errorf("nginx: %w", proc.ErrNotInstalled)
	}
	dir, err := os.MkdirTemp("", "hawker-edge-")
	if err != nil {
		return nil, err
	}
	port, err := proc.FreePort(25_900, 25_999)
	if err != nil {
		return nil, err
	}
	// nginx gives its workers to nobody, who must reach its folder.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	e := &edge{dir: dir, addr: "127.0.0.1:" + strconv.Itoa(port)}
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, fmt.Appendf(nil, conf, dir, origin, port), 0o644); err != nil {
		return nil, err
	}
	e.Process, err = proc.Start(ctx, proc.Options{Ready: proc.Dials("tcp", e.addr)}, nginx, "-p", dir, "-c", path)
	return e, err
}

// asked counts the ticks that nginx asked the origin for.
func (e *edge) asked() (n int, err error) {
	f, err := os.Open(filepath.Join(e.dir, "asked.log"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.Contains(s.Text(), "/ticks/") {
			n++
		}
	}
	return n, nil
}

func (e *edge) stop() {
	e.Stop()
	_ = os.RemoveAll(e.dir)
}
