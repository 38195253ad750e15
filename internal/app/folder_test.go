package app

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// folderOf is a node in a data folder; more are flags.
func folderOf(t *testing.T, more ...string) config.Config {
	t.Helper()
	cfg, _, err := config.Load("test", append([]string{"--data", t.TempDir(), "--addr", "127.0.0.1:0", "--rtmp-addr", "", "--webrtc-addr", ""}, more...), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// build makes a node that leaves at the test's end, or when end is called.
func build(t *testing.T, cfg config.Config, o Options) (a *App, end func()) {
	t.Helper()
	a, err := Build(t.Context(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	end = sync.OnceFunc(a.Close)
	t.Cleanup(end)
	return a, end
}

// Two processes on one database of a folder would each take the other's unfinished work for its own.
func TestBuild_AFolderOfSQLiteServesOneProcess(t *testing.T) {
	cfg := folderOf(t)
	first, end := build(t, cfg, Options{})
	host, err := os.Hostname()
	if err != nil || !strings.HasSuffix(first.node, "@"+host) {
		t.Errorf("the node is named %q on %q, %v", first.node, host, err)
	}
	if second, err := Build(t.Context(), cfg, Options{}); err == nil {
		second.Close()
		t.Error("two serve from one folder")
	} else if !strings.Contains(err.Error(), cfg.Data) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("it names no folder and no way out: %v", err)
	}
	if beside, _ := build(t, cfg, Options{Offline: true}); beside.node != "" {
		t.Errorf("a command beside the server is a node: %q", beside.node)
	}
	end()
	again, end := build(t, cfg, Options{})
	if again.node != first.node {
		t.Errorf("after a restart it is %q, was %q", again.node, first.node)
	}
	end()
	// Killed between making the file and writing the name.
	if err := os.Truncate(filepath.Join(cfg.Data, "nodes", "1"), 0); err != nil {
		t.Fatal(err)
	}
	if named, _ := build(t, cfg, Options{}); named.node == first.node || len(named.node) <= len("@"+host) {
		t.Errorf("a node without a name calls itself %q", named.node)
	}
}

// Nodes that share a folder have names of their own, and whoever comes back takes the name that nobody bears.
func TestBuild_NodesOfAClusterShareAFolder(t *testing.T) {
	cfg := folderOf(t, "--database-url", dbtest.PostgresURL(t))
	first, leave := build(t, cfg, Options{})
	second, _ := build(t, cfg, Options{})
	if first.node == second.node {
		t.Errorf("both are %q", first.node)
	}
	leave()
	if back, _ := build(t, cfg, Options{}); back.node != first.node {
		t.Errorf("after a restart it is %q, was %q", back.node, first.node)
	}
}
