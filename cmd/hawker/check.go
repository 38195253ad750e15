package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hawker-live/hawker/internal/app"
)

var errCheck = errors.New("something a start needs is missing")

// check looks at what a start needs; with --ready it asks the running process instead, for a container's
// health check.
func check(ctx context.Context, args []string) error {
	ready := slices.Contains(args, "--ready")
	args = slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "--ready" })
	cfg, log, err := load("check", args)
	if err != nil {
		return err
	}
	if ready {
		return app.Probe(cfg)
	}
	for _, f := range app.Check(ctx, cfg, log) {
		mark := "ok  "
		switch {
		case f.Failed:
			mark, err = "FAIL", errCheck
		case f.Note:
			mark = "note"
		}
		fmt.Printf("%s  %-12s  %s\n", mark, f.What, f.Text)
	}
	return err
}
