package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
)

// tooLate is how long after the one before a part may come: four times its length.
const tooLate = 2 * time.Second

// segmentTooLate is the same for whole segments of two seconds: one that is polled for each second.
const segmentTooLate = 6 * time.Second

// readers are the viewers of one process.
type readers struct {
	job
	seen struct{ requests, bytes, late, errors atomic.Int64 }
	mu   sync.Mutex
	why  string

	lists sync.Map // playlist bytes' hash to *listing: what all viewers get is parsed once
	seed  maphash.Seed
}

func child(arg string) error {
	r := &readers{seed: maphash.MakeSeed()}
	if err := json.Unmarshal([]byte(arg), &r.job); err != nil {
		return err
	}
	var wg sync.WaitGroup
	for range r.Viewers {
		wg.Go(func() {
			time.Sleep(time.Duration(rand.Int64N(int64(r.Joining))))
			watch := r.plain
			if r.Mode == "ll" {
				watch = r.lowLatency
			}
			if err := watch(); err != nil {
				r.fail(err)
			}
		})
	}
	wg.Wait()
	s := &r.seen
	return json.NewEncoder(os.Stdout).Encode(seen{Requests: s.requests.Load(), Bytes: s.bytes.Load(), Late: s.late.Load(), Errors: s.errors.Load(), FirstError: r.why})
}

func (r *readers) over() bool { return time.Now().After(r.To) }

// count adds an answer when it lies in the time that counts.
func (r *readers) count(n int, last time.Time, late time.Duration) {
	now := time.Now()
	if now.Before(r.From) || now.After(r.To) {
		return
	}
	r.seen.requests.Add(1)
	r.seen.bytes.Add(int64(n))
	if !last.IsZero() && now.Sub(last) > late {
		r.seen.late.Add(1)
	}
}

func (r *readers) fail(err error) {
	if r.over() {
		return // the load is over, and so is the wait of whoever was still asking
	}
	r.seen.errors.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why = err.Error()
}

// lowLatency is a viewer with two connections: one reloads the playlist and blocks, the other fetches
// every part it lists.
func (r *readers) lowLatency() error {
	lists, err := dial(r.Addr)
	if err != nil {
		return err
	}
	defer lists.close()
	parts := make(chan string, 16)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(parts)
	wg.Go(func() { r.parts(parts) })
	known := position{}
	for query := ""; !r.over(); {
		body, err := lists.get(r.Dir+r.Playlist+query, true)
		if err != nil {
			return err
		}
		r.count(len(body), time.Time{}, 0)
		l, err := r.read(body)
		if err != nil {
			return err
		}
		for i, p := range l.parts {
			if known.before(p.position) && (known != position{} || i == len(l.parts)-1) {
				parts <- p.name
				known = p.position
			}
		}
		query = fmt.Sprintf("?_HLS_msn=%d&_HLS_part=%d&_HLS_skip=YES", l.next.msn, l.next.part)
	}
	return nil
}

func (r *readers) parts(names <-chan string) {
	c, err := dial(r.Addr)
	if err != nil {
		r.fail(err)
	}
	var last time.Time
	for name := range names {
		if err != nil {
			continue // reported; the playlists go on, so that the load stays what it was
		}
		var n int
		if n, err = c.skim(r.Dir + name); err != nil {
			r.fail(err)
			continue
		}
		r.count(n, last, tooLate)
		last = time.Now()
	}
	if c != nil {
		c.close()
	}
}

// plain is a viewer who polls the playlist each second and fetches every new segment whole.
func (r *readers) plain() error {
	c, err := dial(r.Addr)
	if err != nil {
		return err
	}
	defer c.close()
	var last string
	var lastAt time.Time
	for !r.over() {
		asked := time.Now()
		body, err := c.get(r.Dir+r.Playlist, true)
		if err != nil {
			return err
		}
		r.count(len(body), time.Time{}, 0)
		l, err := r.read(body)
		if err != nil {
			return err
		}
		for _, name := range l.after(last) {
			n, err := c.skim(r.Dir + name)
			if err != nil {
				return err
			}
			r.count(n, lastAt, segmentTooLate)
			last, lastAt = name, time.Now()
		}
		time.Sleep(time.Until(asked.Add(time.Second)))
	}
	return nil
}

// read parses a playlist, or finds what another viewer made of the same bytes.
func (r *readers) read(body []byte) (*listing, error) {
	sum := maphash.Bytes(r.seed, body)
	if l, ok := r.lists.Load(sum); ok {
		return l.(*listing), nil
	}
	text := body
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		if text, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	l, err := parseListing(string(text))
	if err == nil {
		r.lists.Store(sum, l)
	}
	return l, err
}
