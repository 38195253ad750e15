package faults

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

const (
	// fsShutdown is FS_IOC_SHUTDOWN, _IOR('X', 125, __u32), and noLogFlush its way without writing the journal
	// out: what was not synced is gone, as when the power goes.
	fsShutdown = 0x8004587d
	noLogFlush = 2
	// diskSize holds a database and its log; making the file system takes time by its size.
	diskSize = 192 << 20
)

// disk is an ext4 file system of the test's own in a file.
type disk struct {
	t      *testing.T
	image  string
	dir    string
	opened bool
}

// newDisk makes and mounts one; where this process may not, the test says so and is skipped.
func newDisk(t *testing.T, size int64) *disk {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: a file system of its own needs root")
	}
	d := &disk{t: t, image: filepath.Join(t.TempDir(), "disk"), dir: filepath.Join(t.TempDir(), "mnt")}
	if err := errors.Join(os.Mkdir(d.dir, 0o755), os.WriteFile(d.image, nil, 0o600), os.Truncate(d.image, size)); err != nil {
		t.Fatal(err)
	}
	if err := tool("mkfs.ext4", "-q", "-F", "-m", "0", d.image); err != nil {
		t.Skipf("NOT TESTED: no ext4 of its own: %v", err)
	}
	if err := d.mount(); err != nil {
		t.Skipf("NOT TESTED: this machine mounts no loop device: %v", err)
	}
	t.Cleanup(func() {
		if d.opened {
			d.unmount()
		}
	})
	return d
}

func tool(name string, args ...string) error {
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

func (d *disk) mount() error {
	err := tool("mount", "-o", "loop", d.image, d.dir)
	d.opened = err == nil
	return err
}

// unmount waits for whoever has files open there to be gone.
func (d *disk) unmount() {
	d.t.Helper()
	var err error
	for range 200 {
		if err = tool("umount", d.dir); err == nil {
			d.opened = false
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.t.Errorf("unmount: %v", err)
	_ = tool("umount", "-l", d.dir)
	d.opened = false
}

// cut takes the power away: nothing reaches the image from now on, and what was only in memory is lost.
func (d *disk) cut() {
	d.t.Helper()
	f, err := os.Open(d.dir)
	if err != nil {
		d.t.Fatal(err)
	}
	flag := uint32(noLogFlush)
	_, _, no := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), fsShutdown, uintptr(unsafe.Pointer(&flag)))
	if err := f.Close(); err != nil || no != 0 {
		d.t.Fatalf("shut the file system down: %v, %v", no, err)
	}
}

// Power cut at any moment of a flash sale: what was acknowledged before is there after the restart.
func TestPower_ACutLosesNothingAcknowledged(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		d := newDisk(t, diskSize)
		g := prepare(t, "sqlite:"+filepath.Join(d.dir, "hawker.db"))
		r, seed := chance(t)
		c, cycles := count(t, "power cut (ext4 shut down) in a flash sale, sqlite", seed), scale(50, 400)
		for n := range c.rounds(cycles) {
			p := startShop(t, g.url, g.sku)
			p.warm(t, busyMachine*firstOrderWithin)
			time.Sleep(between(r, 60*time.Millisecond))
			told := p.heard.seal() // before the cut: an answer on its way while it happens proves nothing
			d.cut()
			p.kill()
			d.unmount()
			if err := d.mount(); err != nil {
				t.Fatal(err)
			}
			g.judge(t, told, n%50 == 49)
			if t.Failed() {
				t.Fatalf("cycle %d of %d", n, cycles)
			}
		}
		g.judge(t, &acks{}, true)
		c.say("%d acknowledged before the cuts, 0 lost", g.sold)
	})
	t.Run("postgres", func(t *testing.T) {
		d := newDisk(t, 2*diskSize)
		pg := newCluster(t, d.dir, "fsync=on", "synchronous_commit=on", "full_page_writes=on")
		if err := tool("sync", "-f", d.dir); err != nil { // initdb was told not to wait for the disk
			t.Fatal(err)
		}
		pg.start(t)
		g := prepare(t, pg.url)
		r, seed := chance(t)
		c, cycles := count(t, "power cut (ext4 shut down) in a flash sale, postgres", seed), scale(2, 100)
		for n := range c.rounds(cycles) {
			p := startShop(t, g.url, g.sku)
			p.warm(t, busyMachine*firstOrderWithin)
			time.Sleep(between(r, 150*time.Millisecond))
			told := p.heard.seal()
			d.cut()
			pg.kill()
			p.kill()
			d.unmount()
			if err := d.mount(); err != nil {
				t.Fatal(err)
			}
			pg.start(t)
			g.judge(t, told, n%20 == 19)
			if t.Failed() {
				t.Fatalf("cycle %d of %d", n, cycles)
			}
		}
		g.judge(t, &acks{}, true)
		pg.stop(t)
		c.say("%d acknowledged before the cuts, 0 lost", g.sold)
	})
}
