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

// Two processes on one database of a folder would each take the other's unfinished work for its own.
func TestBuild_AFolderOfSQLiteServesOneProcess(t *testing.T) {
	cfg, _, err := config.Load("test", []string{"--data", t.TempDir(), "--addr", "127.0.0.1:0", "--rtmp-addr", "", "--webrtc-addr", ""}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	build := func(o Options) (a *App, end func()) {
		t.Helper()
		a, err := Build(t.Context(), cfg, o)
		if err != nil {
			t.Fatal(err)
		}
		end = sync.OnceFunc(a.Close)
		t.Cleanup(end)
		return a, end
	}
	first, end := build(Options{})
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
	if beside, _ := build(Options{Offline: true}); beside.node != "" {
		t.Errorf("a command beside the server is a node: %q", beside.node)
	}
	end()
	again, end := build(Options{})
	if again.node != first.node {
		t.Errorf("after a restart it is %q, was %q", again.node, first.node)
	}
	end()
	// Killed between making the file and writing the name.
	if err := os.Truncate(filepath.Join(cfg.Data, "nodes", "1"), 0); err != nil {
		t.Fatal(err)
	}
	if named, _ := build(Options{}); named.node == first.node || len(named.node) <= len("@"+host) {
		t.Errorf("a node without a name calls itself %q", named.node)
	}
}

// Nodes that share a folder have names of their own, and whoever comes back takes the name that nobody bears.
func TestBuild_NodesOfAClusterShareAFolder(t *testing.T) {
	cfg, _, err := config.Load("test", []string{"--data", t.TempDir(), "--database-url", dbtest.PostgresURL(t), "--addr", "127.0.0.1:0", "--rtmp-addr", "", "--webrtc-addr", ""}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	build := func() (*App, func()) {
		t.Helper()
		a, err := Build(t.Context(), cfg, Options{})
		if err != nil {
			t.Fatal(err)
		}
		end := sync.OnceFunc(a.Close)
		t.Cleanup(end)
		return a, end
	}
	first, leave := build()
	second, _ := build()
	if first.node == second.node {
		t.Errorf("both are %q", first.node)
	}
	leave()
	if back, _ := build(); back.node != first.node {
		t.Errorf("after a restart it is %q, was %q", back.node, first.node)
	}
}
