package bus_test

import (
	"context"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

func TestAudit_EachRuleBreaks(t *testing.T) {
	dbtest.Each(t, bus.Migrate, func(t *testing.T, d *db.DB) {
		b := open(t, d, clock.Real{})
		b.Consume("all", nil, func(context.Context, bus.Event) error { return nil })
		stop := run(t, b)
		emit(t, d, b, sold{1}, sold{2}, sold{3}, sold{4})
		settle(t, b)
		stop()
		emit(t, d, b, sold{5}) // pending
		audit := func() []bus.Break {
			t.Helper()
			var out []bus.Break
			err := d.Snapshot(t.Context(), func(ctx context.Context) (err error) { out, err = b.Audit(ctx); return err })
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if found := audit(); len(found) != 0 {
			t.Fatalf("sound, but %v", found)
		}
		const park = `INSERT INTO bus_parked (consumer, event_id, subject, payload, at, seq, error, parked_at) VALUES ('all', 'evt_x', 's', '', 0, 99, '', 0)`
		for _, c := range []struct{ rule, plant, mend string }{
			{"outbox.within_head", `UPDATE bus_outbox SET seq = 9 WHERE seq = 4`, `UPDATE bus_outbox SET seq = 4 WHERE seq = 9`},
			{"outbox.pending_is_whole", `UPDATE bus_cursors SET seq = -1`, `UPDATE bus_cursors SET seq = 4`},
			{"outbox.cursor_within_head", `UPDATE bus_cursors SET seq = 5`, `UPDATE bus_cursors SET seq = 4`},
			{"outbox.parked_within_head", park, `DELETE FROM bus_parked`},
			{"outbox.has_head", `DELETE FROM bus_head`, `INSERT INTO bus_head (id, seq) VALUES (1, 4)`},
		} {
			for i, q := range []string{c.plant, c.mend} {
				if _, err := d.Exec(t.Context(), q); err != nil {
					t.Fatal(err)
				}
				found := map[string]bool{}
				for _, v := range audit() {
					found[v.Rule] = v.Subject != "" && v.Detail != ""
				}
				if i == 0 && !found[c.rule] || i == 1 && len(found) > 0 {
					t.Errorf("%s: after %s found %v", c.rule, q, found)
				}
			}
		}
	})
}
