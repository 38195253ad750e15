package vod

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

// countedFile tells whether it was closed, and fails reads afterwards like a real file.
type countedFile struct {
	*os.File
	open *atomic.Int32
}

func (f countedFile) Close() error {
	f.open.Add(-1)
	return f.File.Close()
}

type opener struct {
	opened atomic.Int32
	open   atomic.Int32
	path   string
}

func (o *opener) Open(_ context.Context, asset string) (File, int64, error) {
	if asset == "missing" {
		return nil, 0, errs.New(errs.NotFound, "not_found", "no such asset")
	}
	o.opened.Add(1)
	o.open.Add(1)
	path := o.path
	if asset == "text" {
		path = "cache_test.go"
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	return countedFile{f, &o.open}, info.Size(), err
}

func TestCache_OpensOnceAndClosesWithItsLastUser(t *testing.T) {
	o := &opener{path: mp4test.File(t, "plain.mp4")}
	c := NewCache(CacheDeps{Open: o.Open, MaxBytes: 1 << 20})
	ctx := context.Background()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			s, release, err := c.Get(ctx, "a")
			if err != nil {
				t.Error(err)
				return
			}
			defer release()
			if err := s.Segment(discard{}, 0); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := o.opened.Load(); n != 1 {
		t.Errorf("opened %d times", n)
	}
	s, release, err := c.Get(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if err := s.Segment(discard{}, 0); err != nil {
		t.Errorf("a dropped stream in use: %v", err)
	}
	if o.open.Load() != 1 {
		t.Error("closed under its user")
	}
	release()
	release()
	if o.open.Load() != 0 {
		t.Error("not closed after its last user")
	}
}

func TestCache_IsBoundedByBytes(t *testing.T) {
	o := &opener{path: mp4test.File(t, "plain.mp4")}
	c := NewCache(CacheDeps{Open: o.Open, MaxBytes: 60_000})
	ctx := context.Background()
	for i := range 50 {
		_, release, err := c.Get(ctx, string(rune('a'+i)))
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
	if c.bytes > 60_000 || c.bytes == 0 || int(o.open.Load()) != c.order.Len() || c.order.Len() != len(c.entries) {
		t.Errorf("%d bytes, %d files, %d entries", c.bytes, o.open.Load(), c.order.Len())
	}
	if _, kept := c.entries[string(rune('a'+49))]; !kept {
		t.Error("the latest stream was dropped")
	}
	c.Close()
	if o.open.Load() != 0 || c.bytes != 0 {
		t.Errorf("after Close: %d files, %d bytes", o.open.Load(), c.bytes)
	}
	if _, _, err := c.Get(ctx, "a"); !errs.Is(err, errs.Busy) {
		t.Errorf("Get after Close: %v", err)
	}
}

func TestCache_DoesNotKeepFailures(t *testing.T) {
	o := &opener{}
	c := NewCache(CacheDeps{Open: o.Open, MaxBytes: 1 << 20})
	for range 2 {
		if _, _, err := c.Get(context.Background(), "missing"); !errs.Is(err, errs.NotFound) {
			t.Errorf("missing: %v", err)
		}
		if _, _, err := c.Get(context.Background(), "text"); errs.CodeOf(err) != "not_a_video" {
			t.Errorf("text: %v", err)
		}
	}
	if o.opened.Load() != 2 || o.open.Load() != 0 || len(c.entries) != 0 {
		t.Errorf("opened %d, still open %d, kept %d", o.opened.Load(), o.open.Load(), len(c.entries))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o.path = mp4test.File(t, "plain.mp4")
	if _, release, err := c.Get(ctx, "a"); err == nil {
		release()
	} else if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// crowd is a file whose reads last until the test lets them go, and which counts how many are under way.
type crowd struct {
	mp4test.Sparse
	now, most *atomic.Int32
	gate      chan struct{}
}

func (c crowd) ReadAt(p []byte, off int64) (int, error) {
	if n := c.now.Add(1); n > c.most.Load() {
		c.most.Store(n)
	}
	<-c.gate
	c.now.Add(-1)
	return c.Sparse.ReadAt(p, off)
}

func (crowd) Close() error { return nil }

func TestCache_FewIndexesAreReadAtOnceHoweverManyAsk(t *testing.T) {
	var now, most atomic.Int32
	film := crowd{Sparse: mp4test.Generate(300, 470).Reader(), now: &now, most: &most, gate: make(chan struct{})}
	c := NewCache(CacheDeps{MaxBytes: 1 << 20, Open: func(context.Context, string) (File, int64, error) { return film, film.Size(), nil }})
	defer c.Close()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, release, err := c.Get(context.Background(), strconv.Itoa(i)); err != nil {
				t.Error(err)
			} else {
				release()
			}
		})
		wg.Go(func() {
			if _, err := c.Probe(context.Background(), film, film.Size()); err != nil {
				t.Error(err)
			}
		})
	}
	for now.Load() < maxParsing {
		runtime.Gosched()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Probe(ctx, film, film.Size()); !errors.Is(err, context.Canceled) {
		t.Errorf("one who left still waits: %v", err)
	}
	close(film.gate)
	wg.Wait()
	if most.Load() != maxParsing {
		t.Errorf("%d indexes were read at once", most.Load())
	}
}
