package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/demo"
	"github.com/hawker-live/hawker/internal/infra/backup"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/media"
)

// ErrSuspect says that a backup is whole, but its books and tables do not fit; it is kept under another name.
var ErrSuspect = errors.New("the backup was written whole, but its audit found breaks")

// suspectSuffix marks an archive whose audit found breaks: the breaks may be the site's own, and then this is
// still the best copy there is.
const suspectSuffix = ".suspect"

// Backup saves the site of cfg into file while it runs or stands still. It neither migrates the database nor
// starts anything. Unless unchecked, the archive is laid into a temporary database beside file and audited
// before it gets its name.
func Backup(ctx context.Context, cfg config.Config, log *slog.Logger, file string, unchecked bool, progress backup.Progress) (backup.Manifest, error) {
	if path, ok := strings.CutPrefix(cfg.DatabaseURL, "sqlite:"); ok {
		if _, err := os.Stat(path); err != nil { // opening would make an empty one
			return backup.Manifest{}, fmt.Errorf("there is no database to save: %w (look at --data and --database-url)", err)
		}
	}
	d, err := db.Open(ctx, cfg.DatabaseURL, db.Options{Log: log, MaxConns: 2})
	if err != nil {
		return backup.Manifest{}, err
	}
	defer func() { _ = d.Close() }() // nothing was written through it
	files, err := blob.Open(ctx, cfg.BlobURL)
	if err != nil {
		return backup.Manifest{}, err
	}
	var breaks []Break
	check := func(ctx context.Context, archive string) error {
		var err error
		breaks, err = auditArchive(ctx, log, archive, progress)
		return err
	}
	if unchecked {
		check = nil
	}
	s := backup.Source{DB: d, Blobs: files, Secrets: filepath.Join(cfg.Data, "secrets"), Clock: clock.Real{}, Program: Version}
	m, err := backup.Write(ctx, s, file, progress, check)
	if err != nil || len(breaks) == 0 {
		return m, err
	}
	if err := os.Rename(file, file+suspectSuffix); err != nil {
		return m, err
	}
	return m, fmt.Errorf("%w, %d of them, the first: %s %s %s. It is kept as %s. Run hawker audit on the site: what it finds too was there before",
		ErrSuspect, len(breaks), breaks[0].Rule, breaks[0].Subject, breaks[0].Detail, file+suspectSuffix)
}

// auditArchive lays an archive into a temporary database beside it and audits that; the files are read where
// they are.
func auditArchive(ctx context.Context, log *slog.Logger, archive string, progress backup.Progress) (breaks []Break, err error) {
	a, err := backup.Open(ctx, archive, progress)
	if err != nil {
		return nil, fmt.Errorf("check the backup: %w", err)
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	dir, err := os.MkdirTemp(filepath.Dir(archive), ".hawker-check-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg := config.Config{Data: dir, DatabaseURL: "sqlite:" + filepath.Join(dir, "hawker.db"), BusURL: "embedded", BlobURL: "file:" + filepath.Join(dir, "files")}
	if err := restoreInto(ctx, cfg, log, a, nil, progress); err != nil {
		return nil, fmt.Errorf("check the backup: %w", err)
	}
	site, err := Build(ctx, cfg, Options{Log: log, Offline: true, Blobs: a.Blobs()})
	if err != nil {
		return nil, fmt.Errorf("check the backup: %w", err)
	}
	defer site.Close()
	report, err := site.Audit(ctx)
	// Files are saved after the tables, so that none is missing: what came in between is newer than its tables,
	// and a restored site sweeps it.
	return slices.DeleteFunc(report.Breaks, func(b Break) bool { return b.Rule == media.RuleUnreferenced }), err
}

// Restore lays an archive into the empty place cfg names, SQLite or PostgreSQL, files or S3, whatever it was
// saved from, and brings the tables up to date.
func Restore(ctx context.Context, cfg config.Config, log *slog.Logger, file string, progress backup.Progress) (m backup.Manifest, err error) {
	a, err := backup.Open(ctx, file, progress)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := os.MkdirAll(cfg.Data, 0o750); err != nil {
		return m, err
	}
	files, err := blob.Open(ctx, cfg.BlobURL)
	if err != nil {
		return m, err
	}
	if err := restoreInto(ctx, cfg, log, a, files, progress); err != nil {
		return a.Manifest, err
	}
	return a.Manifest, sweepRestored(ctx, cfg, log)
}

// sweepRestored removes the files that are newer than the tables they came with.
func sweepRestored(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	site, err := Build(ctx, cfg, Options{Log: log, Offline: true})
	if err != nil {
		return fmt.Errorf("open the restored site: %w", err)
	}
	defer site.Close()
	_, err = site.Media.SweepObjects(ctx)
	return err
}

func restoreInto(ctx context.Context, cfg config.Config, log *slog.Logger, a *backup.Archive, files blob.Store, progress backup.Progress) (err error) {
	d, err := db.Open(ctx, cfg.DatabaseURL, db.Options{Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	// The sample world's tables are laid by its seed, not by Migrate: a copy of one has them too.
	everyone := func(ctx context.Context) error { return errors.Join(Migrate(ctx, d), demo.Migrate(ctx, d)) }
	t := backup.Target{DB: d, Blobs: files, Secrets: filepath.Join(cfg.Data, "secrets"), Migrate: everyone}
	if err := a.Restore(ctx, t, progress); err != nil {
		return err
	}
	return Migrate(ctx, d)
}
