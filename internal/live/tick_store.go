package live

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// flushEvery bounds what a crash can take of the talk. Money and rights never live here.
const flushEvery = time.Second

// roomStats are the counters a flush writes to the room's row.
type roomStats struct{ likes, comments, entered, online, peak int64 }

// stored is one sealed tick on its way to the store.
type stored struct {
	room  string
	tick  *Sealed
	key   *SealedKey
	stats roomStats
	// what the review needs: the minute as far as it has come, and what changed of the rest
	minute  minute
	opens   map[string]int64
	sources map[Source]int64
}

// comment on its way to the store.
type spoken struct {
	room string
	c    timeline.Comment
}

const (
	// maxHeld ticks are kept while the database does not answer: a minute of a hundred rooms. maxTalk comments
	// likewise. Beyond them the oldest go: the live picture matters more than its replay.
	maxHeld = 24_000
	maxTalk = 50_000
)

// tickWriter stores the ticks of every room in one transaction a second.
type tickWriter struct {
	s *Service

	// turn is held by the one flush under way: what waits is stored in order, and a batch that failed goes
	// back before anything newer was tried.
	turn chan struct{}

	mu    sync.Mutex
	ticks []stored
	talk  []spoken
}

func newTickWriter(s *Service) *tickWriter { return &tickWriter{s: s, turn: make(chan struct{}, 1)} }

func (w *tickWriter) add(row stored) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ticks = append(w.ticks, row)
}

func (w *tickWriter) say(room string, c timeline.Comment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.talk = append(w.talk, spoken{room, c})
}

func (w *tickWriter) run(ctx context.Context) error {
	t := w.s.Clock.Ticker(flushEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C():
			w.flush(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

// flush stores what waits; when it returns, all that was said before is stored, or ctx has ended, or the
// database failed and everything waits for the next try.
func (w *tickWriter) flush(ctx context.Context) {
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return
	}
	w.mu.Lock()
	ticks, talk := w.ticks, w.talk
	w.ticks, w.talk = nil, nil
	w.mu.Unlock()
	if len(ticks) == 0 && len(talk) == 0 {
		return
	}
	err := w.s.DB.Tx(ctx, func(ctx context.Context) error { return w.write(ctx, ticks, talk) })
	if err == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ticks, w.talk = append(ticks, w.ticks...), append(talk, w.talk...)
	lost := max(0, len(w.ticks)-maxHeld) + max(0, len(w.talk)-maxTalk)
	w.ticks, w.talk = w.ticks[max(0, len(w.ticks)-maxHeld):], w.talk[max(0, len(w.talk)-maxTalk):]
	w.s.Log.Error("store ticks", "ticks", len(ticks), "comments", len(talk), "lost", lost, "err", err)
}

func (w *tickWriter) write(ctx context.Context, ticks []stored, talk []spoken) error {
	var runs []*run
	byRoom := map[string]*run{}
	for _, t := range ticks {
		k := byRoom[t.room]
		// A run is dense ticks of one epoch: a restart or a lost tick in between makes two.
		if k == nil || !k.goesOn(t) {
			k = &run{room: t.room}
			byRoom[t.room] = k
			runs = append(runs, k)
		}
		k.rows = append(k.rows, t)
	}
	for _, k := range runs {
		if err := w.writeRun(ctx, k.room, k.rows); err != nil {
			return err
		}
	}
	for _, sp := range talk {
		body, err := json.Marshal(sp.c)
		if err != nil {
			return err
		}
		if _, err := w.s.DB.Exec(ctx, `INSERT INTO live_comments (id, room_id, user_id, body, removed, at) VALUES ($1,$2,$3,$4,0,$5) ON CONFLICT (id) DO NOTHING`,
			sp.c.ID, sp.room, sp.c.User, string(body), sp.c.At); err != nil {
			return err
		}
	}
	return nil
}

// run is a stretch of one room's ticks without a gap.
type run struct {
	room string
	rows []stored
}

func (r *run) goesOn(t stored) bool { return t.tick.Tick.GoesOn(r.rows[len(r.rows)-1].tick.Tick) }

// writeRun stores one stretch. A commit whose answer was lost is tried again with newer ticks behind: the
// row then grows by them, and what it said before stays as it was.
func (w *tickWriter) writeRun(ctx context.Context, room string, rows []stored) error {
	var body bytes.Buffer
	for i, r := range rows {
		if i > 0 {
			body.WriteByte('\n')
		}
		body.Write(r.tick.Body)
		if r.key == nil {
			continue
		}
		if _, err := w.s.DB.Exec(ctx, `INSERT INTO live_keyframes (room_id, epoch, n, at, body) VALUES ($1,$2,$3,$4,$5) ON CONFLICT (room_id, epoch, n) DO NOTHING`,
			room, r.tick.Tick.Epoch, r.key.N, r.key.At, string(r.key.Body)); err != nil {
			return err
		}
	}
	first, last := rows[0].tick.Tick, rows[len(rows)-1].tick.Tick
	if _, err := w.s.DB.Exec(ctx, `INSERT INTO live_ticks (room_id, epoch, first_n, last_n, from_at, to_at, body) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (room_id, epoch, first_n) DO UPDATE SET last_n = excluded.last_n, to_at = excluded.to_at, body = excluded.body WHERE excluded.last_n > live_ticks.last_n`,
		room, first.Epoch, first.N, last.N, first.At, last.At, body.String()); err != nil {
		return err
	}
	st := rows[len(rows)-1].stats
	if err := w.writeMinutes(ctx, room, rows); err != nil {
		return err
	}
	// A node that lost the room keeps what it sealed, but the counters are the new owner's.
	_, err := w.s.DB.Exec(ctx, `UPDATE live_rooms SET likes = $1, comments = $2, entered = $3, online = CASE WHEN state = 'ended' THEN 0 ELSE $4 END, peak = $5
		WHERE id = $6 AND epoch = $7`, st.likes, st.comments, st.entered, st.online, st.peak, room, first.Epoch)
	return err
}

type tickRow struct {
	first, last int64
	body        string
}

// storedTicks reads ticks a to b of an epoch, in order, as far as they are stored without a gap.
func (s *Service) storedTicks(ctx context.Context, roomID string, epoch, a, b int64) ([][]byte, error) {
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v tickRow, err error) { err = r.Scan(&v.first, &v.last, &v.body); return v, err },
		`SELECT first_n, last_n, body FROM live_ticks WHERE room_id = $1 AND epoch = $2 AND last_n >= $3 AND first_n <= $4 ORDER BY first_n`, roomID, epoch, a, b)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, r := range rows {
		n := r.first
		for line := range bytes.SplitSeq([]byte(r.body), []byte("\n")) {
			if n == a && n <= b {
				out = append(out, line)
				a++
			}
			n++
		}
	}
	return out, nil
}
