package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// hold takes the data folder for this process, so that no second one serves from it, and gives the node its name.
// The name is the same after a restart in the folder: what bears it and was left undone is this node's own.
func (a *App) hold() error {
	path := filepath.Join(a.Config.Data, "node")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		_ = f.Close() // nothing was written
		return fmt.Errorf("another hawker serves from the folder %s: stop it first, or give this one its own with --data", a.Config.Data)
	case err != nil: // some network file systems know no locks
		_ = f.Close() // nothing was written
		a.Log.Warn("the data folder cannot be locked: see that no second hawker serves from it", "folder", a.Config.Data, "err", err)
		a.node = a.IDs.New("node")
		return nil
	}
	a.folder = f
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the node's name: %w", err)
	}
	name := strings.TrimSpace(string(b))
	if name == "" {
		name = a.IDs.New("node")
		if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
			return fmt.Errorf("write the node's name: %w", err)
		}
	}
	// A copied folder, of an image or a template, is another node on another machine.
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("this machine's name: %w", err)
	}
	a.node = name + "@" + host
	return nil
}
