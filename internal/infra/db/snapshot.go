package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

var (
	errSnapshotInTx = errors.New("db: a snapshot cannot begin inside a transaction")
	errReadOnly     = errors.New("db: a snapshot only reads")
)

// Snapshot runs fn in a read-only transaction that sees one instant of the whole database, whatever
// is written meanwhile, by this process or another. Inside fn, read one result to its end before the
// next statement. It must not be called inside a Tx. fn runs once.
func (d *DB) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.tx(ctx) != nil {
		return errSnapshotInTx
	}
	conn, err := d.eng.snapshot(ctx)
	if err != nil {
		return err
	}
	st := &txState{db: d, conn: conn}
	defer func() {
		st.end(false)
		conn.rollback()
	}()
	return fn(context.WithValue(ctx, txKey{}, st))
}

// snapshot reads the schema at once: SQLite fixes the instant with the first read, not with BEGIN.
func (e *sqliteEngine) snapshot(ctx context.Context) (txConn, error) {
	return beginSnapshot(ctx, e.readers, "BEGIN", "SELECT count(*) FROM sqlite_schema")
}

// snapshot reads once for the same reason: PostgreSQL takes it with the first statement.
func (e *postgresEngine) snapshot(ctx context.Context) (txConn, error) {
	return beginSnapshot(ctx, e.pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SELECT count(*) FROM pg_namespace")
}

func beginSnapshot(ctx context.Context, pool *sql.DB, begin, first string) (txConn, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &snapshotTx{conn}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		s.rollback()
		return nil, err
	}
	var n int64
	if err := conn.QueryRowContext(ctx, first).Scan(&n); err != nil {
		s.rollback()
		return nil, err
	}
	return s, nil
}

// snapshotTx is a connection inside a read-only transaction.
type snapshotTx struct{ conn *sql.Conn }

func (s *snapshotTx) exec(context.Context, string, []any) (int64, error) { return 0, errReadOnly }

func (s *snapshotTx) query(ctx context.Context, q string, args []any, _ bool) (*sql.Rows, error) {
	return s.conn.QueryContext(ctx, q, args...)
}

func (s *snapshotTx) insert(context.Context, Insert, []any) (int64, error) { return 0, errReadOnly }

func (s *snapshotTx) commit(context.Context) error { return errReadOnly }

func (s *snapshotTx) rollback() {
	if _, err := s.conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		// Whatever state it is in, nobody shall get this connection again.
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = s.conn.Close()
}
