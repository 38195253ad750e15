package certs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

// ReadEvery is how often certificate files are looked at: a renewed one is in use within half a minute.
const ReadEvery = 30 * time.Second

// Options of a Keeper: Cert and Key, or Domains.
type Options struct {
	Cert, Key string // PEM files
	Domains   []string
	Email     string // the authority writes to it before something expires
	Authority string // ACME directory URL; "" is Let's Encrypt
	Dir       string // where obtained certificates are kept
	// HTTPPort and TLSPort are where challenges arrive in this process; HTTPPort 0 means that nobody answers plain HTTP.
	HTTPPort, TLSPort int
	Clock             clock.Clock
	Log               *slog.Logger
}

// Keeper answers TLS handshakes.
type Keeper struct {
	Options
	pair  atomic.Pointer[tls.Certificate] // of the files
	seen  [2]time.Time                    // their times; used by Run alone after Open
	magic *authority                      // nil with files
}

// Open reads the files, or prepares the authority without asking it anything yet.
func Open(o Options) (*Keeper, error) {
	k := &Keeper{Options: o}
	switch {
	case o.Cert != "" && len(o.Domains) > 0:
		return nil, errors.New("TLS: name certificate files or domains, not both")
	case (o.Cert == "") != (o.Key == ""):
		return nil, errors.New("TLS: a certificate needs its key, and a key its certificate")
	case o.Cert != "":
		return k, k.read()
	case len(o.Domains) == 0:
		return nil, errors.New("TLS: name certificate files or domains")
	}
	for _, d := range o.Domains {
		if d == "" || net.ParseIP(d) != nil || strings.ContainsAny(d, "/: *") {
			return nil, fmt.Errorf("TLS: %q is no domain an authority can check", d)
		}
	}
	k.magic = newAuthority(o)
	return k, nil
}

// Config is for a server that speaks HTTP/2 and HTTP/1.1.
func (k *Keeper) Config() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	if k.magic != nil {
		return k.magic.config(c)
	}
	c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.pair.Load(), nil }
	return c
}

// Run renews until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	if k.magic != nil {
		return k.magic.run(ctx)
	}
	t := k.Clock.Ticker(ReadEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C():
		}
		if now, err := k.times(); err != nil || now == k.seen {
			continue // a file that is being replaced is there again next time
		}
		if err := k.read(); err != nil {
			k.Log.Error("the new certificate is not used", "err", err)
			continue
		}
		k.Log.Info("a new certificate is in use", "file", k.Cert)
	}
}

func (k *Keeper) read() error {
	seen, err := k.times()
	if err != nil {
		return fmt.Errorf("TLS: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(k.Cert, k.Key)
	if err != nil {
		return fmt.Errorf("TLS: %w", err)
	}
	k.seen = seen
	k.pair.Store(&pair)
	return nil
}

func (k *Keeper) times() (out [2]time.Time, err error) {
	for i, name := range []string{k.Cert, k.Key} {
		info, err := os.Stat(name)
		if err != nil {
			return out, err
		}
		out[i] = info.ModTime()
	}
	return out, nil
}

// Plain answers on the plain HTTP address: challenges of the authority, and the way to https for people. port is the
// one https is reached at. Hosts that are not ours are refused, so that nobody is sent elsewhere by our word.
func (k *Keeper) Plain(port string) http.Handler {
	h := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		host := req.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if len(k.Domains) > 0 && !slices.Contains(k.Domains, strings.ToLower(host)) {
			http.Error(w, "this is not a name of this site", http.StatusMisdirectedRequest)
			return
		}
		if port != "443" {
			host = net.JoinHostPort(host, port)
		}
		w.Header().Set("Connection", "close")
		http.Redirect(w, req, "https://"+host+req.URL.RequestURI(), http.StatusPermanentRedirect)
	}))
	if k.magic != nil {
		h = k.magic.challenges(h)
	}
	return h
}

// StrictTransport makes browsers come back over https for a year (RFC 6797). Subdomains are not ours to speak for.
func StrictTransport(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		h.ServeHTTP(w, req)
	})
}
