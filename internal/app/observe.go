package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/hawker-live/hawker/internal/infra/lane"
	"github.com/hawker-live/hawker/internal/infra/metrics"
	"github.com/hawker-live/hawker/internal/server"
)

// openMetrics makes the registry when an address for it is set.
func (a *App) openMetrics() {
	if a.Config.MetricsAddr != "" && !a.Offline {
		a.metrics = metrics.New(Version)
	}
}

// laneMeter is shop's port; nil when nothing is measured.
func (a *App) laneMeter() func(string) lane.Meter {
	if a.metrics == nil {
		return nil
	}
	return func(name string) lane.Meter { return a.metrics.Lane(name) }
}

// requestMeter is the door's port; nil when nothing is measured.
func (a *App) requestMeter() server.Meter {
	if a.metrics == nil {
		return nil
	}
	return a.metrics
}

// watch joins the registry to those it asks.
func (a *App) watch() {
	if a.metrics == nil {
		return
	}
	a.metrics.Watch(metrics.Sources{
		Clock: a.Clock,
		Lanes: a.Shop.Waiting,
		Pool: func() metrics.Pool {
			s := a.DB.Pool()
			return metrics.Pool{InUse: s.InUse, Idle: s.Idle, Waits: s.WaitCount, Waited: s.WaitDuration}
		},
		Outbox: func(ctx context.Context) (int64, int64, error) {
			s, err := a.Bus.Status(ctx)
			return s.Pending, s.Parked, err
		},
		Jobs: func(ctx context.Context) (metrics.Jobs, error) {
			c, err := a.Jobs.Counts(ctx)
			return metrics.Jobs(c), err
		},
		Media: func() metrics.Media { return metrics.Media(a.Media.Load()) },
		Live: func() metrics.Live {
			viewers, rooms := a.Live.OnlineNow()
			return metrics.Live{Rooms: rooms, Viewers: viewers, Ticks: a.Live.TicksSealed(), Players: a.Wire.Stats().Conns}
		},
		Logins:       a.hasher.Load,
		LedgerFaults: a.Money.LedgerFaults,
		RefundsStuck: a.Money.CountStuckRefunds,
		Ready:        a.ready,
	})
}

// serveMetrics answers scrapes until ctx ends: longer than the doors, so that a drain can be watched.
func (a *App) serveMetrics(ctx context.Context, serving *sync.WaitGroup, fault chan<- error) {
	if a.listener.metrics == nil {
		return
	}
	a.Log.Info("metrics are open", "addr", a.listener.metrics.Addr().String())
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.Handler())
	s := &http.Server{Handler: mux, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout}
	serving.Go(func() {
		if err := s.Serve(a.listener.metrics); !errors.Is(err, http.ErrServerClosed) {
			fault <- fmt.Errorf("metrics: %w", err)
		}
	})
	serving.Go(func() {
		<-ctx.Done()
		_ = s.Close() // a scrape cut off is asked again
	})
}

func listenOn(addr, what, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("open the %s address: %w (choose another with --%s)", what, err, flag)
	}
	return l, nil
}
