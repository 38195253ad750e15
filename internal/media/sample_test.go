package media

import (
	"bytes"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

func TestSample_ShowsAPictureUntilStopped(t *testing.T) {
	w := one(t, 50*time.Millisecond)
	a := w.video(t, "plain.mp4")
	if err := w.StartSample(t.Context(), "chn_1", a.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, w.StartSample(t.Context(), "chn_1", a.ID), errs.Conflict, "sample_running")
	w.hears(t, "up")
	if st := w.stream(t, "chn_1"); !st.OnAir || st.Protocol != "sample" || !w.SampleOn("chn_1") {
		t.Fatalf("%+v", st)
	}
	w.StopSample("chn_1")
	if w.SampleOn("chn_1") {
		t.Fatal("still on after its stop")
	}
	w.StopSample("chn_1")
	w.hears(t, "up down gone")
	if h, err := w.Health(t.Context(), "chn_1"); err != nil || h.LastError.Code != "" {
		t.Fatalf("a stop is no error: %+v, %v", h.LastError, err)
	}
}

func TestSample_MayStartAgainAtOnce(t *testing.T) {
	w := one(t, time.Minute)
	a := w.video(t, "plain.mp4")
	for range 5 {
		if err := w.StartSample(t.Context(), "chn_1", a.ID); err != nil {
			t.Fatal(err)
		}
		w.StopSample("chn_1")
	}
	if err := w.StartSample(t.Context(), "chn_1", a.ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { st, _ := w.StreamOf("chn_1"); return st.OnAir && strings.HasSuffix(w.heard.said(), "up") }, func() string { return w.heard.said() })
}

func TestSample_ARealPublisherTakesOverAndIsNotTakenOver(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	key := w.key(t, "chn_1")
	a := w.video(t, "plain.mp4")
	if err := w.StartSample(t.Context(), "chn_1", a.ID); err != nil {
		t.Fatal(err)
	}
	w.hears(t, "up")
	session := w.stream(t, "chn_1").Session
	p := w.publish(t, key, "rtmp")
	f.play(t, p, 0, 2)
	eventually(t, func() bool { return !w.SampleOn("chn_1") }, func() string { return "the sample goes on beside the camera" })
	if st := w.stream(t, "chn_1"); st.Session != session || st.Protocol != "rtmp" || !st.OnAir {
		t.Fatalf("%+v", st)
	}
	refused(t, w.StartSample(t.Context(), "chn_1", a.ID), errs.Conflict, "publisher_on_air")
	f.play(t, p, 2, 3)
	if h, err := w.Health(t.Context(), "chn_1"); err != nil || h.LastError.Code != "" {
		t.Fatalf("%+v, %v", h.LastError, err)
	}
	w.hears(t, "up up")
}

func TestSample_RefusesWhatDoesNotPlay(t *testing.T) {
	w := one(t, time.Minute)
	refused(t, w.StartSample(t.Context(), "chn_1", "ast_none"), errs.NotFound, "asset_not_found")
	img, err := w.AddImage(t.Context(), "usr_1", bytes.NewReader(picture(t, 4, 4)))
	if err != nil {
		t.Fatal(err)
	}
	refused(t, w.StartSample(t.Context(), "chn_1", img.ID), errs.NotFound, "asset_not_found")
	w.upload(t, "upl_1", 10)
	refused(t, w.StartSample(t.Context(), "chn_1", "ast_1"), errs.NotFound, "asset_not_found")
	if _, ok := w.StreamOf("chn_1"); ok || w.SampleOn("chn_1") {
		t.Fatal("a refused sample left a session")
	}
}

func TestSample_StartedByManyRunsOnce(t *testing.T) {
	w := one(t, time.Minute)
	a := w.video(t, "plain.mp4")
	var running sync.WaitGroup
	var started atomic.Int64
	for range 16 {
		running.Go(func() {
			switch err := w.StartSample(t.Context(), "chn_1", a.ID); {
			case err == nil:
				started.Add(1)
			case errs.CodeOf(err) != "sample_running":
				t.Error(err)
			}
		})
	}
	running.Wait()
	if started.Load() != 1 {
		t.Fatalf("started %d times", started.Load())
	}
}
