package certs

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

// write lays a self-signed pair for a name and gives it a time, as file systems count in coarse steps.
func write(t *testing.T, cert, key, name string, at time.Time) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// shown is the name on the certificate a client sees.
func shown(t *testing.T, addr, name string) string {
	t.Helper()
	c, err := tls.Dial("tcp", addr, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		return err.Error()
	}
	defer func() { _ = c.Close() }()
	return c.ConnectionState().PeerCertificates[0].DNSNames[0]
}

func listen(t *testing.T, k *Keeper) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", k.Config())
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: StrictTransport(http.NotFoundHandler())}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return l.Addr().String()
}

func TestFiles_AreReadAgainAndABadPairIsNotUsed(t *testing.T) {
	dir, c := t.TempDir(), clock.NewFake(time.Unix(1e9, 0))
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, cert, key, "one.example.org", time.Unix(1, 0))
	k, err := Open(Options{Cert: cert, Key: key, Clock: c, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- k.Run(ctx) }()
	defer func() { stop(); <-ended }()
	addr := listen(t, k)
	becomes := func(want string) {
		t.Helper()
		for range 200 {
			c.Advance(ReadEvery)
			if shown(t, addr, "x.example.org") == want {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Fatalf("it shows %s, not %s", shown(t, addr, "x.example.org"), want)
	}
	becomes("one.example.org")
	write(t, cert, key, "two.example.org", time.Unix(2, 0))
	becomes("two.example.org")
	other := filepath.Join(dir, "other.pem")
	write(t, other, key, "three.example.org", time.Unix(3, 0)) // the key fits another certificate now
	for range 5 {
		c.Advance(ReadEvery)
		time.Sleep(5 * time.Millisecond)
	}
	becomes("two.example.org")
	write(t, cert, key, "four.example.org", time.Unix(4, 0))
	becomes("four.example.org")
}

func TestAuthority_ObtainsByHTTPWhatItThenShows(t *testing.T) {
	authority := newCA(t)
	plain := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(plain.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	k, err := Open(Options{Domains: []string{"shop.example.com"}, Email: "host@example.com", Authority: authority.url + "/dir", Dir: t.TempDir(), HTTPPort: n, Clock: clock.Real{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	plain.Config.Handler = k.Plain("443")
	plain.Start()
	t.Cleanup(plain.Close)
	authority.site = plain.URL
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- k.Run(ctx) }()
	defer func() { stop(); <-ended }()
	addr := listen(t, k)
	for end := time.Now().Add(20 * time.Second); shown(t, addr, "shop.example.com") != "shop.example.com"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no certificate: ", shown(t, addr, "shop.example.com"))
		}
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority.cert)
	r, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "shop.example.com"}}}).Get("https://" + addr)
	if err != nil {
		t.Fatal("the chain is not trusted: ", err)
	}
	_ = r.Body.Close()
	if r.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	if authority.asked != 1 {
		t.Errorf("the authority asked %d times", authority.asked)
	}
	if got := shown(t, addr, "other.example.com"); got == "other.example.com" || got == "shop.example.com" {
		t.Errorf("a stranger's name was answered with %s", got)
	}
}

func TestPlain_SendsPeopleToTheSameAddressAndNobodyElsewhere(t *testing.T) {
	k, err := Open(Options{Domains: []string{"shop.example.com"}, Dir: t.TempDir(), HTTPPort: 1, Clock: clock.Real{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(port, host, path string) (int, string) {
		req := httptest.NewRequest("GET", path, nil)
		req.Host = host
		w := httptest.NewRecorder()
		k.Plain(port).ServeHTTP(w, req)
		return w.Code, w.Header().Get("Location")
	}
	if code, to := ask("443", "shop.example.com", "/a?b=1"); code != http.StatusPermanentRedirect || to != "https://shop.example.com/a?b=1" {
		t.Errorf("%d %s", code, to)
	}
	if code, to := ask("8443", "shop.example.com:8080", "/"); code != http.StatusPermanentRedirect || to != "https://shop.example.com:8443/" {
		t.Errorf("%d %s", code, to)
	}
	if code, to := ask("443", "evil.example.net", "/"); code != http.StatusMisdirectedRequest || to != "" {
		t.Errorf("a stranger's host was sent to %q, %d", to, code)
	}
}

func TestOpen_RefusesWhatCannotWork(t *testing.T) {
	for name, o := range map[string]Options{
		"nothing": {}, "a certificate alone": {Cert: "c"}, "a key alone": {Key: "k"}, "files that are not there": {Cert: "/none", Key: "/none"},
		"both": {Cert: "c", Key: "k", Domains: []string{"a.example.org"}}, "an address": {Domains: []string{"192.0.2.1"}}, "a wildcard": {Domains: []string{"*.example.org"}}, "a URL": {Domains: []string{"https://a"}},
	} {
		if _, err := Open(o); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
