package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// defaultConns keeps four nodes below PostgreSQL's default of 100 connections.
	defaultConns = 20
	// commitWait bounds a commit whose server stopped answering; the outcome is then unknown, and
	// the caller's idempotency key finds out.
	commitWait = 30 * time.Second
	// minPostgres is the oldest major version the tests run on.
	minPostgres = 150000
)

// postgresEngine: pgx keeps its own cache of prepared statements per connection.
type postgresEngine struct{ pool *sql.DB }

func openPostgres(ctx context.Context, url string, maxConns int) (engine, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err // pgx hides the password in it
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "hawker"
	}
	if maxConns <= 0 {
		maxConns = defaultConns
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(maxConns)
	pool.SetMaxIdleConns(maxConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	var version int
	err = pool.QueryRowContext(ctx, "SELECT CAST(current_setting('server_version_num') AS integer)").Scan(&version)
	if err == nil && version < minPostgres {
		err = fmt.Errorf("PostgreSQL %d is too old: 15 or newer is needed", version/10000)
	}
	if err != nil {
		_ = pool.Close()
		return nil, err
	}
	return &postgresEngine{pool: pool}, nil
}

func (e *postgresEngine) close() error { return e.pool.Close() }

func (e *postgresEngine) exec(ctx context.Context, q string, args []any) (int64, error) {
	wait := firstWait
	for attempt := 1; ; attempt++ {
		n, err := affected(e.pool.ExecContext(ctx, q, args...))
		if err == nil || !isRetry(err) || attempt == maxAttempts || !sleep(ctx, wait) {
			return n, err
		}
		wait = min(wait*2, longestWait)
	}
}

func (e *postgresEngine) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	return e.pool.QueryContext(ctx, q, args...)
}

func (e *postgresEngine) begin(ctx context.Context) (txConn, error) {
	waitCtx, cancelWait := context.WithTimeout(ctx, connWait)
	defer cancelWait()
	conn, err := e.pool.Conn(waitCtx)
	if err != nil {
		if ctx.Err() == nil && waitCtx.Err() != nil {
			err = fmt.Errorf("waited %s for a connection: a Tx may be opening another with the outer ctx: %w", connWait, errWaited)
		}
		return nil, err
	}
	// The transaction does not end with the caller's ctx, so that a commit under way is never cut
	// in half; statements and the decision to commit do look at it.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(life, nil)
	if err != nil {
		cancel()
		_ = conn.Close()
		return nil, err
	}
	return &postgresTx{conn: conn, tx: tx, cancel: cancel}, nil
}

type postgresTx struct {
	conn   *sql.Conn
	tx     *sql.Tx
	cancel context.CancelFunc
}

func (t *postgresTx) exec(ctx context.Context, q string, args []any) (int64, error) {
	return affected(t.tx.ExecContext(ctx, q, args...))
}

func (t *postgresTx) query(ctx context.Context, q string, args []any, _ bool) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, q, args...)
}

func (t *postgresTx) commit(context.Context) error {
	late := time.AfterFunc(commitWait, t.cancel)
	defer t.release()
	defer late.Stop()
	return t.tx.Commit()
}

func (t *postgresTx) rollback() {
	late := time.AfterFunc(commitWait, t.cancel)
	defer t.release()
	defer late.Stop()
	_ = t.tx.Rollback() // the server rolls back by itself when the connection is lost
}

func (t *postgresTx) release() {
	t.cancel()
	_ = t.conn.Close()
}

func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
