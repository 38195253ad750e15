package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Source is the site to save.
type Source struct {
	DB    *db.DB
	Blobs blob.Store
	// Secrets is the folder of the site's own keys; a missing one has none.
	Secrets string
	Clock   clock.Clock
	Program string // its version
}

// Write saves the site into file, which must not exist. check, when not nil, looks at the finished archive
// before it gets its name; its error is returned and nothing is kept. The file is readable by its owner only.
func Write(ctx context.Context, s Source, file string, progress Progress, check func(ctx context.Context, archive string) error) (m Manifest, err error) {
	if _, err := os.Lstat(file); err == nil {
		return m, fmt.Errorf("%s exists already: choose another name", file)
	}
	partial := file + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return m, fmt.Errorf("%s is there: another backup is being written, or was cut off by a crash; remove it when none runs", partial)
	}
	if err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreGone(os.Remove(partial)))
		}
	}()
	m, err = write(ctx, s, f, progress)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return m, fmt.Errorf("write backup: %w", err)
	}
	if check != nil {
		if err := check(ctx, partial); err != nil {
			return m, err
		}
	}
	// Link refuses to replace a file that came meanwhile, rename would not.
	if err := os.Link(partial, file); errors.Is(err, os.ErrExist) {
		return m, fmt.Errorf("%s exists already: choose another name", file)
	} else if err != nil { // a file system without hard links
		if err := os.Rename(partial, file); err != nil {
			return m, err
		}
	} else if err := os.Remove(partial); err != nil {
		return m, err
	}
	return m, syncDir(filepath.Dir(file))
}

func write(ctx context.Context, s Source, f io.Writer, progress Progress) (Manifest, error) {
	sum := sha256.New()
	w := &writer{sum: sum, progress: progress, m: Manifest{Rows: map[string]int64{}}}
	w.tar = tar.NewWriter(io.MultiWriter(f, sum))
	if err := w.database(ctx, s); err != nil {
		return w.m, fmt.Errorf("database: %w", err)
	}
	if err := w.files(ctx, s.Blobs); err != nil {
		return w.m, fmt.Errorf("files: %w", err)
	}
	if err := w.secrets(s.Secrets); err != nil {
		return w.m, fmt.Errorf("secrets: %w", err)
	}
	text, err := json.Marshal(w.m)
	if err != nil {
		return w.m, err
	}
	if err := w.bytes(manifestName, text); err != nil {
		return w.m, err
	}
	if err := w.tar.Flush(); err != nil {
		return w.m, err
	}
	seal, err := sealOf(sum.Sum(nil))
	if err != nil {
		return w.m, err
	}
	_, err = f.Write(seal)
	return w.m, err
}

type writer struct {
	tar      *tar.Writer
	sum      hash.Hash
	m        Manifest
	progress Progress
	done     int64 // bytes of files so far
}

// part writes exactly size bytes of r as one entry.
func (w *writer) part(name string, size int64, r io.Reader) error {
	if err := w.tar.WriteHeader(header(name, size)); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w.tar, sum), io.LimitReader(r, size))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if n != size {
		return fmt.Errorf("%s: %d bytes came, %d were announced", name, n, size)
	}
	w.m.Parts = append(w.m.Parts, Part{Name: name, Bytes: size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

type blobRef struct {
	key  string
	size int64
}

func (w *writer) files(ctx context.Context, store blob.Store) error {
	var list []blobRef
	var total int64
	err := store.List(ctx, "", func(key string, size int64) error {
		list, total = append(list, blobRef{key, size}), total+size
		return nil
	})
	if err != nil {
		return err
	}
	for _, b := range list {
		w.progress.tell("files", w.done, total)
		if err := w.file(ctx, store, b.key); err != nil {
			return err
		}
	}
	w.progress.tell("files", total, total)
	return nil
}

func (w *writer) file(ctx context.Context, store blob.Store, key string) (err error) {
	o, err := store.Open(ctx, key)
	if errs.Is(err, errs.NotFound) {
		return nil // deleted since it was listed, so no row of the instant may name it: the check tells
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if err := w.part(filesDir+key, o.Size(), stopping{ctx, o}); err != nil {
		return err
	}
	w.m.Files, w.m.FileBytes, w.done = w.m.Files+1, w.m.FileBytes+o.Size(), w.done+o.Size()
	return nil
}

// maxSecret: a site's own keys have some dozens of bytes.
const maxSecret = 64 << 10

func (w *writer) secrets(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		if len(b) > maxSecret {
			return fmt.Errorf("%s has %d bytes: it is none of ours", e.Name(), len(b))
		}
		if err := w.bytes(secretsDir+e.Name(), b); err != nil {
			return err
		}
		w.m.Secrets++
	}
	return err
}

// stopping ends a copy with its ctx.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

func ignoreGone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
