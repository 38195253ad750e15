package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/rtmp"
)

const (
	// headerTimeout drops clients that dribble their request head.
	headerTimeout = 10 * time.Second
	// idleTimeout closes keep-alive connections; a player asks twice a second.
	idleTimeout = 120 * time.Second
	// drainTimeout is how long running requests may go on after a stop was asked for.
	drainTimeout = 10 * time.Second
	// maxLoops is above the loops that Run starts, so that one that fails never waits to say so.
	maxLoops = 16
	// sweepObjectsEvery is how often stored objects are compared with their rows: one listing of the store.
	sweepObjectsEvery = time.Hour
	// sweepUploadsEvery is how often abandoned uploads are looked for, forgetAnswersEvery old idempotent answers.
	sweepUploadsEvery  = 10 * time.Minute
	forgetAnswersEvery = time.Hour
	// forgetSeenEvery is how often old notes of what people saw are dropped.
	forgetSeenEvery = 24 * time.Hour
	// trimTicksEvery is how often the timelines of rooms without a recording are cut short.
	trimTicksEvery = 5 * time.Minute
)

// listeners are the sockets of this process.
type listeners struct {
	http    net.Listener
	rtmp    net.Listener
	plain   net.Listener // sends people to https; nil without TLS
	metrics net.Listener
}

// Listen opens the sockets, so that their addresses are known before anything runs.
func (a *App) Listen() (err error) {
	defer func() {
		if err != nil {
			a.listener.close()
		}
	}()
	if a.listener.http, err = listenOn(a.Config.Addr, "web", "addr"); err != nil {
		return err
	}
	if a.Config.RTMPAddr != "" && a.Config.Live {
		if a.listener.rtmp, err = net.Listen("tcp", a.Config.RTMPAddr); err != nil {
			return fmt.Errorf("open the RTMP address: %w (choose another with --rtmp-addr, or turn RTMP off with --rtmp-addr=)", err)
		}
	}
	if a.tls() && a.Config.HTTPAddr != "" {
		if a.listener.plain, err = listenOn(a.Config.HTTPAddr, "plain HTTP", "http-addr"); err != nil {
			return err
		}
	}
	if a.metrics != nil {
		a.listener.metrics, err = listenOn(a.Config.MetricsAddr, "metrics", "metrics-addr")
	}
	return err
}

func (l *listeners) close() {
	for _, one := range []net.Listener{l.http, l.rtmp, l.plain, l.metrics} {
		if one != nil {
			_ = one.Close() // nothing was served on it
		}
	}
}

// Addr is the address of the web door; the configured one before Listen.
func (a *App) Addr() string {
	if a.listener.http != nil {
		return a.listener.http.Addr().String()
	}
	return a.Config.Addr
}

// Run serves until ctx ends, then shuts down in order. Call Listen first.
func (a *App) Run(ctx context.Context) error {
	if a.Config.Live { // another node's recordings and rooms are no orphans of ours
		if err := a.Media.CloseOrphans(ctx); err != nil {
			return err
		}
		if err := a.Live.Recover(ctx); err != nil {
			return err
		}
	}
	// What this node's last life was cut off in.
	if err := errors.Join(a.Jobs.Reclaim(ctx), a.Router.FreeKeys(ctx)); err != nil {
		return err
	}
	// Work outlives the doors: what a request began is finished before the stores close.
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var working sync.WaitGroup
	fault := make(chan error, maxLoops)
	start := func(name string, run func(context.Context) error) {
		working.Go(func() {
			if err := run(work); err != nil && work.Err() == nil {
				fault <- fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	a.Jobs.Every("server.forget_answers", forgetAnswersEvery, a.Router.ForgetAnswers)
	a.Jobs.Every("feed.forget", forgetSeenEvery, a.Feed.Forget)
	a.Jobs.Every("live.trim", trimTicksEvery, a.Live.Trim)
	defer tuneCollector(a.Shop.Asked)()
	start("bus", a.Bus.Run)
	start("shop", a.Shop.Run)
	start("live", a.Live.Run)
	start("jobs", a.Jobs.Run)
	if a.Bank != nil {
		start("sandbox bank", a.Bank.Run)
	}

	// Doors outlive ctx too: who publishes and who asks is let go in an order.
	doors, closeDoors := context.WithCancel(context.WithoutCancel(ctx))
	defer closeDoors()
	var serving sync.WaitGroup
	for _, t := range a.background {
		serving.Go(func() {
			if err := t.run(doors); err != nil && doors.Err() == nil {
				fault <- fmt.Errorf("%s: %w", t.name, err)
			}
		})
	}
	a.serveRTMP(doors, &serving, fault)
	a.serveMetrics(work, &working, fault)
	a.servePlain(work, &working, fault)
	if a.certs != nil {
		start("certificates", a.certs.Run)
	}
	web := a.serveWeb(doors, &serving, fault)
	a.serving.Store(true)
	var err error
	select {
	case <-ctx.Done():
	case err = <-fault:
	}
	a.drain(ctx, web, err == nil)
	closeDoors()
	a.WHIP.Close()
	serving.Wait()
	a.Media.Close()
	stopWork()
	working.Wait()
	return err
}

func (a *App) serveRTMP(ctx context.Context, serving *sync.WaitGroup, fault chan<- error) {
	if a.listener.rtmp == nil {
		return
	}
	s := rtmp.New(rtmp.Deps{Clock: a.Clock, Log: a.Log, Authorize: func(ctx context.Context, p rtmp.Publish) (av.Sink, error) {
		return a.Media.Publish(ctx, p.Key, "rtmp")
	}})
	serving.Go(func() {
		if err := s.Serve(ctx, a.listener.rtmp); err != nil && ctx.Err() == nil {
			fault <- fmt.Errorf("rtmp: %w", err)
		}
	})
}

// PublicURL is where people reach this site.
func (a *App) PublicURL() string {
	if a.Config.PublicURL != "" {
		return a.Config.PublicURL
	}
	host, port, err := net.SplitHostPort(a.Addr())
	if err != nil || host == "" || host == "::" || host == "0.0.0.0" {
		host = "localhost"
	}
	if a.tls() {
		return "https://" + net.JoinHostPort(host, port)
	}
	return "http://" + net.JoinHostPort(host, port)
}

// RTMPURL is what encoders are told, without the key.
func (a *App) RTMPURL() string {
	addr := a.Config.RTMPAddr
	if a.listener.rtmp != nil {
		addr = a.listener.rtmp.Addr().String()
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	host := "localhost"
	if u := hostOf(a.Config.PublicURL); u != "" {
		host = u
	}
	return "rtmp://" + net.JoinHostPort(host, port) + "/live"
}

// hostOf is the host of a URL, "" when it has none.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// secure reports whether people reach this site over https.
func (a *App) secure() bool { return a.tls() || strings.HasPrefix(a.Config.PublicURL, "https://") }
