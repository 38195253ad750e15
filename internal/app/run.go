package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
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
	http net.Listener
	rtmp net.Listener
}

// Listen opens the sockets, so that their addresses are known before anything runs.
func (a *App) Listen() error {
	var err error
	if a.listener.http, err = net.Listen("tcp", a.Config.Addr); err != nil {
		return fmt.Errorf("open the web address: %w (choose another with --addr)", err)
	}
	if a.Config.RTMPAddr == "" {
		return nil
	}
	if a.listener.rtmp, err = net.Listen("tcp", a.Config.RTMPAddr); err != nil {
		return errors.Join(fmt.Errorf("open the RTMP address: %w (choose another with --rtmp-addr, or turn RTMP off with --rtmp-addr=)", err), a.listener.http.Close())
	}
	return nil
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
	if err := a.Media.CloseOrphans(ctx); err != nil {
		return err
	}
	if err := a.Live.Recover(ctx); err != nil {
		return err
	}
	if a.Jobs.Alone() {
		if err := a.Jobs.Reclaim(ctx); err != nil {
			return err
		}
	}
	// Work outlives the doors: what a request began is finished before the stores close.
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var working sync.WaitGroup
	fault := make(chan error, 8)
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
	start("bus", a.Bus.Run)
	start("shop", a.Shop.Run)
	start("live", a.Live.Run)
	start("jobs", a.Jobs.Run)
	if a.Bank != nil {
		start("sandbox bank", a.Bank.Run)
	}

	doors, closeDoors := context.WithCancel(ctx)
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
	web := &http.Server{Handler: a.Router, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, BaseContext: func(net.Listener) context.Context { return doors }}
	serving.Go(func() {
		if err := web.Serve(a.listener.http); !errors.Is(err, http.ErrServerClosed) {
			fault <- fmt.Errorf("web: %w", err)
		}
	})
	var err error
	select {
	case <-ctx.Done():
	case err = <-fault:
	}
	closeDoors() // streams and long polls end with their base context
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	serving.Go(func() { a.Sockets.Close(drain) }) // viewers of rooms are told 1012, beside the requests that end
	if shutErr := web.Shutdown(drain); shutErr != nil {
		a.Log.Warn("some requests did not end in time", "err", shutErr)
		_ = web.Close() // they were given their time
	}
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

// ready says whether the process can take work: its database answers.
func (a *App) ready(ctx context.Context) error {
	_, err := a.Identity.CountUsers(ctx)
	return err
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
func secure(publicURL string) bool { return strings.HasPrefix(publicURL, "https://") }
