package demo_test

import (
	"testing"

	"github.com/hawker-live/hawker/internal/demo"
	"github.com/hawker-live/hawker/internal/identity"
)

// checkWipe: a wipe leaves nothing, and the next world is whole.
func (w *world) checkWipe() {
	w.t.Helper()
	born, err := demo.Born(w.ctx, w.db)
	w.must(err)
	before := w.census()
	w.must(demo.Wipe(w.ctx, w.db, w.blobs))
	left := 0
	w.must(w.blobs.List(w.ctx, "", func(string, int64) error { left++; return nil }))
	if left != 0 {
		w.t.Errorf("%d files are left", left)
	}
	_, err = demo.Born(w.ctx, w.db)
	w.refuses(err, "not_a_demo")
	w.refuses(demo.Wipe(w.ctx, w.db, w.blobs), "not_a_demo")

	w.must(migrate(w.ctx, w.db))
	again := newWorld(w.t, w.db, w.blobs)
	again.seed()
	again.sound()
	for table, n := range again.census() {
		if n != before[table] {
			w.t.Errorf("%s has %d rows, had %d", table, n, before[table])
		}
	}
	if now, err := demo.Born(w.ctx, w.db); err != nil || now == born {
		w.t.Errorf("born %s, again %s (%v)", born, now, err)
	}
}

func TestWipe_RefusesADatabaseThatSomebodyUses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.now.Identity.CreateUser(w.ctx, identity.SignUp{Login: "real", Name: "Real", Password: "correct horse"})
		w.must(err)
		w.refuses(demo.Wipe(w.ctx, w.db, w.blobs), "not_a_demo")
		w.refuses(w.demo.Seed(w.ctx, nil), "not_a_demo") // its table of things is there now, and empty
		w.refuses(demo.Wipe(w.ctx, w.db, w.blobs), "not_a_demo")
		if n, err := w.now.Identity.CountUsers(w.ctx); err != nil || n != 1 {
			t.Errorf("%d accounts (%v)", n, err)
		}
	})
}
