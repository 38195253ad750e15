package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/infra/backup"
)

var errUsageBackup = errors.New("usage: hawker backup FILE [--no-verify] [flags]; FILE must not exist")

func saveSite(ctx context.Context, args []string) error {
	unchecked := slices.Contains(args, "--no-verify")
	args = slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "--no-verify" })
	file, cfg, log, err := loadWithFile("backup", args, errUsageBackup)
	if err != nil {
		return err
	}
	m, err := app.Backup(ctx, cfg, log, file, unchecked, progressLine())
	if err != nil {
		return err
	}
	checked := "checked: opened, laid out and audited without a break"
	if unchecked {
		checked = "NOT checked (--no-verify)"
	}
	fmt.Printf("%s: %d rows, %d files of %s; %s\n", file, m.AllRows(), m.Files, inMB(m.FileBytes), checked)
	return nil
}

var errUsageRestore = errors.New("usage: hawker restore FILE [flags]; --data, --database-url and --blob-url name an empty place")

func restoreSite(ctx context.Context, args []string) error {
	file, cfg, log, err := loadWithFile("restore", args, errUsageRestore)
	if err != nil {
		return err
	}
	m, err := app.Restore(ctx, cfg, log, file, progressLine())
	if err != nil {
		return err
	}
	fmt.Printf("restored %d rows and %d files of %s; start it with hawker serve and the same flags\n", m.AllRows(), m.Files, inMB(m.FileBytes))
	return nil
}

// loadWithFile reads a command line whose first argument is a file.
func loadWithFile(name string, args []string, usage error) (string, config.Config, *slog.Logger, error) {
	if len(args) == 0 {
		return "", config.Config{}, nil, usage
	}
	if args[0] == "" || args[0][0] == '-' {
		if args[0] == "--help" || args[0] == "-h" {
			_, _, err := load(name, args[:1])
			return "", config.Config{}, nil, errors.Join(err, flag.ErrHelp)
		}
		return "", config.Config{}, nil, usage
	}
	cfg, log, err := load(name, args[1:])
	return args[0], cfg, log, err
}

// lineEvery is as often as a person reads.
const lineEvery = 500 * time.Millisecond

// progressLine draws one line on standard error, so that standard output stays for the result. In a log file
// it writes one line for each stage.
func progressLine() backup.Progress {
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	var last string
	beat := time.NewTicker(lineEvery)
	return func(what string, done, total int64) {
		fresh := what != last
		last = what
		if !terminal {
			if fresh {
				fmt.Fprintln(os.Stderr, "hawker:", what)
			}
			return
		}
		select {
		case <-beat.C:
		default:
			if !fresh {
				return
			}
		}
		fmt.Fprintf(os.Stderr, "\r\033[K%-8s %3d %%", what, 100*done/max(total, 1))
		if done == total {
			fmt.Fprint(os.Stderr, "\r\033[K")
		}
	}
}

func inMB(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
