package sandboxtest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
)

// Secret is what both sides of a test share.
var Secret = []byte("a secret for tests only, 32 bytes")

// Sandbox is a running bank. Join the money service before the first notify.
type Sandbox struct {
	Bank     *sandbox.Bank
	Provider *sandbox.Provider
	Base     string // of the server
	money    *money.Service
}

// Start serves the bank and the notify path until the test ends.
func Start(t testing.TB, d *db.DB, c clock.Clock, ids *id.Source) *Sandbox {
	t.Helper()
	s := &Sandbox{}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.Base = server.URL
	base := func() string { return server.URL }
	var err error
	s.Bank, err = sandbox.NewBank(sandbox.BankDeps{DB: d, Clock: c, IDs: ids, Log: slog.New(slog.DiscardHandler), Client: server.Client(),
		NotifyBase: base, Secret: Secret, Allow: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Provider, err = sandbox.New(sandbox.Deps{BaseURL: func() string { return server.URL + "/sandbox-bank" }, Client: server.Client(),
		Secret: Secret, Clock: c, Allow: true})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/sandbox-bank/", http.StripPrefix("/sandbox-bank", s.Bank.Handler()))
	mux.HandleFunc("POST /api/v1/money/notify/sandbox", s.notify)
	return s
}

// Join names the service that takes the notifies.
func (s *Sandbox) Join(m *money.Service) { s.money = m }

func (s *Sandbox) notify(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	_, err = s.money.Notified(context.WithoutCancel(r.Context()), sandbox.Name,
		money.Notify{Method: r.Method, Path: r.URL.Path, Header: r.Header.Get, Body: body})
	switch {
	case errs.Is(err, errs.Unauthorized):
		w.WriteHeader(http.StatusUnauthorized)
	case err != nil:
		w.WriteHeader(http.StatusInternalServerError)
	}
}
