package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const acmeName = "live.hawker.test"

// pebble finds Let's Encrypt's own test authority. scripts/acme.sh installs it.
func pebble(t *testing.T) string {
	t.Helper()
	name := os.Getenv("HAWKER_TEST_PEBBLE")
	if name == "" {
		t.Skip("NOT TESTED: a certificate of a real ACME authority; make test-acme installs pebble and asks it")
	}
	return name
}

// acme is a running pebble. It asks the name's challenges at two ports of this machine.
type acme struct {
	dir, directory string
	roots          *x509.CertPool
	said           func() string
	stop           func()
}

// runACME starts it; certificates live for life. httpPort and tlsPort are where it looks for challenges.
func runACME(t *testing.T, life time.Duration, httpPort, tlsPort string) *acme {
	t.Helper()
	binary := pebble(t)
	cert, key := selfSigned(t)
	api, control := port(t), port(t)
	a := &acme{dir: t.TempDir(), directory: "https://localhost:" + api + "/dir"}
	file := filepath.Join(a.dir, "pebble.json")
	config := fmt.Sprintf(`{"pebble":{"listenAddress":"127.0.0.1:%s","managementListenAddress":"127.0.0.1:%s","certificate":%q,"privateKey":%q,
		"httpPort":%s,"tlsPort":%s,"retryAfter":{"authz":1,"order":1},"profiles":{"default":{"description":"x","validityPeriod":%d}}}}`,
		api, control, cert, key, httpPort, tlsPort, int(life.Seconds()))
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", cert) // what the program trusts as the authority's own door
	cmd := exec.Command(binary, "-strict", "-config", file, "-dnsserver", answerEveryName(t))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	log := &program{t: t}
	cmd.Stdout, cmd.Stderr, a.said = log, log, log.output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	a.stop = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(a.stop)
	a.roots = x509.NewCertPool()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		root, err := fetch("https://127.0.0.1:" + control + "/roots/0")
		if err == nil && a.roots.AppendCertsFromPEM(root) {
			return a
		}
		if time.Now().After(end) {
			t.Fatalf("pebble does not answer: %v\n%s", err, log.output())
		}
	}
}

// shows waits for a certificate of the authority at an address, trusted by its roots and its name, and reads a
// page through it. Its serial number is returned.
func (a *acme) shows(t *testing.T, p *program, within time.Duration) string {
	t.Helper()
	addr := strings.TrimPrefix(p.url, "https://")
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.roots, ServerName: acmeName}, DisableKeepAlives: true}}
	for end := time.Now().Add(within); ; time.Sleep(100 * time.Millisecond) {
		r, err := c.Get("https://" + addr + "/api/v1/server/info")
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode != http.StatusOK {
				t.Fatalf("the page over it: %d", r.StatusCode)
			}
			return r.TLS.PeerCertificates[0].SerialNumber.String()
		}
		if time.Now().After(end) {
			t.Fatalf("no trusted certificate: %v\n%s\n%s", err, p.output(), a.said())
		}
	}
}

// startACME runs hawker serve, which asks the authority for its name.
func startACME(t *testing.T, data string, a *acme, tlsPort, httpAddr string) *program {
	t.Helper()
	return launch(t, data, "--sandbox-pay=false", "--addr", "127.0.0.1:"+tlsPort, "--http-addr", httpAddr, "--tls-domains", acmeName,
		"--tls-email", "host@hawker.test", "--tls-ca", a.directory)
}

func TestACME_ObtainsByTLSAndShowsTheSameAfterARestartWithoutTheAuthority(t *testing.T) {
	pebble(t)
	data, tlsPort := t.TempDir(), port(t)
	a := runACME(t, 24*time.Hour, port(t), tlsPort)
	p := startACME(t, data, a, tlsPort, "")
	serial := a.shows(t, p, 30*time.Second)
	if strings.Contains(p.output(), "no certificate was obtained") {
		t.Error("it did not succeed at the first try:\n" + p.output())
	}
	p.signal(syscall.SIGTERM)
	if err := p.ends(15 * time.Second); err != nil {
		t.Error(err)
	}
	a.stop()
	p = startACME(t, data, a, tlsPort, "")
	if again := a.shows(t, p, 5*time.Second); again != serial {
		t.Error("a restart asked for another certificate")
	}
}

func TestACME_ObtainsByHTTPWhereTLSDoesNotReach(t *testing.T) {
	pebble(t)
	tlsPort, plain := port(t), port(t)
	a := runACME(t, 24*time.Hour, plain, port(t)) // its tls-alpn-01 meets a closed port
	p := startACME(t, t.TempDir(), a, tlsPort, "127.0.0.1:"+plain)
	a.shows(t, p, 60*time.Second)
}

func TestACME_RenewsAtTheStartWhatIsDue(t *testing.T) {
	pebble(t)
	data, tlsPort := t.TempDir(), port(t)
	const life = 30 * time.Second
	a := runACME(t, life, port(t), tlsPort)
	p := startACME(t, data, a, tlsPort, "")
	first := a.shows(t, p, life)
	p.signal(syscall.SIGTERM)
	if err := p.ends(15 * time.Second); err != nil {
		t.Error(err)
	}
	time.Sleep(life * 3 / 4) // the last third is when certificates are renewed
	p = startACME(t, data, a, tlsPort, "")
	for end := time.Now().Add(life); a.shows(t, p, life) == first; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the certificate that was due is still shown\n%s\n%s", p.output(), a.said())
		}
	}
}
