package db

import (
	"context"
	"fmt"
	"strings"
)

// Insert says where many rows go.
type Insert struct {
	// Into is the table with its columns, for example "orders (id, n, state)".
	Into string
	// Cols is how many columns each row brings a value for. They come first.
	Cols int
	// Fixed are SQL literals for the columns behind them, the same in every row: "'open', 0". A literal
	// costs nothing to bind, and in a rush binding is half of what a row costs.
	Fixed string
	// Tail follows the rows, for example "ON CONFLICT (id) DO NOTHING".
	Tail string
}

// InsertMany inserts len(args)/in.Cols rows, in their order, and returns the rows affected. SQLite gets
// one compiled statement in a loop, PostgreSQL one statement with an array for each column: each is the
// fast form there. All rows go in one transaction. Neither Fixed nor Tail may hold placeholders.
func (d *DB) InsertMany(ctx context.Context, in Insert, args []any) (total int64, err error) {
	if in.Cols <= 0 || len(args)%in.Cols != 0 {
		return 0, fmt.Errorf("insert many: %d values do not make rows of %d", len(args), in.Cols)
	}
	if len(args) == 0 {
		return 0, nil
	}
	err = d.Tx(ctx, func(ctx context.Context) error {
		st := d.tx(ctx)
		if err := st.usable(); err != nil {
			return err
		}
		var err error
		total, err = st.conn.insert(ctx, in, args)
		st.doom(err)
		return honest(err)
	})
	return total, err
}

// minArrayRows is where one array a column begins to be cheaper than one placeholder a value.
const minArrayRows = 8

func (t *postgresTx) insert(ctx context.Context, in Insert, args []any) (total int64, err error) {
	if len(args) >= minArrayRows*in.Cols {
		if columns, types, ok := transpose(in.Cols, args); ok {
			return t.exec(ctx, in.unnested(types), columns)
		}
	}
	for len(args) > 0 {
		rows := chunk(len(args) / in.Cols)
		n, err := t.exec(ctx, in.values(rows), args[:rows*in.Cols])
		if err != nil {
			return 0, err
		}
		total += n
		args = args[rows*in.Cols:]
	}
	return total, nil
}

// values is the statement for so many rows with a placeholder for each value.
func (in Insert) values(rows int) string {
	var b strings.Builder
	b.Grow(len(in.Into) + len(in.Tail) + rows*(in.Cols*5+len(in.Fixed)+4) + 24)
	b.WriteString("INSERT INTO " + in.Into + " VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		placeholders(&b, 1+r*in.Cols, in.Cols)
		if in.Fixed != "" {
			b.WriteString(", " + in.Fixed)
		}
		b.WriteByte(')')
	}
	b.WriteString(" " + in.Tail)
	return b.String()
}

// unnested is the statement for any number of rows, with an array for each column (PostgreSQL).
func (in Insert) unnested(types []string) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + in.Into + " SELECT u.*")
	if in.Fixed != "" {
		b.WriteString(", " + in.Fixed)
	}
	b.WriteString(" FROM unnest(")
	for i, t := range types {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "CAST($%d AS %s[])", i+1, t)
	}
	b.WriteString(") AS u " + in.Tail)
	return b.String()
}

// transpose turns rows into one array for each column and tells their types. It declines columns of other
// values than texts, whole numbers and NULLs among texts.
func transpose(cols int, args []any) (columns []any, types []string, ok bool) {
	columns, types = make([]any, cols), make([]string, cols)
	for c := range cols {
		if columns[c], types[c] = column(cols, args[c:]); columns[c] == nil {
			return nil, nil, false
		}
	}
	return columns, types, true
}

// column gathers every cols-th value, from the first on.
func column(cols int, args []any) (array any, sqlType string) {
	switch args[0].(type) {
	case int64, int:
		return numbers(cols, args)
	case string, nil:
		return texts(cols, args)
	}
	return nil, ""
}

func numbers(cols int, args []any) (any, string) {
	out := make([]int64, 0, len(args)/cols+1)
	for i := 0; i < len(args); i += cols {
		switch v := args[i].(type) {
		case int64:
			out = append(out, v)
		case int:
			out = append(out, int64(v))
		default:
			return nil, ""
		}
	}
	return out, "bigint"
}

func texts(cols int, args []any) (any, string) {
	out := make([]*string, 0, len(args)/cols+1)
	known := false
	for i := 0; i < len(args); i += cols {
		switch v := args[i].(type) {
		case string:
			out, known = append(out, &v), true
		case nil:
			out = append(out, nil)
		default:
			return nil, ""
		}
	}
	if !known { // a column of NULLs says nothing of its type
		return nil, ""
	}
	return out, "text"
}

// chunk is how many of n rows the next statement takes. Powers of two keep the number of different
// texts, and so of prepared statements per connection, at ten.
func chunk(n int) int {
	size := MaxRows
	for size > n {
		size /= 2
	}
	return size
}
