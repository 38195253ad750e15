package tus

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
)

// rows is a Store in memory.
type rows struct {
	mu   sync.Mutex
	rows map[string]Upload
	fail error // of SetOffset
}

func (s *rows) Create(_ context.Context, u Upload) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.Owner == "greedy" {
		return errs.New(errs.TooMany, "too_many_uploads", "finish one of your uploads first")
	}
	s.rows[u.ID] = u
	return nil
}

func (s *rows) Get(_ context.Context, id string) (Upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.rows[id]
	if !ok {
		return Upload{}, errs.New(errs.NotFound, "upload_not_found", "no row")
	}
	return u, nil
}

func (s *rows) SetOffset(_ context.Context, id string, offset int64, done bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	u, ok := s.rows[id]
	if !ok {
		return errs.New(errs.NotFound, "upload_not_found", "no row")
	}
	u.Offset, u.Done = offset, done
	s.rows[id] = u
	return nil
}

func (s *rows) Delete(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rows, id)
	return nil
}

func (s *rows) Expired(_ context.Context, now time.Time, limit int) ([]Upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Upload
	for _, u := range s.rows {
		if len(out) < limit && !u.ExpiresAt.After(now) {
			out = append(out, u)
		}
	}
	return out, nil
}

// shifted is the machine's clock, moved.
type shifted struct {
	clock.Real
	by atomic.Int64
}

func (c *shifted) Now() time.Time { return c.Real.Now().Add(time.Duration(c.by.Load())) }

// bench is a handler behind a real server, and what came out of it.
type bench struct {
	*testing.T
	h        *Handler
	store    *rows
	clock    *shifted
	url      string
	mu       sync.Mutex
	finished map[string][]byte
	calls    int
	refuse   error
}

const mount = "/api/v1/media/uploads/"

func newBench(t *testing.T) *bench {
	b := &bench{T: t, store: &rows{rows: map[string]Upload{}}, clock: &shifted{}, finished: map[string][]byte{}}
	b.restart(t.TempDir())
	return b
}

// restart serves the same store and directory by a new handler, as after a crash.
func (b *bench) restart(dir string) {
	h, err := New(Deps{Store: b.store, Dir: dir, Path: mount, MaxSize: 64 << 20, TTL: time.Hour, Clock: b.clock,
		IDs: id.NewSource(b.clock.Now), OnFinish: b.finish, Log: slog.New(slog.DiscardHandler),
		Owner: func(r *http.Request) (string, error) {
			if owner := r.Header.Get("X-Owner"); owner != "" {
				return owner, nil
			}
			return "", errs.New(errs.Unauthorized, "sign_in", "sign in first")
		}})
	if err != nil {
		b.Fatal(err)
	}
	b.h = h
	srv := httptest.NewServer(h)
	b.Cleanup(srv.Close)
	b.url = srv.URL
}

func (b *bench) finish(_ context.Context, u Upload, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.refuse != nil {
		return b.refuse
	}
	b.finished[u.ID] = data
	return os.Remove(path)
}

type answer struct {
	*http.Response
	code string
}

