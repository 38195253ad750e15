package app

import (
	"net"
	"net/http"

	"github.com/hawker-live/hawker/internal/infra/httpclient"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/server"
)

// bankPath is where the simulated bank listens, as an outside provider would.
const bankPath = "/sandbox-bank"

// providers builds the payment providers that this deployment allows.
func (a *App) providers() ([]money.Provider, error) {
	if !a.SandboxPay() {
		return nil, nil
	}
	secret, err := a.secret("sandbox-pay")
	if err != nil {
		return nil, err
	}
	client := httpclient.New(httpclient.Options{AllowLoopback: true})
	self := func() string { return "http://" + a.loopback() }
	p, err := sandbox.New(sandbox.Deps{BaseURL: func() string { return self() + bankPath }, Client: client, Secret: secret, Clock: a.Clock, Allow: true})
	if err != nil {
		return nil, err
	}
	a.Bank, err = sandbox.NewBank(sandbox.BankDeps{DB: a.DB, Clock: a.Clock, IDs: a.IDs, Log: a.Log, Client: client, NotifyBase: self, Secret: secret, Allow: true})
	return []money.Provider{p}, err
}

// SandboxPay reports whether payments are simulated here.
func (a *App) SandboxPay() bool { return a.Demo || a.Config.Sandbox }

// loopback is the address at which this process reaches its own door.
func (a *App) loopback() string {
	_, port, err := net.SplitHostPort(a.Addr())
	if err != nil {
		return a.Addr()
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// mountBank gives the simulated bank its address.
func (a *App) mountBank() {
	if a.Bank != nil {
		const why = "the simulated bank; every request is signed"
		bank := http.StripPrefix(bankPath, a.Bank.Handler())
		a.Router.Handle("POST "+bankPath+"/", server.Public, why, bank)
		a.Router.Handle("GET "+bankPath+"/", server.Public, why, bank)
	}
}
