package demo_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hawker-live/hawker/internal/demo"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// template is a folder with a seeded world, built once: under the race detector a seed takes ten seconds,
// and most tests only need a world, not its building.
var template struct {
	once sync.Once
	dir  string
}

func TestMain(m *testing.M) {
	if raced {
		demo.ShortenShows(3)
	}
	code := m.Run()
	_ = os.RemoveAll(template.dir) // a folder in the temp folder
	os.Exit(code)
}

// built gives each engine a seeded world of its own: a copy of the template on SQLite.
func built(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, seeded(t)) })
	t.Run("postgres", func(t *testing.T) {
		blobs, err := blob.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, dbtest.Open(t, dbtest.PostgresURL(t), migrate), blobs)
		w.seed()
		fn(t, w)
	})
}

// seeded is a wired program on a copy of the seeded world.
func seeded(t *testing.T) *world {
	t.Helper()
	template.once.Do(func() { template.dir = buildTemplate(t) })
	if template.dir == "" {
		t.Fatal("the seeded world could not be built; see the first test that needed it")
	}
	dir := t.TempDir()
	copyTree(t, template.dir, dir)
	blobs, err := blob.Open(t.Context(), "file:"+filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, dbtest.Open(t, "sqlite:"+filepath.Join(dir, "hawker.db"), migrate), blobs)
	w.must(w.demo.Seed(w.ctx, nil)) // complete already: as on every later start
	return w
}

func buildTemplate(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hawker-demo-template-")
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(dir, "hawker.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(context.WithoutCancel(t.Context()), "file:"+filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	newWorld(t, d, blobs).seed()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// copyTree copies files; stored objects never change, so they are linked where the disk allows it.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if e.IsDir() {
			return os.MkdirAll(target, 0o750)
		}
		if filepath.Dir(rel) != "." && os.Link(path, target) == nil {
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, body, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
