package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/hawker-live/hawker/bench/report"
)

// ready waits for parts as one reader does, a blocking reload and then the part, and measures from the
// moment the part's last picture left the encoder.
func ready(at stream, f *frames, parts int) (*report.Latencies, error) {
	c, err := dial(at.Addr)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var l report.Latencies
	query, known, first := "", position{}, true
	for l.Count() < parts {
		body, err := c.get(at.Dir+at.Playlist+query, true)
		if err != nil {
			return nil, err
		}
		list, err := unzipped(body)
		if err != nil {
			return nil, err
		}
		if n := len(list.parts); n > 0 && known.before(list.parts[n-1].position) {
			known = list.parts[n-1].position
			media, err := c.get(at.Dir+list.parts[n-1].name, false)
			if err != nil {
				return nil, err
			}
			now := time.Now()
			left, err := f.last(media)
			if err != nil {
				return nil, err
			}
			if !first { // the first part was there before the reader
				l.Add(now.Sub(left))
			}
			first = false
		}
		query = fmt.Sprintf("?_HLS_msn=%d&_HLS_part=%d&_HLS_skip=YES", list.next.msn, list.next.part)
	}
	return &l, nil
}

func unzipped(body []byte) (*listing, error) {
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		if body, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	return parseListing(string(body))
}

// last is when the newest picture that a part carries left the encoder.
func (f *frames) last(media []byte) (time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.kept) - 1; i >= 0; i-- {
		if bytes.Contains(media, f.kept[i].piece) {
			return f.kept[i].at, nil
		}
	}
	return time.Time{}, errors.New("a part carries no picture that was pushed in the last ten seconds")
}
