package media

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
)

func TestTakeover_TheNewerPublisherGoesOnInTheSameSession(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	key := w.key(t, "chn_1")
	old := w.publish(t, key, "rtmp")
	f.play(t, old, 0, 5)
	before := w.stream(t, "chn_1")
	if !before.OnAir || before.Protocol != "rtmp" || before.Generation != 1 || before.Since == 0 {
		t.Fatalf("%+v", before)
	}
	newer := w.publish(t, key, "whip")
	select {
	case <-old.(*publication).Done(): // what ends a connection that waits for its next packet
	case <-time.After(time.Second):
		t.Fatal("the old publisher is not told to go")
	}
	if err := f.send(old, 5, 6); !errors.Is(err, av.ErrReplaced) {
		t.Fatalf("the old publisher goes on: %v", err)
	}
	if err := old.Tracks(f.tracks); !errors.Is(err, av.ErrReplaced) {
		t.Fatalf("the old publisher announces again: %v", err)
	}
	f.play(t, newer, 0, 5)
	old.Close(av.ErrReplaced) // late, as a half-open connection would
	f.play(t, newer, 5, 7)

	after := w.stream(t, "chn_1")
	if after.Session != before.Session || after.Generation != 2 || after.Protocol != "whip" || !after.OnAir {
		t.Fatalf("before %+v, after %+v", before, after)
	}
	w.playlist(t, after.Session, "#EXT-X-DISCONTINUITY\n")
	w.hears(t, "up up")
	h, err := w.Health(t.Context(), "chn_1")
	if err != nil || h.LastError.Code != "publisher_replaced" || h.Picture.Width != 320 || h.Sound.SampleRate != 48000 || h.VideoFrames == 0 {
		t.Fatalf("%+v, %v", h, err)
	}
}

func TestTakeover_ByAPublisherThatNeverSpeaksIsALoss(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	key := w.key(t, "chn_1")
	old := w.publish(t, key, "rtmp")
	f.play(t, old, 0, 1)
	silent := w.publish(t, key, "rtmp")
	old.Close(av.ErrReplaced)
	if w.stream(t, "chn_1").OnAir {
		t.Fatal("on air without a picture")
	}
	silent.Close(errors.New("reset by peer"))
	w.hears(t, "up down")
}

func TestSilentPublisher_IsNobodysBusiness(t *testing.T) {
	w := one(t, 20*time.Millisecond)
	w.publish(t, w.key(t, "chn_1"), "rtmp").Close(errors.New("reset by peer"))
	eventually(t, func() bool { _, ok := w.StreamOf("chn_1"); return !ok }, func() string { return "the session never ends" })
	if said := w.heard.said(); said != "" {
		t.Fatalf("heard %q", said)
	}
}

func TestPublisher_LostAndBackWithinGraceKeepsTheSession(t *testing.T) {
	f, w := newFilm(t), one(t, time.Second)
	key := w.key(t, "chn_1")
	first := w.publish(t, key, "rtmp")
	f.play(t, first, 0, 5)
	before := w.stream(t, "chn_1")
	first.Close(errors.New("connection reset"))
	w.hears(t, "up down")
	if st := w.stream(t, "chn_1"); st.OnAir || st.Session != before.Session {
		t.Fatalf("while waiting: %+v", st)
	}
	if h, err := w.Health(t.Context(), "chn_1"); err != nil || h.OnAir || h.Picture.Width != 0 || h.LastError.Code != "publish_failed" {
		t.Fatalf("while waiting: %+v, %v", h, err)
	}
	if body := w.playlist(t, before.Session, "seg-"); strings.Contains(body, "ENDLIST") {
		t.Fatal("the playlist ended while the session waits")
	}
	second := w.publish(t, key, "rtmp")
	f.play(t, second, 0, 5)
	w.hears(t, "up down up")
	time.Sleep(1100 * time.Millisecond) // the first wait must not end the second stay
	if st := w.stream(t, "chn_1"); !st.OnAir || st.Session != before.Session || st.Generation != 2 || st.Since != before.Since {
		t.Fatalf("before %+v, after %+v", before, st)
	}
	second.Close(nil)
	w.hears(t, "up down up down gone")
	if _, ok := w.StreamOf("chn_1"); ok {
		t.Fatal("a session is left after its grace")
	}
	w.playlist(t, before.Session, "#EXT-X-ENDLIST")

	third := w.publish(t, key, "rtmp")
	f.play(t, third, 0, 1)
	if st := w.stream(t, "chn_1"); st.Session == before.Session || st.Generation != 1 {
		t.Fatalf("the ended session goes on: %+v", st)
	}
}

func TestListener_HearsALossAndAReturnInOrder(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	w.heard.delay = 20 * time.Millisecond // the loss is still being told when the return comes
	key := w.key(t, "chn_1")
	p := w.publish(t, key, "rtmp")
	if err := p.Tracks(f.tracks); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		gone := make(chan struct{})
		go func(p av.Sink) { defer close(gone); p.Close(errors.New("reset")) }(p)
		time.Sleep(time.Millisecond)
		p = w.publish(t, key, "rtmp")
		if err := p.Tracks(f.tracks); err != nil {
			t.Fatal(err)
		}
		<-gone
	}
	if said := w.heard.said(); !strings.HasSuffix(said, "up") {
		t.Fatalf("on air, but heard %q", said)
	}
	p.Close(nil)
	if said := w.heard.said(); !strings.HasSuffix(said, "down") {
		t.Fatalf("lost, but heard %q", said)
	}
}

