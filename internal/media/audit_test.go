package media

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/id"
)

func TestAudit_EachRuleBreaks(t *testing.T) {
	f := newFilm(t)
	each(t, time.Minute, func(t *testing.T, w *world) {
		img, err := w.AddImage(t.Context(), "usr_1", bytes.NewReader(picture(t, 4, 4)))
		if err != nil {
			t.Fatal(err)
		}
		video := w.video(t, "plain.mp4")
		p := w.publish(t, w.key(t, "chn_1"), "rtmp")
		if err := p.Tracks(f.tracks); err != nil {
			t.Fatal(err)
		}
		rec, err := w.StartRecording(t.Context(), "chn_1")
		if err != nil {
			t.Fatal(err)
		}
		f.play(t, p, 0, 5)
		w.Cut("chn_1")
		seq := w.ended(t, rec).Segments[0].Seq
		if breaks, err := w.Audit(t.Context(), true); err != nil || len(breaks) != 0 {
			t.Fatalf("sound, but %v, %v", breaks, err)
		}
		set := func(q string, args ...any) func() {
			return func() {
				if n, err := w.DB.Exec(t.Context(), q, args...); err != nil || n != 1 {
					t.Fatalf("%s: %d rows, %v", q, n, err)
				}
			}
		}
		object := func(key string, body string) func() {
			return func() {
				err := w.Blobs.Delete(t.Context(), key)
				if err == nil && body != "" {
					err = w.Blobs.Put(t.Context(), key, strings.NewReader(body), int64(len(body)), "video/mp4")
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		ready := func(id string, kind Kind) Asset {
			return Asset{ID: id, Owner: "usr_1", Kind: kind, State: Ready, BlobKey: img.BlobKey, Bytes: img.Bytes, Width: 4, Height: 4, DurationMS: 9}
		}
		insert := func(change func(*Asset), id string, kind Kind) func() {
			return func() {
				a := ready(id, kind)
				change(&a)
				if err := w.insertAsset(t.Context(), a); err != nil {
					t.Fatal(err)
				}
			}
		}
		old := id.NewSource(func() time.Time { return time.Now().Add(-25 * time.Hour) }).New("ast")
		seen := map[string]bool{}
		for _, c := range []struct {
			rule, subject string
			plant         func()
		}{
			{"asset_size", "img_flat", insert(func(a *Asset) { a.Width = 0 }, "img_flat", Image)},
			{"asset_duration", "ast_still", insert(func(a *Asset) { a.DurationMS = 0 }, "ast_still", Video)},
			{"asset_object", "img_lost", insert(func(a *Asset) { a.BlobKey = "img/none" }, "img_lost", Image)},
			{"asset_object", "img_keyless", insert(func(a *Asset) { a.BlobKey = "" }, "img_keyless", Image)},
			{"asset_object", video.ID, object(video.BlobKey, "cut short")},
			{"segment_object", rec, object(segmentKey(rec, seq), "cut short")},
			{"segment_object", rec, object(segmentKey(rec, seq+1), "")},
			{"segment_init", rec, object(initKey(rec, 0), "")},
			{"asset_hash", img.ID, object(img.BlobKey, strings.Repeat("x", int(img.Bytes)))},
			{"object_unreferenced", "vod/" + old, object("vod/"+old, "left by a crash")},
			{"object_unreferenced", "img/" + old, object("img/"+old, "left by a crash")},
			{"object_unreferenced", "rec/" + old + "/seg-1.m4s", object("rec/"+old+"/seg-1.m4s", "left by a crash")},
			{"upload_given_up", "ast_waits", insert(func(a *Asset) { a.State, a.CreatedAt = Uploading, 1 }, "ast_waits", Video)},
			{"upload_within_length", "upl_long", set(`INSERT INTO media_uploads (id, owner, length, received, filename, mime, created_at, expires_at) VALUES ($1, 'usr_1', 5, 6, '', '', 0, 0)`, "upl_long")},
			{"recording_open", rec, set(`UPDATE media_recordings SET state = 'recording' WHERE id = $1`, rec)},
		} {
			c.plant()
			breaks, err := w.Audit(t.Context(), true)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, b := range breaks {
				found = found || b.Rule == c.rule && b.Subject == c.subject && !seen[b.Rule+b.Subject+b.Detail]
				seen[b.Rule+b.Subject+b.Detail] = true
			}
			if !found {
				t.Errorf("%s of %s is not found in %v", c.rule, c.subject, breaks)
			}
		}
	})
}
