package wire_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/wire"
)

// few makes threads and limits that tests can wait for; the limits run on the world's clock.
func few(d *wire.Deps) { d.Loops = 2 }

func (w *world) get(name string) string { return strings.ReplaceAll(get(name), "BASE", w.base) }

func TestRequests_MayBePipelinedAndCutAnywhere(t *testing.T) {
	w := newWorld(t, 2000)
	w.play(9 * time.Second)
	s := w.site(true, few)
	p := w.adopted(s)
	names := []string{"seg-1.m4s", "video.m3u8", "init-0.mp4", "seg-77.m4s", "part-4-0.m4s", "seg-2.m4s", "index.m3u8", "seg-0.m4s", "seg-3.m4s", "init-0.mp4"}
	var all string
	var want []string
	for _, name := range names {
		want = append(want, p.ask(w.get(name)))
		all += w.get(name)
	}
	heard := func(how string) {
		t.Helper()
		for i, name := range names {
			if got := p.hear("GET "); got != want[i] {
				t.Fatalf("%s: answer %d is not that of %s: %.300q", how, i, name, got)
			}
		}
	}
	p.say(all)
	heard("all at once")
	for i := range len(all) {
		p.say(all[i : i+1])
		if i%16 == 0 {
			runtime.Gosched()
		}
	}
	heard("byte by byte")
	for _, cut := range []int{1, 7, 40, 60, len(w.get(names[0])) - 1, len(w.get(names[0])) + 3} {
		p.say(all[:cut])
		time.Sleep(2 * time.Millisecond)
		p.say(all[cut:])
		heard(fmt.Sprint("cut at ", cut))
	}
	if s.wire.Stats().Returned != 0 {
		t.Error("went back to the web server")
	}
}

func TestRequests_WaitBehindABlockedOneAndBehindAnotherPath(t *testing.T) {
	w := newWorld(t, 2000)
	w.play(9 * time.Second)
	s := w.site(true, few)
	p := w.adopted(s) // and fill makes another
	p.say(w.fill(s, get("part-{msn}-{part}.m4s")) + w.get("seg-1.m4s") + "GET /nothing" + tail + "\r\n" + w.get("init-0.mp4"))
	p.silent(30 * time.Millisecond)
	w.play(time.Second)
	for i, want := range []string{"200 OK", "200 OK", "404 Not Found", "200 OK"} {
		if got := p.hear("GET "); !strings.HasPrefix(got, "HTTP/1.1 "+want) {
			t.Fatalf("answer %d: %.200q", i, got)
		}
	}
	s.wait("the connection to come back", func() bool { st := s.wire.Stats(); return st.Returned == 1 && st.Conns == 2 })
	for range 20 { // a connection that changes its mind stays with the web server in the end
		p.ask("GET /nothing" + tail + "\r\n")
		p.ask(w.get("init-0.mp4"))
	}
	s.wait("the connection to stay away", func() bool { st := s.wire.Stats(); return st.Returned == 4 && st.Conns == 1 })
}

func TestReaders_WhoTakeNothingAreLetGoAndOthersDoNotWait(t *testing.T) {
	w := newWorld(t, 200_000) // a segment of eleven megabytes: more than sockets hold
	w.play(4500 * time.Millisecond)
	s := w.site(true, func(d *wire.Deps) { d.Loops = 1; d.Times.Stall = 20 * time.Second })
	slow, fast, trickle := w.adopted(s), w.adopted(s), w.adopted(s)
	slow.say(w.get("seg-0.m4s"))
	trickle.say(w.get("seg-0.m4s"))
	for range 10 {
		if a := fast.ask(w.get("seg-1.m4s")); len(a) < 10_000_000 || !strings.HasPrefix(a, "HTTP/1.1 200 OK") {
			t.Fatalf("%d bytes beside a slow reader: %.100q", len(a), a)
		}
	}
	b := make([]byte, 256<<10)
	for range 8 {
		w.clk.Advance(15 * time.Second)
		_, _ = trickle.Read(b)
		time.Sleep(300 * time.Millisecond) // the loop looks four times a second
		fast.ask(w.get("init-0.mp4"))
	}
	// The one read nothing for 20 s, the other has had 120 s for one answer.
	s.wait("both to be let go", func() bool { return s.wire.Stats().Conns == 1 })
	if n, _ := io.Copy(io.Discard, slow); n >= 10_000_000 {
		t.Errorf("the stalled reader got all of its %d bytes", n)
	}
	fast.ask(w.get("init-0.mp4"))
}

