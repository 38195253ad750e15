package live

import (
	"testing"

	"github.com/hawker-live/hawker/internal/infra/db"
)

func TestTrim_DropsOldTalkOfUnrecordedRoomsOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		kept, dropped := w.prepare(t), w.prepare(t)
		exec := func(q string, args ...any) {
			t.Helper()
			if _, err := w.DB.Exec(t.Context(), q, args...); err != nil {
				t.Fatal(err)
			}
		}
		exec(`UPDATE live_rooms SET record = 0 WHERE id = $1`, dropped.ID)
		now := w.Clock.Now().UnixMilli()
		for _, room := range []string{kept.ID, dropped.ID} {
			for n, age := range []int64{3 * 3_600_000, 2 * 3_600_000, 60_000} {
				at := now - age
				exec(`INSERT INTO live_ticks (room_id, epoch, first_n, last_n, from_at, to_at, body) VALUES ($1,1,$2,$2,$3,$3,'{}')`, room, n+1, at)
				exec(`INSERT INTO live_keyframes (room_id, epoch, n, at, body) VALUES ($1,1,$2,$3,'{}')`, room, n+1, at)
				exec(`INSERT INTO live_comments (id, room_id, user_id, body, removed, at) VALUES ($1,$2,'usr_1','{}',0,$3)`, w.IDs.New("cmt"), room, at)
			}
		}
		if err := w.Trim(t.Context()); err != nil {
			t.Fatal(err)
		}
		for room, want := range map[string]int64{kept.ID: 3, dropped.ID: 1} {
			for _, q := range []string{`SELECT count(*) FROM live_ticks WHERE room_id = $1`, `SELECT count(*) FROM live_keyframes WHERE room_id = $1`, `SELECT count(*) FROM live_comments WHERE room_id = $1`} {
				n, _, err := db.Get(t.Context(), w.DB, func(r db.Row) (int64, error) {
					var n int64
					err := r.Scan(&n)
					return n, err
				}, q, room)
				if err != nil || n != want {
					t.Errorf("%s: %d rows, want %d (%v)", q, n, want, err)
				}
			}
		}
		exec(`UPDATE live_rooms SET epoch = 1 WHERE id IN ($1,$2)`, kept.ID, dropped.ID)
		w.sound(t)
	})
}
