package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
)

// script is the usual seckill: one key per buyer, a counter, the order as one hash.
const script = `if redis.call('EXISTS', KEYS[2]) == 1 then return 2 end
if tonumber(redis.call('GET', KEYS[1])) < 1 then return 0 end
redis.call('DECR', KEYS[1])
redis.call('HSET', KEYS[2], 'sku', KEYS[1], 'total', ARGV[1], 'address', ARGV[2], 'state', 'unpaid')
return 1`

// redis runs the script with every answer fsynced: 2,000 clients share 50 connections, 40 requests
// in flight on each, which is its fastest honest form.
func redis(ctx context.Context, r *report.Run) error {
	path := proc.Find("redis-server")
	if path == "" {
		r.Note("redis-server is not installed: its peer is left out")
		return nil
	}
	dir, err := os.MkdirTemp("/tmp", "benchredis")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	socket := dir + "/s"
	p, err := proc.Start(ctx, proc.Options{Dir: dir, Ready: proc.Dials("unix", socket)}, path, "--port", "0", "--unixsocket", socket,
		"--appendonly", "yes", "--appendfsync", "always", "--save", "", "--dir", dir)
	if err != nil {
		return err
	}
	defer p.Stop()
	admin, err := dialRedis(socket)
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close() }()
	const units = 10_000_000
	if _, err := admin.do(1, func(int) []string { return []string{"SET", "sku", strconv.Itoa(units)} }); err != nil {
		return err
	}
	if _, err := admin.do(1, func(int) []string { return []string{"SCRIPT", "LOAD", script} }); err != nil {
		return err
	}
	const connections, inFlight, length = 50, 40, 3 * time.Second
	cpu, begin := p.CPU(), time.Now()
	var mu sync.Mutex
	var failed error
	total := 0
	var wg sync.WaitGroup
	for c := range connections {
		wg.Go(func() {
			n, err := sell(socket, c, inFlight, begin.Add(length))
			mu.Lock()
			defer mu.Unlock()
			if total += n; err != nil {
				failed = err
			}
		})
	}
	wg.Wait()
	took := time.Since(begin).Seconds()
	if failed != nil {
		return failed
	}
	r.Peer("redis_lua_always_orders_per_s", float64(total)/took, "orders/s", "script, appendfsync always, pipelined; the order is not in the database yet")
	r.Peer("redis_lua_always_orders_per_cpu_s", float64(total)/(p.CPU()-cpu).Seconds(), "orders", "per CPU second of the server alone")
	return nil
}

// sell keeps inFlight orders under way on one connection until the time is over.
func sell(socket string, client, inFlight int, until time.Time) (int, error) {
	c, err := dialRedis(socket)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }()
	hash := sha1.Sum([]byte(script)) // Redis names scripts so
	sum, n := hex.EncodeToString(hash[:]), 0
	for time.Now().Before(until) {
		sold, err := c.do(inFlight, func(i int) []string {
			return []string{"EVALSHA", sum, "2", "sku", fmt.Sprintf("order:%d:%d", client, n+i), "1990", "浙江省 杭州市 西湖区 文三路 1 号"}
		})
		if err != nil {
			return n, err
		}
		if sold != inFlight {
			return n, fmt.Errorf("%d of %d orders were taken", sold, inFlight)
		}
		n += inFlight
	}
	return n, nil
}

// conn speaks as much of RESP as the script needs.
type conn struct {
	net.Conn
	in  *bufio.Reader
	out *bufio.Writer
}

func dialRedis(socket string) (*conn, error) {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReader(c), bufio.NewWriterSize(c, 64<<10)}, nil
}

// do sends n commands at once and reads their answers; it returns how many answered 1.
func (c *conn) do(n int, command func(i int) []string) (ones int, err error) {
	for i := range n {
		parts := command(i)
		_, _ = fmt.Fprintf(c.out, "*%d\r\n", len(parts))
		for _, p := range parts {
			_, _ = fmt.Fprintf(c.out, "$%d\r\n%s\r\n", len(p), p)
		}
	}
	if err := c.out.Flush(); err != nil {
		return 0, err
	}
	for range n {
		line, err := c.in.ReadString('\n')
		switch {
		case err != nil:
			return ones, err
		case line == ":1\r\n":
			ones++
		case strings.HasPrefix(line, "-"):
			return ones, fmt.Errorf("redis: %s", strings.TrimSpace(line))
		}
	}
	return ones, nil
}
