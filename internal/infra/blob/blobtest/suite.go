package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/blob"
)

// Suite tests an empty store.
func Suite(t *testing.T, s blob.Store) {
	t.Run("PutThenRead", func(t *testing.T) { putThenRead(t, s) })
	t.Run("PutFile", func(t *testing.T) { putFile(t, s) })
	t.Run("Refuses", func(t *testing.T) { refuses(t, s) })
	t.Run("Lists", func(t *testing.T) { lists(t, s) })
	t.Run("Concurrent", func(t *testing.T) { concurrent(t, s) })
}

func put(t *testing.T, s blob.Store, key string, data []byte, size int64) {
	t.Helper()
	if err := s.Put(context.Background(), key, bytes.NewReader(data), size, "video/mp4"); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s blob.Store, key string) []byte {
	t.Helper()
	o, err := s.Open(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	data, err := io.ReadAll(o)
	if err != nil || int64(len(data)) != o.Size() {
		t.Fatalf("read %s: %d of %d bytes, %v", key, len(data), o.Size(), err)
	}
	return data
}

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b)
	return b
}

func putThenRead(t *testing.T, s blob.Store) {
	ctx := context.Background()
	for name, data := range map[string][]byte{"empty": {}, "small": []byte("吆喝"), "big": noise(300_000)} {
		put(t, s, "a/"+name, data, int64(len(data)))
		if !bytes.Equal(read(t, s, "a/"+name), data) {
			t.Errorf("%s came back changed", name)
		}
	}
	big := noise(300_000)
	put(t, s, "a/unknown-size", big, -1)
	if !bytes.Equal(read(t, s, "a/unknown-size"), big) {
		t.Error("a blob of unknown size came back changed")
	}
	places(t, s, big)
	put(t, s, "a/small", []byte("newer"), 5)
	if got := read(t, s, "a/small"); string(got) != "newer" {
		t.Errorf("after replacing: %q", got)
	}
	for range 2 {
		if err := s.Delete(ctx, "a/small"); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Open(ctx, "a/small"); !errs.Is(err, errs.NotFound) {
		t.Errorf("a deleted blob: %v", err)
	}
	if _, err := s.Open(ctx, "a"); !errs.Is(err, errs.NotFound) {
		t.Errorf("the beginning of a key: %v", err)
	}
	if err := s.Delete(ctx, "a"); err != nil || len(read(t, s, "a/big")) != 300_000 {
		t.Errorf("deleting the beginning of a key: %v", err)
	}
}

// places reads at many offsets; iotest reads byte by byte, which is a request each on S3, so it gets
// a short blob.
func places(t *testing.T, s blob.Store, big []byte) {
	t.Helper()
	ctx := context.Background()
	put(t, s, "a/short", big[:150], 150)
	short, err := s.Open(ctx, "a/short")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = short.Close() }()
	if err := iotest.TestReader(short, big[:150]); err != nil { // Read, Seek and ReadAt against each other
		t.Error(err)
	}
	o, err := s.Open(ctx, "a/big")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	for _, off := range []int64{0, 1, 65_535, 299_000, 299_999, 300_000, 400_000} {
		p := make([]byte, 5_000)
		n, err := o.ReadAt(p, off)
		want := big[min(off, 300_000):min(off+5_000, 300_000)]
		if !bytes.Equal(p[:n], want) || (n < len(p)) != errors.Is(err, io.EOF) {
			t.Errorf("at %d: %d bytes, %v", off, n, err)
		}
	}
	if _, err := o.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("read at a negative offset")
	}
}

