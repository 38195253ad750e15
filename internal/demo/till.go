package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/httpclient"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
)

const (
	// tillHost never resolves (RFC 2606): requests of the till do not leave the process.
	tillHost = "http://till.invalid"
	// tillSecret bytes sign the talk of the two sides.
	tillSecret = 32
	// payAfter of 0 ms: who calls pay decides when the imagined buyer confirms.
	payAfter = time.Nanosecond
)

// till is the simulated bank with both its sides in this process, on the clock of a Past. Requests are
// signed as over the network, but are handled on the caller's goroutine in the caller's transaction, so
// that a day's payments are one commit.
type till struct {
	provider *sandbox.Provider
	bank     *sandbox.Bank
	money    *money.Service
	routes   *http.ServeMux
}

func (w *World) openTill(c clock.Clock) (*till, error) {
	t := &till{routes: http.NewServeMux()}
	client := httpclient.InProcess(t)
	secret := []byte(id.Secret(tillSecret))
	var err error
	if t.provider, err = sandbox.New(sandbox.Deps{BaseURL: func() string { return tillHost + "/bank" }, Client: client, Secret: secret, Clock: c, Allow: true}); err != nil {
		return nil, err
	}
	t.bank, err = sandbox.NewBank(sandbox.BankDeps{DB: w.DB, Clock: c, IDs: id.NewSource(c.Now), Log: w.Log, Client: client,
		NotifyBase: func() string { return tillHost }, Secret: secret, PayDelay: payAfter, Allow: true})
	if err != nil {
		return nil, err
	}
	t.routes.Handle("/bank/", http.StripPrefix("/bank", t.bank.Handler()))
	t.routes.HandleFunc("POST /api/v1/money/notify/"+sandbox.Name, t.notified)
	return t, nil
}

// pay opens the charge of a payment, as money's own job does, and has the bank collect it. Call it in a
// transaction, so that the bank of the running program never sees the charge open.
func (t *till) pay(ctx context.Context, p money.Payment) error {
	ev, err := t.provider.Start(ctx, p)
	if err == nil {
		_, err = t.money.Apply(ctx, ev)
	}
	if err != nil {
		return fmt.Errorf("open charge of %s: %w", p.ID, err)
	}
	return t.bank.Work(ctx)
}

// notified takes the bank's word as the notify door does.
func (t *till) notified(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		_, err = t.money.Notified(r.Context(), sandbox.Name, money.Notify{Method: r.Method, Path: r.URL.Path, Header: r.Header.Get, Body: body})
	}
	switch {
	case errs.Is(err, errs.Unauthorized):
		w.WriteHeader(http.StatusUnauthorized)
	case err != nil:
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// RoundTrip implements http.RoundTripper without a network.
func (t *till) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	a := &answer{header: http.Header{}, code: http.StatusOK}
	t.routes.ServeHTTP(a, r)
	return &http.Response{StatusCode: a.code, Status: http.StatusText(a.code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: r}, nil
}

// answer keeps what a handler writes.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(code int) { a.code = code }

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
