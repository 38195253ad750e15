package faults

import (
	"net"
	"net/url"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// backWithin is how soon the picture is back. An encoder needs a moment of its own before its first key frame, and
// T1's machine may be busy: it asks for a multiple, and the figure stands in the evidence.
const backWithin = 3 * time.Second

// encoder is a real one, ffmpeg, sending a film in real time.
func encoder(t *testing.T, film, to string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", film, "-c", "copy", "-f", "flv", to)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gone(cmd) })
	return cmd
}

func gone(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// watched is what a player knows from a media playlist.
type watched struct {
	sequence, breaks int64
	segments         int
	cuts             int
	newest           time.Time
	parts            int
}

var pdt = regexp.MustCompile(`#EXT-X-PROGRAM-DATE-TIME:(\S+)`)

func (s *site) watch(playlist string) (watched, bool) {
	a := s.ask(-1, "GET", playlist, "", nil)
	if a.status != 200 {
		return watched{}, false
	}
	if i := strings.LastIndex(playlist, "/"); strings.Contains(string(a.body), "#EXT-X-STREAM-INF") {
		for _, line := range strings.Split(string(a.body), "\n") {
			if line != "" && line[0] != '#' {
				return s.watch(playlist[:i+1] + line)
			}
		}
	}
	var w watched
	number := func(tag string) int64 {
		_, rest, ok := strings.Cut(string(a.body), tag+":")
		if !ok {
			return 0
		}
		n, _ := strconv.ParseInt(strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0]), 10, 64)
		return n
	}
	text := string(a.body)
	w.sequence, w.breaks = number("#EXT-X-MEDIA-SEQUENCE"), number("#EXT-X-DISCONTINUITY-SEQUENCE")
	w.segments, w.cuts, w.parts = strings.Count(text, "#EXTINF:"), strings.Count(text, "#EXT-X-DISCONTINUITY\n"), strings.Count(text, "#EXT-X-PART:")
	var last time.Time
	for _, m := range pdt.FindAllStringSubmatch(text, -1) {
		at, err := time.Parse(time.RFC3339Nano, m[1])
		if err != nil || at.Before(last) {
			return w, false
		}
		last = at
	}
	w.newest = last
	return w, true
}

// line is a TCP proxy whose cut is silent: nothing more passes, and neither end is told.
type line struct {
	addr  string
	door  net.Listener
	mu    sync.Mutex
	conns []net.Conn
	quiet chan struct{} // closed by the cut
	work  sync.WaitGroup
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	l := &line{quiet: make(chan struct{})}
	var err error
	if l.door, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	l.addr = l.door.Addr().String()
	l.work.Go(func() {
		for {
			near, err := l.door.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				_ = near.Close()
				return
			}
			l.mu.Lock()
			l.conns = append(l.conns, near, far)
			l.mu.Unlock()
			l.work.Go(func() { l.carry(far, near) })
			l.work.Go(func() { l.carry(near, far) })
		}
	})
	t.Cleanup(l.close)
	return l
}

func (l *line) carry(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		select {
		case <-l.quiet:
			return
		default:
		}
		if err == nil {
			_, err = to.Write(buf[:n])
		}
		if err != nil { // one side ended: so does the other
			_, _ = to.Close(), from.Close()
			return
		}
	}
}

// cut lets nothing through any more and leaves both connections open.
func (l *line) cut() { close(l.quiet) }

func (l *line) close() {
	_ = l.door.Close()
	l.mu.Lock()
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.mu.Unlock()
	l.work.Wait()
}

// The encoder is killed, stands still, or its network swallows everything without a word, and another takes over,
// again and again. The room on air keeps its session; sequence numbers and dates go on, the break is marked, and the
// picture is back within seconds.
func TestPublisher_LostAndBack(t *testing.T) {
	s := newSite(t, t.TempDir(), "", 1)
	s.start()
	g := newStage(s)
	g.begin(false)
	seen, _ := s.watch(g.playlist)
	r, seed := chance(t)
	c := count(t, "publisher killed, standing still or cut off in silence, another takes over, a room on air", seed)
	var slowest time.Duration
	for n := range c.rounds(scale(3, 60)) {
		time.Sleep(500*time.Millisecond + between(r, time.Second))
		before, ok := s.watch(g.playlist)
		if !ok || before.sequence < seen.sequence || before.newest.Before(seen.newest) {
			t.Fatalf("round %d: the playlist went back: %+v after %+v", n, before, seen)
		}
		switch old := g.encoder; n % 3 {
		case 0: // its connection is closed by the kernel
			gone(old)
			g.encoder = encoder(t, g.film, g.to)
		case 1: // its connection stays open and says nothing more
			_ = old.Process.Signal(syscall.SIGSTOP)
			g.encoder = encoder(t, g.film, g.to)
			defer gone(old)
		case 2: // the same for an encoder that still sends, behind a network that has gone
			at, err := url.Parse(g.to)
			if err != nil {
				t.Fatal(err)
			}
			l := newLine(t, at.Host)
			gone(old)
			at.Host = l.addr
			old = encoder(t, g.film, at.String())
			g.back(before)
			before, _ = s.watch(g.playlist)
			l.cut()
			g.encoder = encoder(t, g.film, g.to)
			defer gone(old)
		}
		took, now := g.back(before)
		seen, slowest = now, max(slowest, took)
		if got := g.ingest().field("session"); got != g.session {
			t.Fatalf("round %d: another session: %s, not %s", n, got, g.session)
		}
		if state := g.state(); state != "live" {
			t.Fatalf("round %d: the room is %q", n, state)
		}
	}
	if slowest > busyMachine*backWithin {
		t.Errorf("the slowest return took %s", slowest)
	}
	gone(g.encoder)
	s.kill()
	s.audit()
	c.say("same session and room, sequence and dates monotonic, each break marked; slowest return %d ms, from the encoder's start", slowest.Milliseconds())
}

// back waits for a marked break and a picture newer than what was seen before.
func (g *stage) back(before watched) (took time.Duration, now watched) {
	g.s.t.Helper()
	took = g.until("back", func() bool {
		w, ok := g.s.watch(g.playlist)
		now = w
		return ok && w.breaks+int64(w.cuts) > before.breaks+int64(before.cuts) && w.newest.After(before.newest)
	})
	return took, now
}
