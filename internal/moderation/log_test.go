package moderation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// filled is a world whose log has n lines.
func (w *world) filled(n int) {
	w.T.Helper()
	mei := w.User("mei")
	c := w.Found(mei, "tea")
	for i := range n {
		w.OK(w.mod.HidePost(w.Ctx, w.op, w.Post(mei, c.ID, "x").ID, fmt.Sprint("reason ", i+1)))
	}
}

func TestLog_PagesNewestFirstForOperators(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.filled(5)
		var got []string
		for cursor := ""; ; {
			page, err := w.mod.Log(w.Ctx, w.op, cursor, 2)
			w.OK(err)
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				got = append(got, e.Reason)
				cursor = e.ID
			}
		}
		if text := strings.Join(got, ","); text != "reason 5,reason 4,reason 3,reason 2,reason 1" {
			t.Errorf("pages read %s", text)
		}
		_, err := w.mod.Log(w.Ctx, w.op, "mod_none", 2)
		w.Refused(err, "cursor_invalid")
		_, err = w.mod.Log(w.Ctx, w.User("bob"), "", 2)
		w.Refused(err, "operator_only")
	})
}

func TestAudit_FindsWhatWasDoneToTheLog(t *testing.T) {
	for name, tc := range map[string]struct {
		sql   string
		rules string
	}{
		"a reason was changed":        {`UPDATE moderation_log SET reason = 'nicer' WHERE seq = 3`, "log.unchanged"},
		"an actor was changed":        {`UPDATE moderation_log SET actor_id = 'usr_other' WHERE seq = 1`, "log.unchanged"},
		"a time was changed":          {`UPDATE moderation_log SET at = at + 1 WHERE seq = 5`, "log.unchanged"},
		"a line was removed":          {`DELETE FROM moderation_log WHERE seq = 2`, "log.dense log.chained"},
		"the first line was removed":  {`DELETE FROM moderation_log WHERE seq = 1`, "log.dense log.chained"},
		"the last line was removed":   {`DELETE FROM moderation_log WHERE seq = 5`, "log.ends_at_its_end"},
		"every line was removed":      {`DELETE FROM moderation_log`, "log.ends_at_its_end"},
		"the end was moved back":      {`UPDATE moderation_head SET seq = 4`, "log.ends_at_its_end"},
		"the end was removed":         {`DELETE FROM moderation_head`, "log.has_end"},
		"a line was forged with hash": {`UPDATE moderation_log SET reason = 'nicer', hash = 'f00d' WHERE seq = 3`, "log.unchanged log.chained"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				w.filled(5)
				w.sound()
				if _, err := d.Exec(w.Ctx, tc.sql); err != nil {
					t.Fatal(err)
				}
				breaks, err := w.mod.Audit(w.Ctx)
				w.OK(err)
				var rules []string
				for _, b := range breaks {
					rules = append(rules, b.Rule)
				}
				if got := strings.Join(rules, " "); got != tc.rules {
					t.Errorf("the audit finds %v, want %s", breaks, tc.rules)
				}
			})
		})
	}
}
