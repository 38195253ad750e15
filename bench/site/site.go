package site

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
)

// Sites of benches listen here, apart from what people run on this machine.
const (
	firstPort = 28000
	lastPort  = 28999
)

// Site is a running Hawker.
type Site struct {
	*proc.Process
	URL  string // http://127.0.0.1:28000
	Addr string // host and port of it
	RTMP string // rtmp://127.0.0.1:28001/live
	Data string
	// Opened is how long it took from the start of the process to the first page.
	Opened time.Duration
}

// Options of Start.
type Options struct {
	Binary string   // "" builds one from the sources beside the bench
	World  string   // "serve" or "demo"
	Args   []string // more flags
	Env    []string
}

// Binary builds ./cmd/hawker of the repository the bench runs in, with the web files that lie in web/dist.
func Binary(ctx context.Context) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(root, "web/dist/index.html")); err != nil {
		return "", fmt.Errorf("the web app is not built, run make build first: %w", err)
	}
	path := filepath.Join(root, "bin/bench-hawker")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "./cmd/hawker")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build hawker: %w\n%s", err, out)
	}
	return path, nil
}

// Root is the folder of the repository, seen from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "cmd/hawker/main.go")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return "", fmt.Errorf("no cmd/hawker above the working directory: %w", err)
}

// Start runs an empty site, or the sample world, and waits for its first page.
func Start(ctx context.Context, o Options) (*Site, error) {
	if o.Binary == "" {
		var err error
		if o.Binary, err = Binary(ctx); err != nil {
			return nil, err
		}
	}
	web, err := proc.FreePort(firstPort, lastPort)
	if err != nil {
		return nil, err
	}
	rtmp, err := proc.FreePort(web+1, lastPort)
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp("", "hawker-bench-")
	if err != nil {
		return nil, err
	}
	s := &Site{Data: data, Addr: "127.0.0.1:" + strconv.Itoa(web), RTMP: fmt.Sprintf("rtmp://127.0.0.1:%d/live", rtmp)}
	s.URL = "http://" + s.Addr
	args := append([]string{o.World, "--data", data, "--addr", s.Addr, "--rtmp-addr", fmt.Sprintf("127.0.0.1:%d", rtmp),
		"--webrtc-addr", "127.0.0.1:0", "--log-level", "error"}, o.Args...)
	begun := time.Now()
	s.Process, err = proc.Start(ctx, proc.Options{Env: o.Env, Ready: s.page}, o.Binary, args...)
	s.Opened = time.Since(begun)
	if err != nil {
		_ = os.RemoveAll(data)
		return nil, err
	}
	return s, nil
}

// page asks for the first page, as a browser does.
func (s *Site) page(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the first page answered %s", res.Status)
	}
	return nil
}

// Stop stops the server and removes its folder.
func (s *Site) Stop() {
	s.Process.Stop()
	_ = os.RemoveAll(s.Data)
}
