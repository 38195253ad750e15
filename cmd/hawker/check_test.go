package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func checked(t *testing.T, flags ...string) (string, error) {
	t.Helper()
	out, err := child(t.Context(), append([]string{"check", "--addr", "127.0.0.1:0", "--rtmp-addr", "127.0.0.1:0", "--webrtc-addr", "127.0.0.1:0"}, flags...)...).CombinedOutput()
	return string(out), err
}

func TestCheck_LeavesAFreshPlaceAsItWas(t *testing.T) {
	data := filepath.Join(t.TempDir(), "hawker")
	out, err := checked(t, "--data", data)
	if err != nil || !strings.Contains(out, "note  data folder") || strings.Contains(out, "FAIL") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("the check made the data folder")
	}
}

func TestCheck_NamesWhatIsMissing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, flags := range map[string][]string{
		"FAIL  ports":        {"--data", t.TempDir(), "--rtmp-addr", taken.Addr().String()},
		"FAIL  data folder":  {"--data", filepath.Join(file, "below")},
		"FAIL  database":     {"--data", t.TempDir(), "--database-url", "sqlite:" + file},
		"FAIL  files":        {"--data", t.TempDir(), "--blob-url", "s3://key:secret@127.0.0.1:1/bucket?secure=0"},
		"FAIL  bus":          {"--data", t.TempDir(), "--bus-url", "nats://127.0.0.1:1"},
		"FAIL  certificates": {"--data", t.TempDir(), "--tls-cert", file, "--tls-key", file, "--http-addr", ""},
	} {
		out, err := checked(t, flags...)
		if err == nil || !strings.Contains(out, line) || strings.Count(out, "FAIL") != 1 && line != "FAIL  data folder" {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
		if strings.Contains(out, ":secret@") {
			t.Errorf("the check tells the secret:\n%s", out)
		}
	}
}

func TestCheck_OfARunningSite(t *testing.T) {
	p := start(t, t.TempDir())
	addr := strings.TrimPrefix(p.url, "http://")
	if out, err := child(t.Context(), "check", "--data", p.data, "--addr", addr, "--rtmp-addr", "", "--webrtc-addr", "").CombinedOutput(); err != nil ||
		!strings.Contains(string(out), "migrations applied") || !strings.Contains(string(out), "a running Hawker") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := child(t.Context(), "check", "--ready", "--addr", addr).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := child(t.Context(), "check", "--ready", "--addr", "127.0.0.1:1").CombinedOutput(); err == nil {
		t.Errorf("nobody is ready there\n%s", out)
	}
}
