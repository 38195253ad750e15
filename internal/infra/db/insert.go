package db

import (
	"context"
	"fmt"
)

// InsertMany inserts len(args)/cols rows and returns the rows affected. head is the statement up
// to and including VALUES, tail what follows the rows, for example "ON CONFLICT (id) DO NOTHING".
// SQLite gets one compiled statement in a loop, PostgreSQL multi-row statements: each is the fast
// form there. All rows go in one transaction. Neither head nor tail may hold placeholders.
func (d *DB) InsertMany(ctx context.Context, head string, cols int, tail string, args []any) (total int64, err error) {
	if cols <= 0 || len(args)%cols != 0 {
		return 0, fmt.Errorf("insert many: %d values do not make rows of %d", len(args), cols)
	}
	if len(args) == 0 {
		return 0, nil
	}
	err = d.Tx(ctx, func(ctx context.Context) error {
		total = 0 // the transaction may run again
		for rest := args; len(rest) > 0; {
			rows := d.chunk(len(rest) / cols)
			n, err := d.Exec(ctx, head+" "+Values(rows, cols, 1)+" "+tail, rest[:rows*cols]...)
			if err != nil {
				return err
			}
			total += n
			rest = rest[rows*cols:]
		}
		return nil
	})
	return total, err
}

// chunk is how many of n rows the next statement takes. Powers of two keep the number of different
// texts, and so of prepared statements per connection, at ten.
func (d *DB) chunk(n int) int {
	if d.kind == SQLite {
		return 1
	}
	size := MaxRows
	for size > n {
		size /= 2
	}
	return size
}
