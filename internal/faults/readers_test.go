package faults

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

// slowCost is what one reader that does not read may hold of the server's memory.
const slowCost = 64 << 10

// Many readers ask for a video and do not read it. Others are answered as before, memory stays flat, and when they
// have gone so have their descriptors. Then connections come and go on both doors.
func TestReaders_WhoDoNotReadHurtNobody(t *testing.T) {
	data, err := os.ReadFile(mp4test.File(t, "plain.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, t.TempDir(), "", 1)
	s.start()
	path, asset := s.begin(len(data))
	if a := s.tus("PATCH", path, bytes.NewReader(data), int64(len(data)), "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream"); a.status != 204 {
		t.Fatalf("upload: %d %s", a.status, a.body)
	}
	video := "/media/vod/" + asset + "/file.mp4"
	healthy := func() time.Duration {
		t.Helper()
		var took []time.Duration
		for range 40 {
			begun := time.Now()
			if a := s.ask(-1, "GET", "/media/vod/"+asset+"/index.m3u8", "", nil); a.status != 200 {
				t.Fatalf("a healthy reader: %d", a.status)
			}
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		return took[len(took)*9/10]
	}
	healthy()
	_, seed := chance(t)
	tell := count(t, "readers that do not read, then connect cycles", seed)
	host := strings.TrimPrefix(s.url, "http://")
	memory, open, before := rss(t, s.cmd.Process.Pid), descriptors(t, s.cmd.Process.Pid), healthy()
	slow := scale(50, 1000)
	tell.n = slow
	var conns []net.Conn
	for range slow {
		c, err := (&net.Dialer{}).Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.(*net.TCPConn).SetReadBuffer(1 << 10)
		for range 8 { // pipelined: there is always more to send than the kernel takes
			fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", video)
		}
		conns = append(conns, c)
	}
	time.Sleep(time.Second)
	during, grown := healthy(), rss(t, s.cmd.Process.Pid)-memory
	if most := int64(slow*slowCost + 32<<20); grown > most {
		t.Errorf("%d slow readers cost %d MB, more than %d", slow, grown>>20, most>>20)
	}
	for _, c := range conns {
		_ = c.Close()
	}
	cycles := scale(300, 50_000)
	rtmp := s.rtmp()
	for n := range cycles {
		where := host
		if n%2 == 1 {
			where = rtmp
		}
		c, err := net.Dial("tcp", where)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte{3, 0, 0, 0}) // the beginning of something
		_ = c.(*net.TCPConn).SetLinger(0)  // and a reset
		_ = c.Close()
	}
	patient.CloseIdleConnections()
	// The program may have opened a file or a connection of its own meanwhile; a leak is one of every cycle.
	const own = 8
	var left int
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		if left = descriptors(t, s.cmd.Process.Pid); left <= open+own {
			break
		}
	}
	if left > open+own {
		t.Errorf("%d descriptors are open, %d were before", left, open)
	}
	s.kill()
	s.audit()
	tell.say("%d slow readers: healthy p90 %s before, %s during; memory +%d MB; %d connect cycles: descriptors %d before, %d after",
		slow, before.Round(100*time.Microsecond), during.Round(100*time.Microsecond), grown>>20, cycles, open, left)
}

// rtmp is the address of the RTMP door.
func (s *site) rtmp() string {
	s.t.Helper()
	u := s.ask(-1, "GET", "/api/v1/server/info", "", nil).field("rtmpUrl")
	_, rest, _ := strings.Cut(u, "://")
	host, _, _ := strings.Cut(rest, "/")
	_, port, err := net.SplitHostPort(host)
	if _, bad := strconv.Atoi(port); err != nil || bad != nil {
		s.t.Fatalf("no RTMP address in %q", u)
	}
	return "127.0.0.1:" + port
}
