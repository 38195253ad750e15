package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/hawker-live/hawker/internal/infra/backup"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// The test site: every purchase adds one to a shelf and one row to a book whose file was stored first.
var schema = fstest.MapFS{
	"schema/0001_first.sql": {Data: []byte(`CREATE TABLE site_shelves (id TEXT PRIMARY KEY, sold BIGINT NOT NULL, note TEXT);
CREATE TABLE site_books (id TEXT PRIMARY KEY, shelf TEXT NOT NULL REFERENCES site_shelves (id), file TEXT NOT NULL, at BIGINT NOT NULL);
INSERT INTO site_shelves (id, sold, note) VALUES ('front', 0, NULL);
`)},
}

var newer = fstest.MapFS{
	"schema/0001_first.sql":  schema["schema/0001_first.sql"],
	"schema/0002_second.sql": {Data: []byte("ALTER TABLE site_books ADD COLUMN price BIGINT NOT NULL DEFAULT 7;\n")},
}

func old(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "site", schema) }

type site struct {
	d       *db.DB
	files   blob.Store
	secrets string
}

func open(t *testing.T, url string, migrate func(context.Context, *db.DB) error) *site {
	t.Helper()
	dir := t.TempDir()
	return &site{d: dbtest.Open(t, url, migrate), files: openFiles(t, filepath.Join(dir, "files")), secrets: filepath.Join(dir, "secrets")}
}

func openFiles(t *testing.T, dir string) blob.Store {
	t.Helper()
	files, err := blob.Open(t.Context(), "file:"+dir)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (s *site) sell(ctx context.Context, n int) error {
	key := fmt.Sprintf("rec/%06d.m4s", n)
	content := bytes.Repeat([]byte{byte(n)}, 100+rand.IntN(3000))
	if err := s.files.Put(ctx, key, bytes.NewReader(content), int64(len(content)), ""); err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.d.Exec(ctx, `UPDATE site_shelves SET sold = sold + 1 WHERE id = 'front'`); err != nil {
			return err
		}
		_, err := s.d.Exec(ctx, `INSERT INTO site_books (id, shelf, file, at) VALUES ($1, 'front', $2, $3)`, fmt.Sprint("book_", n, " 连衣裙 <&>\u2028\t"), key, int64(n)<<40)
		return err
	})
}

// selling keeps selling until the returned function is called.
func (s *site) selling(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() {
		for n := 1000; ctx.Err() == nil; n++ {
			if err := s.sell(t.Context(), n); err != nil {
				t.Error(err)
				return
			}
		}
	})
	return func() { cancel(); work.Wait() }
}

func (s *site) sold(t *testing.T) (n int64) {
	t.Helper()
	if err := s.d.QueryRow(t.Context(), `SELECT sold FROM site_shelves WHERE id = 'front'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// audit is the site's own: the shelf counts the books, and every book has its file.
func (s *site) audit(t *testing.T) {
	t.Helper()
	keys, err := db.List(t.Context(), s.d, func(r db.Row) (k string, err error) { err = r.Scan(&k); return k, err }, `SELECT file FROM site_books`)
	if err != nil {
		t.Fatal(err)
	}
	if n := s.sold(t); n != int64(len(keys)) {
		t.Errorf("the shelf says %d, there are %d books", n, len(keys))
	}
	for _, key := range keys {
		o, err := s.files.Open(t.Context(), key)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if b, err := io.ReadAll(o); err != nil || len(b) < 100 {
			t.Errorf("%s: %d bytes, %v", key, len(b), err)
		}
		_ = o.Close()
	}
}

func (s *site) content(t *testing.T) []string {
	t.Helper()
	list, err := db.List(t.Context(), s.d, func(r db.Row) (line string, err error) {
		var id, shelf, file string
		var at int64
		err = r.Scan(&id, &shelf, &file, &at)
		return fmt.Sprint(id, shelf, file, at), err
	}, `SELECT id, shelf, file, at FROM site_books`)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func (s *site) source() backup.Source {
	return backup.Source{DB: s.d, Blobs: s.files, Secrets: s.secrets, Clock: clock.Real{}, Program: "test"}
}

func (s *site) target(migrate func(context.Context, *db.DB) error) backup.Target {
	return backup.Target{DB: s.d, Blobs: s.files, Secrets: s.secrets, Migrate: func(ctx context.Context) error { return migrate(ctx, s.d) }}
}

// saved is a small site in an archive.
func saved(t *testing.T) (*site, string) {
	t.Helper()
	s := open(t, dbtest.SQLiteURL(t), old)
	for n := range 20 {
		if err := s.sell(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(s.secrets, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.secrets, "pay"), []byte("hush"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "site.tar")
	if _, err := backup.Write(t.Context(), s.source(), file, nil, nil); err != nil {
		t.Fatal(err)
	}
	return s, file
}

func restored(t *testing.T, url, file string) *site {
	t.Helper()
	to := open(t, url, nil)
	a, err := backup.Open(t.Context(), file, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	if err := a.Restore(t.Context(), to.target(old), nil); err != nil {
		t.Fatal(err)
	}
	return to
}

// left names what is in a folder.
func left(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
