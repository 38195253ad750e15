package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/infra/backup"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// liveWorld is the sample world, its actors and rooms at work until the test ends.
func liveWorld(t *testing.T) *App {
	t.Helper()
	cfg, _, err := config.Load("test", []string{"--data", t.TempDir(), "--addr", "127.0.0.1:0", "--rtmp-addr", "", "--webrtc-addr", ""}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	a, err := Build(t.Context(), cfg, Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	if err := errors.Join(a.Listen(), a.SeedDemo(t.Context(), nil)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return a
}

func auditOf(t *testing.T, cfg config.Config) Report {
	t.Helper()
	a, err := Build(t.Context(), cfg, Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	r, err := a.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Backup lays its copy into SQLite by itself and audits that; PostgreSQL is laid here.
func TestBackup_OfARunningWorldAuditsCleanOnSQLiteAndGrowsIntoPostgres(t *testing.T) {
	a := liveWorld(t)
	file := filepath.Join(t.TempDir(), "site.tar")
	m, err := Backup(t.Context(), a.Config, slog.New(slog.DiscardHandler), file, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows["shop_orders"] == 0 || m.Files == 0 || m.Secrets == 0 {
		t.Errorf("the backup holds %v and %d files", m.Rows, m.Files)
	}
	cfg := a.Config
	cfg.Data, cfg.DatabaseURL = t.TempDir(), dbtest.PostgresURL(t)
	cfg.BlobURL = "file:" + filepath.Join(cfg.Data, "files")
	if _, err := Restore(t.Context(), cfg, slog.New(slog.DiscardHandler), file, nil); err != nil {
		t.Fatal(err)
	}
	if r := auditOf(t, cfg); r.Areas == 0 || len(r.Breaks) > 0 {
		t.Errorf("%+v", r)
	}
}

func TestBackup_KeepsABrokenSiteUnderAnotherName(t *testing.T) {
	a := builtAt(t, true)
	if err := a.SeedDemo(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := a.DB.Exec(t.Context(), `UPDATE money_accounts SET posted = posted + 1 WHERE id = (SELECT min(id) FROM money_accounts WHERE posted > 0)`); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "site.tar")
	_, err := Backup(t.Context(), a.Config, slog.New(slog.DiscardHandler), file, false, nil)
	if !errors.Is(err, ErrSuspect) || !strings.Contains(err.Error(), file+suspectSuffix) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a backup with a break was called good")
	}
	if b, err := backup.Open(t.Context(), file+suspectSuffix, nil); err != nil {
		t.Error(err)
	} else {
		_ = b.Close()
	}
}

func TestBackup_OfNothingSaysWhereToLook(t *testing.T) {
	cfg := config.Config{Data: t.TempDir(), DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "none.db")}
	_, err := Backup(t.Context(), cfg, slog.New(slog.DiscardHandler), filepath.Join(t.TempDir(), "x.tar"), false, nil)
	if err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("%v", err)
	}
}
