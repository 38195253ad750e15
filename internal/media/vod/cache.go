package vod

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4"
)

// maxParsing bounds the indexes read at once. One that was made to be large takes up to 160 MB while it is
// read; an honest one takes milliseconds, so nobody waits long.
const maxParsing = 2

// maxOpenFiles bounds descriptors held by a Cache; the usual limit of a process is 1,024 or more.
const maxOpenFiles = 256

// File is an opened original.
type File interface {
	io.ReaderAt
	io.Closer
}

// CacheDeps are a Cache's needs.
type CacheDeps struct {
	// Open returns the original of an asset and its size in bytes.
	Open func(ctx context.Context, asset string) (File, int64, error)
	// MaxBytes bounds the memory of idle and used streams together; streams in use may exceed it.
	MaxBytes int64
	Allow    []av.Codec // as for Open
}

// Cache keeps the most recently played streams opened, so that a segment request costs no parsing.
// Parallel requests for one asset parse it once. Failures are not kept.
type Cache struct {
	deps    CacheDeps
	parsing chan struct{} // one place per index being read

	mu      sync.Mutex
	entries map[string]*entry
	order   list.List // of *entry, most recent first
	bytes   int64
	closed  bool
}

// entry is one asset. Fields below ready are set before it is closed; the others under Cache.mu.
type entry struct {
	asset string
	place *list.Element
	users int
	gone  bool // out of the cache: the last user closes the file
	bytes int64

	ready  chan struct{}
	stream *Stream
	file   File
	err    error
}

// NewCache returns an empty cache. Close releases its files.
func NewCache(deps CacheDeps) *Cache {
	return &Cache{deps: deps, parsing: make(chan struct{}, maxParsing), entries: map[string]*entry{}}
}

// Get returns the asset's stream; the caller calls release once when it has finished with it.
// Errors are those of Open, mp4.Parse and Playable; ctx.Err while waiting for another caller's
// parse; busy after Close.
func (c *Cache) Get(ctx context.Context, asset string) (stream *Stream, release func(), err error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, nil, errs.New(errs.Busy, "shutting_down", "the server is shutting down; try again")
	}
	e, found := c.entries[asset]
	if !found {
		e = &entry{asset: asset, ready: make(chan struct{})}
		e.place = c.order.PushFront(e)
		c.entries[asset] = e
	}
	e.users++
	c.order.MoveToFront(e.place)
	c.mu.Unlock()

	if !found {
		// The parse serves everybody who waits, so it does not end with its first caller.
		c.load(context.WithoutCancel(ctx), e)
	}
	select {
	case <-e.ready:
	case <-ctx.Done():
		c.release(e)
		return nil, nil, ctx.Err()
	}
	if e.err != nil {
		c.release(e)
		return nil, nil, e.err
	}
	var once sync.Once
	return e.stream, func() { once.Do(func() { c.release(e) }) }, nil
}

// load opens and parses, then makes room.
func (c *Cache) load(ctx context.Context, e *entry) {
	e.stream, e.file, e.err = c.open(ctx, e.asset)
	c.mu.Lock()
	defer c.mu.Unlock()
	close(e.ready)
	if e.err != nil {
		c.remove(e)
		return
	}
	if !e.gone {
		e.bytes = e.stream.Bytes()
		c.bytes += e.bytes
	}
	c.evict()
}

func (c *Cache) open(ctx context.Context, asset string) (*Stream, File, error) {
	f, size, err := c.deps.Open(ctx, asset)
	if err != nil {
		return nil, nil, fmt.Errorf("open asset %s: %w", asset, err)
	}
	s, err := c.read(ctx, f, size)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return s, f, nil
}

// read parses an index when its turn has come.
func (c *Cache) read(ctx context.Context, r io.ReaderAt, size int64) (*Stream, error) {
	select {
	case c.parsing <- struct{}{}:
		defer func() { <-c.parsing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	m, err := mp4.Parse(r, size)
	if err != nil {
		return nil, err
	}
	return Open(m, r, c.deps.Allow...)
}

// Probe reads the index of an upload and says what it is, or why it cannot be played: the errors of mp4.Parse
// and mp4.Movie.Playable, or ctx.Err while waiting for its turn. Nothing is kept.
func (c *Cache) Probe(ctx context.Context, r io.ReaderAt, size int64) (Info, error) {
	s, err := c.read(ctx, r, size)
	if err != nil {
		return Info{}, err
	}
	return s.info, nil
}

// evict drops the streams used longest ago until the limits hold. c.mu is held.
func (c *Cache) evict() {
	for c.order.Len() > 1 && (c.bytes > c.deps.MaxBytes || c.order.Len() > maxOpenFiles) {
		c.remove(c.order.Back().Value.(*entry))
	}
}

// remove takes e out; its file closes with its last user. c.mu is held.
func (c *Cache) remove(e *entry) {
	if e.gone {
		return
	}
	e.gone = true
	c.order.Remove(e.place)
	delete(c.entries, e.asset)
	c.bytes -= e.bytes
	c.closeIdle(e)
}

func (c *Cache) release(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.users--
	c.closeIdle(e)
}

// closeIdle closes the file of an entry that is out of the cache and unused. Reading is all that
// was done with it, so a failure to close loses nothing. c.mu is held.
func (c *Cache) closeIdle(e *entry) {
	if e.gone && e.users == 0 && e.file != nil {
		_ = e.file.Close()
		e.file = nil
	}
}

// Close drops everything and refuses further Gets.
func (c *Cache) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for c.order.Len() > 0 {
		c.remove(c.order.Back().Value.(*entry))
	}
}
