package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/hawker-live/hawker/internal/app"
)

func demoWorld(ctx context.Context, args []string) error {
	cfg, log, err := load("demo", append([]string{"--data", "./data/demo", "--log-level", "warn"}, args...))
	if err != nil {
		return err
	}
	a, err := app.Build(ctx, cfg, app.Options{Log: log, Demo: true})
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Listen(); err != nil {
		return err
	}
	if err := a.SeedDemo(ctx, progress); err != nil {
		return err
	}
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
	return a.Run(ctx)
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
