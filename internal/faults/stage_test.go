package faults

import (
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

// stage is a channel of the site with an encoder and, once it began, a room on air.
type stage struct {
	s        *site
	film, to string
	channel  string
	session  string
	playlist string
	room     string
	encoder  *exec.Cmd
}

// newStage opens a channel and waits for its picture. The film is the encoder's, looped.
func newStage(s *site) *stage {
	s.t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		s.t.Fatal("ffmpeg was not found: apt-get install ffmpeg")
	}
	g := &stage{s: s, film: mp4test.File(s.t, "plain.mp4")}
	g.to = fmt.Sprintf("rtmp://%s/live/%s", s.rtmp(), g.open())
	g.encoder = encoder(s.t, g.film, g.to)
	g.until("on air", func() bool {
		a := g.ingest()
		g.playlist, g.session = a.field("hlsUrl"), a.field("session")
		return g.playlist != ""
	})
	g.until("a picture", func() bool { w, ok := s.watch(g.playlist); return ok && w.segments+w.parts > 0 })
	return g
}

// open makes the channel and gives the key to publish with.
func (g *stage) open() (key string) {
	g.s.t.Helper()
	g.channel = g.s.ask(0, "POST", "/api/v1/channel/channels", "key-channel", map[string]any{"handle": "faulty", "name": "Faulty"}).field("id")
	key = g.s.ask(0, "POST", "/api/v1/live/channels/"+g.channel+"/ingest/key", "key-ingest", map[string]any{}).field("key")
	if g.channel == "" || key == "" {
		g.s.t.Fatal("no channel or no key")
	}
	return key
}

func (g *stage) ingest() answer {
	return g.s.ask(0, "GET", "/api/v1/live/channels/"+g.channel+"/ingest", "", nil)
}

// until waits for something of the stage and returns how long that took.
func (g *stage) until(what string, ok func() bool) time.Duration {
	g.s.t.Helper()
	begun := time.Now()
	for !ok() {
		if time.Since(begun) > 60*time.Second || !g.s.alive() {
			g.s.t.Fatalf("%s: %s\n%s", what, g.ingest().body, g.s.dump())
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(begun)
}

// begin prepares a room and goes on air with it.
func (g *stage) begin(record bool) {
	g.s.t.Helper()
	g.room = g.s.ask(0, "POST", "/api/v1/live/channels/"+g.channel+"/rooms", "key-room", map[string]any{"title": "On air", "record": record}).field("id")
	if a := g.s.ask(0, "POST", "/api/v1/live/rooms/"+g.room+"/start", "", map[string]any{}); a.status != 200 {
		g.s.t.Fatalf("start: %d %s", a.status, a.body)
	}
}

// state is the room's own word for it: live, reconnecting, ended.
func (g *stage) state() string {
	return g.s.ask(-1, "GET", "/api/v1/live/rooms/"+g.room, "", nil).field("state")
}

// files are the addresses of a media playlist's files, of its first variant when it has any.
func (s *site) files(playlist string) (list []string, text string) {
	a := s.ask(-1, "GET", playlist, "", nil)
	if a.status != 200 {
		return nil, ""
	}
	base, _ := url.Parse(playlist)
	at := func(ref string) string { u, _ := base.Parse(ref); return u.String() }
	lines := strings.Split(string(a.body), "\n")
	if strings.Contains(string(a.body), "#EXT-X-STREAM-INF") {
		for _, line := range lines {
			if line != "" && line[0] != '#' {
				return s.files(at(line))
			}
		}
	}
	for _, line := range lines {
		if _, rest, ok := strings.Cut(line, `#EXT-X-MAP:URI="`); ok {
			list = append(list, at(strings.SplitN(rest, `"`, 2)[0]))
		}
		if line != "" && line[0] != '#' {
			list = append(list, at(line))
		}
	}
	return list, string(a.body)
}

// whole reads every file of a playlist and says how many there are.
func (s *site) whole(t *testing.T, playlist string) (files int, text string) {
	t.Helper()
	list, text := s.files(playlist)
	for _, at := range list {
		if a := s.ask(-1, "GET", at, "", nil); a.status != 200 || len(a.body) == 0 {
			t.Errorf("%s answers %d with %d bytes", at, a.status, len(a.body))
		}
	}
	return len(list), text
}
