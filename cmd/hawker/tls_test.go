package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestServe_SpeaksTLSAndSendsPlainVisitorsThere(t *testing.T) {
	cert, key := selfSigned(t)
	p := start(t, t.TempDir(), "--sandbox-pay=false", "--tls-cert", cert, "--tls-key", key, "--http-addr", "127.0.0.1:0", "--log-format", "json")
	if !strings.HasPrefix(p.url, "https://") {
		t.Fatalf("it is open at %s", p.url)
	}
	r, err := http.Get(p.url + "/api/v1/server/info")
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK || r.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	_, header := p.call("", "POST", "/api/v1/identity/sign-up", `{"login":"secure","name":"Secure","password":"a long password"}`)
	if cookie := header.Get("Set-Cookie"); !strings.Contains(cookie, "Secure") {
		t.Errorf("the session's cookie may travel in plain: %s", cookie)
	}
	asked, err := http.NewRequest("GET", "http://"+p.addrOf("plain HTTP is open")+"/live?x=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	asked.Host = "localhost"
	r, err = http.DefaultTransport.RoundTrip(asked)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if want := strings.Replace(p.url, "127.0.0.1", "localhost", 1) + "/live?x=1"; r.StatusCode != http.StatusPermanentRedirect || r.Header.Get("Location") != want {
		t.Errorf("%d to %s, want %s", r.StatusCode, r.Header.Get("Location"), want)
	}
	p.signal(syscall.SIGTERM)
	if err := p.ends(15 * time.Second); err != nil {
		t.Error(err)
	}
}

func TestServe_RefusesTheSandboxBankOverTLS(t *testing.T) {
	cert, key := selfSigned(t)
	out, err := child(t.Context(), "serve", "--data", t.TempDir(), "--sandbox-pay", "--tls-cert", cert, "--tls-key", key).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "behind nginx") {
		t.Errorf("%v %s", err, out)
	}
}

// addrOf reads the address a line of the JSON log names.
func (p *program) addrOf(msg string) string {
	p.t.Helper()
	for line := range strings.Lines(p.output()) {
		var v struct{ Msg, Addr string }
		if json.Unmarshal([]byte(line), &v) == nil && v.Msg == msg {
			return v.Addr
		}
	}
	p.t.Fatalf("the log has no line %q\n%s", msg, p.output())
	return ""
}
