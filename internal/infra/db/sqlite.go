package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver, under the name "sqlite"
)

const (
	// sqliteReaders: reads are CPU-bound in process; more connections only cost page caches.
	sqliteReaders = 8
	// minSQLite fixes the WAL-reset bug, which could corrupt a database.
	minSQLite = "3.51.3"
	// sqlitePragmas: busy_timeout is for other processes (backup, audit); 64 MiB caps what the WAL
	// keeps on disk; 32 MiB of page cache per connection hold the hot tables.
	sqlitePragmas = "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)"
	sqliteWriter  = "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=journal_size_limit(67108864)&_txlock=immediate"
	sqliteReader  = "&_pragma=query_only(1)"
	// sqliteLazy leaves copying the log into the database to the checkpointer.
	sqliteLazy = "&_pragma=wal_autocheckpoint(0)"
)

type sqliteEngine struct {
	writer  *sql.DB
	readers *sql.DB
	conn    *sql.Conn // the one write connection
	free    chan struct{}
	stmts   *stmtCache               // of conn; used by whoever holds free
	inserts map[insertKey]insertStmt // of conn too
	reads   *stmtCache               // of readers
	copies  *checkpointer
}

func openSQLite(ctx context.Context, path string, log *slog.Logger) (_ engine, err error) {
	if path == "" || strings.HasPrefix(path, ":") {
		return nil, errors.New("sqlite: needs a file path, for example sqlite:/var/lib/hawker/hawker.db")
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	dsn := (&url.URL{Scheme: "file", Path: path}).String() + "?" + sqlitePragmas
	e := &sqliteEngine{free: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	if e.writer, err = sql.Open("sqlite", dsn+sqliteWriter+sqliteLazy); err != nil {
		return nil, err
	}
	e.writer.SetMaxOpenConns(1)
	if e.conn, err = e.writer.Conn(ctx); err != nil {
		return nil, err
	}
	e.stmts = newStmtCache(func(ctx context.Context, q string) (*sql.Stmt, error) { return e.conn.PrepareContext(ctx, unnamed(q)) })
	var version, mode string
	if err = e.conn.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return nil, err
	}
	if !atLeast(version, minSQLite) {
		return nil, fmt.Errorf("SQLite %s can corrupt its write-ahead log; build with %s or newer", version, minSQLite)
	}
	if err = e.conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return nil, err
	}
	if mode != "wal" {
		return nil, fmt.Errorf("%s is in journal mode %q, and cannot use WAL: put it on a local disk", path, mode)
	}
	if e.readers, err = sql.Open("sqlite", dsn+sqliteReader); err != nil {
		return nil, err
	}
	e.readers.SetMaxOpenConns(sqliteReaders)
	e.readers.SetMaxIdleConns(sqliteReaders)
	e.reads = newStmtCache(func(ctx context.Context, q string) (*sql.Stmt, error) {
		return e.readers.PrepareContext(ctx, unnamed(q))
	})
	e.free <- struct{}{}
	e.copies, err = newCheckpointer(dsn+sqliteWriter+sqliteLazy, log, func(fn func()) error {
		if err := e.lock(context.Background()); err != nil {
			return err
		}
		defer e.unlock()
		fn()
		return nil
	})
	return e, err
}

// atLeast compares dotted version numbers.
func atLeast(have, want string) bool {
	h, w := strings.Split(have, "."), strings.Split(want, ".")
	for i := range w {
		var a int
		if i < len(h) {
			a, _ = strconv.Atoi(h[i])
		}
		b, _ := strconv.Atoi(w[i])
		if a != b {
			return a > b
		}
	}
	return true
}

func (e *sqliteEngine) close() error {
	var errs []error
	if e.copies != nil {
		errs = append(errs, e.copies.close())
	}
	if e.conn != nil {
		if e.stmts != nil {
			_ = e.lock(context.Background()) // a transaction that never ends does not stop the shutdown
			e.stmts.close()
			(*sqliteTx)(e).forgetInserts()
		}
		errs = append(errs, e.conn.Close())
	}
	if e.reads != nil {
		e.reads.close()
	}
	for _, d := range []*sql.DB{e.readers, e.writer} { // the writer last: it folds the WAL in
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}

// lock takes the write connection.
func (e *sqliteEngine) lock(ctx context.Context) error {
	select {
	case <-e.free:
		return nil
	default:
	}
	t := time.NewTimer(connWait)
	defer t.Stop()
	select {
	case <-e.free:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return fmt.Errorf("waited %s for the write connection: a statement inside Tx may be using the outer ctx: %w", connWait, errWaited)
	}
}

func (e *sqliteEngine) unlock() { e.free <- struct{}{} }

func (e *sqliteEngine) exec(ctx context.Context, q string, args []any) (int64, error) {
	if err := e.lock(ctx); err != nil {
		return 0, err
	}
	defer e.unlock()
	defer e.copies.committed()
	return (*sqliteTx)(e).exec(ctx, q, args)
}

func (e *sqliteEngine) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	return e.reads.query(ctx, q, args)
}

func (e *sqliteEngine) begin(ctx context.Context) (txConn, error) {
	if err := e.lock(ctx); err != nil {
		return nil, err
	}
	t := (*sqliteTx)(e)
	if _, err := t.exec(ctx, "BEGIN IMMEDIATE", nil); err != nil {
		t.rollback()
		return nil, err
	}
	return t, nil
}

// sqliteTx is the write connection inside a transaction. Statements run without the caller's
// cancel: interrupting one costs a goroutine each, and a loop of short inserts is what a lane is.
// The caller's ctx is looked at before each instead.
type sqliteTx sqliteEngine

func (t *sqliteTx) exec(ctx context.Context, q string, args []any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	st, err := t.stmts.get(q)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *sqliteTx) query(ctx context.Context, q string, args []any, reuse bool) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !reuse {
		return t.conn.QueryContext(context.Background(), q, args...)
	}
	st, err := t.stmts.get(q)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(context.Background(), args...)
}

func (t *sqliteTx) commit(context.Context) error {
	_, err := t.exec(context.Background(), "COMMIT", nil)
	if err != nil {
		t.rollback()
		return err
	}
	t.copies.committed()
	(*sqliteEngine)(t).unlock()
	return nil
}

// rollback ignores the error "no transaction is active": SQLite rolls back by itself when the disk
// is full or fails.
func (t *sqliteTx) rollback() {
	_, _ = t.exec(context.Background(), "ROLLBACK", nil)
	(*sqliteEngine)(t).unlock()
}
