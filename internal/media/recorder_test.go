package media

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
	"github.com/hawker-live/hawker/internal/media/rtmp"
)

// serve gives recordings out as the door does: rec/{ids}/index.m3u8 and rec/{id}/{object}.
func (w *world) serve(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		parts := strings.Split(strings.TrimPrefix(req.URL.Path, "/rec/"), "/")
		if parts[1] != "index.m3u8" {
			o, err := w.Blobs.Open(req.Context(), "rec/"+parts[0]+"/"+parts[1])
			if err != nil {
				http.NotFound(rw, req)
				return
			}
			defer o.Close()
			http.ServeContent(rw, req, "", time.Time{}, o)
			return
		}
		var recs []Recording
		for _, id := range strings.Split(parts[0], "~") {
			rec, err := w.Recording(req.Context(), id)
			if err != nil {
				http.NotFound(rw, req)
				return
			}
			recs = append(recs, rec)
		}
		rw.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
		_, _ = io.WriteString(rw, Playlist(recs...))
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// pictures counts what a player decodes without a complaint.
func pictures(t *testing.T, url string) int {
	t.Helper()
	out := mp4test.Run(t, "ffprobe", "-v", "error", "-select_streams", "v", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", url)
	n, err := strconv.Atoi(strings.Trim(strings.Fields(out)[0], ","))
	if err != nil {
		t.Fatalf("ffprobe said %q", out)
	}
	return n
}

func (w *world) ended(t *testing.T, recordingID string) Recording {
	t.Helper()
	var rec Recording
	eventually(t, func() bool {
		var err error
		rec, err = w.Recording(t.Context(), recordingID)
		return err == nil && rec.Ended
	}, func() string { return "the recording does not end" })
	return rec
}

func TestRecording_KeepsTheLiveSegmentsByteForByte(t *testing.T) {
	f := newFilm(t)
	each(t, time.Minute, func(t *testing.T, w *world) {
		_, err := w.StartRecording(t.Context(), "chn_1")
		refused(t, err, errs.Conflict, "stream_off_air")
		_, err = w.Recording(t.Context(), "rec_none")
		refused(t, err, errs.NotFound, "recording_not_found")

		p := w.publish(t, w.key(t, "chn_1"), "rtmp")
		f.play(t, p, 0, 3)
		id, err := w.StartRecording(t.Context(), "chn_1")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.StartRecording(t.Context(), "chn_1"); err != nil || again != id {
			t.Fatalf("pressed twice: %s, %v", again, err)
		}
		f.play(t, p, 3, filmSeconds)
		session := w.stream(t, "chn_1").Session
		if rec, err := w.Recording(t.Context(), id); err != nil || rec.Ended || !strings.Contains(Playlist(rec), "PLAYLIST-TYPE:EVENT") {
			t.Fatalf("while recording: %+v, %v", rec, err)
		}
		w.Cut("chn_1")
		rec := w.ended(t, id)
		if len(rec.Segments) < 4 || rec.Session != session || rec.ChannelID != "chn_1" || rec.EndedAt < rec.StartedAt {
			t.Fatalf("%+v", rec)
		}
		for i, seg := range rec.Segments {
			live := w.object(t, session, "seg-"+strconv.FormatInt(seg.Seq, 10)+".m4s")
			if kept := w.read(t, segmentKey(id, seg.Seq)); kept != live || int64(len(kept)) != seg.Bytes {
				t.Fatalf("segment %d differs from what was live: %d and %d bytes", seg.Seq, len(kept), len(live))
			}
			if kept := w.read(t, initKey(id, seg.Init)); kept != w.object(t, session, "init-"+strconv.FormatInt(seg.Init, 10)+".mp4") {
				t.Fatalf("init %d differs from what was live", seg.Init)
			}
			if i > 0 {
				before := rec.Segments[i-1]
				if step := seg.At - before.At - before.DurationUS/1000; seg.Seq != before.Seq+1 || step < -2 || step > 2 {
					t.Fatalf("segment %d begins %d ms off", seg.Seq, step)
				}
			}
		}
		list := Playlist(rec)
		if !strings.Contains(list, "PLAYLIST-TYPE:VOD") || !strings.Contains(list, "#EXT-X-ENDLIST") || strings.Count(list, "PROGRAM-DATE-TIME") != len(rec.Segments) {
			t.Fatalf("playlist:\n%s", list)
		}
		want := int(rec.DurationMS()*30+500) / 1000
		if n := pictures(t, w.serve(t)+"/rec/"+id+"/index.m3u8"); n < want-1 || n > want+1 {
			t.Fatalf("%d pictures in %d ms", n, rec.DurationMS())
		}
		if breaks, err := w.Audit(t.Context(), true); err != nil || len(breaks) != 0 {
			t.Fatalf("%v, %v", breaks, err)
		}
	})
}

// A recording whose end could not be written, as with a full disk, stayed open until the next start: its replay was
// a list without an end.
func TestRecording_EndsOnceItsEndCanBeWritten(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	p := w.publish(t, w.key(t, "chn_1"), "rtmp")
	f.play(t, p, 0, 3)
	id, err := w.StartRecording(t.Context(), "chn_1")
	if err != nil {
		t.Fatal(err)
	}
	f.play(t, p, 3, filmSeconds)
	if _, err := w.DB.Exec(t.Context(), `ALTER TABLE media_recordings RENAME TO media_recordings_away`); err != nil {
		t.Fatal(err)
	}
	w.Cut("chn_1")
	time.Sleep(300 * time.Millisecond) // its first try fails
	if _, err := w.DB.Exec(t.Context(), `ALTER TABLE media_recordings_away RENAME TO media_recordings`); err != nil {
		t.Fatal(err)
	}
	if rec := w.ended(t, id); len(rec.Segments) == 0 {
		t.Errorf("%+v", rec)
	}
}

func (w *world) read(t *testing.T, key string) string {
	t.Helper()
	o, err := w.Blobs.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	b, err := io.ReadAll(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRecording_ATakeoverIsADiscontinuityThatPlays(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	key := w.key(t, "chn_1")
	p := w.publish(t, key, "rtmp")
	if err := p.Tracks(f.tracks); err != nil {
		t.Fatal(err)
	}
	id, err := w.StartRecording(t.Context(), "chn_1")
	if err != nil {
		t.Fatal(err)
	}
	f.play(t, p, 0, 5)
	p = w.publish(t, key, "rtmp")
	f.play(t, p, 0, 5)
	w.Cut("chn_1")
	rec := w.ended(t, id)
	if list := Playlist(rec); strings.Count(list, "#EXT-X-DISCONTINUITY\n") != 1 {
		t.Fatalf("playlist:\n%s", list)
	}
	if n := pictures(t, w.serve(t)+"/rec/"+id+"/index.m3u8"); n < 297 || n > 300 {
		t.Fatalf("%d pictures of 300", n)
	}
}

func TestRecording_JoinsWhatARestartTore(t *testing.T) {
	f := newFilm(t)
	each(t, time.Minute, func(t *testing.T, w *world) {
		first := w.publish(t, w.key(t, "chn_1"), "rtmp")
		if err := first.Tracks(f.tracks); err != nil {
			t.Fatal(err)
		}
		torn, err := w.StartRecording(t.Context(), "chn_1")
		if err != nil {
			t.Fatal(err)
		}
		f.play(t, first, 0, 5)
		eventually(t, func() bool { r, err := w.Recording(t.Context(), torn); return err == nil && len(r.Segments) >= 2 }, func() string { return "nothing is stored" })

		// The process dies here: its sessions are gone, the row still says recording.
		deps := w.Deps
		next := &world{Service: New(deps), heard: &heard{}, clock: w.clock}
		next.Listen(next.heard)
		t.Cleanup(next.Close)
		if breaks, err := next.Audit(t.Context(), true); err != nil || len(breaks) != 1 || breaks[0].Rule != "recording_open" {
			t.Fatalf("%v, %v", breaks, err)
		}
		if breaks, err := next.Audit(t.Context(), false); err != nil || len(breaks) != 0 {
			t.Fatalf("%v, %v", breaks, err)
		}
		if err := next.CloseOrphans(t.Context()); err != nil {
			t.Fatal(err)
		}
		rec, err := next.Recording(t.Context(), torn)
		if err != nil || !rec.Ended || rec.EndedAt != rec.Segments[len(rec.Segments)-1].At {
			t.Fatalf("%+v, %v", rec, err)
		}
		p := next.publish(t, next.key(t, "chn_1"), "rtmp")
		if err := p.Tracks(f.tracks); err != nil {
			t.Fatal(err)
		}
		id, err := next.StartRecording(t.Context(), "chn_1")
		if err != nil {
			t.Fatal(err)
		}
		f.play(t, p, 0, 5)
		next.Cut("chn_1")
		tail := next.ended(t, id)
		if list := Playlist(rec, tail); strings.Count(list, "#EXT-X-DISCONTINUITY\n") != 1 || strings.Count(list, "#EXT-X-MAP") != 2 || strings.Count(list, "ENDLIST") != 1 {
			t.Fatalf("playlist:\n%s", list)
		}
		// ffprobe drops pictures where decode times begin again, so each half is counted alone.
		for half, want := range map[string]int64{torn: rec.DurationMS(), id: tail.DurationMS()} {
			want = want * 30 / 1000
			if n := int64(pictures(t, next.serve(t)+"/rec/"+half+"/index.m3u8")); n < want-1 || n > want+1 {
				t.Fatalf("%d pictures in %s, want %d", n, half, want)
			}
		}
	})
}

func TestRecording_OfADeadOrphanWithoutSegmentsEndsWhereItBegan(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		if _, err := w.DB.Exec(t.Context(), `INSERT INTO media_recordings (id, channel_id, session, state, started_at, ended_at) VALUES ('rec_1','chn_1','str_1','recording',77,0)`); err != nil {
			t.Fatal(err)
		}
		if err := w.CloseOrphans(t.Context()); err != nil {
			t.Fatal(err)
		}
		rec, err := w.Recording(t.Context(), "rec_1")
		if err != nil || !rec.Ended || rec.EndedAt != 77 || rec.DurationMS() != 0 {
			t.Fatalf("%+v, %v", rec, err)
		}
	})
}

func TestRTMP_AnEncoderIsLiveAndRecorded(t *testing.T) {
	w := one(t, time.Minute)
	key := w.key(t, "chn_1")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	server := rtmp.New(rtmp.Deps{Clock: w.clock, Log: w.Log, Authorize: func(ctx context.Context, p rtmp.Publish) (av.Sink, error) {
		return w.Publish(ctx, p.Key, "rtmp")
	}})
	go func() { served <- server.Serve(ctx, l) }()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	}()
	url := "rtmp://" + l.Addr().String() + "/live/"
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-nostdin", "-i", mp4test.File(t, "plain.mp4"), "-t", "1", "-c", "copy", "-f", "flv", url+"wrong").CombinedOutput(); err == nil {
		t.Fatalf("a wrong key was let in: %s", out)
	}
	push := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-nostdin", "-readrate", "2", "-i", mp4test.File(t, "plain.mp4"), "-c", "copy", "-f", "flv", url+key)
	if err := push.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { st, ok := w.StreamOf("chn_1"); return ok && st.OnAir }, func() string { return "the encoder is not on air" })
	id, err := w.StartRecording(t.Context(), "chn_1")
	if err != nil {
		t.Fatal(err)
	}
	session := w.stream(t, "chn_1").Session
	w.playlist(t, session, "#EXT-X-PART:")
	if err := push.Wait(); err != nil {
		t.Fatal(err)
	}
	w.hears(t, "up down")
	w.Cut("chn_1")
	rec := w.ended(t, id)
	if n := pictures(t, w.serve(t)+"/rec/"+id+"/index.m3u8"); n < 145 || n > 150 {
		t.Fatalf("%d pictures of 150 in %d ms", n, rec.DurationMS())
	}
	if h, err := w.Health(t.Context(), "chn_1"); err != nil || h.OnAir || h.LastError.Code != "" {
		t.Fatalf("a goodbye is no error: %+v, %v", h, err)
	}
}
