package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// checkFor bounds one step of a check: a database that hangs is a finding too.
const checkFor = 10 * time.Second

// Finding is one line of a check. A failed one keeps the site from working; a note is worth knowing.
type Finding struct {
	What   string
	Failed bool
	Note   bool
	Text   string
}

// Check looks at everything a start needs, without starting, migrating or leaving anything behind.
func Check(ctx context.Context, cfg config.Config, log *slog.Logger) []Finding {
	var out []Finding
	for _, step := range []struct {
		what string
		look func(ctx context.Context) (text string, note bool, err error)
	}{
		{"data folder", func(context.Context) (string, bool, error) { return checkFolder(cfg.Data) }},
		{"database", func(ctx context.Context) (string, bool, error) { return checkDatabase(ctx, cfg, log) }},
		{"files", func(ctx context.Context) (string, bool, error) { return checkBlobs(ctx, cfg.BlobURL) }},
		{"bus", func(ctx context.Context) (string, bool, error) { return checkBus(ctx, cfg.BusURL, log) }},
		{"certificates", func(context.Context) (string, bool, error) { return checkTLS(cfg) }},
		{"ports", func(context.Context) (string, bool, error) { return checkPorts(cfg) }},
		{"ffmpeg", func(context.Context) (string, bool, error) { return checkFFmpeg() }},
	} {
		ctx, cancel := context.WithTimeout(ctx, checkFor)
		text, note, err := step.look(ctx)
		cancel()
		f := Finding{What: step.what, Text: text, Note: note}
		if err != nil {
			f.Failed, f.Text = true, err.Error()
		}
		out = append(out, f)
	}
	return out
}

func checkFolder(dir string) (string, bool, error) {
	at := dir
	for { // the nearest folder that is there: a start makes the rest
		if _, err := os.Stat(at); err == nil || filepath.Dir(at) == at {
			break
		}
		at = filepath.Dir(at)
	}
	f, err := os.CreateTemp(at, ".hawker-check-")
	if err != nil {
		return "", false, fmt.Errorf("%s cannot be written: %w", at, err)
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return "", false, err
	}
	if at != dir {
		return dir + " will be made", true, nil
	}
	return dir + " can be written", false, nil
}

func checkDatabase(ctx context.Context, cfg config.Config, log *slog.Logger) (_ string, _ bool, err error) {
	version := "SELECT 'PostgreSQL ' || current_setting('server_version')"
	if path, ok := strings.CutPrefix(cfg.DatabaseURL, "sqlite:"); ok {
		version = "SELECT 'SQLite ' || sqlite_version()"
		if _, err := os.Stat(path); err != nil {
			text, _, err := checkFolder(filepath.Dir(path))
			return "SQLite, will be made: " + text, true, err
		}
	}
	d, err := db.Open(ctx, cfg.DatabaseURL, db.Options{Log: log, MaxConns: 1}) // refuses versions that are too old
	if err != nil {
		return "", false, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var text string
	if err := d.QueryRow(ctx, version).Scan(&text); err != nil {
		return "", false, err
	}
	schema, err := d.Schema(ctx)
	if err != nil {
		return "", false, err
	}
	if len(schema) == 0 {
		return text + ", empty: a start lays the tables", true, nil
	}
	n := 0
	for _, names := range schema {
		n += len(names)
	}
	return fmt.Sprintf("%s, %d migrations applied", text, n), false, nil
}

func checkBlobs(ctx context.Context, url string) (string, bool, error) {
	if dir, ok := strings.CutPrefix(url, "file:"); ok {
		if _, err := os.Stat(dir); err != nil {
			return checkFolder(dir)
		}
	}
	s, err := blob.Open(ctx, url)
	if err != nil {
		return "", false, err
	}
	key, content := "check/"+id.Secret(12), []byte("hawker check")
	if err := s.Put(ctx, key, bytes.NewReader(content), int64(len(content)), "text/plain"); err != nil {
		return "", false, err
	}
	o, err := s.Open(ctx, key)
	if err != nil {
		return "", false, errors.Join(err, s.Delete(ctx, key))
	}
	back, err := io.ReadAll(o)
	if err = errors.Join(err, o.Close(), s.Delete(ctx, key)); err == nil && !bytes.Equal(back, content) {
		err = errors.New("a file came back changed")
	}
	return "written, read and deleted", false, err
}

func checkBus(ctx context.Context, url string, log *slog.Logger) (string, bool, error) {
	if url == "embedded" {
		return "embedded", false, nil
	}
	b, err := bus.Open(ctx, url, bus.Deps{Clock: clock.Real{}, IDs: id.NewSource(clock.Real{}.Now), Log: log})
	if err != nil {
		return "", false, err
	}
	b.Close()
	return "NATS answers", false, nil
}

func checkTLS(cfg config.Config) (string, bool, error) {
	switch {
	case cfg.TLSCert != "" || cfg.TLSKey != "":
		pair, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey)
		if err != nil {
			return "", false, err
		}
		end := pair.Leaf.NotAfter
		if left := end.Sub(clock.Real{}.Now()); left < 0 {
			return "", false, fmt.Errorf("the certificate ended on %s", end.Format(time.DateOnly))
		}
		return "good until " + end.Format(time.DateOnly), false, nil
	case cfg.TLSDomains != "":
		return "by ACME for " + cfg.TLSDomains + "; ports 80 and 443 must be reachable from outside", true, nil
	case strings.HasPrefix(cfg.PublicURL, "https://"):
		return "in front of this process", false, nil
	}
	return "none: browsers give a camera to https pages only", true, nil
}

func checkPorts(cfg config.Config) (string, bool, error) {
	addrs := map[string]string{"addr": cfg.Addr, "rtmp-addr": cfg.RTMPAddr, "metrics-addr": cfg.MetricsAddr}
	if cfg.TLSCert != "" || cfg.TLSDomains != "" {
		addrs["http-addr"] = cfg.HTTPAddr
	}
	var errs []error
	for flag, addr := range addrs {
		if addr == "" {
			continue
		}
		l, err := listenOn(addr, flag, flag)
		if err == nil {
			err = l.Close()
		}
		errs = append(errs, err)
	}
	if cfg.WebRTCAddr != "" {
		c, err := net.ListenPacket("udp", cfg.WebRTCAddr)
		if err == nil {
			err = c.Close()
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		if Probe(cfg) == nil {
			return "taken by a running Hawker", true, nil
		}
		return "", false, err
	}
	return "free", false, nil
}

func checkFFmpeg() (string, bool, error) {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return "not found: nothing of a site needs it, the project's tests do", true, nil
	}
	return path, false, nil
}

// Probe asks a running process at cfg's address whether it is ready: for a container's health check. The
// certificate is not looked at, because this is our own address.
func Probe(cfg config.Config) error {
	_, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return err
	}
	c, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", port), checkFor)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(clock.Real{}.Now().Add(checkFor)); err != nil {
		return err
	}
	if cfg.TLSCert != "" || cfg.TLSDomains != "" {
		name, _, _ := strings.Cut(cfg.TLSDomains, ",")
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true, ServerName: name, MinVersion: tls.VersionTLS12})
	}
	req, err := http.NewRequest(http.MethodGet, "http://localhost/readyz", nil)
	if err != nil {
		return err
	}
	if err := req.Write(c); err != nil {
		return err
	}
	r, err := http.ReadResponse(bufio.NewReader(c), req)
	if err != nil {
		return err
	}
	const enough = 1 << 10
	said, err := io.ReadAll(io.LimitReader(r.Body, enough))
	if err = errors.Join(err, r.Body.Close()); err == nil && r.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(said)))
	}
	return err
}
