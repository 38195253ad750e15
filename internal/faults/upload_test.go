package faults

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

// tus sends one request of the resumable upload protocol; a cut connection is status 0.
func (s *site) tus(method, path string, body io.Reader, size int64, head ...string) answer {
	req, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		return answer{}
	}
	req.ContentLength = size
	req.Header.Set("Authorization", "Bearer "+s.tokens[0])
	req.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	res, err := patient.Do(req)
	if err != nil {
		return answer{}
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, b}
}

func (s *site) begin(length int) (path, asset string) {
	s.t.Helper()
	a := s.tus("POST", "/api/v1/media/uploads", nil, 0, "Upload-Length", strconv.Itoa(length))
	if a.status != 201 {
		s.t.Fatalf("begin an upload: %d %s", a.status, a.body)
	}
	at, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	return at.Path, a.header.Get("Hawker-Asset-Id")
}

func (s *site) offset(path string) int {
	s.t.Helper()
	a := s.tus("HEAD", path, nil, 0)
	n, err := strconv.Atoi(a.header.Get("Upload-Offset"))
	if a.status != 200 || err != nil {
		s.t.Fatalf("ask for the offset: %d %s", a.status, a.body)
	}
	return n
}

// An upload is cut at every twentieth, in turn by the client hanging up and by the server being killed. It goes on
// at an offset no lower than what was acknowledged, ends as the same bytes, and no half of it is ever shown.
func TestUpload_CutAtEveryTwentieth(t *testing.T) {
	data, err := os.ReadFile(mp4test.File(t, "plain.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, t.TempDir(), "", 1)
	s.start()
	kills := 0
	_, seed := chance(t)
	c := count(t, "upload cut, by the client or by kill -9 of the server", seed)
	for n := range scale(1, 50) {
		if n > 0 && over() {
			break
		}
		path, asset := s.begin(len(data))
		acked := 0
		for k := 1; k < 20; k++ {
			at := s.offset(path)
			if at < acked {
				t.Fatalf("cut %d: the offset is %d, %d were acknowledged", k, at, acked)
			}
			want := len(data) * k / 20
			if want <= at {
				continue
			}
			c.n++
			if k%scale(6, 2) == 0 { // the server goes, in the middle of a body that would have been longer
				kills++
				half := (at + want) / 2
				if a := s.tus("PATCH", path, bytes.NewReader(data[at:half]), int64(half-at), "Upload-Offset", strconv.Itoa(at), "Content-Type", "application/offset+octet-stream"); a.status == 204 {
					acked = half
					at = half
				}
				s.hangUp(path, at, len(data)-at, data[at:want])
				s.kill()
				s.start()
			} else {
				s.hangUp(path, at, len(data)-at, data[at:want])
			}
			if a := s.ask(0, "GET", "/api/v1/media/assets/"+asset, "", nil); a.status != 200 || a.field("state") != "uploading" {
				t.Fatalf("cut %d: the asset is %d %s", k, a.status, a.body)
			}
			if a := s.ask(-1, "GET", "/media/vod/"+asset+"/file.mp4", "", nil); a.status != 404 {
				t.Fatalf("cut %d: half a file is shown: %d", k, a.status)
			}
		}
		s.finish(path, data)
		stored, err := os.ReadFile(filepath.Join(s.data, "files", "vod", asset))
		if err != nil || !bytes.Equal(stored, data) {
			t.Fatalf("%d bytes are stored of %d, or others: %v", len(stored), len(data), err)
		}
	}
	s.kill()
	if left, _ := filepath.Glob(filepath.Join(s.data, "uploads", "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	s.audit()
	c.say("%d of them kills; same bytes, nothing half shown, nothing left behind", kills)
}

// finish sends what is missing, as an upload's client does: the server may still be taking in what the connection
// that was cut had sent, so that it refuses a second sender (423) or is farther than it was when asked (409).
func (s *site) finish(path string, data []byte) {
	s.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		at := s.offset(path)
		a := s.tus("PATCH", path, bytes.NewReader(data[at:]), int64(len(data)-at), "Upload-Offset", strconv.Itoa(at), "Content-Type", "application/offset+octet-stream")
		switch {
		case a.status == 204:
			return
		case a.status != 423 && a.status != 409, time.Now().After(deadline):
			s.t.Fatalf("the last bytes: %d %s", a.status, a.body)
		}
	}
}

// hangUp announces more than it sends, and closes.
func (s *site) hangUp(path string, at, announced int, body []byte) {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(c, "PATCH %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n\r\n",
		path, s.tokens[0], at, announced)
	_, _ = c.Write(body) // a server that has gone is the point
}
