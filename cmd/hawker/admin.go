package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/infra/db"
)

func migrate(ctx context.Context, args []string) error {
	cfg, log, err := load("migrate", args)
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, cfg.DatabaseURL, db.Options{Log: log})
	if err != nil {
		return err
	}
	return errors.Join(app.Migrate(ctx, d), d.Close())
}

var errAudit = errors.New("the audit found breaks")

// audit reads a site that is there, and changes nothing of it.
func audit(ctx context.Context, args []string) error {
	cfg, log, err := load("audit", args)
	if err != nil {
		return err
	}
	a, err := app.Build(ctx, cfg, app.Options{Log: log, Offline: true, Unchanged: true})
	if err != nil {
		return err
	}
	defer a.Close()
	report, err := a.Audit(ctx)
	if err != nil {
		return err
	}
	for _, b := range report.Breaks {
		fmt.Printf("BREAK  %-28s %-32s %s\n", b.Rule, b.Subject, b.Detail)
	}
	for _, n := range report.Notes {
		fmt.Printf("NOTE   %-28s %-32s %s\n", n.Rule, n.Subject, n.Detail)
	}
	fmt.Printf("checked %d areas, %d breaks\n", report.Areas, len(report.Breaks))
	if len(report.Breaks) > 0 {
		return errAudit
	}
	return nil
}

func operator(ctx context.Context, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return errors.New("usage: hawker operator LOGIN [flags]; the password is read from standard input when the account is new")
	}
	cfg, log, err := load("operator", args[1:])
	if err != nil {
		return err
	}
	a, err := app.Build(ctx, cfg, app.Options{Log: log, Offline: true})
	if err != nil {
		return err
	}
	defer a.Close()
	const maxPassword = 256
	opened, err := a.MakeOperator(ctx, args[0], func() (string, error) {
		fmt.Print("password for the new account: ")
		b, err := io.ReadAll(io.LimitReader(os.Stdin, maxPassword))
		return strings.TrimSpace(string(b)), err
	})
	if err == nil {
		fmt.Printf("%s is an operator (account opened: %v)\n", args[0], opened)
	}
	return err
}

func openapi(ctx context.Context, _ []string) error {
	dir, err := os.MkdirTemp("", "hawker-openapi-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // an empty database in the temp folder
	cfg, _, err := config.Load("openapi", []string{"--data", dir, "--sandbox-pay"}, func(string) string { return "" })
	if err != nil {
		return err
	}
	a, err := app.Build(ctx, cfg, app.Options{Log: slog.New(slog.DiscardHandler), Offline: true})
	if err != nil {
		return err
	}
	defer a.Close()
	doc, err := a.Router.Document()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(doc)
	return err
}

func version(context.Context, []string) error {
	fmt.Println("hawker", app.Version)
	return nil
}
