package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/config"
)

func demoWorld(ctx context.Context, args []string) error {
	cfg, log, err := load("demo", append([]string{"--data", "./data/demo", "--log-level", "warn"}, args...))
	if err != nil {
		return err
	}
	for {
		again, err := serveDemo(ctx, cfg, log)
		if err != nil || !again {
			return err
		}
		fmt.Println("\n  A visitor asked for a fresh sample world.")
	}
}

// serveDemo serves the sample world until ctx ends, or until a visitor asked for a fresh one: again is true
// then, and the old one is gone.
func serveDemo(ctx context.Context, cfg config.Config, log *slog.Logger) (again bool, err error) {
	a, err := app.Build(ctx, cfg, app.Options{Log: log, Demo: true})
	if err != nil {
		return false, err
	}
	defer a.Close()
	if err := a.Listen(); err != nil {
		return false, err
	}
	if err := a.SeedDemo(ctx, progress); err != nil {
		return false, err
	}
	run, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	a.OnReset = func() { stop(app.ErrReset) }
	greet(a, cfg)
	if err := a.Run(run); err != nil || !errors.Is(context.Cause(run), app.ErrReset) {
		return false, err
	}
	return true, a.WipeDemo(ctx)
}

func greet(a *app.App, cfg config.Config) {
	url := a.PublicURL()
	fmt.Printf(`
  吆喝 Hawker, the sample world. Everything here is made up, and payments move no real money.

  open        %s
  viewer      %s/demo/as/viewer
  host        %s/demo/as/host
  merchant    %s/demo/as/merchant
  operator    %s/demo/as/operator
  API         %s/docs
  OBS/ffmpeg  %s  (make a stream key in the console)

  Ctrl+C stops it; the world stays in %s
`, url, url, url, url, url, url, a.RTMPURL(), cfg.Data)
}

// progress draws one line that fills.
func progress(done, total int, what string) {
	const width = 30
	full := width * done / max(total, 1)
	fmt.Printf("\r  %s%s %3d %%  %-40.40s", strings.Repeat("█", full), strings.Repeat("░", width-full), 100*done/max(total, 1), what)
	if done == total {
		fmt.Println()
	}
}
