package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// errNotSample refuses to wipe what the seed did not make.
var errNotSample = errs.New(errs.Conflict, "not_a_demo", "this database holds no sample world; only a sample world is ever wiped")

// Born is the moment whose past the sample world tells, in unix ms: it differs after each reset.
// errNotSample when the database holds no sample world.
func Born(ctx context.Context, d *db.DB) (string, error) {
	there, err := hasTable(ctx, d, thingsTable)
	if err != nil {
		return "", err
	}
	if !there {
		return "", errNotSample
	}
	born, found, err := (&World{Deps: Deps{DB: d}}).thing(ctx, keyOrigin)
	if err == nil && !found {
		err = errNotSample
	}
	return born, err
}

// Wipe empties a database that holds a sample world, tables and all, and the files of the store when files
// is not nil: whoever opens it next begins anew. A database without a sample world is refused as
// errs.Conflict "not_a_demo" and left as it is. Call it when nothing else uses the database.
func Wipe(ctx context.Context, d *db.DB, files blob.Store) error {
	if _, err := Born(ctx, d); err != nil {
		return err
	}
	if files != nil {
		if err := wipeFiles(ctx, files); err != nil {
			return fmt.Errorf("wipe the files of the sample world: %w", err)
		}
	}
	names, err := tables(ctx, d)
	if err != nil {
		return err
	}
	return drop(ctx, d, names)
}

// thingsTable says that this is a sample world. It goes last, so that a wipe cut off halfway is finished by
// the next one.
const thingsTable = "demo_things"

// drop removes tables, those that others refer to after the others: each pass takes what can go.
func drop(ctx context.Context, d *db.DB, names []string) error {
	for len(names) > 0 {
		var left []string
		var failed error
		for _, name := range names {
			if name == thingsTable && len(names) > 1 {
				left = append(left, name)
				continue
			}
			if _, err := d.Exec(ctx, `DROP TABLE "`+strings.ReplaceAll(name, `"`, `""`)+`"`); err != nil {
				left, failed = append(left, name), fmt.Errorf("drop %s: %w", name, err)
			}
		}
		if len(left) == len(names) {
			return failed
		}
		names = left
	}
	return nil
}

func wipeFiles(ctx context.Context, files blob.Store) error {
	var keys []string
	err := files.List(ctx, "", func(k string, _ int64) error {
		keys = append(keys, k)
		return nil
	})
	for _, k := range keys {
		err = errors.Join(err, files.Delete(ctx, k))
	}
	return err
}

// mostTables is some ten times what the domains have.
const mostTables = 1000

// tables lists the tables of the database.
func tables(ctx context.Context, d *db.DB) ([]string, error) {
	q := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name LIMIT $1`
	if d.Engine() == db.Postgres {
		q = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename LIMIT $1`
	}
	return db.List(ctx, d, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err }, q, int64(mostTables))
}

func hasTable(ctx context.Context, d *db.DB, name string) (bool, error) {
	all, err := tables(ctx, d)
	for _, t := range all {
		if t == name {
			return true, err
		}
	}
	return false, err
}
