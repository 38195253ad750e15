package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// maxNodes bounds the processes that serve from one folder.
const maxNodes = 64

// hold takes a place in the data folder for as long as the process lives, and with it the node's name. Whoever has
// the place knows that nobody else bears its name: what was left undone under it is this node's own. A folder of
// SQLite has one place; the nodes of a cluster may share one folder, for the uploads under way.
func (a *App) hold() error {
	dir := filepath.Join(a.Config.Data, "nodes")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	places := maxNodes
	if strings.HasPrefix(a.Config.DatabaseURL, "sqlite:") {
		places = 1
	}
	for n := range places {
		f, err := os.OpenFile(filepath.Join(dir, strconv.Itoa(n+1)), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == nil:
			a.place = f
			a.node, err = a.name(f.Name())
			return err
		case errors.Is(err, syscall.EWOULDBLOCK):
			_ = f.Close() // nothing was written
		default: // some network file systems know no locks
			_ = f.Close() // nothing was written
			a.Log.Warn("the data folder cannot be locked: on SQLite, see that no second hawker serves from it", "folder", a.Config.Data, "err", err)
			a.node = a.IDs.New("node")
			return nil
		}
	}
	if places == 1 {
		return fmt.Errorf("another hawker serves from the folder %s: stop it first, or give this one its own with --data", a.Config.Data)
	}
	return fmt.Errorf("%d processes serve from the folder %s: give this one another with --data", places, a.Config.Data)
}

// name reads the name a place gives, making it on first use.
func (a *App) name(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the node's name: %w", err)
	}
	name := strings.TrimSpace(string(b))
	if name == "" {
		name = a.IDs.New("node")
		if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
			return "", fmt.Errorf("write the node's name: %w", err)
		}
	}
	// A copied folder, of an image or a template, is another node on another machine.
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("this machine's name: %w", err)
	}
	return name + "@" + host, nil
}
