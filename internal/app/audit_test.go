package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/config"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/media/tus"
)

func auditable(t *testing.T, databaseURL string) *App {
	t.Helper()
	dir := t.TempDir()
	a, err := Build(t.Context(), config.Config{Data: dir, DatabaseURL: databaseURL, BusURL: "embedded", BlobURL: "file:" + filepath.Join(dir, "files")}, Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// An audit is asked about sites one did not set up: it refuses what it would have to make or bring up to date.
func TestAudit_LeavesAnOlderDatabaseAsItIs(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		url, dir := dbtest.SQLiteURL(t), t.TempDir()
		if d.Engine() == db.Postgres {
			url = dbtest.PostgresURL(t)
		}
		a := auditable(t, url)
		if _, err := a.DB.Exec(t.Context(), `DELETE FROM db_migrations WHERE domain = 'feed'`); err != nil {
			t.Fatal(err)
		}
		cfg := config.Config{Data: filepath.Join(dir, "elsewhere"), DatabaseURL: url, BusURL: "embedded", BlobURL: "file:" + filepath.Join(dir, "files")}
		_, err := Build(t.Context(), cfg, Options{Offline: true, Unchanged: true})
		if err == nil || !strings.Contains(err.Error(), "migrate feed: the database is older than this program") {
			t.Errorf("an older database: %v", err)
		}
		if had, err := a.DB.Schema(t.Context()); err != nil || len(had["feed"]) > 0 {
			t.Errorf("it was brought up to date: %v, %v", had["feed"], err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("folders were made: %v, %v", left, err)
		}
	})
}

// Every area is asked, on both engines, and what each says reaches the report: a break planted in each area's
// tables is named by it. The areas' own tests break their own rules one by one.
func TestAudit_EveryAreaIsAsked(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		url := dbtest.SQLiteURL(t)
		if d.Engine() == db.Postgres {
			url = dbtest.PostgresURL(t)
		}
		a := auditable(t, url)
		r, err := a.Audit(t.Context())
		if err != nil || len(r.Breaks) > 0 || len(r.Notes) > 0 {
			t.Fatalf("an empty site: %+v, %v", r, err)
		}
		for _, q := range []string{
			`INSERT INTO money_accounts (id, owner, kind, unit, posted, held, floor) VALUES ('acc_x', 'o', 'k', 'CNY', 5, 0, 0)`,
			`INSERT INTO shop_orders (id, idem, idem_body, number, shop_id, buyer_id, buyer_name, state, refund_state, refund_id, address, note, room_id, post_id, goods, freight, discount, total,
				fee_bps, payment_id, carrier, tracking_no, closed_reason, hold_until, receive_by, created_at, paid_at, shipped_at, received_at, settled_at)
				VALUES ('ord_x', 'i', 'b', 'n', 's', 'b', 'n', 'closed', '', '', '{}', '', '', '', 1, 0, 0, 1, 0, '', '', '', '', 0, 0, 0, 0, 0, 0, 0)`,
			`INSERT INTO live_rooms (id, channel_id, title, cover, state, record, demo, session, epoch, explain_product, explain_at, pin, likes, comments, entered, online, peak, ended_by, created_at, started_at, ended_at)
				VALUES ('rom_x', 'c', '', '', 'prepared', 0, 0, '', 0, '', 0, '', -1, 0, 0, 0, 0, '', 0, 0, 0)`,
			`INSERT INTO media_assets (id, owner, kind, state, code, blob_key, content_type, bytes, width, height, duration_ms, codecs, sha256, created_at)
				VALUES ('img_x', 'o', 'image', 'ready', '', 'img/img_x', '', 1, 1, 1, 0, '', '', 0)`,
			`UPDATE moderation_head SET seq = 7`,
			`UPDATE bus_head SET seq = -1`,
			`INSERT INTO bus_cursors (consumer, seq, at) VALUES ('c', 0, 1)`,
			`INSERT INTO job_jobs (id, kind, payload, state, asked, run_at, tries, owner, lease_until, error, created_at) VALUES ('job_x', 'k', '', 'dead', 1, 0, 12, '', 0, 'poison', 0)`,
			`INSERT INTO bus_parked (consumer, event_id, subject, payload, at, seq, error, parked_at) VALUES ('c', 'evt_x', 's', '', 0, -2, 'poison', 0)`,
		} {
			if _, err := a.DB.Exec(t.Context(), q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
		if r, err = a.Audit(t.Context()); err != nil {
			t.Fatal(err)
		}
		for rule, subject := range map[string]string{"ledger.posted_equals_entries": "acc_x", "order.total_adds_up": "ord_x", "counters": "rom_x", "asset_object": "img_x",
			"log.ends_at_its_end": "moderation_head", "outbox.cursor_within_head": "c"} {
			if !slices.ContainsFunc(r.Breaks, func(b Break) bool { return b.Rule == rule && b.Subject == subject }) {
				t.Errorf("%s of %s is not in %+v", rule, subject, r.Breaks)
			}
		}
		if len(r.Notes) != 2 || r.Notes[0].Subject != "job_x" || r.Notes[1].Subject != "evt_x" {
			t.Errorf("noted %+v", r.Notes)
		}
	})
}

func TestAudit_UploadsUnderWayHaveWhatWasAcknowledged(t *testing.T) {
	a := auditable(t, dbtest.SQLiteURL(t))
	now := a.Clock.Now()
	up := tus.Upload{ID: a.IDs.New("upl"), Owner: "usr_1", Length: 100, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	if err := a.Media.Uploads().Create(t.Context(), up); err != nil {
		t.Fatal(err)
	}
	if err := a.Media.Uploads().SetOffset(context.Background(), up.ID, 50, false); err != nil {
		t.Fatal(err)
	}
	lost := id.NewSource(time.Now).New("upl")
	for name, size := range map[string]int{up.ID: 49, lost: 1} {
		if err := os.WriteFile(filepath.Join(a.Config.Data, "uploads", name+".part"), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(filepath.Join(a.Config.Data, "uploads", lost+".part"), old, old); err != nil {
		t.Fatal(err)
	}
	r, err := a.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for rule, subject := range map[string]string{"upload.acknowledged_is_there": up.ID, "upload.file_has_row": lost} {
		if !slices.ContainsFunc(r.Breaks, func(b Break) bool { return b.Rule == rule && b.Subject == subject }) {
			t.Errorf("%s of %s is not in %+v", rule, subject, r.Breaks)
		}
	}
}
