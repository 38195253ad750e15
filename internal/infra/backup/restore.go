package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Target is an empty place for a site. Blobs nil leaves the files where they are.
type Target struct {
	DB      *db.DB
	Blobs   blob.Store
	Secrets string // folder
	// Migrate lays the tables of every domain; see db.WithSchema.
	Migrate func(ctx context.Context) error
}

// Restore lays the archive into t: files and secrets first, then every row in one transaction. It refuses a
// place that is not empty (ErrNotEmpty) and rows of a newer schema (ErrNewer) before anything is written, and
// removes what it laid when a later step fails. The tables are left as they were when they were saved:
// migrate afterwards.
func (a *Archive) Restore(ctx context.Context, t Target, progress Progress) (err error) {
	if err := a.vacant(ctx, t); err != nil {
		return err
	}
	if err := a.rehearse(ctx, t); err != nil {
		return err
	}
	var laid []func(ctx context.Context) error
	defer func() {
		if err != nil {
			for _, undo := range laid {
				err = errors.Join(err, undo(context.WithoutCancel(ctx)))
			}
		}
	}()
	if t.Blobs != nil {
		var done int64
		err := a.under(filesDir, func(key string, content *io.SectionReader) error {
			progress.tell("files", done, a.Manifest.FileBytes)
			laid = append(laid, func(ctx context.Context) error { return t.Blobs.Delete(ctx, key) })
			done += content.Size()
			return t.Blobs.Put(ctx, key, stopping{ctx, content}, content.Size(), mime.TypeByExtension(path.Ext(key)))
		})
		if err != nil {
			return err
		}
	}
	err = a.under(secretsDir, func(name string, content *io.SectionReader) error {
		if name != filepath.Base(name) || content.Size() > maxSecret {
			return ErrDamaged
		}
		b, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(t.Secrets, 0o700); err != nil {
			return err
		}
		file := filepath.Join(t.Secrets, name)
		laid = append(laid, func(context.Context) error { return ignoreGone(os.Remove(file)) })
		return os.WriteFile(file, b, 0o600)
	})
	if err != nil {
		return err
	}
	return t.DB.Tx(ctx, func(ctx context.Context) error { return a.rows(ctx, t, progress) })
}

var errFound = errors.New("found one")

func (a *Archive) vacant(ctx context.Context, t Target) error {
	schema, err := t.DB.Schema(ctx)
	if err != nil {
		return err
	}
	if len(schema) > 0 {
		return fmt.Errorf("%w in the database: name an empty one with --data or --database-url", ErrNotEmpty)
	}
	if t.Blobs != nil {
		err := t.Blobs.List(ctx, "", func(string, int64) error { return errFound })
		if errors.Is(err, errFound) {
			return fmt.Errorf("%w in the file store: name an empty folder or bucket with --data or --blob-url", ErrNotEmpty)
		}
		if err != nil {
			return err
		}
	}
	return a.under(secretsDir, func(name string, _ *io.SectionReader) error {
		if _, err := os.Lstat(filepath.Join(t.Secrets, name)); err == nil {
			return fmt.Errorf("%w in %s: name another folder with --data", ErrNotEmpty, t.Secrets)
		}
		return nil
	})
}

var errRehearsed = errors.New("this was a rehearsal")

// rehearse lays the empty tables and takes them back: a program that cannot hold the rows says so before
// gigabytes of files were copied.
func (a *Archive) rehearse(ctx context.Context, t Target) error {
	err := t.DB.Tx(ctx, func(ctx context.Context) error {
		if err := a.tables(ctx, t); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// tables lays the tables as they were when the rows were saved, empty.
func (a *Archive) tables(ctx context.Context, t Target) error {
	if err := t.Migrate(db.WithSchema(ctx, a.Head.Schema)); err != nil {
		return fmt.Errorf("%w (%w)", ErrNewer, err)
	}
	schema, err := t.DB.Schema(ctx)
	if err != nil {
		return err
	}
	for _, domain := range slices.Sorted(maps.Keys(a.Head.Schema)) {
		if !slices.Equal(schema[domain], a.Head.Schema[domain]) {
			return fmt.Errorf("%w (this one does not know %s)", ErrNewer, domain)
		}
	}
	tables, err := t.DB.Tables(ctx)
	if err != nil {
		return err
	}
	for _, table := range a.Head.Tables {
		if err := checkTable(table); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if !slices.ContainsFunc(tables, func(have db.Table) bool { return have.Name == table.Name && sameSet(have.Columns, table.Columns) }) {
			return fmt.Errorf("%w: its schema has no such table %s", ErrDamaged, table.Name)
		}
	}
	for _, table := range slices.Backward(tables) { // rows that migrations lay are among the saved ones
		if _, err := t.DB.Exec(ctx, `DELETE FROM "`+table.Name+`"`); err != nil {
			return err
		}
	}
	return nil
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// rows lays the tables and every row. It runs inside a transaction, maybe more than once.
func (a *Archive) rows(ctx context.Context, t Target, progress Progress) error {
	if err := a.tables(ctx, t); err != nil {
		return err
	}
	laid := map[string]int64{}
	var all int64
	err := a.under(tablesDir, func(name string, content *io.SectionReader) error {
		dir, _, _ := strings.Cut(name, "/")
		i := slices.IndexFunc(a.Head.Tables, func(table Table) bool { return table.Name == dir })
		if i < 0 {
			return ErrDamaged
		}
		progress.tell("rows", all, a.Manifest.AllRows())
		n, err := layPart(ctx, t.DB, a.Head.Tables[i], content)
		laid[dir], all = laid[dir]+n, all+n
		return err
	})
	if err != nil {
		return err
	}
	if !maps.Equal(laid, a.Manifest.Rows) {
		return fmt.Errorf("the tables do not have the rows the manifest counts: %w", ErrDamaged)
	}
	progress.tell("rows", all, all)
	return nil
}

func layPart(ctx context.Context, d *db.DB, t Table, content io.Reader) (int64, error) {
	z, err := gzip.NewReader(content)
	if err != nil {
		return 0, err
	}
	var args []any
	var n int64
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		_, err := d.InsertMany(ctx, db.Insert{Into: `"` + t.Name + `" (` + columnList(t) + `)`, Cols: len(t.Columns)}, args)
		args = args[:0]
		return err
	}
	lines := bufio.NewScanner(io.LimitReader(z, maxPart+1))
	lines.Buffer(make([]byte, 0, 64<<10), maxPart)
	for lines.Scan() {
		var row []json.RawMessage
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil || len(row) != len(t.Columns) {
			return n, errors.Join(ErrDamaged, err)
		}
		for _, text := range row {
			v, err := valueOf(text)
			if err != nil {
				return n, err
			}
			args = append(args, v)
		}
		if n++; len(args) >= db.MaxRows*len(t.Columns) {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return n, err
	}
	return n, flush()
}
