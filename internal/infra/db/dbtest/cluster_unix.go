//go:build unix

package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// startWait: a cluster is ready in about 0.7 s here; a loaded machine may be twenty times slower.
const startWait = 60 * time.Second

// script runs in a shell of its own session, as the cluster's user. cat returns when the test
// process is gone, because the kernel then closes the other end of the pipe. TERM ends a server that
// is still starting, which would ignore QUIT as the shell's background processes do; QUIT ends one
// that runs, without waiting for clients.
const script = `
bin=$1; dir=$2
"$bin/initdb" -D "$dir/data" -U hawker -A trust --no-sync --no-locale -E UTF8 >"$dir/log" 2>&1 || exit 1
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c shared_buffers=32MB -c max_connections=200 -c autovacuum=off >>"$dir/log" 2>&1 </dev/null &
pid=$!
cat >/dev/null
kill -TERM $pid
sleep 0.1
kill -QUIT $pid 2>/dev/null
wait $pid
cd / && rm -rf "$dir"
`

// The cluster is the one global of this package: it belongs to the test process.
var cluster = sync.OnceValues(startCluster)

func startCluster() (string, error) {
	bin, err := postgresBin()
	if err != nil {
		return "", err
	}
	base := ""
	cred, err := ClusterUser()
	if err != nil {
		return "", err
	}
	if cred != nil {
		base = "/tmp" // root's own TMPDIR may be closed to the other user
	}
	dir, err := os.MkdirTemp(base, "hawkerpg") // short: a socket path may have 107 bytes
	if err != nil {
		return "", err
	}
	life, keep, err := os.Pipe()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("/bin/sh", "-c", script, "sh", bin, dir)
	cmd.Dir = "/"
	cmd.Stdin = life
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: cred}
	if cred != nil {
		if err := os.Chown(dir, int(cred.Uid), int(cred.Gid)); err != nil {
			return "", err
		}
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	_ = life.Close()
	alive.keep = keep
	u := url.URL{Scheme: "postgres", User: url.User("hawker"), Path: "/postgres"}
	u.RawQuery = url.Values{"host": {dir}}.Encode()
	return u.String(), waitReady(u.String(), cmd.Process.Pid, dir)
}

// alive holds the pipe whose closing ends the cluster; without it the file would be collected.
var alive struct{ keep *os.File }

func waitReady(url string, pid int, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWait)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		if _, err := os.Stat(filepath.Join(dir, ".s.PGSQL.5432")); err == nil {
			if last = ping(ctx, url); last == nil {
				return nil
			}
		}
		if gone, _ := syscall.Wait4(pid, nil, syscall.WNOHANG, nil); gone == pid {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return fmt.Errorf("the server did not start:\n%s", log)
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("not ready after %s", startWait), last)
		case <-tick.C:
		}
	}
}

func ping(ctx context.Context, url string) error {
	c, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	return c.PingContext(ctx)
}

// postgresBin finds the directory that holds both initdb and postgres; a wrapper in PATH may have
// only one of them beside it.
func postgresBin() (string, error) {
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, _ := filepath.Glob(pattern)
		for i := len(found) - 1; i >= 0; i-- { // the newest version first
			dirs = append(dirs, found[i])
		}
	}
	for _, dir := range dirs {
		_, noInit := os.Stat(filepath.Join(dir, "initdb"))
		_, noServer := os.Stat(filepath.Join(dir, "postgres"))
		if noInit == nil && noServer == nil {
			return dir, nil
		}
	}
	return "", errors.New("initdb and postgres were found neither in PATH nor in /usr/lib/postgresql")
}

// ClusterUser is who runs a PostgreSQL of one's own: nil, the caller, unless that is root, whom it refuses.
func ClusterUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("initdb refuses root, and neither the user postgres nor nobody exists")
}
