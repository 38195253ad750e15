package mediaapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
	"github.com/hawker-live/hawker/internal/server"
)

const (
	// mostTime and mostMemory are what one hostile upload may cost, from its first byte to the answer: seconds of
	// the processor, because the machines that run tests are busy, and a wait that nothing honest takes.
	mostTime   = 10 * time.Second
	mostWait   = time.Minute
	mostMemory = 256 << 20
)

// tricks are names no file system should meet; the uploads take turns with them.
var tricks = []string{"../../etc/passwd", `..\..\boot.ini`, "/etc/shadow", "film.mp4\x00.html", "a/../../b", ".", "..", "", strings.Repeat("x", 3000),
	"con.mp4", "<img src=x onerror=alert(1)>.mp4", "film\r\nSet-Cookie: a=b.mp4", "\u202e4pm.exe", "%2e%2e%2fx", "film.mp4;rm -rf", "\xff\xfe.mp4"}

// site is the door of media over a database and a file store.
type site struct {
	*server.Router
	media *media.Service
	dir   string // uploads under way
	files string // of the blob store
}

// somebody resolves every token to one signed-in person.
type somebody struct{}

func (somebody) Resolve(context.Context, string) (identity.Actor, error) {
	return identity.Actor{UserID: "usr_1"}, nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{dir: filepath.Join(t.TempDir(), "uploads"), files: filepath.Join(t.TempDir(), "files")}
	blobs, err := blob.Open(t.Context(), "file:"+s.files)
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, dbtest.SQLiteURL(t), media.Migrate)
	ids := id.NewSource(clock.Real{}.Now)
	log := slog.New(slog.DiscardHandler)
	s.media = media.New(media.Deps{DB: d, Blobs: blobs, Clock: clock.Real{}, IDs: ids, Log: log})
	t.Cleanup(s.media.Close)
	s.Router = server.NewRouter(server.Deps{DB: d, Clock: clock.Real{}, Log: log, Sessions: somebody{}, Version: "test"})
	if _, err := Mount(s.Router, Deps{Media: s.media, UploadDir: s.dir, Clock: clock.Real{}, IDs: ids, Log: log}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) ask(t *testing.T, method, path string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(t.Context(), method, path, body)
	r.Header.Set("Authorization", "Bearer x")
	r.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// upload sends a file as the browser does: created, then all bytes in one PATCH. It returns the asset and
// the answer to the last byte.
func (s *site) upload(t *testing.T, file mp4test.Sparse, name string) (asset string, answer *httptest.ResponseRecorder) {
	t.Helper()
	w := s.ask(t, http.MethodPost, strings.TrimSuffix(UploadPath, "/"), nil, "Upload-Length", strconv.FormatInt(file.Size(), 10),
		"Upload-Metadata", "filename "+base64.StdEncoding.EncodeToString([]byte(name)))
	if w.Code != http.StatusCreated {
		t.Fatalf("create: %d %s", w.Code, w.Body)
	}
	at := w.Header().Get("Location")
	w = s.ask(t, http.MethodPatch, at, io.NewSectionReader(file, 0, file.Size()), "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
	return media.AssetOfUpload(at[strings.LastIndexByte(at, '/')+1:]), w
}

// TestUpload_HostileFilesAreRefusedOrPlayedWithinBounds sends 200 and more broken and hostile films through
// the real door. Each is refused with a code that has words in both languages, and leaves nothing behind,
// or plays, every byte of it inside the upload.
func TestUpload_HostileFilesAreRefusedOrPlayedWithinBounds(t *testing.T) {
	s := newSite(t)
	canary := newCanary(t)
	words := [2]map[string]bool{codes(t, "zh-CN"), codes(t, "en")}
	corpus := mp4test.Hostile()
	if len(corpus) < 200 {
		t.Fatalf("only %d files", len(corpus))
	}
	counts, slowest, largest := map[string]*count{}, time.Duration(0), int64(0)
	for i, d := range corpus {
		c := counts[d.Class]
		if c == nil {
			c = &count{}
			counts[d.Class] = c
		}
		var asset string
		var w *httptest.ResponseRecorder
		before := cpu(t)
		memory, took := measure(func() { asset, w = s.upload(t, d.File, tricks[i%len(tricks)]) })
		slowest, largest = max(slowest, took), max(largest, memory)
		if used := cpu(t) - before; used > mostTime || took > mostWait || memory > mostMemory {
			t.Errorf("%s: %v, %v of it computing, and %d MB", d.Name, took, used, memory>>20)
		}
		code := codeOf(w)
		if code != d.Door && d.Door != mp4test.Any {
			t.Errorf("%s: %d %q, want %q: %s", d.Name, w.Code, code, d.Door, w.Body)
		}
		if code == "" {
			c.played++
			s.checkPlays(t, d, asset)
			continue
		}
		c.refused++
		if w.Code < 400 || w.Code >= 500 || !words[0][code] || !words[1][code] {
			t.Errorf("%s: refused with %d %q, which has no words in both languages", d.Name, w.Code, code)
		}
		s.checkGone(t, d, asset, code)
	}
	s.checkFiles(t, counts)
	if n := canary.Load(); n != 0 {
		t.Errorf("%d connections went out", n)
	}
	for _, class := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%-10s %3d refused, %3d played", class, counts[class].refused, counts[class].played)
	}
	t.Logf("%d files; the slowest took %v, the largest %d MB of memory", len(corpus), slowest.Round(time.Millisecond), largest>>20)
}

// count is how the files of one class ended.
type count struct{ refused, played int }

// checkPlays reads everything a player would: it must come to an end, and to no more than the upload and
// the index built for it.
func (s *site) checkPlays(t *testing.T, d mp4test.Defect, asset string) {
	t.Helper()
	base := "/media/vod/" + asset + "/"
	list := s.ask(t, http.MethodGet, base+"video.m3u8", nil)
	names := regexp.MustCompile(`(?m)^seg-\d+\.m4s$`).FindAllString(list.Body.String(), -1)
	if list.Code != http.StatusOK || len(names) == 0 || len(names) > 30_000 {
		t.Fatalf("%s: playlist %d with %d segments", d.Name, list.Code, len(names))
	}
	total := int64(0)
	for _, name := range append(names, "init.mp4") {
		w := s.ask(t, http.MethodGet, base+name, nil)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %s is %d %s", d.Name, name, w.Code, w.Body)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(w.Header().Get("Content-Type"), "video/") {
			t.Errorf("%s: %s is served as %q", d.Name, name, w.Header().Get("Content-Type"))
		}
		total += int64(w.Body.Len())
	}
	// 16 bytes a sample and 300 a segment is what the index costs; no upload holds more samples than twice its bytes.
	if limit := 34*d.File.Size() + int64(len(names))*600 + 4096; total > limit {
		t.Errorf("%s: %d bytes are served of an upload of %d", d.Name, total, d.File.Size())
	}
	whole := s.ask(t, http.MethodGet, base+"file.mp4", nil, "Range", "bytes=0-99")
	if whole.Code != http.StatusPartialContent || whole.Body.Len() != 100 || whole.Header().Get("Content-Type") != "video/mp4" {
		t.Errorf("%s: file.mp4 is %d, %d bytes of %q", d.Name, whole.Code, whole.Body.Len(), whole.Header().Get("Content-Type"))
	}
}

