package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/certs"
)

// readyFor bounds the question whether this node is ready: a balancer asks every few seconds.
const readyFor = 2 * time.Second

// ready says why the process cannot take work; nil when it can.
func (a *App) ready(ctx context.Context) error {
	notReady := func(why string) error { return errs.ForProgram(errs.Busy, "not_ready", "%s", why) }
	switch {
	case a.leaving.Load():
		return notReady("draining")
	case a.Offline: // built for a command or a test that drives the doors itself
	case !a.serving.Load():
		return notReady("starting")
	case !a.Shop.Working():
		return notReady("the order lane does not run")
	}
	ctx, cancel := context.WithTimeout(ctx, readyFor)
	defer cancel()
	if _, err := a.Identity.CountUsers(ctx); err != nil {
		return notReady("the database does not answer")
	}
	schema, err := a.DB.Schema(ctx)
	if err != nil {
		return notReady("the database does not answer")
	}
	for domain, names := range a.schema {
		// A newer schema is fine: this node is about to be replaced by its successor.
		if have := schema[domain]; len(have) < len(names) || !slices.Equal(have[:len(names)], names) {
			return notReady("the tables are older than this program")
		}
	}
	return nil
}

func (a *App) serveWeb(doors context.Context, serving *sync.WaitGroup, fault chan<- error) *http.Server {
	var doorway http.Handler = a.Router
	if a.certs != nil {
		doorway = certs.StrictTransport(doorway)
	}
	web := &http.Server{Handler: doorway, ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, BaseContext: func(net.Listener) context.Context { return doors }, ConnContext: a.Wire.ConnContext}
	serve := web.Serve
	if a.certs != nil {
		// Before either listener is served: the first of the two prepares HTTP/2 in this configuration.
		web.TLSConfig = a.certs.Config()
		serve = func(l net.Listener) error { return web.ServeTLS(l, "", "") }
	}
	serving.Go(func() {
		if err := web.Serve(a.Wire.Returns()); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			fault <- fmt.Errorf("web, connections that came back: %w", err)
		}
	})
	serving.Go(func() {
		if err := serve(a.listener.http); !errors.Is(err, http.ErrServerClosed) {
			fault <- fmt.Errorf("web: %w", err)
		}
	})
	return web
}

// drain lets go of people: /readyz says no first, for as long as the balancer needs; then sockets and streams
// are told to come back elsewhere and no new connection is taken, while what was asked is answered. Publishers
// still send meanwhile, so players that wait for the next part get it. wanted is false after a fault, when nobody
// waits for a balancer.
func (a *App) drain(ctx context.Context, web *http.Server, wanted bool) {
	a.leaving.Store(true)
	// Whoever is answered from here on is told to connect anew, elsewhere: at the moment the doors close, net/http
	// drops what was sent and not yet read, and nobody should be sending then.
	web.SetKeepAlivesEnabled(false)
	a.Wire.Leave()
	if wait := time.Duration(a.Config.DrainWait) * time.Second; wanted && wait > 0 {
		a.Log.Info("draining: not ready any more, still answering", "wait", wait)
		<-a.Clock.After(wait)
	}
	close(a.draining)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	var watching sync.WaitGroup
	watching.Go(func() { a.Sockets.Close(ending) }) // viewers of rooms are told 1012, beside the requests that end
	watching.Go(func() { a.Wire.Close(ending) })    // players get the part they wait for
	defer watching.Wait()
	if err := web.Shutdown(ending); err != nil {
		a.Log.Warn("some requests did not end in time", "err", err)
		_ = web.Close() // they were given their time
	}
	if !a.Router.Wait(ending) {
		a.Log.Warn("some sockets did not close in time")
	}
}
