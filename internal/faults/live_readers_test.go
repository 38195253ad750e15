package faults

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// ownThings is by how much the program's goroutines and descriptors may differ by its own work, such as a timer's
// turn; a leak is one of every reader.
const ownThings = 12

// observed names an address for the metrics of a site that is about to start.
func observed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// gauge reads one of the program's own metrics.
func gauge(t *testing.T, addr, name string) int {
	t.Helper()
	res, err := patient.Get("http://" + addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if v, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				t.Fatal(err)
			}
			return int(n)
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// calm waits until nothing is being taken down any more, and gives goroutines and descriptors.
func calm(t *testing.T, addr string) (goroutines, files int) {
	t.Helper()
	for begun, since := time.Now(), time.Now(); time.Since(since) < 2*time.Second && time.Since(begun) < 60*time.Second; time.Sleep(200 * time.Millisecond) {
		patient.CloseIdleConnections()
		g, f := gauge(t, addr, "go_goroutines"), gauge(t, addr, "process_open_fds")
		if goroutines == 0 || g < goroutines {
			goroutines, files, since = g, f, time.Now()
		}
	}
	return goroutines, files
}

// rests waits until goroutines and descriptors are where they were.
func rests(t *testing.T, addr string, goroutines, files int) (int, int) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		patient.CloseIdleConnections()
		g, f := gauge(t, addr, "go_goroutines"), gauge(t, addr, "process_open_fds")
		if g <= goroutines+ownThings && f <= files+ownThings {
			return g, f
		}
		if time.Since(begun) > 90*time.Second {
			t.Errorf("%d goroutines and %d descriptors are left, %d and %d were before", g, f, goroutines, files)
			return g, f
		}
	}
}

// enter joins a room over WebSocket; the answer to the handshake is read.
func (s *site) enter(room, viewer string) (net.Conn, *bufio.Reader) {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	fmt.Fprintf(c, "GET /api/v1/live/rooms/%s/ws?viewer=%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", room, viewer)
	r := bufio.NewReader(c)
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		if err != nil || first && !strings.Contains(line, " 101 ") {
			s.t.Fatalf("enter the room: %q %v", line, err)
		}
		if line == "\r\n" {
			return c, r
		}
	}
}

// frame reads one message of a server's: it is not masked (RFC 6455 5.2).
func frame(r *bufio.Reader) error {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	size := uint64(head[1] & 127)
	if size >= 126 {
		wide := make([]byte, map[uint64]int{126: 2, 127: 8}[size])
		if _, err := io.ReadFull(r, wide); err != nil {
			return err
		}
		size = binary.BigEndian.Uint64(append(make([]byte, 8-len(wide)), wide...))
	}
	_, err := r.Discard(int(size))
	return err
}

// listener hears a room as a healthy viewer does.
type listener struct {
	mu      sync.Mutex
	heard   int
	last    time.Time
	longest time.Duration
	ended   error
}

func (l *listener) listen(r *bufio.Reader) {
	l.last = time.Now()
	for {
		err := frame(r)
		l.mu.Lock()
		l.heard, l.longest, l.last, l.ended = l.heard+1, max(l.longest, time.Since(l.last)), time.Now(), err
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// A crowd watches a live room over LL-HLS and WebSocket and reads a thousand bytes a second, and every tenth reads
// nothing. Whoever is healthy gets each tick and a picture that moves; memory stays flat; when the crowd has gone, so
// have its goroutines and descriptors.
func TestReaders_SlowOnesOfALiveRoomHurtNobody(t *testing.T) {
	metrics := observed(t)
	s := newSite(t, t.TempDir(), "", 1, "--metrics-addr", metrics)
	s.start()
	g := newStage(s)
	g.begin(false)
	conn, in := s.enter(g.room, "healthy00")
	defer conn.Close()
	l := &listener{}
	var listening sync.WaitGroup
	listening.Go(func() { l.listen(in) })
	defer listening.Wait()
	defer conn.Close()
	healthy := func() time.Duration {
		t.Helper()
		var took []time.Duration
		for range 40 {
			begun := time.Now()
			if _, ok := s.watch(g.playlist); !ok {
				t.Fatal("a healthy reader gets no playlist")
			}
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		return took[len(took)*9/10]
	}
	healthy()
	before := healthy()
	time.Sleep(300 * time.Millisecond)
	_, seed := chance(t)
	slow := scale(40, 1000)
	tell := count(t, "slow and dead readers of a live room, LL-HLS and WebSocket", seed)
	tell.n = slow
	goroutines, files, memory := gauge(t, metrics, "go_goroutines"), gauge(t, metrics, "process_open_fds"), rss(t, s.cmd.Process.Pid)
	seen, _ := s.watch(g.playlist)
	begun := time.Now()
	list, _ := s.files(g.playlist)
	var crowd []net.Conn
	leave := func() {
		for _, c := range crowd {
			_ = c.Close()
		}
	}
	defer leave()
	for n := range slow {
		var c net.Conn
		if n%2 == 0 {
			c, _ = s.enter(g.room, fmt.Sprintf("slowviewer%d", n))
		} else {
			var err error
			if c, err = net.Dial("tcp", strings.TrimPrefix(s.url, "http://")); err != nil {
				t.Fatal(err)
			}
			for i := range 64 { // pipelined: more than the kernel takes
				fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", list[i%len(list)])
			}
		}
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		crowd = append(crowd, c)
	}
	said, lasting := 0, time.Duration(scale(2, 20))*time.Second
	buf := make([]byte, 1000)
	for since := time.Now(); time.Since(since) < lasting; time.Sleep(time.Second) {
		for n, c := range crowd {
			if n%10 != 9 { // the tenth is dead
				_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
				_, _ = c.Read(buf)
			}
		}
		said++
		_ = s.ask(0, "POST", "/api/v1/live/rooms/"+g.room+"/comments", "", map[string]any{"text": fmt.Sprint("still here ", said)})
	}
	during, grown := healthy(), rss(t, s.cmd.Process.Pid)-memory
	w, ok := s.watch(g.playlist)
	if moved := w.newest.Sub(seen.newest); !ok || moved < time.Since(begun)-6*time.Second {
		t.Errorf("in %s the picture moved by %s", time.Since(begun), moved)
	}
	l.mu.Lock()
	heard, silent, ended := l.heard, l.longest, l.ended
	l.mu.Unlock()
	if ended != nil || heard < said/2 || silent > busyMachine*time.Second {
		t.Errorf("a healthy viewer heard %d ticks, the longest silence was %s, %v", heard, silent, ended)
	}
	if most := int64(slow*slowCost + 32<<20); grown > most {
		t.Errorf("%d slow readers cost %d MB, more than %d", slow, grown>>20, most>>20)
	}
	peak := gauge(t, metrics, "go_goroutines")
	leave()
	after, left := rests(t, metrics, goroutines, files)
	tell.say("a tenth dead; healthy p90 %s before, %s during, longest silence between ticks %s; memory +%d MB; goroutines %d before, %d during, %d after; descriptors %d before, %d after",
		before.Round(100*time.Microsecond), during.Round(100*time.Microsecond), silent.Round(time.Millisecond), grown>>20, goroutines, peak, after, files, left)
}
