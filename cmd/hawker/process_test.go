package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be the program: a child with asProgram set runs the command line it was given.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	// Certificates of these tests are signed by themselves.
	http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	os.Exit(m.Run())
}

const asProgram = "HAWKER_TEST_AS_PROGRAM"

// program is a running hawker.
type program struct {
	t    *testing.T
	cmd  *exec.Cmd
	url  string
	data string
	mu   sync.Mutex
	said bytes.Buffer
	gone chan error
}

func child(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// output is everything the program wrote so far.
func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

var opened = regexp.MustCompile(`Hawker is open: (\S+)`)

// start runs hawker serve on free ports and waits until it is ready.
func start(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	p := launch(t, data, flags...)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get(p.url + "/readyz"); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return p
			}
		}
		if time.Now().After(end) {
			t.Fatalf("it is not ready\n%s", p.output())
		}
	}
}

// launch runs hawker serve on free ports and waits until its doors are open.
func launch(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	p := &program{t: t, data: data, gone: make(chan error, 1)}
	p.cmd = child(context.Background(), append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--rtmp-addr", "127.0.0.1:0", "--webrtc-addr", "", "--sandbox-pay"}, flags...)...)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	m := opened.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("it said %q, %v\n%s", line, err, p.output())
	}
	p.url = m[1]
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		p.gone <- p.cmd.Wait()
	}()
	return p
}

func (p *program) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// ends waits for the end and tells how it came.
func (p *program) ends(within time.Duration) error {
	p.t.Helper()
	select {
	case err := <-p.gone:
		return err
	case <-time.After(within):
		p.t.Fatalf("it does not end\n%s", p.output())
		return nil
	}
}

func (p *program) audits() {
	p.t.Helper()
	out, err := child(context.Background(), "audit", "--data", p.data).CombinedOutput()
	if err != nil || !strings.Contains(string(out), " 0 breaks") {
		p.t.Errorf("audit: %v\n%s", err, out)
	}
}

func TestServe_ASecondSignalEndsAtOnce(t *testing.T) {
	p := start(t, t.TempDir(), "--drain-wait", "60")
	p.signal(syscall.SIGTERM)
	time.Sleep(200 * time.Millisecond)
	p.signal(syscall.SIGTERM)
	if err := p.ends(3 * time.Second); err == nil {
		t.Error("the second signal was taken for an orderly end")
	}
	p.audits()
}

func TestServe_RefusesAStrangeLogFormat(t *testing.T) {
	out, err := child(t.Context(), "serve", "--data", filepath.Join(t.TempDir(), "d"), "--log-format", "xml").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "text or json") {
		t.Errorf("%v %s", err, out)
	}
}
