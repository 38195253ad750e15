package fanout

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// soak multiplies the tests that prove by number: HAWKER_SOAK_TIMES=20 makes 1,000 slow readers of 50.
func soak() int {
	if n, err := strconv.Atoi(os.Getenv("HAWKER_SOAK_TIMES")); err == nil && n > 0 {
		return n
	}
	return 1
}

// proved is a line for docs/reference/evidence.md, which scripts/soak.sh collects.
func proved(t *testing.T, what string, n int) {
	t.Helper()
	t.Cleanup(func() {
		if soak() == 1 {
			return
		}
		failed, way := 0, t.Name()[strings.LastIndex(t.Name(), "/")+1:]
		if t.Failed() {
			failed = 1
		}
		fmt.Printf("EVIDENCE | %s | %d | %d | 0 | %s |\n", what, n, failed, way)
	})
}

// noise does not compress, so that slow readers fill up soon.
func noise(n, size int) string {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	b := make([]byte, size)
	for i := range b {
		b[i] = byte('a' + rng.IntN(26))
	}
	return fmt.Sprintf(`{"n":%d,"text":"%s"}`, n, b)
}

// narrow makes the client's side take little, as a bad network does.
func narrow(c net.Conn) {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn()
	}
	_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
}

func TestSlowReaders_SkipWholeMessagesAndHoldNobodyUp(t *testing.T) {
	eachWay(t, Deps{Stall: 20 * time.Second}, func(t *testing.T, s *stage) {
		const size, messages = 3000, 150
		proved(t, "room: slow WebSocket readers beside a prompt one, whole messages, nobody held up", 50*soak())
		var slow []*client
		for i := range 50 * soak() {
			v := s.watch(i%2 == 0)
			narrow(v.conn)
			slow = append(slow, v)
		}
		prompt := s.watch(true)
		prompt.text()
		var worst time.Duration
		for i := 1; i <= messages; i++ {
			m := noise(i, size)
			said := time.Now()
			s.say(m)
			if got := prompt.text(); got != m {
				t.Fatalf("message %d came as %.30s", i, got)
			}
			worst = max(worst, time.Since(said))
		}
		if worst > 2*time.Second {
			t.Errorf("beside slow readers a message took %v", worst)
		}
		s.end(noise(messages+1, size))
		var all sync.WaitGroup
		for _, v := range slow {
			all.Go(func() {
				v.text() // the key
				for last := 0; last <= messages; {
					var n int
					got := v.text()
					if _, err := fmt.Sscanf(got, `{"n":%d,`, &n); err != nil || n <= last {
						t.Errorf("after %d came %.30s", last, got)
						return
					}
					want := noise(n, size)
					if last = n; got != want {
						t.Errorf("message %d is not whole", n)
						return
					}
				}
				if code := v.closed(); code != codeDone {
					t.Errorf("closed with %d", code)
				}
			})
		}
		all.Wait()
		if s.hub.Stats().Skipped == 0 {
			t.Error("nobody skipped: the readers were not slow, and nothing was proved")
		}
		s.gone()
	})
}

