package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/bench/report"
)

// stopWait is how long a server may take to stop before it is killed.
const stopWait = 10 * time.Second

// keepLog is how much of a server's last output is shown when it fails.
const keepLog = 8 << 10

// Process is a running server.
type Process struct {
	cmd  *exec.Cmd
	log  tail
	done chan struct{}
	err  error
}

// Options of Start. The zero value works.
type Options struct {
	Dir    string
	Env    []string // added to the bench's own
	User   *syscall.Credential
	Stdout io.Writer // beside the kept tail
	// Ready is asked every 20 ms until it returns nil; nil means ready at once.
	Ready func(ctx context.Context) error
	// Wait bounds it; 0 is 60 s.
	Wait time.Duration
}

// Start runs a server and waits until it is ready. A server that ends before that is an error with
// its last output.
func Start(ctx context.Context, o Options, name string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.Command(name, args...), done: make(chan struct{})}
	p.cmd.Dir = o.Dir
	p.cmd.Env = append(os.Environ(), o.Env...)
	p.cmd.Stderr, p.cmd.Stdout = &p.log, &p.log
	if o.Stdout != nil {
		p.cmd.Stdout = io.MultiWriter(o.Stdout, &p.log)
	}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: o.User}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if o.Wait == 0 {
		o.Wait = 60 * time.Second
	}
	return p, p.untilReady(ctx, o)
}

func (p *Process) untilReady(ctx context.Context, o Options) error {
	if o.Ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, o.Wait)
	defer cancel()
	for {
		err := o.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended before it was ready: %w\n%s", filepath.Base(p.cmd.Path), p.err, p.log.String())
		case <-ctx.Done():
			p.Kill()
			return errors.Join(fmt.Errorf("%s was not ready in %s\n%s", filepath.Base(p.cmd.Path), o.Wait, p.log.String()), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// PID of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// CPU is its processor time so far; after its end, all of it.
func (p *Process) CPU() time.Duration {
	select {
	case <-p.done:
		return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
	default:
	}
	d, _ := report.CPUOf(p.PID())
	return d
}

// Memory is its resident memory in bytes, 0 after its end.
func (p *Process) Memory() int64 {
	n, _ := report.Memory(p.PID())
	return n
}

// Log is the end of what it printed.
func (p *Process) Log() string { return p.log.String() }

// Stop sends TERM to the server and what it started, and waits; a server that does not end in 10 s is killed.
func (p *Process) Stop() {
	_ = syscall.Kill(-p.PID(), syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(stopWait):
		p.Kill()
	}
}

// Kill is kill -9, and waits for the end.
func (p *Process) Kill() {
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
}

// Wait waits for the end and returns how it ended.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Find looks for an installed program: a name in PATH, or glob patterns of full paths. It returns
// "" when there is none.
func Find(candidates ...string) string {
	for _, c := range candidates {
		if path, err := exec.LookPath(c); err == nil {
			return path
		}
		found, _ := filepath.Glob(c)
		for i := len(found) - 1; i >= 0; i-- { // the newest version sorts last
			if _, err := exec.LookPath(found[i]); err == nil {
				return found[i]
			}
		}
	}
	return ""
}

// FreePort finds a TCP port on loopback that is free now; between lo and hi when they are given.
func FreePort(between ...int) (int, error) {
	if len(between) != 2 {
		return tryPort(0)
	}
	for port := between[0]; port <= between[1]; port++ {
		if n, err := tryPort(port); err == nil {
			return n, nil
		}
	}
	return 0, fmt.Errorf("no port between %d and %d is free", between[0], between[1])
}

func tryPort(port int) (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Dials is a Ready that is content when the address takes a connection.
func Dials(network, address string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return err
		}
		return c.Close()
	}
}

// tail keeps the last bytes written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if over := len(t.buf) - keepLog; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
