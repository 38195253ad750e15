package faults

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// cluster is a PostgreSQL of the test's own, which it may stop, kill and start again. The shared one of dbtest
// must not be touched: other tests use it.
type cluster struct {
	bin, dir, data string
	settings       []string
	url            string
	cred           *syscall.Credential

	mu     sync.Mutex
	server *exec.Cmd
}

// newCluster makes one below dir, which the server's user may enter; start runs it.
func newCluster(t *testing.T, dir string, settings ...string) *cluster {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if path, err := exec.LookPath("postgres"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		t.Fatal("PostgreSQL's server was not found: apt-get install postgresql")
	}
	sock, err := os.MkdirTemp("/tmp", "hawkerpg") // short, and outside of what is unmounted
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(sock) })
	c := &cluster{bin: filepath.Dir(found[len(found)-1]), dir: sock, data: filepath.Join(dir, "pg"), settings: settings}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		c.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		for p := dir; p != "/"; p = filepath.Dir(p) { // the user must be able to reach its data
			if info, err := os.Stat(p); err == nil && info.Mode().Perm()&0o001 == 0 && p != "/tmp" {
				_ = os.Chmod(p, info.Mode().Perm()|0o011)
			}
		}
		for _, p := range []string{sock, dir} {
			if err := os.Chown(p, int(uid), int(gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	init := c.command("initdb", "-D", c.data, "-U", "hawker", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8")
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	u := url.URL{Scheme: "postgres", User: url.User("hawker"), Path: "/postgres"}
	u.RawQuery = url.Values{"host": {sock}}.Encode()
	c.url = u.String()
	t.Cleanup(c.kill)
	return c
}

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.cred}
	return cmd
}

// start runs the server and waits until it answers, after whatever recovery it needs.
func (c *cluster) start(t *testing.T) {
	t.Helper()
	args := []string{"-D", c.data, "-k", c.dir, "-c", "listen_addresses=", "-c", "shared_buffers=32MB", "-c", "max_connections=60", "-c", "autovacuum=off"}
	for _, s := range c.settings {
		args = append(args, "-c", s)
	}
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := c.command("postgres", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.server = cmd
	c.mu.Unlock()
	d, err := sql.Open("pgx", c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		err := d.PingContext(ctx)
		cancel()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			t.Fatalf("PostgreSQL does not answer: %v\n%s", err, said)
		}
	}
}

// stop ends the server as `pg_ctl stop -m immediate` does: no checkpoint, recovery at the next start.
func (c *cluster) stop(t *testing.T) {
	t.Helper()
	c.end(syscall.SIGQUIT)
}

// kill ends the server and its backends, also when they hang on a disk that is gone.
func (c *cluster) kill() { c.end(syscall.SIGKILL) }

func (c *cluster) end(sig syscall.Signal) {
	c.mu.Lock()
	cmd := c.server
	c.server = nil
	c.mu.Unlock()
	if cmd == nil {
		return
	}
	group := []int{cmd.Process.Pid}
	if sig == syscall.SIGKILL {
		group = append(group, children(cmd.Process.Pid)...) // backends have groups of their own
	}
	for _, pid := range group {
		_ = syscall.Kill(pid, sig)
	}
	_ = cmd.Wait()
	_ = os.Remove(filepath.Join(c.data, "postmaster.pid"))
}

// pids are the server and its backends, to be paused together.
func (c *cluster) pids() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		return nil
	}
	return append(children(c.server.Process.Pid), c.server.Process.Pid)
}

// children reads the direct children of a process from /proc.
func children(parent int) []int {
	var out []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		i := slices.Index(b, byte(')')) // the name before may hold anything
		if i < 0 {
			continue
		}
		var state string
		var ppid int
		if n, _ := fmt.Sscan(string(b[i+1:]), &state, &ppid); n == 2 && ppid == parent {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
				out = append(out, pid)
			}
		}
	}
	return out
}
