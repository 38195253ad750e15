package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
)

// MaxRows is the most rows one multi-row statement may hold: SQLite allows 32,766 parameters in a
// statement, so 512 rows leave room for 60 columns.
const MaxRows = 512

// Row is one row about to be read. *sql.Rows and *sql.Row are Rows.
type Row interface{ Scan(dest ...any) error }

// Exec runs one statement and returns the rows it affected: in ctx's transaction, else by itself
// on the write connection.
func (d *DB) Exec(ctx context.Context, q string, args ...any) (int64, error) {
	if st := d.tx(ctx); st != nil {
		if err := st.usable(); err != nil {
			return 0, err
		}
		n, err := st.conn.exec(ctx, q, args)
		st.doom(err)
		return n, honest(err)
	}
	n, err := d.eng.exec(ctx, q, args)
	return n, honest(err)
}

// QueryRow reads one row: in ctx's transaction, else on a read connection. The query runs when Scan
// is called; Scan returns sql.ErrNoRows when there is none (see Get).
func (d *DB) QueryRow(ctx context.Context, q string, args ...any) Row {
	return &row{d: d, ctx: ctx, q: q, args: args}
}

type row struct {
	d    *DB
	ctx  context.Context
	q    string
	args []any
}

func (r *row) Scan(dest ...any) error {
	rows, err := r.d.rows(r.ctx, r.q, r.args, true)
	if err != nil {
		return err
	}
	found := rows.Next()
	if found {
		err = rows.Scan(dest...)
	}
	err = errors.Join(err, rows.Close(), rows.Err())
	if err != nil {
		r.d.tx(r.ctx).doom(err)
		return honest(err)
	}
	if !found {
		return sql.ErrNoRows
	}
	return nil
}

// Query reads rows: in ctx's transaction, else on a read connection. The caller closes them, and
// inside a transaction does so before the next statement. Prefer List.
func (d *DB) Query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	return d.rows(ctx, q, args, false)
}

func (d *DB) rows(ctx context.Context, q string, args []any, reuse bool) (*sql.Rows, error) {
	st := d.tx(ctx)
	if st == nil {
		rows, err := d.eng.query(ctx, q, args)
		return rows, honest(err)
	}
	if err := st.usable(); err != nil {
		return nil, err
	}
	rows, err := st.conn.query(ctx, q, args, reuse)
	st.doom(err)
	return rows, honest(err)
}

// Get reads one row; the flag is false when there is none.
func Get[T any](ctx context.Context, d *DB, scan func(Row) (T, error), q string, args ...any) (T, bool, error) {
	v, err := scan(d.QueryRow(ctx, q, args...))
	if errors.Is(err, sql.ErrNoRows) {
		var zero T
		return zero, false, nil
	}
	return v, err == nil, err
}

// List reads every row the query yields, so the query carries a LIMIT or a bounded key list. It
// returns an empty slice, never nil, when there is none.
func List[T any](ctx context.Context, d *DB, scan func(Row) (T, error), q string, args ...any) ([]T, error) {
	rows, err := d.rows(ctx, q, args, true)
	if err != nil {
		return nil, err
	}
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		out = append(out, v)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		d.tx(ctx).doom(err)
		return nil, honest(err)
	}
	return out, nil
}

// Placeholders writes n placeholders from $from on: Placeholders(3, 2) is "$3,$4".
func Placeholders(from, n int) string {
	var b strings.Builder
	b.Grow(n * 5)
	placeholders(&b, from, n)
	return b.String()
}

func placeholders(b *strings.Builder, from, n int) {
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
}

// Values writes the rows of a multi-row insert from $from on: Values(2, 2, 1) is "($1,$2),($3,$4)".
func Values(rows, cols, from int) string {
	var b strings.Builder
	b.Grow(rows * (cols*5 + 3))
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		placeholders(&b, from+r*cols, cols)
		b.WriteByte(')')
	}
	return b.String()
}