// checkGone asserts that a refused upload is visible to nobody and says why to its owner.
func (s *site) checkGone(t *testing.T, d mp4test.Defect, asset, code string) {
	t.Helper()
	if w := s.ask(t, http.MethodGet, "/media/vod/"+asset+"/index.m3u8", nil); w.Code != http.StatusNotFound {
		t.Errorf("%s: refused, and its playlist is %d", d.Name, w.Code)
	}
	a, err := s.media.Asset(t.Context(), asset)
	if err != nil || a.State != media.Refused || a.Code != code || a.BlobKey != "" {
		t.Errorf("%s: the asset is %+v, %v", d.Name, a, err)
	}
}

// checkFiles asserts that the directories hold what plays and nothing else.
func (s *site) checkFiles(t *testing.T, counts map[string]*count) {
	t.Helper()
	played := 0
	for _, c := range counts {
		played += c.played
	}
	for dir, want := range map[string]int{s.dir: 0, s.files: played} {
		n := 0
		if err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				n++
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n != want {
			t.Errorf("%s holds %d files, want %d", filepath.Base(dir), n, want)
		}
	}
}

// newCanary listens where the corpus's references point to and counts who comes.
func newCanary(t *testing.T) *atomic.Int64 {
	t.Helper()
	var came atomic.Int64
	l, err := net.Listen("tcp", mp4test.Elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return &came
}

// measure runs fn and samples the heap meanwhile: extra memory at the peak, swept or not, and the time.
func measure(fn func()) (memory int64, took time.Duration) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() int64 { metrics.Read(sample); return int64(sample[0].Value.Uint64()) }
	runtime.GC()
	before := read()
	stop, done := make(chan struct{}), make(chan int64)
	go func() {
		peak := before
		tick := time.NewTicker(500 * time.Microsecond)
		defer tick.Stop()
		for {
			peak = max(peak, read())
			select {
			case <-stop:
				done <- peak
				return
			case <-tick.C:
			}
		}
	}()
	start := time.Now()
	fn()
	took = time.Since(start)
	close(stop)
	return <-done - before, took
}

func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func codeOf(w *httptest.ResponseRecorder) string {
	if w.Code < 300 {
		return ""
	}
	var p struct{ Code string }
	if json.Unmarshal(w.Body.Bytes(), &p) != nil || p.Code == "" {
		return fmt.Sprintf("status %d without a code", w.Code)
	}
	return p.Code
}

// codes lists the error codes that have words in a language.
func codes(t *testing.T, locale string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../../web/src/locales/" + locale + "/errors.ts")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\s+([a-z0-9_]+):`).FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = true
	}
	return out
}
