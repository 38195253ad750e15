package db

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// Migrate brings one domain's tables up to date: it applies schema/NNNN_name.sql of fsys in order,
// each file in its own transaction together with its row in db_migrations, so a failure or a crash
// at any statement leaves the file unapplied and the next start resumes there. Numbers are dense
// from 0001. It refuses a database that is newer than this binary, and one whose applied files
// have other names. Statements end with ";" at the end of a line. Nodes that start together take
// turns.
func (d *DB) Migrate(ctx context.Context, domain string, fsys fs.FS) error {
	files, err := migrations(fsys)
	if err == nil {
		files, err = upTo(ctx, domain, files)
	}
	if err != nil {
		return fmt.Errorf("migrate %s: %w", domain, err)
	}
	done, err := d.begun(ctx, domain)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", domain, err)
	}
	for i, name := range done {
		switch {
		case i >= len(files):
			return fmt.Errorf("migrate %s: the database is newer than this program (it has %s): start the newer version, or restore the backup taken before the upgrade", domain, name)
		case files[i].name != name:
			return fmt.Errorf("migrate %s: the database has %s where this program has %s: applied migrations are never renamed", domain, name, files[i].name)
		}
	}
	if len(done) < len(files) && unchanged(ctx) {
		return fmt.Errorf("migrate %s: the database is older than this program (%s is not applied) and stays as it is: bring it up to date with hawker migrate, or use the version that serves it", domain, files[len(done)].name)
	}
	for i := len(done); i < len(files); i++ {
		if err := d.apply(ctx, domain, i+1, files[i]); err != nil {
			return fmt.Errorf("migrate %s: %s: %w", domain, files[i].name, err)
		}
	}
	return nil
}

// begun gives the names of a domain's applied files, after making the table that keeps them.
func (d *DB) begun(ctx context.Context, domain string) ([]string, error) {
	if unchanged(ctx) {
		all, err := d.Schema(ctx) // a database without the table has nothing applied
		return all[domain], err
	}
	if err := d.migrationTable(ctx); err != nil {
		return nil, err
	}
	return d.applied(ctx, domain)
}

type migration struct{ name, text string }

var migrationName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)

func migrations(fsys fs.FS) ([]migration, error) {
	entries, err := fs.ReadDir(fsys, "schema") // sorted by name
	if err != nil {
		return nil, err
	}
	var out []migration
	for _, e := range entries {
		m := migrationName.FindStringSubmatch(e.Name())
		if m == nil {
			return nil, fmt.Errorf("schema/%s: the name must look like 0001_orders.sql", e.Name())
		}
		if n, _ := strconv.Atoi(m[1]); n != len(out)+1 {
			return nil, fmt.Errorf("schema/%s: expected number %04d", e.Name(), len(out)+1)
		}
		text, err := fs.ReadFile(fsys, "schema/"+e.Name())
		if err != nil {
			return nil, err
		}
		out = append(out, migration{name: e.Name(), text: string(text)})
	}
	return out, nil
}

// migrationTable is made by whoever comes first. PostgreSQL can fail CREATE TABLE IF NOT EXISTS
// when two nodes run it at once, hence the lock.
func (d *DB) migrationTable(ctx context.Context) error {
	return d.Tx(ctx, func(ctx context.Context) error {
		if err := d.migrationLock(ctx); err != nil {
			return err
		}
		_, err := d.Exec(ctx, `CREATE TABLE IF NOT EXISTS db_migrations (
			domain TEXT NOT NULL, n BIGINT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL,
			PRIMARY KEY (domain, n))`)
		return err
	})
}

// migrationLock makes nodes that start together take turns; the number is arbitrary. SQLite's
// write connection and its file lock do the same by themselves.
func (d *DB) migrationLock(ctx context.Context) error {
	if d.kind != Postgres {
		return nil
	}
	_, err := d.Exec(ctx, `SELECT pg_advisory_xact_lock(7248190341)`)
	return err
}

func (d *DB) applied(ctx context.Context, domain string) ([]string, error) {
	return List(ctx, d, func(r Row) (name string, err error) {
		err = r.Scan(&name)
		return name, err
	}, `SELECT name FROM db_migrations WHERE domain = $1 ORDER BY n`, domain)
}

func (d *DB) apply(ctx context.Context, domain string, n int, m migration) error {
	return d.Tx(ctx, func(ctx context.Context) error {
		if err := d.migrationLock(ctx); err != nil {
			return err
		}
		done, err := d.applied(ctx, domain)
		if err != nil {
			return err
		}
		if len(done) >= n { // another node was faster
			return nil
		}
		for i, q := range statements(m.text) {
			if _, err := d.Exec(ctx, q); err != nil {
				return fmt.Errorf("statement %d: %w", i+1, err)
			}
		}
		_, err = d.Exec(ctx, `INSERT INTO db_migrations (domain, n, name, at) VALUES ($1, $2, $3, $4)`,
			domain, n, m.name, d.clock.Now().UnixMilli())
		return err
	})
}

// statements splits a schema file at ";" followed by a line end, and drops pieces that hold only
// comments and space.
func statements(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n") + "\n"
	var out []string
	for piece := range strings.SplitSeq(text, ";\n") {
		for line := range strings.SplitSeq(piece, "\n") {
			line = strings.TrimSpace(line)
			if line != "" && !strings.HasPrefix(line, "--") {
				out = append(out, strings.TrimSpace(piece))
				break
			}
		}
	}
	return out
}

type schemaKey struct{}

// WithSchema makes Migrate, called with the returned ctx, stop at the files that names lists for its domain
// (as Schema gave them), and do nothing for a domain that is not there: a restore lays the tables as they
// were when their rows were saved, and brings them up to date afterwards.
func WithSchema(ctx context.Context, names map[string][]string) context.Context {
	return context.WithValue(ctx, schemaKey{}, names)
}

type unchangedKey struct{}

// Unchanged makes Migrate, called with the returned ctx, compare and never write: a database that is older
// than this program is refused, like one that is newer.
func Unchanged(ctx context.Context) context.Context {
	return context.WithValue(ctx, unchangedKey{}, true)
}

func unchanged(ctx context.Context) bool { return ctx.Value(unchangedKey{}) != nil }

// upTo cuts a domain's files to what ctx asks for.
func upTo(ctx context.Context, domain string, files []migration) ([]migration, error) {
	all, limited := ctx.Value(schemaKey{}).(map[string][]string)
	if !limited {
		return files, nil
	}
	want := all[domain]
	for i, name := range want {
		if i >= len(files) || files[i].name != name {
			return nil, fmt.Errorf("%s is not part of this program: use the version that wrote it, or a newer one", name)
		}
	}
	return files[:len(want)], nil
}
