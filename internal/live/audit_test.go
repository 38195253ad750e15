package live

import (
	"testing"
)

func TestAudit_EachRuleBreaks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.live(t)
		if err := w.Explain(t.Context(), w.owner(), r.ID, "prd_1"); err != nil {
			t.Fatal(err)
		}
		v := w.join(t, r.ID, "viewer-1")
		v.next(t)
		must[Room](t)(w.End(t.Context(), w.owner(), r.ID))
		eventually(t, "the last tick", func() bool { return w.sequencer(r.ID) == nil })
		w.sound(t)
		rooms := map[string]string{}
		for _, rule := range rules {
			rooms[rule.name] = w.prepare(t).ID
		}
		plant := func(rule string, statements ...string) {
			t.Helper()
			for _, q := range statements {
				if _, err := w.DB.Exec(t.Context(), q, rooms[rule]); err != nil {
					t.Fatalf("%s: %v", q, err)
				}
			}
		}
		const tick = `INSERT INTO live_ticks (room_id, epoch, first_n, last_n, from_at, to_at, body) VALUES ($1,`
		on := `UPDATE live_rooms SET state = 'live', epoch = 9, started_at = 5 WHERE id = $1`
		plant("ticks_dense", on, `UPDATE live_rooms SET channel_id = 'chn_a' WHERE id = $1`, tick+`1,1,4,0,0,'')`, tick+`1,6,8,0,0,'')`, tick+`1,8,9,0,0,'')`, tick+`2,3,2,0,0,'')`)
		plant("keyframe_of_tick", `UPDATE live_rooms SET epoch = 9 WHERE id = $1`, tick+`1,1,4,0,0,'')`, `INSERT INTO live_keyframes (room_id, epoch, n, at, body) VALUES ($1,1,5,0,'')`)
		plant("epoch_known", tick+`1,1,4,0,0,'')`)
		if _, err := w.DB.Exec(t.Context(), `DROP INDEX live_rooms_one_on_air`); err != nil {
			t.Fatal(err)
		}
		plant("one_on_air", on, `INSERT INTO live_rooms SELECT id || 'b', channel_id, title, cover, state, record, demo, session, epoch, explain_product, explain_at, pin, likes, comments,
			entered, online, peak, ended_by, created_at, started_at, ended_at FROM live_rooms WHERE id = $1`)
		rooms["one_on_air"] = channel
		plant("ended_after_start", `UPDATE live_rooms SET state = 'ended', started_at = 9, ended_at = 8 WHERE id = $1`)
		const explain = `INSERT INTO live_explains (room_id, product_id, from_at, to_at) VALUES ($1,`
		plant("explain_closed", `UPDATE live_rooms SET state = 'ended', started_at = 1, ended_at = 2 WHERE id = $1`, explain+`'prd_1',1,0)`)
		plant("explain_once", explain+`'prd_1',1,0)`, explain+`'prd_2',2,0)`)
		const notice = `INSERT INTO live_notices (id, channel_id, title, cover, starts_at, state, room_id, reserved, moves, soon_turn, reason, created_at, ended_at) VALUES ($1,'chn_1','','',0,`
		plant("notice_counted", notice+`'planned','',3,0,-1,'',0,0)`)
		plant("notice_of_room", notice+`'live','rom_none',0,0,-1,'',0,0)`)
		plant("counters", `UPDATE live_rooms SET likes = -1 WHERE id = $1`)

		found := map[string]int{}
		for _, b := range must[[]Break](t)(w.Audit(t.Context())) {
			if b.Subject != rooms[b.Rule] || b.Detail == "" {
				t.Errorf("%+v was not planted", b)
			}
			found[b.Rule]++
		}
		for _, rule := range rules {
			if want := map[bool]int{true: 3, false: 1}[rule.name == "ticks_dense"]; found[rule.name] != want {
				t.Errorf("%s is broken %d times, found %d", rule.name, want, found[rule.name])
			}
		}
	})
}
