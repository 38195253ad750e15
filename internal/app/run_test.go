package app

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/config"
)

// A node of a cluster that holds no rooms starts while another one records.
func TestRun_ANodeWithoutRoomsLeavesTheRecordingsOfOthersAlone(t *testing.T) {
	data := t.TempDir()
	for _, c := range []struct{ flag, want string }{{"--live=false", "recording"}, {"--live=true", "ended"}} {
		cfg, _, err := config.Load("test", []string{"--data", data, "--addr", "127.0.0.1:0", "--rtmp-addr", "127.0.0.1:0", "--webrtc-addr", "", c.flag}, func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		a, err := Build(t.Context(), cfg, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.DB.Exec(t.Context(), `INSERT INTO media_recordings (id, channel_id, session, state, started_at, ended_at)
			VALUES ('rec_other', 'chn_other', 'str_other', 'recording', 1, 0) ON CONFLICT (id) DO NOTHING`); err != nil {
			t.Fatal(err)
		}
		if err := a.Listen(); err != nil {
			t.Fatal(err)
		}
		if holds := a.listener.rtmp != nil; holds != (c.want == "ended") {
			t.Errorf("%s: takes encoders: %v", c.flag, holds)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.Run(ctx) }()
		for end := time.Now().Add(10 * time.Second); a.ready(t.Context()) != nil; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(a.ready(t.Context()))
			}
		}
		var state string
		if err := a.DB.QueryRow(t.Context(), `SELECT state FROM media_recordings WHERE id = 'rec_other'`).Scan(&state); err != nil || state != c.want {
			t.Errorf("%s: the recording is %q, %v", c.flag, state, err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		a.Close()
	}
}

func TestReady_SaysWhyNot(t *testing.T) {
	cfg, _, err := config.Load("test", []string{"--data", t.TempDir(), "--addr", "127.0.0.1:0", "--rtmp-addr", "", "--webrtc-addr", ""}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	cfg.DatabaseURL = "sqlite:" + filepath.Join(cfg.Data, "hawker.db")
	a, err := Build(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	says := func(want string) {
		t.Helper()
		if err := a.ready(t.Context()); err == nil || err.Error() != want {
			t.Errorf("it says %v, not %q", err, want)
		}
	}
	says("starting")
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	for end := time.Now().Add(10 * time.Second); a.ready(t.Context()) != nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(a.ready(t.Context()))
		}
	}
	// Somebody put an older database in its place.
	if _, err := a.DB.Exec(t.Context(), `DELETE FROM db_migrations WHERE domain = 'shop' AND n = (SELECT max(n) FROM db_migrations WHERE domain = 'shop')`); err != nil {
		t.Fatal(err)
	}
	says("the tables are older than this program")
	// A rolling upgrade: the next version has migrated already, and this node still answers.
	if _, err := a.DB.Exec(t.Context(), `INSERT INTO db_migrations (domain, n, name, at) SELECT 'shop', count(*) + 1, $1, 0 FROM db_migrations WHERE domain = 'shop'`, a.schema["shop"][len(a.schema["shop"])-1]); err != nil {
		t.Fatal(err)
	}
	if _, err := a.DB.Exec(t.Context(), `INSERT INTO db_migrations (domain, n, name, at) SELECT 'shop', count(*) + 1, '9999_next.sql', 0 FROM db_migrations WHERE domain = 'shop'`); err != nil {
		t.Fatal(err)
	}
	if err := a.ready(t.Context()); err != nil {
		t.Errorf("not ready under a newer schema: %v", err)
	}
	if _, err := a.DB.Exec(t.Context(), `ALTER TABLE identity_users RENAME TO identity_lost`); err != nil {
		t.Fatal(err)
	}
	says("the database does not answer")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	says("draining")
}
