package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/id"
)

const (
	// aside holds files being written; keys cannot begin with a dot.
	aside = ".tmp"
	// abandonedAfter is longer than any upload: older files are leftovers of a crash.
	abandonedAfter = 24 * time.Hour
	// placeTries: another node on the same file system may remove an emptied directory that a Put
	// is about to use.
	placeTries = 5
)

type files struct {
	dir  string
	root *os.Root
	// dirs is held for reading while a Put makes and uses directories, for writing while a Delete
	// removes emptied ones.
	dirs sync.RWMutex
}

func openFiles(dir string) (*files, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, aside), 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &files{dir: dir, root: root}
	if err := s.sweep(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

// sweep removes what crashes left aside. The age is measured by the file system's own clock: that
// of a file made now. Making it also proves that the store can be written.
func (s *files) sweep() error {
	name, f, err := s.create()
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close(), s.root.Remove(name)); err != nil {
		return err
	}
	entries, err := fs.ReadDir(s.root.FS(), aside)
	if err != nil {
		return err
	}
	for _, e := range entries {
		old, err := e.Info()
		if err == nil && info.ModTime().Sub(old.ModTime()) > abandonedAfter {
			_ = s.root.Remove(path.Join(aside, e.Name())) // another node may have been faster
		}
	}
	return nil
}

func (s *files) create() (name string, f *os.File, err error) {
	name = path.Join(aside, id.Secret(16))
	f, err = s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	return name, f, err
}

func (s *files) Put(ctx context.Context, key string, r io.Reader, size int64, _ string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	name, f, err := s.create()
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	if err := s.fill(ctx, f, r, size); err != nil {
		_ = s.root.Remove(name)
		return fmt.Errorf("put %s: %w", key, err)
	}
	return s.place(key, name)
}

func (s *files) fill(ctx context.Context, f *os.File, r io.Reader, size int64) error {
	r = stopping{ctx, r}
	if size >= 0 {
		r = io.LimitReader(r, size+1) // one byte more tells that there is more
	}
	n, err := io.Copy(f, r)
	if err == nil && size >= 0 && n != size {
		err = errSize
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
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

// place gives a synced file its name, durably.
func (s *files) place(key, name string) (err error) {
	s.dirs.RLock()
	defer s.dirs.RUnlock()
	for range placeTries {
		made := s.missing(path.Dir(key))
		if err = s.root.MkdirAll(path.Dir(key), 0o750); err == nil {
			if err = s.root.Rename(name, key); err == nil {
				return s.syncDirs(path.Dir(key), made)
			}
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	_ = s.root.Remove(name)
	return fmt.Errorf("put %s: %w", key, err)
}

// missing returns the topmost directory that does not exist yet, "" when all do.
func (s *files) missing(dir string) (top string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, err := s.root.Stat(dir); err == nil {
			break
		}
		top = dir
	}
	return top
}

// syncDirs makes the entry in dir durable, and the entries of directories made on the way.
func (s *files) syncDirs(dir, made string) error {
	last := dir
	if made != "" {
		last = path.Dir(made)
	}
	for {
		d, err := s.root.Open(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another node deleted the blob and then its directory
		}
		if err == nil {
			err = errors.Join(d.Sync(), d.Close())
		}
		if err != nil {
			return fmt.Errorf("sync %s: %w", dir, err)
		}
		if dir == last || dir == "." {
			return nil
		}
		dir = path.Dir(dir)
	}
}

func (s *files) PutFile(ctx context.Context, key, from, contentType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	size, err := syncFile(from)
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	name := path.Join(aside, id.Secret(16))
	if err := os.Rename(from, filepath.Join(s.dir, filepath.FromSlash(name))); err == nil {
		return s.place(key, name)
	}
	return copyFile(ctx, s, key, from, size, contentType) // another file system
}

// syncFile makes the content durable before its new name can point to it, and refuses anything but
// a regular file.
func syncFile(name string) (size int64, err error) {
	info, err := os.Lstat(name)
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is not a regular file", name)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	return info.Size(), errors.Join(f.Sync(), f.Close())
}

func copyFile(ctx context.Context, s Store, key, from string, size int64, contentType string) error {
	f, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	if err := errors.Join(s.Put(ctx, key, f, size, contentType), f.Close()); err != nil {
		return err
	}
	return os.Remove(from)
}

func (s *files) Open(_ context.Context, key string) (Object, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	f, err := s.root.Open(key)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, notFound(key)
		}
		return nil, fmt.Errorf("open %s: %w", key, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notFound(key) // a directory is the beginning of other keys
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return file{f, info.Size()}, nil
}

type file struct {
	*os.File
	size int64
}

func (f file) Size() int64 { return f.size }

func (s *files) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if info, err := s.root.Lstat(key); err == nil && info.IsDir() {
		return nil // not a blob: the beginning of other keys
	}
	if err := s.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	s.dirs.Lock()
	defer s.dirs.Unlock()
	for dir := path.Dir(key); dir != "."; dir = path.Dir(dir) {
		if s.root.Remove(dir) != nil { // not empty
			break
		}
	}
	return nil
}

func (s *files) List(ctx context.Context, prefix string, fn func(key string, size int64) error) error {
	start := "."
	if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
		start = prefix[:i]
		if err := checkKey(start); err != nil {
			return err
		}
	}
	return fs.WalkDir(s.root.FS(), start, func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // nothing there, or deleted while listing
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir():
			if name == aside {
				return fs.SkipDir
			}
			return nil
		case !strings.HasPrefix(name, prefix) || !e.Type().IsRegular():
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(name, info.Size())
	})
}
