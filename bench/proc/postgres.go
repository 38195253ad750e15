package proc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// Postgres is a PostgreSQL server of this bench alone, reachable by a Unix socket. Its commits are
// fsynced: what a bench calls durable must be.
type Postgres struct {
	*Process
	URL string
	dir string
}

// StartPostgres makes a cluster with fsync on and starts it; it fails with ErrNotInstalled when
// there is no PostgreSQL. settings are "name=value", on top of 256 MB of shared buffers and a 4 GB
// limit of the write-ahead log, which a database of this use would have.
func StartPostgres(ctx context.Context, settings ...string) (*Postgres, error) {
	server := Find("/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres", "postgres")
	if server == "" {
		return nil, ErrNotInstalled
	}
	if path, err := filepath.EvalSymlinks(server); err == nil {
		server = path
	}
	who, err := dbtest.ClusterUser()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("/tmp", "benchpg") // short: a socket path may have 107 bytes
	if err != nil {
		return nil, err
	}
	p := &Postgres{dir: dir}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	initdb := exec.CommandContext(ctx, filepath.Join(filepath.Dir(server), "initdb"), "-D", dir+"/data", "-U", "hawker", "-A", "trust", "--no-locale", "-E", "UTF8")
	initdb.Dir, initdb.SysProcAttr = "/", &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(dir))
	}
	args := []string{"-D", dir + "/data", "-k", dir}
	for _, s := range append([]string{"listen_addresses=", "fsync=on", "synchronous_commit=on", "shared_buffers=256MB", "max_wal_size=4GB", "max_connections=200"}, settings...) {
		args = append(args, "-c", s)
	}
	p.URL = "postgres://hawker@/postgres?" + url.Values{"host": {dir}}.Encode()
	p.Process, err = Start(ctx, Options{Dir: "/", User: who, Ready: started(dir + "/data/postmaster.pid")}, server, args...)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return p, nil
}

// started is a Ready that reads what the server says of itself: its socket is there earlier.
func started(file string) func(ctx context.Context) error {
	return func(context.Context) error {
		said, err := os.ReadFile(file)
		if err == nil && !strings.Contains(string(said), "\nready") {
			err = errors.New("the server is starting up")
		}
		return err
	}
}

// ErrNotInstalled means the peer is left out of the run.
var ErrNotInstalled = errors.New("not installed")

// Stop stops the server and removes its cluster.
func (p *Postgres) Stop() {
	p.Process.Stop()
	_ = os.RemoveAll(p.dir)
}

// CPU is the processor time of the server and of all its backends, living and ended.
func (p *Postgres) CPU() time.Duration {
	total := p.Process.CPU()
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.PID()))
	for _, t := range tasks {
		children, _ := os.ReadFile(t)
		for _, c := range strings.Fields(string(children)) {
			if pid, err := strconv.Atoi(c); err == nil {
				used, _ := report.CPUOf(pid) // 0 when it ended meanwhile: then its parent has counted it
				total += used
			}
		}
	}
	return total
}
