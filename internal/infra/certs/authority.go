package certs

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"slices"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// acmeProtocol is what an authority asks for in a tls-alpn-01 handshake (RFC 8737).
const acmeProtocol = "acme-tls/1"

type authority struct {
	magic   *certmagic.Config
	issuer  *certmagic.ACMEIssuer
	cache   *certmagic.Cache
	domains []string
	log     *slog.Logger
}

// newAuthority keeps certmagic's own log silent: what matters comes back as errors and events, in our form.
func newAuthority(o Options) *authority {
	a := &authority{domains: o.Domains, log: o.Log}
	quiet := zap.NewNop()
	a.cache = certmagic.NewCache(certmagic.CacheOptions{Logger: quiet, GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.magic, nil }})
	a.magic = certmagic.New(a.cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: o.Dir}, Logger: quiet, OnEvent: a.hear})
	a.issuer = certmagic.NewACMEIssuer(a.magic, certmagic.ACMEIssuer{CA: o.Authority, Email: o.Email, Agreed: true, Logger: quiet,
		AltHTTPPort: o.HTTPPort, AltTLSALPNPort: o.TLSPort, DisableHTTPChallenge: o.HTTPPort == 0})
	a.magic.Issuers = []certmagic.Issuer{a.issuer}
	return a
}

func (a *authority) hear(_ context.Context, event string, data map[string]any) error {
	switch event {
	case "cert_obtained":
		a.log.Info("a certificate was obtained", "domain", data["identifier"])
	case "cert_failed":
		a.log.Error("no certificate was obtained; it is tried again", "domain", data["identifier"], "err", data["error"])
	}
	return nil
}

func (a *authority) config(c *tls.Config) *tls.Config {
	c.GetCertificate = a.magic.GetCertificate
	c.NextProtos = append(slices.Clone(c.NextProtos), acmeProtocol)
	return c
}

func (a *authority) challenges(h http.Handler) http.Handler { return a.issuer.HTTPChallengeHandler(h) }

// run obtains and renews in the background until ctx ends. It returns at once only when a certificate kept on
// disk cannot be read.
func (a *authority) run(ctx context.Context) error {
	defer a.cache.Stop()
	if err := a.magic.ManageAsync(ctx, a.domains); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
