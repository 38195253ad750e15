package db_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

func TestInsertMany(t *testing.T) {
	dbtest.Each(t, items, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		into := db.Insert{Into: "items (id, n)", Cols: 2, Tail: "ON CONFLICT (id) DO NOTHING"}
		rows := func(n int) (args []any) {
			for i := range n {
				args = append(args, fmt.Sprint("id", i), i)
			}
			return args
		}
		for _, c := range []struct{ rows, want int }{{0, 0}, {1, 1}, {7, 6}, {1337, 1330}} {
			n, err := d.InsertMany(ctx, into, rows(c.rows))
			if err != nil || n != int64(c.want) {
				t.Errorf("%d rows: %d affected, %v", c.rows, n, err)
			}
		}
		for _, many := range []int{2, 600} {
			if _, err := d.InsertMany(ctx, into, append(rows(many), "negative", -1)); err == nil || count(t, d) != 1337 {
				t.Errorf("a bad row among %d: %v, %d rows", many, err, count(t, d))
			}
		}
		for _, args := range [][]any{{"x"}, {}} {
			if n, err := d.InsertMany(ctx, db.Insert{Into: into.Into}, args); err == nil || n != 0 {
				t.Errorf("rows of no column: %d, %v", n, err)
			}
		}
		if _, err := d.InsertMany(ctx, into, []any{"x"}); err == nil {
			t.Error("half a row was taken")
		}
	})
}

func TestInsertMany_FixedColumnsNullsAndOtherValues(t *testing.T) {
	schema := func(ctx context.Context, d *db.DB) error {
		_, err := d.Exec(ctx, `CREATE TABLE things (id TEXT PRIMARY KEY, name TEXT, weight DOUBLE PRECISION, n BIGINT,
			state TEXT NOT NULL, tries BIGINT NOT NULL)`)
		return err
	}
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		into := db.Insert{Into: "things (id, name, weight, n, state, tries)", Cols: 4, Fixed: "'it''s open', 0"}
		for _, rows := range []int{1, 9, 40} {
			var args []any
			for i := range rows {
				var name, n any = fmt.Sprintf("no %d, \"{}\\", i), i
				if i%3 == 1 {
					name, n = nil, nil
				}
				args = append(args, fmt.Sprintf("%d/%d", rows, i), name, float64(i)/2, n)
			}
			if n, err := d.InsertMany(ctx, into, args); err != nil || n != int64(rows) {
				t.Fatalf("%d rows with fractions and NULLs: %d, %v", rows, n, err)
			}
			named := db.Insert{Into: "things (id, name, state, tries)", Cols: 2, Fixed: "'it''s open', 0"}
			args = nil
			for i := range rows {
				var name any = fmt.Sprintf("no %d, \"{}\\", i)
				if i%3 == 1 {
					name = nil
				}
				args = append(args, fmt.Sprintf("named %d/%d", rows, i), name)
			}
			if n, err := d.InsertMany(ctx, named, args); err != nil || n != int64(rows) {
				t.Fatalf("%d rows of texts with NULLs: %d, %v", rows, n, err)
			}
		}
		got, _, err := db.Get(ctx, d, func(r db.Row) (v [4]int, err error) { return v, r.Scan(&v[0], &v[1], &v[2], &v[3]) },
			`SELECT count(*), count(name), CAST(sum(n) AS BIGINT), count(CASE WHEN state = 'it''s open' AND tries = 0 THEN 1 END) FROM things`)
		if want := [4]int{100, 2 * (1 + 6 + 27), 0 + (0 + 2 + 3 + 5 + 6 + 8) + (780 - 247), 100}; err != nil || got != want {
			t.Errorf("%v, want %v, %v", got, want, err)
		}
		name, _, err := db.Get(ctx, d, func(r db.Row) (s string, err error) { return s, r.Scan(&s) }, `SELECT name FROM things WHERE id = $1`, "named 40/39")
		if err != nil || name != `no 39, "{}\` {
			t.Errorf("%q, %v", name, err)
		}
	})
}
