package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
)

// nginx is the peer: the rtmp module cuts the segments, and nginx sends them from files.
type nginx struct {
	*proc.Process
	stream
	push, dir string
}

const nginxConf = `daemon off; worker_processes 1; pid DIR/nginx.pid; error_log stderr crit; USER
load_module MODULE;
events { worker_connections 16384; }
rtmp { server { listen 127.0.0.1:RTMP; chunk_size 4096;
  application live { live on; hls on; hls_path DIR/hls; hls_fragment 2s; hls_playlist_length 20s; } } }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
  client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fcgi; uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
  server { listen 127.0.0.1:WEB; root DIR; } }
`

func startNginx(ctx context.Context) (*nginx, error) {
	binary := proc.Find("nginx", "/usr/sbin/nginx")
	modules, _ := filepath.Glob("/usr/lib*/nginx/modules/ngx_rtmp_module.so")
	if binary == "" || len(modules) == 0 {
		return nil, proc.ErrNotInstalled
	}
	web, err := proc.FreePort(28800, 28899)
	if err != nil {
		return nil, err
	}
	rtmp, err := proc.FreePort(28900, 28999)
	if err != nil {
		return nil, err
	}
	n := &nginx{push: fmt.Sprintf("rtmp://127.0.0.1:%d/live/a", rtmp), stream: stream{Addr: fmt.Sprintf("127.0.0.1:%d", web), Dir: "/hls/", Playlist: "a.m3u8"}}
	if n.dir, err = os.MkdirTemp("", "live-nginx-"); err != nil {
		return nil, err
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // the folder is root's
	}
	conf := strings.NewReplacer("DIR", n.dir, "MODULE", modules[0], "RTMP", strconv.Itoa(rtmp), "WEB", strconv.Itoa(web), "USER", user).Replace(nginxConf)
	file := filepath.Join(n.dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		return nil, err
	}
	n.Process, err = proc.Start(ctx, proc.Options{Ready: proc.Dials("tcp", n.Addr)}, binary, "-p", n.dir, "-c", file)
	return n, err
}

// playing waits for the first segments.
func (n *nginx) playing(ctx context.Context) error {
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Addr+n.Dir+n.Playlist, nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("nginx showed no playlist\n%s", n.Log())
}

func (n *nginx) Stop() {
	n.Process.Stop()
	_ = os.RemoveAll(n.dir)
}

// CPU is the processor time of the master and of its worker.
func (n *nginx) CPU() time.Duration {
	total := n.Process.CPU()
	for _, pid := range n.workers() {
		used, _ := report.CPUOf(pid)
		total += used
	}
	return total
}

// Memory is the resident memory of both, in bytes; what they share is counted twice.
func (n *nginx) Memory() int64 {
	total := n.Process.Memory()
	for _, pid := range n.workers() {
		m, _ := report.Memory(pid)
		total += m
	}
	return total
}

func (n *nginx) workers() (pids []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", n.PID()))
	for _, t := range tasks {
		children, _ := os.ReadFile(t)
		for _, c := range strings.Fields(string(children)) {
			if pid, err := strconv.Atoi(c); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
