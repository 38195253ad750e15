package db_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

func items(ctx context.Context, d *db.DB) error {
	_, err := d.Exec(ctx, `CREATE TABLE items (id TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0))`)
	return err
}

func count(t *testing.T, d *db.DB) int {
	t.Helper()
	var n int
	if err := d.QueryRow(context.Background(), `SELECT count(*) FROM items`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func insert(ctx context.Context, d *db.DB, id string, n int) error {
	_, err := d.Exec(ctx, `INSERT INTO items (id, n) VALUES ($1, $2)`, id, n)
	return err
}

func scanID(r db.Row) (id string, err error) { err = r.Scan(&id); return id, err }

func TestDB_ReadsWhatItWrote(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		n, err := d.Exec(ctx, `INSERT INTO items (id, n) VALUES `+db.Values(2, 2, 1), "a", 1, "b", 2)
		if err != nil || n != 2 {
			t.Fatalf("insert: %d rows, %v", n, err)
		}
		got, ok, err := db.Get(ctx, d, scanID, `SELECT id FROM items WHERE n = $1`, 2)
		if err != nil || !ok || got != "b" {
			t.Fatalf("get: %q %v %v", got, ok, err)
		}
		if _, ok, err := db.Get(ctx, d, scanID, `SELECT id FROM items WHERE n = $1`, 3); ok || err != nil {
			t.Fatalf("get of a missing row: %v %v", ok, err)
		}
		all, err := db.List(ctx, d, scanID, `SELECT id FROM items WHERE id IN (`+db.Placeholders(1, 3)+`) ORDER BY id`, "a", "b", "c")
		if err != nil || strings.Join(all, ",") != "a,b" {
			t.Fatalf("list: %v %v", all, err)
		}
		none, err := db.List(ctx, d, scanID, `SELECT id FROM items WHERE n > $1`, 10)
		if err != nil || none == nil || len(none) != 0 {
			t.Fatalf("empty list: %#v %v", none, err)
		}
		if err := d.QueryRow(ctx, `SELECT id FROM items WHERE n = $1`, 9).Scan(new(string)); !errors.Is(err, sql.ErrNoRows) {
			t.Fatalf("missing row: %v", err)
		}
	})
}

func TestDB_TellsUniqueFromOtherErrors(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := insert(ctx, d, "a", 1); err != nil {
			t.Fatal(err)
		}
		if err := insert(ctx, d, "a", 1); !db.IsUnique(err) {
			t.Errorf("second insert: %v", err)
		}
		if err := insert(ctx, d, "b", -1); err == nil || db.IsUnique(err) {
			t.Errorf("broken check: %v", err)
		}
		if err := insert(ctx, d, "c", 1); err != nil {
			t.Errorf("a refused statement outside Tx must not spoil the next: %v", err)
		}
	})
}

func TestDB_RefusesWritesOnReaders(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), items)
	err := d.QueryRow(context.Background(), `INSERT INTO items (id, n) VALUES ($1, $2) RETURNING id`, "a", 1).Scan(new(string))
	if err == nil || count(t, d) != 0 {
		t.Errorf("a write outside Tx went through a reader: %v", err)
	}
}

func TestOpen_RefusesUnknownURLs(t *testing.T) {
	for _, url := range []string{"", "mysql://x", "sqlite:", "sqlite::memory:", "postgres://[bad", "/tmp/x.db"} {
		if d, err := db.Open(context.Background(), url, db.Options{}); err == nil {
			_ = d.Close()
			t.Errorf("%q was opened", url)
		}
	}
}

func TestOpen_TakesAnyFileName(t *testing.T) {
	for _, name := range []string{"a b.db", "100%.db", "q?x=1.db", "h#1.db", "店.db"} {
		d := dbtest.Open(t, "sqlite:"+t.TempDir()+"/new dir/"+name, items)
		if err := insert(context.Background(), d, "a", 1); err != nil || count(t, d) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{db.Values(2, 2, 1), "($1,$2),($3,$4)"},
		{db.Values(1, 3, 4), "($4,$5,$6)"},
		{db.Placeholders(3, 3), "$3,$4,$5"},
		{db.Placeholders(1, 0), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
