package db

import (
	"context"
	"fmt"
	"slices"
)

// Table is one table as the database itself describes it.
type Table struct {
	Name    string
	Columns []string // in their order
}

// migrationsTable is the store's own; copies of a database carry its content as Schema.
const migrationsTable = "db_migrations"

// Tables lists the tables of every domain, each after the tables its rows refer to, so that rows can be
// laid in this order; db_migrations is not among them. An empty database has none.
func (d *DB) Tables(ctx context.Context) ([]Table, error) {
	names, columns, refs := sqliteTables, sqliteColumns, sqliteRefs
	if d.kind == Postgres {
		names, columns, refs = postgresTables, postgresColumns, postgresRefs
	}
	list, err := List(ctx, d, scanName, names)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	var c catalog
	for _, name := range list {
		if name == migrationsTable {
			continue
		}
		t := Table{Name: name}
		if t.Columns, err = List(ctx, d, scanName, columns, name); err != nil {
			return nil, fmt.Errorf("list the columns of %s: %w", name, err)
		}
		parents, err := List(ctx, d, scanName, refs, name)
		if err != nil {
			return nil, fmt.Errorf("list what %s refers to: %w", name, err)
		}
		c.tables, c.parents = append(c.tables, t), append(c.parents, parents)
	}
	return c.ordered()
}

// Schema is what Migrate has applied: file names by domain, in their order. A database that was never
// migrated has none.
func (d *DB) Schema(ctx context.Context) (map[string][]string, error) {
	names := sqliteTables
	if d.kind == Postgres {
		names = postgresTables
	}
	list, err := List(ctx, d, scanName, names)
	if err != nil || !slices.Contains(list, migrationsTable) {
		return map[string][]string{}, err
	}
	rows, err := List(ctx, d, func(r Row) (v [2]string, err error) { err = r.Scan(&v[0], &v[1]); return v, err },
		`SELECT domain, name FROM db_migrations ORDER BY domain, n`)
	out := map[string][]string{}
	for _, r := range rows {
		out[r[0]] = append(out[r[0]], r[1])
	}
	return out, err
}

// A catalogue is the one thing the engines do not share a text for.
const (
	sqliteTables  = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY rowid`
	sqliteColumns = `SELECT name FROM pragma_table_info($1) ORDER BY cid`
	sqliteRefs    = `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1)`

	postgresTables = `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.oid`
	postgresColumns = `SELECT a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relname = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`
	postgresRefs = `SELECT DISTINCT p.relname::text FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_class p ON p.oid = f.confrelid WHERE n.nspname = current_schema() AND c.relname = $1 AND f.contype = 'f'`
)

type catalog struct {
	tables  []Table
	parents [][]string // of the table at the same place
}

// ordered puts parents first; tables that refer to each other in a circle have no such order.
func (c catalog) ordered() ([]Table, error) {
	out := make([]Table, 0, len(c.tables))
	placed := map[string]bool{}
	for len(out) < len(c.tables) {
		before := len(out)
		for i, t := range c.tables {
			waits := func(parent string) bool { return parent != t.Name && !placed[parent] }
			if !placed[t.Name] && !slices.ContainsFunc(c.parents[i], waits) {
				out, placed[t.Name] = append(out, t), true
			}
		}
		if len(out) == before {
			return nil, fmt.Errorf("%d tables refer to each other in a circle", len(c.tables)-before)
		}
	}
	return out, nil
}

func scanName(r Row) (s string, err error) { err = r.Scan(&s); return s, err }
