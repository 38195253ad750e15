package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/hawker-live/hawker/internal/infra/certs"
)

// tls reports whether this process speaks TLS itself.
func (a *App) tls() bool { return a.Config.TLSDomains != "" || a.Config.TLSCert != "" }

// openTLS prepares the certificates of a process that serves.
func (a *App) openTLS(context.Context) error {
	if !a.tls() || a.Offline {
		return nil
	}
	if a.SandboxPay() {
		return errors.New("the sandbox bank calls this site over plain HTTP on loopback: run it without --tls-…, behind nginx (docs/guide/behind-nginx.md)")
	}
	var domains []string
	for d := range strings.SplitSeq(strings.ToLower(a.Config.TLSDomains), ",") {
		if d = strings.TrimSpace(d); d != "" {
			domains = append(domains, d)
		}
	}
	var err error
	a.certs, err = certs.Open(certs.Options{Cert: a.Config.TLSCert, Key: a.Config.TLSKey, Domains: domains, Email: a.Config.TLSEmail, Authority: a.Config.TLSCA,
		Dir: filepath.Join(a.Config.Data, "certs"), HTTPPort: portOf(a.Config.HTTPAddr), TLSPort: portOf(a.Config.Addr), Clock: a.Clock, Log: a.Log})
	return err
}

// portOf is the port of an address, 0 when it has none.
func portOf(addr string) int {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return 0
	}
	return n
}

// servePlain sends people who came over plain HTTP to https, and answers the authority, until ctx ends.
func (a *App) servePlain(ctx context.Context, serving *sync.WaitGroup, fault chan<- error) {
	if a.listener.plain == nil {
		return
	}
	_, port, err := net.SplitHostPort(a.Addr())
	if err != nil {
		port = "443"
	}
	a.Log.Info("plain HTTP is open", "addr", a.listener.plain.Addr().String())
	s := &http.Server{Handler: a.certs.Plain(port), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout}
	serving.Go(func() {
		if err := s.Serve(a.listener.plain); !errors.Is(err, http.ErrServerClosed) {
			fault <- fmt.Errorf("plain HTTP: %w", err)
		}
	})
	serving.Go(func() {
		<-ctx.Done()
		_ = s.Close() // a redirect that is cut off is asked for again
	})
}