func TestConnections_ThatSayNothingOrHalfAHeadAreLetGo(t *testing.T) {
	w := newWorld(t, 2000)
	w.play(4500 * time.Millisecond)
	s := w.site(true, few)
	quiet, half := w.adopted(s), w.adopted(s)
	half.say("GET /media/live/")
	time.Sleep(50 * time.Millisecond)
	w.clk.Advance(10 * time.Second)
	s.wait("half a head to be given up", func() bool { return s.wire.Stats().Conns == 1 })
	quiet.ask(w.get("init-0.mp4"))
	w.clk.Advance(119 * time.Second)
	time.Sleep(300 * time.Millisecond)
	if s.wire.Stats().Conns != 1 {
		t.Error("a connection was let go before its time")
	}
	w.clk.Advance(time.Second)
	s.wait("the quiet one to be given up", func() bool { return s.wire.Stats().Conns == 0 })
}

// TestConnections_LeaveNothingBehind: 2,000 connections come, each ends in one of the ways there are, and
// descriptors, goroutines and the requests under way are as before.
func TestConnections_LeaveNothingBehind(t *testing.T) {
	w := newWorld(t, 20_000)
	w.play(4500 * time.Millisecond)
	s := w.site(true, few)
	w.adopted(s).Close()
	s.wait("the first to leave", func() bool { return s.wire.Stats().Conns == 0 })
	files, routines := descriptors(t), runtime.NumGoroutine()
	ends := []func(p *player){
		func(p *player) { p.ask(w.get("part-1-1.m4s")) },
		func(p *player) { p.say(w.get("seg-1.m4s")) },                               // leaves in mid-answer
		func(p *player) { p.say(w.get("video.m3u8?_HLS_msn=3&_HLS_part=1")) },       // leaves while it waits
		func(p *player) { p.say("GET /media/live/") },                               // leaves in a head
		func(p *player) { p.say("GET /nothing" + tail + "\r\n"); p.hear("") },       // leaves from the web server
		func(p *player) { _ = p.Conn.(*net.TCPConn).SetLinger(0) },                  // resets
		func(p *player) { p.say(w.get("seg-0.m4s") + w.get("seg-1.m4s") + "\x00") }, // leaves on its way back
		func(p *player) { p.ask(strings.ReplaceAll(w.get("init-0.mp4"), "Accept: */*", "Connection: close")) },
	}
	const rounds, together = 10, 200
	for range rounds {
		var players sync.WaitGroup
		for i := range together {
			players.Go(func() {
				p := w.adopted(s)
				ends[i%len(ends)](p)
				_ = p.Close()
			})
		}
		players.Wait()
	}
	s.wait("all to leave", func() bool {
		flying, _ := s.meter.said()
		return s.wire.Stats().Conns == 0 && flying == 0 && descriptors(t) <= files && runtime.NumGoroutine() <= routines
	})
	if n := s.wire.Stats().Taken; n < rounds*together {
		t.Errorf("only %d were taken over", n)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestDrain_AnswersWhatWasAskedAndTellsToComeBackElsewhere(t *testing.T) {
	w := newWorld(t, 200_000)
	w.play(4500 * time.Millisecond)
	s := w.site(true, few)
	quiet, waits, reads, half := w.adopted(s), w.adopted(s), w.adopted(s), w.adopted(s)
	waits.say(w.get("video.m3u8?_HLS_msn=2&_HLS_part=1"))
	waits.silent(30 * time.Millisecond)
	reads.say(w.get("seg-1.m4s")) // begun before, ended after
	reads.answered(patience)
	half.say(w.get("seg-77.m4s")[:30])
	time.Sleep(20 * time.Millisecond)
	s.wire.Leave()
	if got := quiet.hear(""); got != "closed" {
		t.Errorf("who asked for nothing hears %.100q", got)
	}
	done := make(chan struct{})
	go func() { defer close(done); s.wire.Close(context.Background()) }()
	if got := reads.hear("GET "); len(got) < 10_000_000 || !strings.HasPrefix(got, "HTTP/1.1 200 OK") {
		t.Errorf("who read hears %.100q", got)
	}
	if got := reads.hear(""); got != "closed" {
		t.Errorf("and then %.100q", got)
	}
	half.say(w.get("seg-77.m4s")[30:])
	if got := half.hear("GET "); !strings.HasPrefix(got, "HTTP/1.1 404") || !strings.Contains(got, "Connection: close\r\n") || half.hear("") != "closed" {
		t.Errorf("who was asking hears %.900q", got)
	}
	select {
	case <-done:
		t.Error("somebody waits, and it is over")
	case <-time.After(30 * time.Millisecond):
	}
	w.play(time.Second)
	if got := waits.hear("GET "); !strings.HasPrefix(got, "HTTP/1.1 200 OK") || !strings.Contains(got, "Connection: close\r\n") || waits.hear("") != "closed" {
		t.Errorf("who waited hears %.900q", got)
	}
	for _, p := range []*player{reads, half, waits} {
		_ = p.Close()
	}
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("it is not over")
	}
	if p := w.site(false, nil).dial(); !strings.Contains(p.ask(w.get("init-0.mp4")), "200 OK") {
		t.Error("another site does not answer")
	}
	late := s.dial() // the web server still listens here; nobody takes over any more
	if got := late.ask(w.get("init-0.mp4")); !strings.HasPrefix(got, "HTTP/1.1 200 OK") || s.wire.Stats().Conns != 0 {
		t.Errorf("after the end: %.100q", got)
	}
}

func TestClose_CutsWhoeverTakesTooLong(t *testing.T) {
	w := newWorld(t, 200_000)
	w.play(4500 * time.Millisecond)
	s := w.site(true, few)
	waits, reads := w.adopted(s), w.adopted(s)
	waits.say(w.get("video.m3u8?_HLS_msn=2&_HLS_part=1"))
	reads.say(w.get("seg-1.m4s"))
	reads.answered(patience)
	waits.silent(20 * time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	s.wire.Close(ctx)
	if st := s.wire.Stats(); st.Conns != 0 {
		t.Errorf("%d are left", st.Conns)
	}
	if flying, _ := s.meter.said(); flying != 0 {
		t.Errorf("%d requests were not ended", flying)
	}
}

// TestAdopt_OnlyWhatALoopCanServe: a closing, old or odd connection stays with the web server.
func TestAdopt_OnlyWhatALoopCanServe(t *testing.T) {
	w := newWorld(t, 2000)
	w.play(4500 * time.Millisecond)
	s := w.site(true, few)
	for name, raw := range map[string]string{
		"closing":     strings.ReplaceAll(w.get("init-0.mp4"), "Accept: */*", "Connection: close"),
		"HTTP/1.0":    "GET " + w.base + "init-0.mp4 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
		"with a body": strings.ReplaceAll(w.get("init-0.mp4"), "Accept: */*", "Content-Length: 2") + "ab",
		"no session":  "GET /media/live/nobody/init-0.mp4" + tail + "\r\n",
		"OPTIONS":     "OPTIONS" + w.get("init-0.mp4")[3:],
	} {
		p := s.dial()
		if got := p.ask(raw); strings.HasPrefix(got, "closed") {
			t.Errorf("%s: %q", name, got)
		}
		if s.wire.Stats().Taken != 0 {
			t.Fatalf("%s: taken over", name)
		}
	}
	close(s.drain)
	p := s.dial()
	if got := p.ask(w.get("init-0.mp4")); !strings.Contains(got, "Connection: close") || s.wire.Stats().Taken != 0 {
		t.Errorf("a process that ends takes over: %.900q", got)
	}
}
