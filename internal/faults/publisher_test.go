package faults

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
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

// The encoder is killed, or stands still while another takes over, again and again. The channel keeps its session;
// sequence numbers and dates go on, the break is marked, and the picture is back within seconds.
func TestPublisher_LostAndBack(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Fatal("ffmpeg was not found: apt-get install ffmpeg")
	}
	film := mp4test.File(t, "plain.mp4")
	s := newSite(t, t.TempDir(), "", 1)
	s.start()
	channel := s.ask(0, "POST", "/api/v1/channel/channels", "key-channel", map[string]any{"handle": "faulty", "name": "Faulty"}).field("id")
	key := s.ask(0, "POST", "/api/v1/live/channels/"+channel+"/ingest/key", "key-ingest", map[string]any{}).field("key")
	if channel == "" || key == "" {
		t.Fatal("no channel or no key")
	}
	to := fmt.Sprintf("rtmp://%s/live/%s", s.rtmp(), key)
	ingest := func() answer { return s.ask(0, "GET", "/api/v1/live/channels/"+channel+"/ingest", "", nil) }
	until := func(what string, ok func() bool) time.Duration {
		t.Helper()
		begun := time.Now()
		for !ok() {
			if time.Since(begun) > 60*time.Second || !s.alive() {
				t.Fatalf("%s: %s\n%s", what, ingest().body, s.log)
			}
			time.Sleep(20 * time.Millisecond)
		}
		return time.Since(begun)
	}
	now := encoder(t, film, to)
	var playlist, session string
	until("on air", func() bool {
		a := ingest()
		playlist, session = a.field("hlsUrl"), a.field("session")
		return playlist != ""
	})
	var seen watched
	until("a picture", func() bool { w, ok := s.watch(playlist); seen = w; return ok && w.segments+w.parts > 0 })
	r, seed := chance(t)
	c := count(t, "publisher killed or standing still, another takes over", seed)
	var slowest time.Duration
	for n := range c.rounds(scale(4, 60)) {
		time.Sleep(500*time.Millisecond + between(r, time.Second))
		before, ok := s.watch(playlist)
		if !ok || before.sequence < seen.sequence || before.newest.Before(seen.newest) {
			t.Fatalf("round %d: the playlist went back: %+v after %+v", n, before, seen)
		}
		if n%2 == 0 {
			gone(now)
			now = encoder(t, film, to)
		} else { // its connection stays open and says nothing more
			_ = now.Process.Signal(syscall.SIGSTOP)
			next := encoder(t, film, to)
			defer gone(now)
			now = next
		}
		took := until("back", func() bool {
			w, ok := s.watch(playlist)
			seen = w
			return ok && w.breaks+int64(w.cuts) > before.breaks+int64(before.cuts) && w.newest.After(before.newest)
		})
		slowest = max(slowest, took)
		if got := ingest().field("session"); got != session {
			t.Fatalf("round %d: another session: %s, not %s", n, got, session)
		}
	}
	if slowest > busyMachine*backWithin {
		t.Errorf("the slowest return took %s", slowest)
	}
	gone(now)
	s.kill()
	s.audit()
	c.say("same session, sequence and dates monotonic, each break marked; slowest return %d ms, from the encoder's start", slowest.Milliseconds())
}
