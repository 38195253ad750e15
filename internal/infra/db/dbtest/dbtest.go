package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver, under the name "pgx"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// testConns is the pool of one test: enough for concurrency tests, small enough that parallel tests
// fit the cluster.
const testConns = 10

// Each runs fn as subtests "sqlite" and "postgres", each on an empty database that migrate has
// prepared. migrate may be nil.
func Each(t *testing.T, migrate func(ctx context.Context, d *db.DB) error, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run(string(db.SQLite), func(t *testing.T) { fn(t, Open(t, SQLiteURL(t), migrate)) })
	t.Run(string(db.Postgres), func(t *testing.T) { fn(t, Open(t, PostgresURL(t), migrate)) })
}

// Open opens a database until the test ends and lets migrate prepare it.
func Open(t testing.TB, url string, migrate func(ctx context.Context, d *db.DB) error) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url, db.Options{MaxConns: testConns})
	if err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	if migrate != nil {
		if err := migrate(context.Background(), d); err != nil {
			t.Fatalf("migrate: %v", err)
		}
	}
	return d
}

// SQLiteURL names a new database file of this test.
func SQLiteURL(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "hawker.db")
}

// PostgresURL names a new empty schema of this test.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("HAWKER_TEST_POSTGRES_URL")
	if server == "" {
		var err error
		if server, err = cluster(); err != nil {
			t.Fatalf("PostgreSQL for the tests: %v\nInstall it (apt-get install postgresql), or set HAWKER_TEST_POSTGRES_URL to a server where the tests may make schemas.", err)
		}
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("HAWKER_TEST_POSTGRES_URL: %v", err)
	}
	var random [8]byte
	_, _ = rand.Read(random[:])
	schema := "test_" + hex.EncodeToString(random[:])
	admin(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { admin(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// admin runs one statement on a connection of its own, so that nothing is left open for a leak
// check to find.
func admin(t testing.TB, server, q string) {
	t.Helper()
	c, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ExecContext(context.Background(), q); err != nil {
		t.Errorf("%s: %v", q, err)
	}
}