func putFile(t *testing.T, s blob.Store) {
	from := filepath.Join(t.TempDir(), "upload")
	if err := os.WriteFile(from, []byte("moved"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.PutFile(context.Background(), "b/file", from, "image/png"); err != nil {
		t.Fatal(err)
	}
	if string(read(t, s, "b/file")) != "moved" {
		t.Error("the content changed")
	}
	if _, err := os.Stat(from); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still where it was: %v", err)
	}
	if err := s.PutFile(context.Background(), "b/none", from, ""); err == nil {
		t.Error("a missing file was stored")
	}
	if err := s.PutFile(context.Background(), "b/dir", t.TempDir(), ""); err == nil {
		t.Error("a directory was stored")
	}
}

func refuses(t *testing.T, s blob.Store) {
	ctx := context.Background()
	for _, key := range []string{"", "/a", "a/", "a//b", "..", "a/../b", "./a", ".tmp/x", "a/.hidden", "a\\b", "a b", "a\x00", "店", "a?b", strings.Repeat("k", 513)} {
		_, openErr := s.Open(ctx, key)
		for act, err := range map[string]error{
			"put": s.Put(ctx, key, strings.NewReader("x"), 1, ""), "open": openErr,
			"delete": s.Delete(ctx, key), "put file": s.PutFile(ctx, key, "/nowhere", ""),
		} {
			if !errs.Is(err, errs.Invalid) {
				t.Errorf("%s %q: %v", act, key, err)
			}
		}
	}
	broken := errors.New("the client went away")
	for name, c := range map[string]struct {
		r    io.Reader
		size int64
	}{
		"shorter": {strings.NewReader("ab"), 3}, "longer": {strings.NewReader("abcd"), 3},
		"broken": {io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), 10},
	} {
		if err := s.Put(ctx, "c/"+name, c.r, c.size, ""); err == nil {
			t.Errorf("%s: stored", name)
		}
		if _, err := s.Open(ctx, "c/"+name); !errs.Is(err, errs.NotFound) {
			t.Errorf("%s: something was left behind: %v", name, err)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Put(ended, "c/ended", strings.NewReader("x"), 1, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("put with an ended ctx: %v", err)
	}
}

func keys(t *testing.T, s blob.Store, prefix string) []string {
	t.Helper()
	var out []string
	if err := s.List(context.Background(), prefix, func(key string, size int64) error {
		out = append(out, fmt.Sprintf("%s=%d", key, size))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func lists(t *testing.T, s blob.Store) {
	for _, key := range []string{"d/x/1", "d/x/2", "d/x-3", "d/y/1"} {
		put(t, s, key, []byte(key), -1)
	}
	for prefix, want := range map[string]string{
		"d/": "[d/x-3=5 d/x/1=5 d/x/2=5 d/y/1=5]", "d/x": "[d/x-3=5 d/x/1=5 d/x/2=5]", "d/x/": "[d/x/1=5 d/x/2=5]",
		"d/none/": "[]", "d/x/1": "[d/x/1=5]",
	} {
		if got := fmt.Sprint(keys(t, s, prefix)); got != want {
			t.Errorf("prefix %q: %s, want %s", prefix, got, want)
		}
	}
	stop := errors.New("enough")
	n := 0
	if err := s.List(context.Background(), "d/", func(string, int64) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("stopped after %d: %v", n, err)
	}
}

// concurrent: a reader sees one whole version, never a mixture, while writers replace and delete.
func concurrent(t *testing.T, s blob.Store) {
	ctx := context.Background()
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			data := bytes.Repeat([]byte{'a' + byte(w)}, 20_000)
			for i := range 20 {
				if err := s.Put(ctx, "e/one/file", bytes.NewReader(data), int64(len(data)), ""); err != nil {
					t.Error(err)
				}
				if i%5 == 4 {
					if err := s.Delete(ctx, "e/one/file"); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			for range 40 {
				o, err := s.Open(ctx, "e/one/file")
				if errs.Is(err, errs.NotFound) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				data, err := io.ReadAll(o)
				_ = o.Close()
				if err == nil && (len(data) != 20_000 || bytes.Count(data, data[:1]) != len(data)) {
					t.Error("a mixture of two versions")
				}
			}
		})
	}
	wg.Wait()
}
