package backup_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/backup"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

func TestBackup_FullDiskLeavesNothingBehind(t *testing.T) {
	s, _ := saved(t)
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=32k"); errors.Is(err, syscall.EPERM) {
		t.Skip("only root can lay a small file system")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if _, err := backup.Write(t.Context(), s.source(), filepath.Join(small, "site.tar"), nil, nil); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	if got := left(t, small); len(got) > 0 {
		t.Errorf("left %v", got)
	}
	// The same for the place a site is laid into: freed, it takes the site.
	_, file := saved(t)
	a, err := backup.Open(t.Context(), file, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	to := open(t, dbtest.SQLiteURL(t), nil)
	roomy := to.files
	to.files = openFiles(t, filepath.Join(small, "files"))
	if err := a.Restore(t.Context(), to.target(old), nil); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	to.files = roomy
	if err := a.Restore(t.Context(), to.target(old), nil); err != nil {
		t.Fatal(err)
	}
	to.audit(t)
}
