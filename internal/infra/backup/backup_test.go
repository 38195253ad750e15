package backup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/backup"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

func TestBackup_UnderLoadIsOneInstantOnAndAcrossEngines(t *testing.T) {
	urls := map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL}
	for from, fromURL := range urls {
		t.Run("from_"+from, func(t *testing.T) {
			s := open(t, fromURL(t), old)
			stop := s.selling(t)
			defer stop()
			for s.sold(t) < 50 {
			}
			before := s.sold(t)
			file := filepath.Join(t.TempDir(), "site.tar")
			if _, err := backup.Write(t.Context(), s.source(), file, nil, nil); err != nil {
				t.Fatal(err)
			}
			after := s.sold(t)
			if after == before {
				t.Fatal("nothing was sold meanwhile: this test shows nothing")
			}
			for to, toURL := range urls {
				t.Run("to_"+to, func(t *testing.T) {
					got := restored(t, toURL(t), file)
					got.audit(t)
					if n := got.sold(t); n < before || n > after {
						t.Errorf("the copy knows %d sales; there were %d before and %d after", n, before, after)
					}
				})
			}
		})
	}
}

func TestBackup_CarriesEveryValueAsItWas(t *testing.T) {
	s, file := saved(t)
	const odd = "a\\b\"c\x7f\u00e9\U0001F600\n"
	if _, err := s.d.Exec(t.Context(), `INSERT INTO site_shelves (id, sold, note) VALUES ($1, $2, $3)`, odd, -1<<63, ""); err != nil {
		t.Fatal(err)
	}
	file += "2"
	m, err := backup.Write(t.Context(), s.source(), file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows["site_books"] != 20 || m.Rows["site_shelves"] != 2 || m.Files != 20 || m.Secrets != 1 {
		t.Errorf("counted %+v", m.Rows)
	}
	for _, url := range []string{dbtest.SQLiteURL(t), dbtest.PostgresURL(t)} {
		got := restored(t, url, file)
		got.audit(t)
		if !slices.Equal(got.content(t), s.content(t)) {
			t.Error("the books differ")
		}
		var sold int64
		var note, none *string
		if err := got.d.QueryRow(t.Context(), `SELECT sold, note FROM site_shelves WHERE id = $1`, odd).Scan(&sold, &note); err != nil || sold != -1<<63 || note == nil || *note != "" {
			t.Errorf("%d %v %v", sold, note, err)
		}
		if err := got.d.QueryRow(t.Context(), `SELECT note FROM site_shelves WHERE id = 'front'`).Scan(&none); err != nil || none != nil {
			t.Errorf("NULL came back as %v, %v", none, err)
		}
		if b, err := os.ReadFile(filepath.Join(got.secrets, "pay")); err != nil || string(b) != "hush" {
			t.Errorf("secret: %q %v", b, err)
		}
	}
}

func TestBackup_InvalidTextSurvives(t *testing.T) {
	s, file := saved(t)
	if _, err := s.d.Exec(t.Context(), `INSERT INTO site_shelves (id, sold, note) VALUES ('x', 1, CAST(x'ff41' AS TEXT))`); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Write(t.Context(), s.source(), file+"2", nil, nil); err != nil {
		t.Fatal(err)
	}
	var note string
	if err := restored(t, dbtest.SQLiteURL(t), file+"2").d.QueryRow(t.Context(), `SELECT note FROM site_shelves WHERE id = 'x'`).Scan(&note); err != nil || note != "\xffA" {
		t.Errorf("%q %v", note, err)
	}
}

func TestBackup_LeavesNothingBehindWhenItFails(t *testing.T) {
	s, file := saved(t)
	dir := filepath.Dir(file)
	bad := errors.New("the audit said no")
	for name, try := range map[string]func() error{
		"interrupted among the files": func() error {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := backup.Write(ctx, s.source(), filepath.Join(dir, "new.tar"), func(what string, done, _ int64) {
				if what == "files" && done > 0 {
					cancel()
				}
			}, nil)
			return err
		},
		"interrupted among the rows": func() error {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := backup.Write(ctx, s.source(), filepath.Join(dir, "new.tar"), func(what string, done, _ int64) {
				if what == "tables" && done == 1 {
					cancel()
				}
			}, nil)
			return err
		},
		"refused by its check": func() error {
			_, err := backup.Write(t.Context(), s.source(), filepath.Join(dir, "new.tar"), nil, func(context.Context, string) error { return bad })
			return err
		},
		"over an existing file": func() error {
			_, err := backup.Write(t.Context(), s.source(), file, nil, nil)
			return err
		},
		"while another one is written": func() error {
			if err := os.WriteFile(file+"3.partial", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.Remove(file + "3.partial") }()
			_, err := backup.Write(t.Context(), s.source(), file+"3", nil, nil)
			return err
		},
	} {
		if try() == nil {
			t.Errorf("%s: it succeeded", name)
		}
		if got := left(t, dir); !slices.Equal(got, []string{"site.tar"}) {
			t.Errorf("%s: left %v", name, got)
		}
	}
}

func TestOpen_RefusesEveryCutAndEveryChange(t *testing.T) {
	_, file := saved(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, b []byte) {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "bad.tar")
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := backup.Open(t.Context(), bad, nil)
		if err == nil {
			_ = a.Close()
		}
		if !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for cut := 0; cut < len(whole); cut += 1 + len(whole)/97 {
		try(fmt.Sprintf("cut at %d", cut), whole[:cut])
	}
	try("cut at the last byte", whole[:len(whole)-1])
	try("one byte too many", append(slices.Clone(whole), 0))
	for at := len(whole) % 89; at < len(whole); at += 1 + len(whole)/89 {
		flipped := slices.Clone(whole)
		flipped[at] ^= 0x10
		try(fmt.Sprintf("flipped at %d of %d", at, len(whole)), flipped)
	}
	for at := len(whole) - 2048; at < len(whole); at += 61 {
		flipped := slices.Clone(whole)
		flipped[at] ^= 0x01
		try(fmt.Sprintf("flipped in the seal at %d", at), flipped)
	}
}

func TestOpen_RefusesANewerFormatByName(t *testing.T) {
	_, file := saved(t)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b = []byte(strings.Replace(string(b), `{"format":1,`, `{"format":9,`, 1))
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Open(t.Context(), file, nil); !errors.Is(err, backup.ErrNewer) {
		t.Errorf("%v", err)
	}
}

func TestRestore_RefusesAPlaceThatIsNotEmptyAndChangesNothing(t *testing.T) {
	_, file := saved(t)
	a, err := backup.Open(t.Context(), file, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	full := open(t, dbtest.SQLiteURL(t), old)
	if err := a.Restore(t.Context(), full.target(old), nil); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("over a database: %v", err)
	}
	files := open(t, dbtest.SQLiteURL(t), nil)
	if err := files.files.Put(t.Context(), "one", strings.NewReader("1"), 1, ""); err != nil {
		t.Fatal(err)
	}
	if err := a.Restore(t.Context(), files.target(old), nil); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("over files: %v", err)
	}
	keys := open(t, dbtest.SQLiteURL(t), nil)
	if err := os.MkdirAll(keys.secrets, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(keys.secrets, "pay"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Restore(t.Context(), keys.target(old), nil); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("over secrets: %v", err)
	}
	if full.sold(t) != 0 {
		t.Error("rows were laid")
	}
}

func TestRestore_LaysAnOlderSchemaAndRefusesANewerOne(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		_, file := saved(t)
		young := func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "site", newer) }
		a, err := backup.Open(t.Context(), file, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = a.Close() }()
		to := open(t, dbtest.SQLiteURL(t), nil)
		to.d = d
		if err := a.Restore(t.Context(), to.target(young), nil); err != nil {
			t.Fatal(err)
		}
		if err := young(t.Context(), to.d); err != nil {
			t.Fatal(err)
		}
		var priced int64
		if err := to.d.QueryRow(t.Context(), `SELECT count(*) FROM site_books WHERE price = 7`).Scan(&priced); err != nil || priced != 20 {
			t.Errorf("%d books were brought up to date, %v", priced, err)
		}

		again := filepath.Join(t.TempDir(), "young.tar")
		if _, err := backup.Write(t.Context(), to.source(), again, nil, nil); err != nil {
			t.Fatal(err)
		}
		b, err := backup.Open(t.Context(), again, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = b.Close() }()
		last := open(t, dbtest.SQLiteURL(t), nil)
		if err := b.Restore(t.Context(), last.target(old), nil); !errors.Is(err, backup.ErrNewer) {
			t.Errorf("%v", err)
		}
		if tables, err := last.d.Tables(t.Context()); err != nil || len(tables) > 0 {
			t.Errorf("the refused restore left %v, %v", tables, err)
		}
	})
}

func TestRestore_InterruptedLeavesAnEmptyPlace(t *testing.T) {
	_, file := saved(t)
	a, err := backup.Open(t.Context(), file, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	for _, when := range []string{"files", "rows"} {
		to := open(t, dbtest.SQLiteURL(t), nil)
		ctx, cancel := context.WithCancel(t.Context())
		told := 0
		err := a.Restore(ctx, to.target(old), func(what string, _, _ int64) {
			if what == when {
				if told++; told == 2 {
					cancel()
				}
			}
		})
		cancel()
		if err == nil {
			t.Errorf("%s: it succeeded", when)
		}
		if err := a.Restore(t.Context(), to.target(old), nil); err != nil {
			t.Errorf("%s: the place cannot be used again: %v", when, err)
		}
		to.audit(t)
	}
}
