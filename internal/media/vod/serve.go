package vod

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

const (
	typePlaylist = "application/vnd.apple.mpegurl"
	typeMP4      = "video/mp4"
	// forever: nothing behind a name ever changes, because uploads are never edited in place.
	forever = "public, max-age=31536000, immutable"
)

// Serve answers GET, HEAD and OPTIONS for one name of the stream: NameMultivariant, NamePlaylist,
// NameInit, NameProgressive or "seg-N.m4s". Ranges, If-Range and If-None-Match are honoured; any
// page may read the answer (CORS *). An error is returned only while nothing has been written:
// not_found, or a failure to read the index; the caller renders it.
func (s *Stream) Serve(w http.ResponseWriter, r *http.Request, name string) error {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return nil
	default:
		h.Set("Allow", "GET, HEAD, OPTIONS")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return nil
	}
	content, kind, err := s.content(name)
	if err != nil {
		return err
	}
	h.Set("Access-Control-Expose-Headers", "Content-Length, Content-Range, ETag")
	h.Set("Cache-Control", forever)
	h.Set("Content-Type", kind)
	h.Set("ETag", s.etag)
	http.ServeContent(w, r, "", time.Time{}, content)
	return nil
}

func (s *Stream) content(name string) (io.ReadSeeker, string, error) {
	switch name {
	case NameMultivariant:
		return bytes.NewReader(s.Multivariant()), typePlaylist, nil
	case NamePlaylist:
		return bytes.NewReader(s.media), typePlaylist, nil
	case NameInit:
		return bytes.NewReader(s.init), typeMP4, nil
	case NameProgressive:
		l, err := s.Progressive()
		return l, typeMP4, err
	}
	digits, ok := strings.CutSuffix(strings.TrimPrefix(name, segmentPrefix), segmentSuffix)
	n, err := strconv.Atoi(digits)
	// One name per segment: "seg-01.m4s" would fill caches with copies.
	if !ok || err != nil || name != segmentPrefix+strconv.Itoa(n)+segmentSuffix {
		return nil, "", errs.New(errs.NotFound, "not_found", "there is no such part of the video")
	}
	l, err := s.segment(n)
	return l, typeMP4, err
}
