package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

// Engine names the database behind a DB.
type Engine string

const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options of Open. The zero value works.
type Options struct {
	Log *slog.Logger
	// MaxConns bounds the PostgreSQL pool; 0 means 20. SQLite ignores it.
	MaxConns int
	// Clock stamps db_migrations; nil means the machine's.
	Clock clock.Clock
	// Existing refuses an SQLite file that is not there instead of creating it.
	Existing bool
}

// DB is one opened database. Safe for concurrent use.
type DB struct {
	kind  Engine
	eng   engine
	log   *slog.Logger
	clock clock.Clock
}

// engine is what differs between the two databases.
type engine interface {
	// begin opens a transaction; it waits at most connWait for a connection.
	begin(ctx context.Context) (txConn, error)
	// snapshot opens a read-only transaction that sees one instant.
	snapshot(ctx context.Context) (txConn, error)
	// exec runs one statement in its own transaction.
	exec(ctx context.Context, q string, args []any) (int64, error)
	// query reads outside a transaction.
	query(ctx context.Context, q string, args []any) (*sql.Rows, error)
	close() error
	stats() sql.DBStats
}

// txConn is one open transaction. commit and rollback give the connection back.
type txConn interface {
	exec(ctx context.Context, q string, args []any) (int64, error)
	// query with reuse may share one compiled statement per text, so its rows are closed before
	// the same text runs again.
	query(ctx context.Context, q string, args []any, reuse bool) (*sql.Rows, error)
	// insert adds rows; see InsertMany.
	insert(ctx context.Context, in Insert, args []any) (int64, error)
	commit(ctx context.Context) error
	rollback()
}

// Open connects to "sqlite:/path/hawker.db" (created when missing) or "postgres://…" and checks
// that the database answers. It refuses SQLite older than 3.51.3, which can corrupt a WAL.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	d := &DB{log: o.Log, clock: o.Clock}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.clock == nil {
		d.clock = clock.Real{}
	}
	var err error
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		d.kind = SQLite
		path := strings.TrimPrefix(url, "sqlite:")
		if _, gone := os.Stat(path); o.Existing && errors.Is(gone, fs.ErrNotExist) {
			return nil, fmt.Errorf("open database: there is none at %s: look at --data and --database-url", path)
		}
		d.eng, err = openSQLite(ctx, path, d.log)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		d.kind = Postgres
		d.eng, err = openPostgres(ctx, url, o.MaxConns)
	default:
		return nil, fmt.Errorf("open database: the url must start with sqlite: or postgres://")
	}
	if err != nil {
		return nil, fmt.Errorf("open %s database: %w", d.kind, err)
	}
	return d, nil
}

// Engine tells which database this is; only text search and statistics may care.
func (d *DB) Engine() Engine { return d.kind }

// Close waits for the transaction under way on SQLite, then closes every connection.
func (d *DB) Close() error { return d.eng.close() }