func TestCut_AnotherSessionBeginsAtTheNextKeyFrame(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	p := w.publish(t, w.key(t, "chn_1"), "rtmp")
	f.play(t, p, 0, 5)
	before := w.stream(t, "chn_1")
	rec, err := w.StartRecording(t.Context(), "chn_1")
	if err != nil {
		t.Fatal(err)
	}
	w.Cut("chn_1")
	w.Cut("chn_2") // nobody there
	f.play(t, p, 5, 10)
	after := w.stream(t, "chn_1")
	if after.Session == before.Session || !after.OnAir || after.Generation != 1 {
		t.Fatalf("before %+v, after %+v", before, after)
	}
	w.playlist(t, before.Session, "#EXT-X-ENDLIST")
	if body := w.playlist(t, after.Session, "seg-1.m4s"); strings.Contains(body, "ENDLIST") {
		t.Fatal("the new session has ended")
	}
	eventually(t, func() bool { r, err := w.Recording(t.Context(), rec); return err == nil && r.Ended }, func() string { return "the recording goes on" })
	if again, err := w.StartRecording(t.Context(), "chn_1"); err != nil || again == rec {
		t.Fatalf("recording %s again as %s, %v", rec, again, err)
	}
	w.hears(t, "up")
}

func TestStop_CutsThePublisherWithAReason(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	p := w.publish(t, w.key(t, "chn_1"), "rtmp")
	f.play(t, p, 0, 5)
	session := w.stream(t, "chn_1").Session
	why := errs.New(errs.Denied, "stopped_by_operator", "stopped")
	w.Stop("chn_1", why)
	w.Stop("chn_1", why)
	if err := f.send(p, 5, 6); !errors.Is(err, why) {
		t.Fatalf("the publisher goes on: %v", err)
	}
	p.Close(why)
	if _, ok := w.StreamOf("chn_1"); ok {
		t.Fatal("the session goes on")
	}
	w.playlist(t, session, "#EXT-X-ENDLIST")
	w.hears(t, "up gone")
	if h, err := w.Health(t.Context(), "chn_1"); err != nil || h.LastError.Code != "stopped_by_operator" {
		t.Fatalf("%+v, %v", h.LastError, err)
	}
}

func TestClose_EndsEverythingAndAdmitsNobody(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	key, other := w.key(t, "chn_1"), w.key(t, "chn_2")
	p := w.publish(t, key, "rtmp")
	f.play(t, p, 0, 5)
	rec, err := w.StartRecording(t.Context(), "chn_1")
	if err != nil {
		t.Fatal(err)
	}
	f.play(t, p, 5, 8)
	waiting := w.publish(t, other, "rtmp")
	f.play(t, waiting, 0, 1)
	waiting.Close(nil) // its grace timer runs
	sample := w.video(t, "plain.mp4")
	if err := w.StartSample(t.Context(), "chn_3", sample.ID); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := f.send(p, 8, 9); !errors.Is(err, errShutdown) {
		t.Fatalf("the publisher goes on: %v", err)
	}
	p.Close(errShutdown)
	if r, err := w.Recording(t.Context(), rec); err != nil || !r.Ended || len(r.Segments) == 0 {
		t.Fatalf("recording %+v, %v", r, err)
	}
	_, err = w.Publish(t.Context(), key, "rtmp")
	refused(t, err, errs.Busy, "server_restarting")
	refused(t, w.StartSample(t.Context(), "chn_3", sample.ID), errs.Busy, "server_restarting")
	if said := w.heard.said(); strings.Contains(said, "gone") {
		t.Fatalf("a restart ended rooms: %q", said)
	}
	w.Close() // twice is once
}

func TestLive_PublishersComeAndGoWhileRoomsEnd(t *testing.T) {
	f, w := newFilm(t), one(t, 2*time.Millisecond)
	key := w.key(t, "chn_1")
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			for range 12 {
				switch p, err := w.Publish(t.Context(), key, "rtmp"); {
				case err != nil:
					t.Errorf("publish: %v", err)
					return
				case i%2 == 0:
					_ = f.send(p, 0, 1) // replaced or stopped halfway, most of the time
					p.Close(errors.New("lost"))
				default:
					w.Cut("chn_1")
					w.Stop("chn_1", errs.New(errs.Denied, "stopped", "stopped"))
					p.Close(nil)
				}
			}
		})
	}
	running.Wait()
	eventually(t, func() bool { _, ok := w.StreamOf("chn_1"); return !ok }, func() string { return "a session is left" })
	if said := w.heard.said(); !strings.HasSuffix(said, "gone") && said != "" {
		t.Fatalf("the last word is not the end: %q", said[max(0, len(said)-60):])
	}
	p := w.publish(t, key, "rtmp")
	f.play(t, p, 0, 5)
	w.playlist(t, w.stream(t, "chn_1").Session, "seg-1.m4s")
}
