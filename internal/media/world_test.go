package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
	"github.com/hawker-live/hawker/internal/media/source"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) { mp4test.Cleanup(); os.Exit(code) }))
}

// world is a media service on a real database and a file store, with the machine's clock.
type world struct {
	*Service
	heard *heard
	clock clock.Clock
}

// each runs fn on both engines; grace is how long sessions wait for their publisher.
func each(t *testing.T, grace time.Duration, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, Migrate, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d, clock.Real{}, grace)) })
}

// one runs on SQLite only: for what touches no SQL of its own.
func one(t *testing.T, grace time.Duration) *world {
	t.Helper()
	return newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t), Migrate), clock.Real{}, grace)
}

func newWorld(t *testing.T, d *db.DB, clk clock.Clock, grace time.Duration) *world {
	t.Helper()
	blobs, err := blob.Open(t.Context(), "file:"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{clock: clk, heard: &heard{}}
	w.Service = New(Deps{DB: d, Blobs: blobs, Clock: clk, IDs: id.NewSource(clk.Now), Log: slog.New(slog.DiscardHandler), Grace: grace})
	w.Listen(w.heard)
	t.Cleanup(w.Close)
	return w
}

// heard is a Listener that keeps what it hears.
type heard struct {
	mu    sync.Mutex
	words []string
	last  Stream
	delay time.Duration
}

func (h *heard) note(word string, s Stream) {
	time.Sleep(h.delay)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.words, h.last = append(h.words, word), s
}

func (h *heard) StreamUp(_ context.Context, s Stream)   { h.note("up", s) }
func (h *heard) StreamDown(_ context.Context, s Stream) { h.note("down", s) }
func (h *heard) StreamGone(_ context.Context, s Stream) { h.note("gone", s) }

func (h *heard) said() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.words, " ")
}

// film is some seconds of H.264 and AAC as a publisher sends them; a key frame every second.
type film struct {
	tracks  []av.Track
	samples []av.Sample
}

const filmSeconds = 12

var shot film // once per test process

// newFilm reads the film through the sample source, on a clock that does not wait.
func newFilm(t *testing.T) *film {
	t.Helper()
	f := &shot
	if len(f.samples) > 0 {
		return f
	}
	file, err := os.Open(mp4test.File(t, "plain.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	movie, err := mp4.Parse(file, st.Size())
	if err != nil {
		t.Fatal(err)
	}
	if err := source.Loop(t.Context(), movie, file, &hurried{now: time.Unix(0, 0)}, f); !errors.Is(err, errFilmed) {
		t.Fatal(err)
	}
	return f
}

var errFilmed = errors.New("enough film")

func (f *film) Tracks(tracks []av.Track) error { f.tracks = tracks; return nil }

func (f *film) Write(s av.Sample) error {
	if s.Track == av.VideoID && s.DTS >= filmSeconds*90000 {
		return errFilmed
	}
	f.samples = append(f.samples, s)
	return nil
}

func (f *film) Close(error) {}

// hurried is a clock on which waiting takes no time.
type hurried struct {
	clock.Real
	now time.Time
}

func (c *hurried) Now() time.Time { return c.now }

func (c *hurried) After(d time.Duration) <-chan time.Time {
	c.now = c.now.Add(d)
	ch := make(chan time.Time, 1)
	ch <- c.now
	return ch
}

// play sends the film's seconds from..to, faster than real time.
func (f *film) play(t *testing.T, sink av.Sink, from, to int) {
	t.Helper()
	if err := f.send(sink, from, to); err != nil {
		t.Fatalf("play %d..%d: %v", from, to, err)
	}
}

func (f *film) send(sink av.Sink, from, to int) error {
	if from == 0 {
		if err := sink.Tracks(f.tracks); err != nil {
			return err
		}
	}
	for _, s := range f.samples {
		scale := int64(90000)
		if s.Track == av.AudioID {
			scale = int64(f.tracks[1].Timescale)
		}
		if s.DTS < int64(from)*scale || s.DTS >= int64(to)*scale {
			continue
		}
		s.Data = bytes.Clone(s.Data)
		if err := sink.Write(s); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) publish(t *testing.T, key, protocol string) av.Sink {
	t.Helper()
	p, err := w.Publish(t.Context(), key, protocol)
	if err != nil {
		t.Fatalf("publish: %v", err)
	}
	return p
}

func (w *world) key(t *testing.T, channel string) string {
	t.Helper()
	key, err := w.RotateKey(t.Context(), channel)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (w *world) stream(t *testing.T, channel string) Stream {
	t.Helper()
	st, ok := w.StreamOf(channel)
	if !ok {
		t.Fatal("no session")
	}
	return st
}

// playlist reads the session's media playlist once it lists what is asked for.
func (w *world) playlist(t *testing.T, session, want string) string {
	t.Helper()
	var body string
	eventually(t, func() bool {
		body = w.object(t, session, "video.m3u8")
		return strings.Contains(body, want)
	}, func() string { return fmt.Sprintf("the playlist lacks %q:\n%s", want, body) })
	return body
}

func (w *world) object(t *testing.T, session, name string) string {
	t.Helper()
	origin, err := w.Origin(session)
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	origin.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+name, nil))
	if rec.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", name, rec.Code, rec.Body)
	}
	return rec.Body.String()
}

func eventually(t *testing.T, ok func() bool, why func() string) {
	t.Helper()
	for deadline := time.Now().Add(8 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(why())
		}
	}
}

// hears waits for the listener's words.
func (w *world) hears(t *testing.T, want string) {
	t.Helper()
	eventually(t, func() bool { return w.heard.said() == want }, func() string { return fmt.Sprintf("heard %q, want %q", w.heard.said(), want) })
}
