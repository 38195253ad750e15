package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// tick is what a viewer reads of a tick or a keyframe.
type tick struct {
	Key      bool `json:"key"`
	E, N     int64
	C        []struct{ ID string } // said in this tick
	Comments []struct{ ID string } // the keyframe's last ones
}

func (t tick) says(commentID string) bool {
	for _, c := range append(t.C, t.Comments...) {
		if c.ID == commentID {
			return true
		}
	}
	return false
}

// seat is a viewer's socket: what it got, and how and when it ended.
type seat struct {
	ticks []tick
	err   error
	at    time.Time
}

// sit opens a room's socket. The seat is read after done.
func (p *program) sit(room, viewer string, done func()) *seat {
	p.t.Helper()
	c, r, err := websocket.Dial(p.t.Context(), "ws"+strings.TrimPrefix(p.url, "http")+"/api/v1/live/rooms/"+room+"/ws?viewer="+viewer, nil)
	if err != nil {
		p.t.Fatal(r, err)
	}
	c.SetReadLimit(1 << 20)
	s := &seat{}
	go func() {
		defer done()
		for {
			_, b, err := c.Read(context.Background())
			if err != nil {
				s.err, s.at = err, time.Now()
				return
			}
			var t tick
			if err := json.Unmarshal(b, &t); err != nil {
				s.err = err
				return
			}
			s.ticks = append(s.ticks, t)
		}
	}()
	return s
}

// openRoom puts a room on air with an encoder's picture.
func (p *program) openRoom(token string) string {
	p.t.Helper()
	channel, _ := p.call(token, "POST", "/api/v1/channel/channels", `{"handle":"night-market","name":"Night market"}`)
	at := "/api/v1/live/channels/" + text(channel, "id")
	key, _ := p.call(token, "POST", at+"/ingest/key", "")
	p.encoder(text(key, "rtmpUrl") + "/" + text(key, "key"))
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		ingest, _ := p.call(token, "GET", at+"/ingest", "")
		if ingest["onAir"] == true {
			break
		}
		if time.Now().After(end) {
			p.t.Fatalf("no picture arrives: %v", ingest)
		}
	}
	room, _ := p.call(token, "POST", at+"/rooms", `{"title":"Night market","record":true}`)
	if started, _ := p.call(token, "POST", "/api/v1/live/rooms/"+text(room, "id")+"/start", ""); text(started, "state") != "live" {
		p.t.Fatalf("the room does not go on air: %v %v", room, started)
	}
	return text(room, "id")
}

