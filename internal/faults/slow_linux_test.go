package faults

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// fiFreeze and fiThaw are FIFREEZE and FITHAW, _IOWR('X', 119 and 120, int): the file system writes out what it
// has and then lets every write and fsync wait.
const (
	fiFreeze = 0xc0045877
	fiThaw   = 0xc0045878
)

// The file system below SQLite is frozen: every write, sync and growing of its files hangs in the kernel.
func TestSlowDisk_TheShopWaitsAndGoesOn_SQLite(t *testing.T) {
	d := newDisk(t, diskSize)
	g := prepare(t, "sqlite:"+filepath.Join(d.dir, "hawker.db"))
	at, err := os.Open(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	control := func(request uintptr) error {
		if _, _, no := syscall.Syscall(syscall.SYS_IOCTL, at.Fd(), request, 0); no != 0 {
			return no
		}
		return nil
	}
	// A frozen disk would keep the shop, which sleeps in the kernel, from dying, and the disk from being unmounted.
	defer func() { _ = control(fiThaw) }()
	if err := control(fiFreeze); err != nil {
		t.Skipf("NOT TESTED: this file system cannot be frozen: %v", err)
	}
	must := func(request uintptr) func() {
		return func() {
			if err := control(request); err != nil {
				t.Fatal(err)
			}
		}
	}
	must(fiThaw)()
	standStill(t, "disk stands still for 2 s (ext4 frozen, SQLite) in a flash sale", g, must(fiFreeze), must(fiThaw))
}
