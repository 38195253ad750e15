package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// ca is an ACME authority (RFC 8555) that checks http-01 and signs; it does not check the signatures of requests.
type ca struct {
	t     *testing.T
	url   string
	site  string // where challenges are asked, whatever the name says
	key   *ecdsa.PrivateKey
	cert  *x509.Certificate
	mu    sync.Mutex
	name  string
	valid bool
	chain []byte
	asked int // challenges that were answered rightly
}

func newCA(t *testing.T) *ca {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(240 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	c := &ca{t: t, key: key, cert: cert}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	c.url = s.URL
	return c
}

func (c *ca) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header().Set("Replay-Nonce", rand.Text())
	say := func(status int, location string, v any) {
		w.Header().Set("Content-Type", "application/json")
		if location != "" {
			w.Header().Set("Location", c.url+location)
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	switch req.URL.Path {
	case "/dir":
		say(200, "", map[string]string{"newNonce": c.url + "/nonce", "newAccount": c.url + "/account", "newOrder": c.url + "/order/new"})
	case "/nonce":
	case "/account":
		say(201, "/account/1", map[string]string{"status": "valid"})
	case "/order/new":
		var in struct{ Identifiers []struct{ Value string } }
		payload(c.t, req, &in)
		c.name, c.valid = in.Identifiers[0].Value, false
		say(201, "/order/1", c.order())
	case "/order/1":
		say(200, "/order/1", c.order())
	case "/authz":
		say(200, "", map[string]any{"status": c.status(), "identifier": map[string]string{"type": "dns", "value": c.name}, "challenges": []any{c.challenge()}})
	case "/challenge":
		c.check()
		say(200, "", c.challenge())
	case "/finalize":
		var in struct{ CSR string }
		payload(c.t, req, &in)
		c.sign(in.CSR)
		say(200, "/order/1", c.order())
	case "/cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(c.chain)
	default:
		http.NotFound(w, req)
	}
}

func (c *ca) status() string {
	if c.valid {
		return "valid"
	}
	return "pending"
}

func (c *ca) order() map[string]any {
	o := map[string]any{"status": "pending", "identifiers": []any{map[string]string{"type": "dns", "value": c.name}},
		"authorizations": []string{c.url + "/authz"}, "finalize": c.url + "/finalize"}
	if c.valid {
		o["status"] = "ready"
	}
	if c.chain != nil {
		o["status"], o["certificate"] = "valid", c.url+"/cert"
	}
	return o
}

const token = "a-token-of-the-test-authority-1234567890"

func (c *ca) challenge() map[string]string {
	return map[string]string{"type": "http-01", "url": c.url + "/challenge", "token": token, "status": c.status()}
}

// check asks the site as RFC 8555 8.3 says.
func (c *ca) check() {
	req, err := http.NewRequest("GET", c.site+"/.well-known/acme-challenge/"+token, nil)
	if err != nil {
		c.t.Error(err)
		return
	}
	req.Host = c.name
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Error(err)
		return
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if c.valid = err == nil && strings.HasPrefix(string(body), token+"."); c.valid {
		c.asked++
	} else {
		c.t.Errorf("the challenge was answered %q", body)
	}
}

func (c *ca) sign(csr string) {
	der, err := base64.RawURLEncoding.DecodeString(csr)
	if err != nil {
		c.t.Error(err)
		return
	}
	want, err := x509.ParseCertificateRequest(der)
	if err != nil || !c.valid {
		c.t.Error("finalized before the challenge: ", err)
		return
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: want.DNSNames, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	leaf, err := x509.CreateCertificate(rand.Reader, template, c.cert, want.PublicKey, c.key)
	if err != nil {
		c.t.Error(err)
		return
	}
	for _, der := range [][]byte{leaf, c.cert.Raw} {
		c.chain = append(c.chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
}

// payload reads what a signed request carries (RFC 7515 flattened JSON).
func payload(t *testing.T, req *http.Request, v any) {
	t.Helper()
	var signed struct{ Payload string }
	err := json.NewDecoder(req.Body).Decode(&signed)
	var text []byte
	if err == nil {
		text, err = base64.RawURLEncoding.DecodeString(signed.Payload)
	}
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		t.Error(fmt.Errorf("%s: %w", req.URL.Path, err))
	}
}
