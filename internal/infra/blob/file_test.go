package blob_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/blob/blobtest"
)

func openDir(t *testing.T, dir string) blob.Store {
	t.Helper()
	s, err := blob.Open(context.Background(), "file:"+dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFiles_KeepTheContract(t *testing.T) {
	dir := t.TempDir()
	blobtest.Suite(t, openDir(t, dir))
	left, err := os.ReadDir(filepath.Join(dir, ".tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("left aside: %v %v", left, err)
	}
}

func TestFiles_ASymlinkDoesNotLeadOut(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	s := openDir(t, dir)
	if o, err := s.Open(context.Background(), "link/secret"); err == nil {
		_ = o.Close()
		t.Error("read through a symlink")
	}
	if err := s.Put(context.Background(), "link/new", strings.NewReader("x"), 1, ""); err == nil {
		t.Error("wrote through a symlink")
	}
	if err := s.Delete(context.Background(), "link/secret"); err == nil {
		t.Error("deleted through a symlink")
	}
}

func TestFiles_OpenSweepsWhatCrashesLeft(t *testing.T) {
	dir := t.TempDir()
	openDir(t, dir)
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "young": time.Hour} {
		f := filepath.Join(dir, ".tmp", name)
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(f, at, at); err != nil {
			t.Fatal(err)
		}
	}
	openDir(t, dir)
	left, err := os.ReadDir(filepath.Join(dir, ".tmp"))
	if err != nil || len(left) != 1 || left[0].Name() != "young" {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestOpen_RefusesUnknownURLs(t *testing.T) {
	for _, url := range []string{"", "/dir", "ftp://x", "s3://", "s3://host/bucket", "s3://k:s@host/", "s3://k:s@host/a/b", "s3://k:verysecret@%zz/b"} {
		_, err := blob.Open(context.Background(), url)
		if err == nil {
			t.Errorf("%q was opened", url)
		} else if strings.Contains(err.Error(), "verysecret") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}
