package media

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// What a crash left between an object and its row goes after six hours; what a row refers to, or may still
// refer to, stays, and so does what is too young to judge.
func TestSweepObjects_RemovesOnlyOldLeftovers(t *testing.T) {
	dbtest.Each(t, Migrate, func(t *testing.T, d *db.DB) {
		now := clock.NewFake(time.UnixMilli(1e12))
		w := newWorld(t, d, now, time.Minute)
		put := func(key string) string {
			t.Helper()
			if err := w.Blobs.Put(t.Context(), key, strings.NewReader("x"), 1, ""); err != nil {
				t.Fatal(err)
			}
			return key
		}
		img, err := w.AddImage(t.Context(), "usr_1", bytes.NewReader(picture(t, 4, 4)))
		if err != nil {
			t.Fatal(err)
		}
		waits := Asset{ID: w.IDs.New("ast"), Owner: "usr_1", Kind: Video, State: Uploading, CreatedAt: now.Now().UnixMilli()}
		if err := w.insertAsset(t.Context(), waits); err != nil {
			t.Fatal(err)
		}
		rec := w.IDs.New("rec")
		for _, q := range []string{`INSERT INTO media_recordings (id, channel_id, session, state, started_at, ended_at) VALUES ($1, 'chn_1', 's', 'ended', 0, 1)`,
			`INSERT INTO media_segments (recording_id, seq, init_n, duration_us, at, bytes, discontinuity) VALUES ($1, 1, 0, 1, 0, 1, 0)`} {
			if _, err := d.Exec(t.Context(), q, rec); err != nil {
				t.Fatal(err)
			}
		}
		keep := []string{img.BlobKey, put("vod/" + waits.ID), put(segmentKey(rec, 1)), put(initKey(rec, 0))}
		put("vod/" + w.IDs.New("ast"))
		put("img/" + w.IDs.New("img"))
		put(segmentKey(rec, 2))
		put(segmentKey(w.IDs.New("rec"), 1))
		now.Advance(objectAge + time.Second)
		keep = append(keep, put("vod/"+id.NewSource(now.Now).New("ast")), put("other/thing"))
		if n, err := w.SweepObjects(t.Context()); err != nil || n != 4 {
			t.Fatalf("%d removed, %v", n, err)
		}
		var left []string
		if err := w.Blobs.List(t.Context(), "", func(key string, _ int64) error { left = append(left, key); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(keep)
		if slices.Sort(left); !slices.Equal(left, keep) {
			t.Errorf("left %v\nnot  %v", left, keep)
		}
	})
}