func (b *bench) do(method, path string, body io.Reader, header ...string) answer {
	b.Helper()
	a, err := b.try(method, path, body, header...)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func (b *bench) try(method, path string, body io.Reader, header ...string) (answer, error) {
	req, err := http.NewRequest(method, b.url+path, body)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Tus-Resumable", "1.0.0")
	req.Header.Set("X-Owner", "acc_1")
	if method == "PATCH" {
		req.Header.Set("Content-Type", chunkType)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i+1] == "" {
			req.Header.Del(header[i])
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	var problem struct{ Code string }
	if len(text) > 0 {
		if err := json.Unmarshal(text, &problem); err != nil {
			return answer{}, fmt.Errorf("no problem+json: %q", text)
		}
	}
	return answer{resp, problem.Code}, nil
}

func (b *bench) create(length int) string {
	b.Helper()
	a := b.do("POST", mount, nil, "Upload-Length", strconv.Itoa(length),
		"Upload-Metadata", "filename "+base64.StdEncoding.EncodeToString([]byte("dir/夏天.mp4"))+",filetype "+base64.StdEncoding.EncodeToString([]byte("video/mp4")))
	if a.StatusCode != 201 {
		b.Fatalf("create: %d %s", a.StatusCode, a.code)
	}
	return a.Header.Get("Location")
}

func (b *bench) patch(path string, offset int, body []byte, header ...string) answer {
	b.Helper()
	return b.do("PATCH", path, bytes.NewReader(body), append(header, "Upload-Offset", strconv.Itoa(offset))...)
}

func (b *bench) offset(path string) int {
	b.Helper()
	a := b.do("HEAD", path, nil)
	n, err := strconv.Atoi(a.Header.Get("Upload-Offset"))
	if err != nil || a.StatusCode != 200 {
		b.Fatalf("HEAD: %d, offset %q", a.StatusCode, a.Header.Get("Upload-Offset"))
	}
	return n
}

func (b *bench) files() int {
	b.Helper()
	entries, err := os.ReadDir(b.h.Dir)
	if err != nil {
		b.Fatal(err)
	}
	return len(entries)
}

func random(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func TestUpload_InPieces(t *testing.T) {
	b := newBench(t)
	data := random(300_000, 1)
	path := b.create(len(data))
	for at := 0; at < len(data); at += 100_000 {
		if a := b.patch(path, at, data[at:at+100_000]); a.StatusCode != 204 || a.Header.Get("Upload-Offset") != strconv.Itoa(at+100_000) {
			t.Fatalf("PATCH at %d: %d %s", at, a.StatusCode, a.code)
		}
	}
	name := path[len(mount):]
	if !bytes.Equal(b.finished[name], data) || b.calls != 1 || b.files() != 0 {
		t.Errorf("finished %d times with %d bytes, %d files left", b.calls, len(b.finished[name]), b.files())
	}
	if u := b.store.rows[name]; u.Filename != "夏天.mp4" || u.MIME != "video/mp4" || u.Owner != "acc_1" || !u.Done {
		t.Errorf("row %+v", u)
	}
	if name, kind, ok := metadata(b.do("HEAD", path, nil).Header.Get("Upload-Metadata")); name != "夏天.mp4" || kind != "video/mp4" || !ok {
		t.Errorf("HEAD repeats %q, %q", name, kind)
	}
	// A client that lost the last answer asks again and is told that all is there.
	if b.offset(path) != len(data) {
		t.Error("offset after the end")
	}
	if a := b.patch(path, len(data), nil); a.StatusCode != 204 || b.calls != 1 {
		t.Errorf("empty PATCH at the end: %d, finished %d times", a.StatusCode, b.calls)
	}
}

func TestUpload_WithCreation(t *testing.T) {
	b := newBench(t)
	data := random(1000, 2)
	a := b.do("POST", mount, bytes.NewReader(data[:400]), "Upload-Length", "1000", "Content-Type", chunkType)
	if a.StatusCode != 201 || a.Header.Get("Upload-Offset") != "400" {
		t.Fatalf("%d, offset %s", a.StatusCode, a.Header.Get("Upload-Offset"))
	}
	path := a.Header.Get("Location")
	if a := b.do("POST", path, bytes.NewReader(data[400:]), "Upload-Offset", "400", "Content-Type", chunkType,
		"X-HTTP-Method-Override", "PATCH"); a.StatusCode != 204 {
		t.Fatalf("overridden PATCH: %d %s", a.StatusCode, a.code)
	}
	if !bytes.Equal(b.finished[path[len(mount):]], data) {
		t.Error("other bytes arrived")
	}
}

func TestUpload_Refusals(t *testing.T) {
	b := newBench(t)
	path := b.create(1000)
	half := random(500, 3)
	if a := b.patch(path, 0, half); a.StatusCode != 204 {
		t.Fatal(a.StatusCode)
	}
	stranger := mount + "upl_00000000000000000000000000"
	for _, c := range []struct {
		method, path string
		header       []string
		body         int
		status       int
		code         string
	}{
		{"POST", mount, []string{"Upload-Length", "10", "Tus-Resumable", "0.2.2"}, 0, 412, "tus_version"},
		{"POST", mount, []string{"Upload-Length", "10", "Tus-Resumable", ""}, 0, 412, "tus_version"},
		{"POST", mount, []string{"Upload-Length", "10", "X-Owner", ""}, 0, 401, "sign_in"},
		{"POST", mount, []string{"Upload-Length", "10", "X-Owner", "greedy"}, 0, 429, "too_many_uploads"},
		{"POST", mount, nil, 0, 400, "request_invalid"},
		{"POST", mount, []string{"Upload-Length", "-1"}, 0, 400, "request_invalid"},
		{"POST", mount, []string{"Upload-Length", "0"}, 0, 422, "file_empty"},
		{"POST", mount, []string{"Upload-Length", "67108865"}, 0, 413, "file_too_large"},
		{"POST", mount, []string{"Upload-Length", "99999999999999999999"}, 0, 400, "request_invalid"},
		{"POST", mount, []string{"Upload-Defer-Length", "1"}, 0, 400, "request_invalid"},
		{"POST", mount, []string{"Upload-Length", "10", "Upload-Metadata", "filename %%%"}, 0, 400, "request_invalid"},
		{"PATCH", path, []string{"Upload-Offset", "499"}, 10, 409, "offset_mismatch"},
		{"PATCH", path, []string{"Upload-Offset", "501"}, 10, 409, "offset_mismatch"},
		{"PATCH", path, []string{"Upload-Offset", "x"}, 10, 400, "request_invalid"},
		{"PATCH", path, []string{"Upload-Offset", "500", "Content-Type", "text/plain"}, 10, 415, "request_invalid"},
		{"PATCH", path, []string{"Upload-Offset", "500"}, 501, 413, "chunk_too_large"},
		{"PATCH", path, []string{"Upload-Offset", "500", "X-Owner", "acc_2"}, 10, 404, "upload_not_found"},
		{"PATCH", path, []string{"Upload-Offset", "500", "Upload-Checksum", "crc32 AAAA"}, 10, 400, "request_invalid"},
		{"PATCH", path, []string{"Upload-Offset", "500", "Upload-Checksum", "sha1 AAAA"}, 10, 400, "request_invalid"},
		{"PATCH", path, []string{"Upload-Offset", "500", "Upload-Checksum", "sha1 " + base64.StdEncoding.EncodeToString(make([]byte, 20))}, 10, 460, "checksum_mismatch"},
		{"HEAD", path, []string{"X-Owner", "acc_2"}, 0, 404, ""},
		{"DELETE", path, []string{"X-Owner", "acc_2"}, 0, 404, "upload_not_found"},
		{"HEAD", stranger, nil, 0, 404, ""},
		{"DELETE", stranger, nil, 0, 404, "upload_not_found"},
		{"PATCH", mount + "..%2f..%2fetc%2fpasswd", []string{"Upload-Offset", "0"}, 10, 404, "upload_not_found"},
		{"PATCH", mount + "upl_UPPER", []string{"Upload-Offset", "0"}, 10, 404, "upload_not_found"},
		{"GET", path, nil, 0, 405, "method_not_allowed"},
		{"GET", mount, nil, 0, 405, "method_not_allowed"},
	} {
		a := b.do(c.method, c.path, bytes.NewReader(make([]byte, c.body)), c.header...)
		if a.StatusCode != c.status || a.code != c.code || a.Header.Get("Tus-Resumable") != "1.0.0" {
			t.Errorf("%s %s %v: %d %q, want %d %q", c.method, c.path, c.header, a.StatusCode, a.code, c.status, c.code)
		}
	}
	if b.offset(path) != 500 || b.calls != 0 || b.files() != 1 {
		t.Errorf("refusals left offset %d, %d files", b.offset(path), b.files())
	}
	a := b.do("OPTIONS", mount, nil, "X-Owner", "", "Tus-Resumable", "")
	if a.StatusCode != 204 || a.Header.Get("Tus-Version") != "1.0.0" || a.Header.Get("Tus-Extension") != extensions || a.Header.Get("Tus-Max-Size") != "67108864" {
		t.Errorf("OPTIONS: %d %v", a.StatusCode, a.Header)
	}
}

func TestUpload_Checksum(t *testing.T) {
	b := newBench(t)
	data := random(2000, 4)
	path := b.create(len(data))
	sum := sha1.Sum(data)
	header := "sha1 " + base64.StdEncoding.EncodeToString(sum[:])
	damaged := bytes.Clone(data)
	damaged[1999] ^= 1
	if a := b.patch(path, 0, damaged, "Upload-Checksum", header); a.StatusCode != 460 || b.offset(path) != 0 {
		t.Errorf("damaged: %d, offset %d", a.StatusCode, b.offset(path))
	}
	if a := b.patch(path, 0, data, "Upload-Checksum", header); a.StatusCode != 204 || b.calls != 1 {
		t.Errorf("whole: %d", a.StatusCode)
	}
}

func TestFinish_RefusalReachesTheClientAndDeletes(t *testing.T) {
	b := newBench(t)
	b.refuse = errs.New(errs.Unsupported, "codec_unsupported", "export as H.264").With("codec", "HEVC")
	path := b.create(10)
	if a := b.patch(path, 0, make([]byte, 10)); a.StatusCode != 415 || a.code != "codec_unsupported" {
		t.Errorf("refused: %d %s", a.StatusCode, a.code)
	}
	if a := b.do("HEAD", path, nil); a.StatusCode != 404 || b.files() != 0 || len(b.store.rows) != 0 {
		t.Errorf("after refusal: %d, %d files, %d rows", a.StatusCode, b.files(), len(b.store.rows))
	}
}

func TestFinish_FaultKeepsTheUploadForAnotherTry(t *testing.T) {
	b := newBench(t)
	b.refuse = errors.New("object store is away")
	path := b.create(10)
	if a := b.patch(path, 0, make([]byte, 10)); a.StatusCode != 500 || a.code != "internal" {
		t.Errorf("fault: %d %s", a.StatusCode, a.code)
	}
	b.refuse = nil
	if b.offset(path) != 10 || b.calls != 2 || len(b.finished) != 1 {
		t.Errorf("finished %d times", b.calls)
	}
	if b.offset(path) != 10 || b.calls != 2 {
		t.Error("finished again although done")
	}
}

func TestTerminate_RemovesEverything(t *testing.T) {
	b := newBench(t)
	path := b.create(10)
	if a := b.do("DELETE", path, nil); a.StatusCode != 204 || b.files() != 0 || len(b.store.rows) != 0 {
		t.Errorf("DELETE: %d, %d files", a.StatusCode, b.files())
	}
	for _, method := range []string{"DELETE", "HEAD"} {
		if a := b.do(method, path, nil); a.StatusCode != 404 {
			t.Errorf("%s afterwards: %d", method, a.StatusCode)
		}
	}
}

func TestExpiry_GoneThenSwept(t *testing.T) {
	b := newBench(t)
	path, kept := b.create(10), ""
	b.clock.by.Store(int64(59 * time.Minute))
	kept = b.create(10)
	b.clock.by.Store(int64(61 * time.Minute))
	for _, method := range []string{"HEAD", "PATCH", "DELETE"} {
		if a := b.do(method, path, bytes.NewReader(make([]byte, 5)), "Upload-Offset", "0"); a.StatusCode != 410 {
			t.Errorf("%s when expired: %d", method, a.StatusCode)
		}
	}
	orphan := b.h.path("upl_00000000000000000000000000")
	if err := os.WriteFile(orphan, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	old := b.clock.Now().Add(-2 * orphanAge)
	if err := os.Chtimes(orphan, old, old); err != nil {
		t.Fatal(err)
	}
	if n, err := b.h.Sweep(context.Background()); n != 2 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if a := b.do("HEAD", path, nil); a.StatusCode != 404 || b.offset(kept) != 0 || b.files() != 1 {
		t.Errorf("after sweep: %d, %d files", a.StatusCode, b.files())
	}
}
