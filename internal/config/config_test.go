package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func none(string) string { return "" }

func TestLoad_FlagBeatsEnvironmentBeatsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hawker.conf")
	if err := os.WriteFile(file, []byte("# a site\naddr = :1\nname = From file\nfee-bps = 300\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"HAWKER_CONFIG": file, "HAWKER_ADDR": ":2", "HAWKER_RTMP_ADDR": ":3"}
	c, rest, err := Load("serve", []string{"--addr", ":4", "--sandbox-pay", "left"}, func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != ":4" || c.RTMPAddr != ":3" || c.Name != "From file" || c.FeeBPS != 300 || !c.Sandbox {
		t.Fatalf("got %+v", c)
	}
	if len(rest) != 1 || rest[0] != "left" {
		t.Fatalf("rest %v", rest)
	}
}

func TestLoad_DefaultsLiveInTheDataFolder(t *testing.T) {
	c, _, err := Load("serve", []string{"--data", "/srv/h"}, none)
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL != "sqlite:/srv/h/hawker.db" || c.BlobURL != "file:/srv/h/files" || c.BusURL != "embedded" {
		t.Fatalf("got %+v", c)
	}
}

func TestLoad_RefusesWithTheNameOfTheSetting(t *testing.T) {
	for _, args := range [][]string{{"--fee-bps", "two"}, {"--no-such"}, {"--sandbox-pay=maybe"}} {
		if _, _, err := Load("serve", args, none); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(strings.Split(args[0], "=")[0], "--")) {
			t.Errorf("%v: %v", args, err)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad.conf")
	if err := os.WriteFile(bad, []byte("addr=:1\nwrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load("serve", []string{"--config", bad}, none); err == nil || !strings.Contains(err.Error(), ":2:") {
		t.Errorf("bad line: %v", err)
	}
}
