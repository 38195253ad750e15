package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hawker-live/hawker/bench/site"
)

// chunk is what the web app sends with one PATCH.
const chunk = 8 << 20

// smallChunk ends the uploads whose processor time counts, so that it is that of indexing and serving,
// not of receiving.
const smallChunk = 256 << 10

// uploaded is one upload, played.
type uploaded struct {
	playable time.Duration // from the last byte sent to the first segment in hand
	cpu      time.Duration // of the server, from before the last chunk until every segment was sent
	segments int
}

// upload sends the movie; its last PATCH carries the last bytes.
func upload(ctx context.Context, s *site.Site, who *site.Person, m movie, last int64) (uploaded, error) {
	var u uploaded
	f, err := os.Open(m.path)
	if err != nil {
		return u, err
	}
	defer func() { _ = f.Close() }()
	at, asset, err := begin(ctx, who, m.size)
	if err != nil {
		return u, err
	}
	var off int64
	for off < m.size-last {
		n := min(chunk, m.size-last-off)
		if _, err := patch(ctx, who, at, off, io.NewSectionReader(f, off, n)); err != nil {
			return u, err
		}
		off += n
	}
	cpu := s.CPU()
	sent, err := patch(ctx, who, at, off, io.NewSectionReader(f, off, m.size-off))
	if err != nil {
		return u, err
	}
	p, err := open(ctx, who, "/media/vod/"+asset+"/index.m3u8")
	if err != nil {
		return u, err
	}
	for i, part := range p {
		if _, err := fetch(ctx, who, part); err != nil {
			return u, err
		}
		if i == 1 { // the init segment and the first of the media
			u.playable = time.Since(sent)
		}
	}
	u.segments, u.cpu = len(p)-1, s.CPU()-cpu
	return u, nil
}

// begin creates the upload and returns its address and the asset it becomes.
func begin(ctx context.Context, who *site.Person, size int64) (at, asset string, err error) {
	word := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	res, err := who.Do(ctx, http.MethodPost, "/api/v1/media/uploads", nil, map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": strconv.FormatInt(size, 10),
		"Upload-Metadata": "filename " + word("bench.mp4") + ",filetype " + word("video/mp4") + ",purpose " + word("post")})
	if err != nil {
		return "", "", err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return "", "", fmt.Errorf("begin the upload: %s", res.Status)
	}
	where, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		return "", "", err
	}
	return where.Path, res.Header.Get("Hawker-Asset-Id"), nil
}

// patch sends one chunk; sent is when its last byte was handed to the kernel.
func patch(ctx context.Context, who *site.Person, at string, off int64, body io.Reader) (sent time.Time, err error) {
	res, err := who.Do(ctx, http.MethodPatch, at, &stamped{body, &sent}, map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": strconv.FormatInt(off, 10), "Content-Type": "application/offset+octet-stream"})
	if err != nil {
		return sent, err
	}
	text, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err == nil && res.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("send bytes from %d: %s %s", off, res.Status, text)
	}
	return sent, err
}

// stamped notes when the last bytes were taken.
type stamped struct {
	io.Reader
	at *time.Time
}

func (s *stamped) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if n > 0 {
		*s.at = time.Now()
	}
	return n, err
}

var mapURI = regexp.MustCompile(`URI="([^"]+)"`)

// open reads the playlists and lists the init segment and the media segments in order.
func open(ctx context.Context, who *site.Person, path string) ([]string, error) {
	multi, err := fetch(ctx, who, path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(multi)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			path = beside(path, line)
			break
		}
	}
	media, err := fetch(ctx, who, path)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(media)) {
		line = strings.TrimSpace(line)
		if m := mapURI.FindStringSubmatch(line); m != nil && strings.HasPrefix(line, "#EXT-X-MAP") {
			out = append(out, beside(path, m[1]))
		} else if line != "" && line[0] != '#' {
			out = append(out, beside(path, line))
		}
	}
	if len(out) < 2 {
		return nil, fmt.Errorf("%s lists no media:\n%s", path, media)
	}
	return out, nil
}

func beside(path, name string) string { return path[:strings.LastIndexByte(path, '/')+1] + name }

func fetch(ctx context.Context, who *site.Person, path string) ([]byte, error) {
	res, err := who.Do(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return body, err
}
