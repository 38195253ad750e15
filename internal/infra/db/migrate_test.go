package db_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

func schema(files ...string) fs.FS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out["schema/"+files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return out
}

var first = []string{"0001_stalls.sql", `-- what stands on the market
CREATE TABLE stalls (id TEXT PRIMARY KEY);
INSERT INTO stalls (id) VALUES ('a;b');
-- the last one has no line end
INSERT INTO stalls (id) VALUES ('c');`}

func stalls(t *testing.T, d *db.DB) int {
	t.Helper()
	var n int
	if err := d.QueryRow(context.Background(), `SELECT count(*) FROM stalls`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMigrate_AppliesEachFileOnce(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		two := append(first, "0002_more.sql", "INSERT INTO stalls (id) VALUES ('d');\n\n-- nothing more\n")
		for _, files := range [][]string{first, first, two, two} {
			if err := d.Migrate(ctx, "market", schema(files...)); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Migrate(ctx, "other", schema("0001_x.sql", "CREATE TABLE others (id TEXT);")); err != nil {
			t.Fatal(err)
		}
		if n := stalls(t, d); n != 3 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestMigrate_ResumesAfterAFailureAtAnyStatement(t *testing.T) {
	all := []string{"CREATE TABLE stalls (id TEXT PRIMARY KEY)", "CREATE INDEX stalls_i ON stalls (id)", "INSERT INTO stalls (id) VALUES ('a')", "INSERT INTO stalls (id) VALUES ('b')"}
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for at := range all {
			broken := append(append(append([]string{}, all[:at]...), "INSERT INTO nowhere (id) VALUES (1)"), all[at:]...)
			err := d.Migrate(ctx, "market", schema("0001_stalls.sql", strings.Join(broken, ";\n")+";\n"))
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("0001_stalls.sql: statement %d", at+1)) {
				t.Errorf("broken at %d: %v", at+1, err)
			}
			if err := d.QueryRow(ctx, `SELECT count(*) FROM stalls`).Scan(new(int)); err == nil {
				t.Fatal("half a migration was kept")
			}
		}
		if err := d.Migrate(ctx, "market", schema("0001_stalls.sql", strings.Join(all, ";\n"))); err != nil || stalls(t, d) != 2 {
			t.Errorf("after the failures: %v", err)
		}
	})
}

func TestMigrate_UnchangedRefusesAnOlderDatabaseAndLeavesIt(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		two := append(first, "0002_more.sql", "INSERT INTO stalls (id) VALUES ('d');")
		refused := func(name string, files ...string) {
			err := d.Migrate(db.Unchanged(ctx), "market", schema(files...))
			if err == nil || !strings.Contains(err.Error(), "older than this program ("+name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		refused("0001_stalls.sql", two...)
		if had, err := d.Schema(ctx); len(had) > 0 || err != nil {
			t.Errorf("an empty database has %v, %v", had, err)
		}
		if tables, err := d.Tables(ctx); len(tables) > 0 || d.QueryRow(ctx, `SELECT count(*) FROM db_migrations`).Scan(new(int)) == nil {
			t.Errorf("tables were made: %v, %v", tables, err)
		}
		if err := d.Migrate(ctx, "market", schema(first...)); err != nil {
			t.Fatal(err)
		}
		refused("0002_more.sql", two...)
		if n := stalls(t, d); n != 2 {
			t.Errorf("%d rows: the second file ran", n)
		}
		if err := d.Migrate(db.Unchanged(ctx), "market", schema(first...)); err != nil {
			t.Errorf("a database of this program: %v", err)
		}
	})
}

func TestOpen_ExistingCreatesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site", "hawker.db")
	if d, err := db.Open(t.Context(), "sqlite:"+path, db.Options{Existing: true}); err == nil {
		d.Close()
		t.Error("a database that is not there was opened")
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("its folder was made")
	}
}

func TestMigrate_Refuses(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		newer := append(first, "0002_more.sql", "INSERT INTO stalls (id) VALUES ('d');")
		if err := d.Migrate(ctx, "market", schema(newer...)); err != nil {
			t.Fatal(err)
		}
		for want, files := range map[string][]string{
			"newer than this program": first,
			"never renamed":           {"0001_booths.sql", first[1], "0002_more.sql", newer[3]},
			"expected number 0003":    append(newer, "0004_gap.sql", "SELECT 1;"),
			"must look like":          append(newer, "3_short.sql", "SELECT 1;"),
			"expected number 0002":    append(first, "0001_twice.sql", "SELECT 1;"),
			"file does not exist":     nil,
		} {
			if err := d.Migrate(ctx, "market", schema(files...)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		if stalls(t, d) != 3 {
			t.Error("a refused migration changed something")
		}
	})
}

func TestMigrate_NodesThatStartTogetherTakeTurns(t *testing.T) {
	for name, url := range map[string]string{"sqlite": dbtest.SQLiteURL(t), "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			var last *db.DB
			for range 4 {
				d := dbtest.Open(t, url, nil)
				last = d
				wg.Go(func() {
					if err := d.Migrate(context.Background(), "market", schema(first...)); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := stalls(t, last); n != 2 {
				t.Errorf("%d rows", n)
			}
		})
	}
}
