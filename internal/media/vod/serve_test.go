package vod

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/hawker-live/hawker/internal/media/mp4"
)

func get(t testing.TB, method, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := new(http.Transport).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func TestServe_HeadersRangesAndRefusals(t *testing.T) {
	s, _ := open(t, "plain.mp4")
	url := serve(t, s)
	for name, kind := range map[string]string{
		"index.m3u8": "application/vnd.apple.mpegurl", "video.m3u8": "application/vnd.apple.mpegurl",
		"init.mp4": "video/mp4", "seg-0.m4s": "video/mp4", "file.mp4": "video/mp4",
	} {
		resp, body := get(t, "GET", url+name)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != kind || len(body) == 0 ||
			resp.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") ||
			resp.ContentLength != int64(len(body)) {
			t.Errorf("%s: %d %v", name, resp.StatusCode, resp.Header)
		}
		if resp, head := get(t, "HEAD", url+name); resp.ContentLength != int64(len(body)) || len(head) != 0 {
			t.Errorf("HEAD %s: %d bytes announced, %d sent", name, resp.ContentLength, len(head))
		}
		from, to := len(body)/3, len(body)/2
		resp, part := get(t, "GET", url+name, "Range", fmt.Sprintf("bytes=%d-%d", from, to))
		if resp.StatusCode != 206 || !bytes.Equal(part, body[from:to+1]) {
			t.Errorf("range of %s: %d, %d bytes", name, resp.StatusCode, len(part))
		}
		resp, _ = get(t, "GET", url+name, "If-None-Match", resp.Header.Get("ETag"))
		if resp.StatusCode != 304 {
			t.Errorf("revalidation of %s: %d", name, resp.StatusCode)
		}
		if resp, _ = get(t, "GET", url+name, "Range", "bytes=99999999999-"); resp.StatusCode != 416 {
			t.Errorf("impossible range of %s: %d", name, resp.StatusCode)
		}
	}
	for _, name := range []string{"", "seg-.m4s", "seg-00.m4s", "seg-+0.m4s", "seg--1.m4s", "seg-99.m4s", "seg-0", "0.m4s",
		"seg-99999999999999999999.m4s", "../index.m3u8", "index.m3u8/"} {
		if err := s.Serve(nilWriter{http.Header{}}, &http.Request{Method: "GET"}, name); err == nil {
			t.Errorf("%q was found", name)
		}
	}
	if resp, _ := get(t, "POST", url+"index.m3u8"); resp.StatusCode != 405 {
		t.Errorf("POST: %d", resp.StatusCode)
	}
	if resp, _ := get(t, "OPTIONS", url+"index.m3u8"); resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Headers") == "" {
		t.Errorf("OPTIONS: %d %v", resp.StatusCode, resp.Header)
	}
}

type nilWriter struct{ h http.Header }

func (w nilWriter) Header() http.Header         { return w.h }
func (w nilWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w nilWriter) WriteHeader(int)             {}

func TestProgressive_ReadsLikeAFile(t *testing.T) {
	for _, name := range []string{"plain.mp4", "faststart.mp4", "fragmented.mp4"} {
		s, f := open(t, name)
		r, err := s.Progressive()
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, whole); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		m, err := mp4.Parse(bytes.NewReader(whole), int64(len(whole)))
		if err != nil || !m.FastStart {
			t.Errorf("%s: parsed again: %v", name, err)
		}
		original, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if same := bytes.Equal(original, whole); same != (name != "plain.mp4") {
			t.Errorf("%s: passed through unchanged: %v", name, same)
		}
	}
}

// Files that grow past 4 GiB by moving the index get 64-bit offsets, all still right.
func TestProgressive_WideOffsets(t *testing.T) {
	s, f := open(t, "plain.mp4")
	moov := make([]byte, s.movie.MoovSize)
	if _, err := f.ReadAt(moov, s.movie.MoovOffset); err != nil {
		t.Fatal(err)
	}
	wide, err := mp4.Relocate(moov, true, func(off int64) int64 { return off + 5<<30 })
	if err != nil {
		t.Fatal(err)
	}
	big := &layout{r: zeros{}}
	big.add(piece{mem: []byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"), n: 16})
	big.add(piece{mem: wide, n: int64(len(wide))})
	big.add(piece{n: 5<<30 + s.movie.Size})
	m, err := mp4.Parse(at{big}, big.size)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.video.Samples.Len() {
		want := s.video.Samples.At(i)
		want.Offset += 5 << 30
		if got := m.Video().Samples.At(i); got != want {
			t.Fatalf("sample %d: %+v, want %+v", i, got, want)
		}
	}
}

type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }

// at reads a layout at offsets, for one reader.
type at struct{ l *layout }

func (a at) ReadAt(p []byte, off int64) (int, error) {
	a.l.pos = off
	return io.ReadFull(a.l, p)
}

// A reader that fails in the middle ends the answer with an error, never with other bytes.
func TestSegment_ReportsAReaderThatFails(t *testing.T) {
	s, _ := open(t, "plain.mp4")
	var whole, cut bytes.Buffer
	if err := s.Segment(&whole, 0); err != nil {
		t.Fatal(err)
	}
	broken := *s.movie
	bad := &Stream{movie: &broken, r: short{s.r, 60_000}, video: s.video, audio: s.audio, v: s.v, a: s.a, segments: s.segments}
	if err := bad.Segment(&cut, 0); err == nil {
		t.Error("a file cut short after opening was served")
	}
	if !bytes.HasPrefix(whole.Bytes(), cut.Bytes()) {
		t.Error("wrong bytes before the failure")
	}
}

type short struct {
	r io.ReaderAt
	n int64
}

func (s short) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.n {
		return 0, io.EOF
	}
	if int64(len(p)) > s.n-off {
		n, _ := s.r.ReadAt(p[:s.n-off], off)
		return n, io.EOF
	}
	return s.r.ReadAt(p, off)
}

func TestStream_ServesManyAtOnce(t *testing.T) {
	s, _ := open(t, "plain.mp4")
	var want bytes.Buffer
	if err := s.Segment(&want, 0); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			var got bytes.Buffer
			if err := s.Segment(&got, 0); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Errorf("segment differs: %v", err)
			}
			if r, err := s.Progressive(); err != nil {
				t.Error(err)
			} else if n, err := io.Copy(io.Discard, r); err != nil || n < s.movie.Size {
				t.Errorf("progressive: %d bytes, %v", n, err)
			}
		})
	}
	wg.Wait()
}