func TestDeadReaders_AreLetGoAndTheirCountWithThem(t *testing.T) {
	eachWay(t, Deps{Stall: 1500 * time.Millisecond}, func(t *testing.T, s *stage) {
		dead := 20 * soak()
		proved(t, "room: dead WebSocket readers let go, a prompt one beside them", dead)
		for range dead {
			v := s.watch(false)
			narrow(v.conn) // and never reads
		}
		trickle := s.watch(false) // a byte at a time is no reading either
		narrow(trickle.conn)
		quit := make(chan struct{})
		var trickling sync.WaitGroup
		trickling.Go(func() {
			for {
				if _, err := io.CopyN(io.Discard, trickle.conn, 1); err != nil {
					return
				}
				select {
				case <-time.After(20 * time.Millisecond):
				case <-quit:
					return
				}
			}
		})
		good := s.watch(true)
		good.text()
		for i := 1; s.hub.Stats().Viewers > 1; i++ {
			if i > 1000 {
				t.Fatalf("%d viewers are still here", s.hub.Stats().Viewers)
			}
			m := noise(i, 3000)
			s.say(m)
			if got := good.text(); got != m {
				t.Fatalf("message %d came as %.30s", i, got)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if n := s.left.Load(); n != int64(dead)+1 {
			t.Errorf("%d left", n)
		}
		close(quit)
		_ = trickle.conn.Close()
		trickling.Wait()
		_ = good.conn.Close()
		s.gone()
	})
}

func TestVanished_PeersAreCountedOutOnce(t *testing.T) {
	eachWay(t, Deps{Stall: time.Second}, func(t *testing.T, s *stage) {
		vanish := 30 * soak()
		proved(t, "room: WebSocket peers vanished (reset, half closed, in the middle of a frame), counted out once", vanish)
		for i := range vanish {
			v := s.watch(i%2 == 0)
			raw := v.conn
			if t, ok := raw.(interface{ NetConn() net.Conn }); ok {
				raw = t.NetConn()
			}
			switch i % 3 {
			case 0: // reset
				_ = raw.(*net.TCPConn).SetLinger(0)
				_ = raw.Close()
			case 1: // half closed: says nothing more, would still read
				_ = raw.(*net.TCPConn).CloseWrite()
			case 2: // in the middle of a frame
				v.write(masked4(fin|opPing, []byte("unfinished"))[:7])
				_ = raw.Close()
			}
		}
		s.gone()
		if s.joined.Load() != int64(vanish) {
			t.Errorf("%d joined", s.joined.Load())
		}
	})
}

// descriptors of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	return len(list)
}

func TestCycles_LeaveNoDescriptorAndNoGoroutine(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	s := newStage(t, Deps{}, false)
	anchor := s.watch(true)
	anchor.text()
	_ = anchor.conn.SetDeadline(time.Now().Add(10 * time.Minute)) // it stays for all cycles
	time.Sleep(300 * time.Millisecond)                            // every loop has opened its ring, and the handshake's goroutine has ended
	threads, files := runtime.NumGoroutine(), descriptors(t)
	const workers, each = 8, 625 // 5,000 together; 50,000 with HAWKER_SOAK_TIMES=10
	proved(t, "room: WebSocket connect cycles, descriptors and goroutines at their start again", workers*each*soak())
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			buf := make([]byte, 4096)
			for i := range each * soak() {
				c, err := net.Dial("tcp", s.web.Listener.Addr().String())
				if err != nil {
					t.Error(err)
					return
				}
				_ = c.SetDeadline(time.Now().Add(20 * time.Second))
				if _, err = io.WriteString(c, handshake("Sec-WebSocket-Extensions: permessage-deflate")); err == nil {
					_, err = io.ReadFull(c, buf[:12])
				}
				if err != nil || !strings.HasPrefix(string(buf), "HTTP/1.1 101") {
					t.Errorf("cycle %d: %q %v", i, buf[:12], err)
				}
				switch (w + i) % 3 {
				case 0:
					_, _ = c.Write(masked4(fin|opClose, []byte{3, 0xE8}))
					_, _ = io.Copy(io.Discard, c)
				case 1:
					_ = c.(*net.TCPConn).SetLinger(0)
				}
				_ = c.Close()
				if i%100 == 0 {
					s.say(tick(i))
				}
			}
		})
	}
	all.Wait()
	for end := time.Now().Add(10 * time.Second); s.left.Load() != s.joined.Load()-1 || descriptors(t) > files || runtime.NumGoroutine() > threads; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d joined, %d left; %d descriptors, %d before; %d goroutines, %d before",
				s.joined.Load(), s.left.Load(), descriptors(t), files, runtime.NumGoroutine(), threads)
		}
	}
	s.end("{}")
	if code := anchor.closed(); code != codeDone {
		t.Errorf("the one who stayed is closed with %d", code)
	}
	s.gone()
}

func TestViewers_HaveNoGoroutineAndHoldNoMessages(t *testing.T) {
	s := newStage(t, Deps{}, false)
	s.watch(true).text()
	rest := func() (bytes int64, threads int) {
		var m runtime.MemStats
		for range 3 { // the web server's goroutines end a moment after the handover
			runtime.GC()
			time.Sleep(30 * time.Millisecond)
		}
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc), runtime.NumGoroutine()
	}
	_, before := rest()
	var all []*client
	for range 200 {
		v := s.watch(true)
		v.text()
		all = append(all, v)
	}
	light, threads := rest()
	if threads > before+5 {
		t.Errorf("200 viewers brought %d goroutines", threads-before)
	}
	// A viewer that held its place in the chain would hold everything said since.
	const messages, size = 300, 20_000
	for i := 1; i <= messages; i++ {
		s.say(noise(i, size))
		for _, v := range all[:3] {
			v.text()
		}
		s.forget()
	}
	heavy, _ := rest()
	if held := heavy - light; held > messages*size/2 {
		t.Errorf("%d KB are held after %d KB were said", held>>10, messages*size>>10)
	}
}