// encoder publishes a small test picture until the test ends.
func (p *program) encoder(url string) {
	p.t.Helper()
	cmd := exec.Command("ffmpeg", "-v", "quiet", "-re", "-f", "lavfi", "-i", "testsrc=s=160x90:r=15", "-t", "60",
		"-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-f", "flv", url)
	if err := cmd.Start(); err != nil {
		p.t.Fatalf("these tests need ffmpeg in PATH: %v", err)
	}
	p.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

// Viewers of a room stay until the node says 1012 after its drain-wait, having had every tick. What was said in the
// meantime is kept. At the successor, on the same stores, they find the rest of the old epoch and a new one.
func TestServe_StopsWithEveryRoomsViewersToldToComeBack(t *testing.T) {
	for _, secure := range []bool{false, true} {
		t.Run(map[bool]string{false: "plain", true: "TLS"}[secure], func(t *testing.T) {
			t.Parallel()
			flags := []string{"--drain-wait", "1", "--access-log=false"}
			if secure {
				cert, key := selfSigned(t)
				flags = append(flags, "--sandbox-pay=false", "--http-addr", "", "--tls-cert", cert, "--tls-key", key)
			}
			p := start(t, t.TempDir(), flags...)
			token := p.signUp("host", "a long password")
			room := p.openRoom(token)
			var watching sync.WaitGroup
			var seats []*seat
			for i := range 20 {
				watching.Add(1)
				seats = append(seats, p.sit(room, fmt.Sprintf("viewer-%04d", i), watching.Done))
			}
			time.Sleep(time.Second)
			asked := time.Now()
			p.signal(syscall.SIGTERM)
			time.Sleep(300 * time.Millisecond)
			said, _ := p.call(token, "POST", "/api/v1/live/rooms/"+room+"/comments", `{"text":"said while it drains"}`)
			if text(said, "id") == "" {
				t.Fatalf("a draining node does not take a comment: %v", said)
			}
			if err := p.ends(15 * time.Second); err != nil {
				t.Errorf("it ended with %v\n%s", err, p.output())
			}
			watching.Wait()
			last := told(t, seats, asked)

			next := start(t, p.data, flags...)
			next.catchUp(room, last, text(said, "id"), heard(seats[0], text(said, "id")))
			next.signal(syscall.SIGTERM)
			if err := next.ends(15 * time.Second); err != nil {
				t.Errorf("the successor ended with %v\n%s", err, next.output())
			}
			p.audits()
		})
	}
}

// told checks how the seats ended and gives the last tick they all had.
func told(t *testing.T, seats []*seat, asked time.Time) tick {
	t.Helper()
	var last tick
	for i, s := range seats {
		if code := websocket.CloseStatus(s.err); code != websocket.StatusServiceRestart {
			t.Fatalf("seat %d ended with %v, not 1012", i, s.err)
		}
		if after := s.at.Sub(asked); after < 900*time.Millisecond || after > 6*time.Second {
			t.Errorf("seat %d was told %s after the signal; drain-wait is 1 s", i, after)
		}
		for k, v := range s.ticks {
			if v.Key != (k == 0) || k > 0 && (v.E != s.ticks[0].E || v.N != s.ticks[k-1].N+1) {
				t.Fatalf("seat %d: tick %d-%d follows %d-%d", i, v.E, v.N, s.ticks[max(k-1, 0)].E, s.ticks[max(k-1, 0)].N)
			}
		}
		end := s.ticks[len(s.ticks)-1]
		if i == 0 || end.N < last.N {
			last = end
		}
	}
	return last
}

func heard(s *seat, commentID string) bool {
	return slices.ContainsFunc(s.ticks, func(v tick) bool { return v.says(commentID) })
}

// catchUp comes back to a room after a tick: the rest of that epoch is there without a gap, and what was said in it;
// then a newer epoch goes on.
func (p *program) catchUp(room string, last tick, said string, heard bool) {
	p.t.Helper()
	at := "/api/v1/live/rooms/" + room
	n := last.N - 1 // the last one they had is asked first
	for ; ; n++ {
		r, err := http.Get(fmt.Sprintf("%s%s/ticks/%d-%d", p.url, at, last.E, n+1))
		if err != nil {
			p.t.Fatal(err)
		}
		var v tick
		if r.StatusCode == http.StatusOK {
			err = json.NewDecoder(r.Body).Decode(&v)
		}
		_ = r.Body.Close()
		if err != nil {
			p.t.Fatal(err)
		}
		if r.StatusCode != http.StatusOK && n >= last.N {
			break
		}
		if r.StatusCode != http.StatusOK || v.E != last.E || v.N != n+1 {
			p.t.Fatalf("tick %d-%d at the successor: %d %+v", last.E, n+1, r.StatusCode, v)
		}
		heard = heard || v.says(said)
	}
	c, r, err := websocket.Dial(p.t.Context(), "ws"+strings.TrimPrefix(p.url, "http")+at+"/ws?viewer=viewer-back", nil)
	if err != nil {
		p.t.Fatal(r, err)
	}
	defer func() { _ = c.CloseNow() }()
	c.SetReadLimit(1 << 20)
	var key, first tick
	for _, v := range []*tick{&key, &first} {
		_, b, err := c.Read(p.t.Context())
		if err == nil {
			err = json.Unmarshal(b, v)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
	if !key.Key || key.E <= last.E || first.E != key.E || first.N != key.N+1 {
		p.t.Fatalf("after epoch %d the successor sends %+v and %+v", last.E, key, first)
	}
	p.t.Logf("told at tick %d-%d, %d more were kept, the successor began epoch %d", last.E, last.N, n-last.N, key.E)
	if heard = heard || key.says(said); !heard {
		p.t.Errorf("what was said while it drained is in no tick")
	}
}
