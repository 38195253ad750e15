package faults

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"os"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// domainSchemas finds every schema folder of the program, by the domain that owns it.
func domainSchemas(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && e.Name() == "schema" {
			out[strings.ReplaceAll(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)), string(filepath.Separator), "_")] = path
		}
		return err
	})
	if err != nil || len(out) < 8 {
		t.Fatalf("%d schema folders, %v", len(out), err)
	}
	return out
}

// Every migration of every domain fails behind each of its statements in turn. Nothing of the failed one is
// left, what was there before is as it was, and the next start goes on and ends with the same tables.
func TestMigrate_FailsAtEveryStatementAndGoesOn(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		c := count(t, "migration failed at a statement, "+string(d.Engine()), 0)
		schemas := domainSchemas(t)
		names := make([]string, 0, len(schemas))
		for name := range schemas {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, domain := range names {
			files, err := filepath.Glob(filepath.Join(schemas[domain], "*.sql"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: %v", domain, err)
			}
			have := fstest.MapFS{}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				key := "schema/" + filepath.Base(file)
				before := picture(t, d)
				parts := strings.SplitAfter(string(text), ";\n")
				for i := range parts {
					broken := maps(have)
					broken[key] = &fstest.MapFile{Data: []byte(strings.Join(parts[:i+1], "") + "\nSELECT no_such_column FROM no_such_table;\n")}
					if err := d.Migrate(t.Context(), domain, broken); err == nil {
						t.Fatalf("%s: %s went through although statement %d fails", domain, key, i+2)
					}
					if after := picture(t, d); after != before {
						t.Fatalf("%s: %s failed behind statement %d and left\n%s\nbefore it was\n%s", domain, key, i+1, after, before)
					}
					c.n++
				}
				have[key] = &fstest.MapFile{Data: text}
				if err := d.Migrate(t.Context(), domain, have); err != nil {
					t.Fatalf("%s: the next start: %v", domain, err)
				}
				fill(t, d)
			}
		}
		c.say("every statement of %d domains; nothing half done, the next start goes on", len(names))
	})
}

func maps(in fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for k, v := range in {
		out[k] = v
	}
	return out
}

// picture is every table with its columns and the number and content of its rows.
func picture(t *testing.T, d *db.DB) string {
	t.Helper()
	tables, err := d.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, v := range tables {
		cols := make([]string, len(v.Columns))
		for i, c := range v.Columns {
			cols[i] = "COALESCE(CAST(" + c + " AS TEXT), '~')"
		}
		rows, err := db.List(t.Context(), d, func(r db.Row) (s string, err error) { err = r.Scan(&s); return s, err },
			"SELECT "+strings.Join(cols, " || '|' || ")+" FROM "+v.Name+" ORDER BY 1 LIMIT 100")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, v.Name, v.Columns, rows)
	}
	schema, err := d.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&b, schema)
	return b.String()
}

// fill puts a row into every table that takes one of plain values, so that a later migration has data to keep.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	tables, err := d.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range tables {
		args := make([]any, len(v.Columns))
		for i := range args {
			args[i] = "1" // a text, and on SQLite and PostgreSQL alike a number where the column is one
		}
		refused := d.Tx(t.Context(), func(ctx context.Context) error {
			_, err := d.Exec(ctx, "INSERT INTO "+v.Name+" ("+strings.Join(v.Columns, ",")+") VALUES ("+db.Placeholders(1, len(args))+")", args...)
			return err
		})
		if errors.Is(refused, context.Canceled) {
			t.Fatal(refused)
		}
	}
}
