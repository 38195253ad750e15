package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/bench/report"
)

// tick is what a clock-paced reader needs of one.
type tick struct {
	Epoch  int64 `json:"e"`
	N      int64 `json:"n"`
	At     int64 `json:"at"`
	Next   int64 `json:"next"`
	Jitter int64 `json:"j"`
}

// crowd is what all viewers share.
type crowd struct {
	addr, room string
	counting   atomic.Bool
	newest     atomic.Int64
	failed     atomic.Int64
}

// viewer reads ticks one by one over one connection.
type viewer struct {
	crowd *crowd
	conn  net.Conn
	r     *bufio.Reader
	age   report.Latencies
	read  int64
}

// watch asks for each tick once, shortly after it is due, until ctx ends.
func (v *viewer) watch(ctx context.Context) error {
	var err error
	if v.conn, err = net.Dial("tcp", v.crowd.addr); err != nil {
		return err
	}
	defer func() { _ = v.conn.Close() }()
	v.r = bufio.NewReaderSize(v.conn, 4096)
	at, _, err := v.get("head")
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		wait := time.Until(time.UnixMilli(at.Next)) + time.Duration(rand.Int64N(at.Jitter+1))*time.Millisecond
		if wait > 0 {
			time.Sleep(wait)
		}
		next, status, err := v.get(fmt.Sprintf("ticks/%d-%d", at.Epoch, at.N+1))
		if err != nil {
			return err
		}
		if status != http.StatusOK { // too early, or far behind: begin at the newest again
			v.crowd.failed.Add(1)
			if at, _, err = v.get("head"); err != nil {
				return err
			}
			continue
		}
		if at = next; v.crowd.counting.Load() {
			v.age.Add(time.Since(time.UnixMilli(at.At)))
			v.read++
			v.crowd.newest.Store(max(v.crowd.newest.Load(), at.N))
		}
	}
	return nil
}

func (v *viewer) get(what string) (t tick, status int, err error) {
	if err := v.conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return t, 0, err
	}
	if _, err := fmt.Fprintf(v.conn, "GET /api/v1/live/rooms/%s/%s HTTP/1.1\r\nHost: edge\r\n\r\n", v.crowd.room, what); err != nil {
		return t, 0, err
	}
	res, err := http.ReadResponse(v.r, nil)
	if err != nil {
		return t, 0, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return t, res.StatusCode, err
	}
	return t, res.StatusCode, json.Unmarshal(body, &t)
}
