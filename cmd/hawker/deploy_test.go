package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/config"
)

const deployDir = "../../deploy"

func TestDeploy_SetsOnlySettingsThatExist(t *testing.T) {
	known := map[string]bool{"HAWKER_NODES": true} // edge.sh's own
	for i := range reflect.TypeFor[config.Config]().NumField() {
		known[config.EnvName(reflect.TypeFor[config.Config]().Field(i).Tag.Get("flag"))] = true
	}
	env, found := regexp.MustCompile(`\bHAWKER_[A-Z0-9_]+`), 0
	err := fs.WalkDir(os.DirFS(deployDir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(deployDir, name))
		for _, v := range env.FindAllString(string(b), -1) {
			if found++; !known[v] {
				t.Errorf("%s sets %s, which no setting reads", name, v)
			}
		}
		return err
	})
	if err != nil || found < 10 {
		t.Errorf("%d settings found, %v", found, err)
	}
}

func TestDeploy_UnitsAreWhatSystemdReads(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("no systemd here")
	}
	dir := t.TempDir()
	var units []string
	for _, name := range []string{"hawker.service", "hawker-backup.service", "hawker-backup.timer"} {
		b, err := os.ReadFile(filepath.Join(deployDir, "systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		// The binary is not installed on this machine; everything else stays.
		text := strings.ReplaceAll(string(b), "/usr/local/bin/hawker", os.Args[0])
		units = append(units, filepath.Join(dir, name))
		if err := os.WriteFile(units[len(units)-1], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("systemd-analyze", append([]string{"verify", "--man=no"}, units...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
