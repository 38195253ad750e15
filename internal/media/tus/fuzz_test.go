package tus

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// door is a handler over rows in memory and a directory in memory too, where the system has one: the
// targets ask about the protocol, not about the disk.
type door struct {
	*Handler
	store    *rows
	finished map[string][]byte
}

func newMount(f *testing.F) *door {
	dir := f.TempDir()
	if shm, err := os.MkdirTemp("/dev/shm", "tusfuzz"); err == nil {
		dir = shm
		f.Cleanup(func() { os.RemoveAll(shm) })
	}
	m := &door{store: &rows{rows: map[string]Upload{}}, finished: map[string][]byte{}}
	var err error
	m.Handler, err = New(Deps{Store: m.store, Dir: dir, Path: mount, MaxSize: 1 << 20, TTL: time.Hour, Clock: clock.Real{},
		IDs: id.NewSource(clock.Real{}.Now), Log: slog.New(slog.DiscardHandler),
		Owner: func(*http.Request) (string, error) { return "usr_1", nil },
		OnFinish: func(_ context.Context, u Upload, path string) error {
			b, err := os.ReadFile(path)
			m.finished[u.ID] = b
			return err
		}})
	if err != nil {
		f.Fatal(err)
	}
	return m
}

// forget empties rows and directory, so that inputs do not pile up, and fails when a file has no row.
func (m *door) forget(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if _, ok := m.store.rows[strings.TrimSuffix(filepath.Base(path), ".part")]; !ok {
			t.Errorf("%s belongs to no upload", filepath.Base(path))
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	clear(m.store.rows)
	clear(m.finished)
}

func (m *door) ask(method, path string, body io.Reader, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, mount, body)
	r.URL.Path = path
	r.Header.Set("Tus-Resumable", version)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w
}

// FuzzHeaders creates an upload with any headers and sends any first body: the answer is 201 or a refusal
// with a code, and what it says about the upload is what the store says.
func FuzzHeaders(f *testing.F) {
	m := newMount(f)
	f.Add("5", "filename d29ybGQ=", "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", chunkType, "POST", []byte("hello"))
	f.Add("-1", "", "", "", "PATCH", []byte(nil))
	f.Add("9223372036854775808", "filename ../../x", "md5 x", chunkType, "DELETE", []byte("x"))
	f.Add("1e3", ",,", "sha1 ====", "text/plain", "OPTIONS", []byte("x"))
	f.Add("0", "a b c", "", chunkType, "", []byte("x"))
	f.Fuzz(func(t *testing.T, length, meta, sum, kind, override string, body []byte) {
		defer m.forget(t)
		var w *httptest.ResponseRecorder
		n := len(length) + len(meta) + len(sum) + len(kind) + len(override) + len(body)
		fuzztest.Within(t, n, fuzztest.Cost{Fixed: 1 << 20, PerByte: 64}, func() {
			w = m.ask(http.MethodPost, mount, bytes.NewReader(body), map[string]string{"Upload-Length": length, "Upload-Metadata": meta,
				"Upload-Checksum": sum, "Content-Type": kind, "X-HTTP-Method-Override": override})
		})
		checkAnswer(t, w)
		if w.Code != http.StatusCreated {
			return
		}
		u, ok := m.store.rows[strings.TrimPrefix(w.Header().Get("Location"), mount)]
		if !ok || strconv.FormatInt(u.Length, 10) != strings.TrimPrefix(length, "+") && !strings.HasPrefix(strings.TrimLeft(length, "+"), "0") || u.Length > m.MaxSize {
			t.Fatalf("created %+v for a length of %q", u, length)
		}
		if got := w.Header().Get("Upload-Offset"); got != strconv.FormatInt(u.Offset, 10) || u.Offset > u.Length || u.Offset > int64(len(body)) {
			t.Fatalf("offset %q of %+v after %d bytes", got, u, len(body))
		}
	})
}

// FuzzPatches sends an upload in any pieces at any offsets, with right and wrong checksums, cut and repeated.
// The file is handed over once, when and only when all of it has arrived, and is the one that was sent.
func FuzzPatches(f *testing.F) {
	m := newMount(f)
	f.Add([]byte("hello tus, this is a file"), []byte{5, 0, 3, 0, 200, 0})
	f.Add(bytes.Repeat([]byte("x"), 300), []byte{255, 0, 255, 1, 255, 2, 255, 3, 255, 4})
	f.Fuzz(func(t *testing.T, file, script []byte) {
		if len(file) == 0 || len(file) > 1<<16 || len(script) > 64 {
			return
		}
		defer m.forget(t)
		w := m.ask(http.MethodPost, mount, nil, map[string]string{"Upload-Length": strconv.Itoa(len(file))})
		at := w.Header().Get("Location")
		name := strings.TrimPrefix(at, mount)
		sent := 0
		for i := 0; i+1 < len(script); i += 2 {
			n, trick := min(int(script[i])+1, len(file)-sent), script[i+1]
			sent = m.piece(t, at, file, sent, n, trick)
			if done := m.store.rows[name].Done; done != (sent == len(file)) || done != (m.finished[name] != nil) {
				t.Fatalf("%d of %d bytes: done is %t", sent, len(file), done)
			}
			if sent == len(file) {
				break
			}
		}
		if whole := m.finished[name]; whole != nil && !bytes.Equal(whole, file) {
			t.Fatalf("%d bytes were handed over, %d sent", len(whole), len(file))
		}
	})
}

// piece sends n bytes of file from sent on, with a trick, and returns the offset that must hold afterwards.
func (m *door) piece(t *testing.T, at string, file []byte, sent, n int, trick byte) int {
	t.Helper()
	body := file[sent : sent+n]
	header := map[string]string{"Content-Type": chunkType, "Upload-Offset": strconv.Itoa(sent)}
	want, then := http.StatusNoContent, sent+n
	switch trick % 6 {
	case 1: // damaged on the way
		header["Upload-Checksum"] = "sha256 " + base64.StdEncoding.EncodeToString(make([]byte, 32))
		want, then = statusChecksum, sent
	case 2: // sent again
		header["Upload-Offset"] = strconv.Itoa(sent + 1)
		want, then = http.StatusConflict, sent
	case 3: // more than announced
		body = append(bytes.Clone(file[sent:]), 'x')
		want, then = http.StatusRequestEntityTooLarge, sent
	case 4: // another type
		header["Content-Type"] = "text/plain"
		want, then = http.StatusUnsupportedMediaType, sent
	}
	w := m.ask(http.MethodPatch, at, bytes.NewReader(body), header)
	if checkAnswer(t, w); w.Code != want {
		t.Fatalf("trick %d at %d: %d %s, want %d", trick%6, sent, w.Code, w.Body, want)
	}
	w = m.ask(http.MethodHead, at, nil, nil)
	if got := w.Header().Get("Upload-Offset"); got != strconv.Itoa(then) {
		t.Fatalf("trick %d: the upload stands at %s, want %d", trick%6, got, then)
	}
	return then
}

func checkAnswer(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code < 300 {
		return
	}
	var p struct{ Code string }
	if w.Code >= 500 || json.Unmarshal(w.Body.Bytes(), &p) != nil || p.Code == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}
