package db_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

var twoBooks = fstest.MapFS{
	"schema/0001_books.sql": {Data: []byte(`CREATE TABLE b_left (id TEXT PRIMARY KEY, n BIGINT NOT NULL);
CREATE TABLE a_right (id TEXT PRIMARY KEY, book TEXT NOT NULL REFERENCES b_left (id), n BIGINT NOT NULL);
INSERT INTO b_left (id, n) VALUES ('one', 0);
INSERT INTO a_right (id, book, n) VALUES ('one', 'one', 0);
`)},
	"schema/0002_more.sql": {Data: []byte("CREATE TABLE c_more (id TEXT PRIMARY KEY);\n")},
}

func booksOf(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "books", twoBooks) }

func TestSnapshot_SeesOneInstantWhileOthersWrite(t *testing.T) {
	dbtest.Each(t, booksOf, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(t.Context())
		var writing sync.WaitGroup
		writing.Go(func() {
			for ctx.Err() == nil { // both move together, always
				err := d.Tx(t.Context(), func(ctx context.Context) error {
					if _, err := d.Exec(ctx, `UPDATE b_left SET n = n + 1`); err != nil {
						return err
					}
					_, err := d.Exec(ctx, `UPDATE a_right SET n = n + 1`)
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
		defer writing.Wait()
		defer stop()
		moved := false
		var last int64
		for range 40 {
			err := d.Snapshot(t.Context(), func(ctx context.Context) error {
				var a, b, c int64
				if err := d.QueryRow(ctx, `SELECT n FROM b_left`).Scan(&a); err != nil {
					return err
				}
				for live := a; live < a+3; { // the world goes on meanwhile
					if err := d.QueryRow(t.Context(), `SELECT n FROM b_left`).Scan(&live); err != nil {
						return err
					}
				}
				if err := d.QueryRow(ctx, `SELECT n FROM a_right`).Scan(&b); err != nil {
					return err
				}
				if err := d.QueryRow(ctx, `SELECT n FROM b_left`).Scan(&c); err != nil {
					return err
				}
				if a != b || a != c {
					return fmt.Errorf("one snapshot saw %d, %d and %d", a, b, c)
				}
				moved, last = moved || a > last, a
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if !moved {
			t.Error("nothing was written meanwhile: this test showed nothing")
		}
	})
}

func TestSnapshot_RefusesWritesAndNesting(t *testing.T) {
	dbtest.Each(t, booksOf, func(t *testing.T, d *db.DB) {
		err := d.Snapshot(t.Context(), func(ctx context.Context) error {
			_, err := d.Exec(ctx, `DELETE FROM a_right`)
			return err
		})
		if err == nil {
			t.Error("a snapshot wrote")
		}
		err = d.Tx(t.Context(), func(ctx context.Context) error {
			if d.Snapshot(ctx, func(context.Context) error { return nil }) == nil {
				t.Error("a snapshot began inside a transaction")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestTables_ParentsComeFirst(t *testing.T) {
	dbtest.Each(t, booksOf, func(t *testing.T, d *db.DB) {
		list, err := d.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []db.Table{{Name: "b_left", Columns: []string{"id", "n"}}, {Name: "a_right", Columns: []string{"id", "book", "n"}}, {Name: "c_more", Columns: []string{"id"}}}
		if fmt.Sprint(list) != fmt.Sprint(want) {
			t.Errorf("%v", list)
		}
	})
}

func TestWithSchema_StopsWhereTheCopyStopped(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		if names, err := d.Schema(t.Context()); err != nil || len(names) != 0 {
			t.Fatalf("an empty database has %v, %v", names, err)
		}
		old := db.WithSchema(t.Context(), map[string][]string{"books": {"0001_books.sql"}})
		if err := booksOf(old, d); err != nil {
			t.Fatal(err)
		}
		if names, err := d.Schema(t.Context()); err != nil || !slices.Equal(names["books"], []string{"0001_books.sql"}) {
			t.Fatalf("%v, %v", names, err)
		}
		for _, unknown := range [][]string{{"0001_other.sql"}, {"0001_books.sql", "0002_more.sql", "0003_new.sql"}} {
			if booksOf(db.WithSchema(t.Context(), map[string][]string{"books": unknown}), d) == nil {
				t.Errorf("%v was taken for ours", unknown)
			}
		}
		if err := booksOf(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if names, err := d.Schema(t.Context()); err != nil || len(names["books"]) != 2 {
			t.Fatalf("%v, %v", names, err)
		}
	})
}
