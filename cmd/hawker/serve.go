package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/config"
)

func load(name string, args []string) (config.Config, *slog.Logger, error) {
	cfg, rest, err := config.Load(name, args, os.Getenv)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("no such argument: %s", rest[0])
	}
	if err != nil {
		return cfg, nil, err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return cfg, nil, fmt.Errorf("--log-level: %w", err)
	}
	o := &slog.HandlerOptions{Level: level}
	switch cfg.LogFormat {
	case "text":
		return cfg, slog.New(slog.NewTextHandler(os.Stderr, o)), nil
	case "json":
		return cfg, slog.New(slog.NewJSONHandler(os.Stderr, o)), nil
	}
	return cfg, nil, fmt.Errorf("--log-format wants text or json, not %q", cfg.LogFormat)
}

func serve(ctx context.Context, args []string) error {
	cfg, log, err := load("serve", args)
	if err != nil {
		return err
	}
	a, err := app.Build(ctx, cfg, app.Options{Log: log})
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Listen(); err != nil {
		return err
	}
	fmt.Printf("Hawker is open: %s\n", a.PublicURL())
	return a.Run(ctx)
}
