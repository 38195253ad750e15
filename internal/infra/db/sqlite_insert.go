package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// maxInserts bounds the compiled inserts the writer keeps; the program has two dozen.
const maxInserts = 64

// insert runs one compiled statement for each row, and hands the rows to the driver itself: what
// database/sql does around each execution is a seventh of what a row costs.
func (t *sqliteTx) insert(ctx context.Context, in Insert, args []any) (total int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	err = t.conn.Raw(func(conn any) error {
		st, err := t.insertStmt(conn, in)
		if err != nil {
			return err
		}
		row := make([]driver.NamedValue, in.Cols)
		for ; len(args) > 0; args = args[in.Cols:] {
			for i, v := range args[:in.Cols] {
				row[i].Ordinal = i + 1
				if row[i].Value, err = driver.DefaultParameterConverter.ConvertValue(v); err != nil {
					return fmt.Errorf("value %d of a row of %s: %w", i+1, in.Into, err)
				}
			}
			res, err := st.ExecContext(context.Background(), row)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}

type insertKey struct {
	into, fixed, tail string
	cols              int
}

type insertStmt interface {
	driver.Stmt
	driver.StmtExecContext
}

func (t *sqliteTx) insertStmt(conn any, in Insert) (insertStmt, error) {
	key := insertKey{in.Into, in.Fixed, in.Tail, in.Cols}
	if st := t.inserts[key]; st != nil {
		return st, nil
	}
	prepare, ok := conn.(driver.ConnPrepareContext)
	if !ok {
		return nil, errors.New("the SQLite driver cannot compile statements")
	}
	compiled, err := prepare.PrepareContext(context.Background(), unnamed(in.values(1)))
	if err != nil {
		return nil, err
	}
	st, ok := compiled.(insertStmt)
	if !ok {
		return nil, errors.Join(errors.New("the SQLite driver cannot execute statements in a context"), compiled.Close())
	}
	if len(t.inserts) >= maxInserts {
		t.forgetInserts()
	}
	if t.inserts == nil {
		t.inserts = map[insertKey]insertStmt{}
	}
	t.inserts[key] = st
	return st, nil
}

func (t *sqliteTx) forgetInserts() {
	for key, st := range t.inserts {
		_ = st.Close()
		delete(t.inserts, key)
	}
}
