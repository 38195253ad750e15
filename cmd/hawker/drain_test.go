package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// crowd asks without pause, each client on a connection of its own, and counts what was accepted and then lost.
type crowd struct {
	answered, failed, refused atomic.Int64
	work                      sync.WaitGroup
	stop                      context.CancelFunc
}

func (p *program) load(clients int) *crowd {
	ctx, stop := context.WithCancel(context.Background())
	l := &crowd{stop: stop}
	for n := range clients {
		l.work.Go(func() {
			c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: 20 * time.Second}
			paths := []string{"/api/v1/server/info", "/api/v1/feed", "/", "/openapi.json"}
			for i := n; ctx.Err() == nil; i++ {
				r, err := c.Get(p.url + paths[i%len(paths)])
				if err == nil {
					_, err = io.Copy(io.Discard, r.Body)
					_ = r.Body.Close()
				}
				var op *net.OpError
				switch {
				case err == nil && r.StatusCode < http.StatusInternalServerError:
					l.answered.Add(1)
					if r.Close { // the node asks to be left, and who is asked goes elsewhere, as a balancer does
						l.refused.Add(1)
						return
					}
				case errors.As(err, &op) && op.Op == "dial":
					l.refused.Add(1) // not accepted: a balancer sends it elsewhere
					return
				default:
					l.failed.Add(1)
					p.t.Errorf("an accepted request failed: %v", err)
					return
				}
			}
		})
	}
	return l
}

func TestServe_StopsUnderLoadWithoutLosingARequest(t *testing.T) {
	p := start(t, t.TempDir(), "--drain-wait", "1", "--access-log=false")
	l := p.load(16)
	defer l.stop()
	stream := p.openStream(t)
	for l.answered.Load() < 200 {
		time.Sleep(5 * time.Millisecond)
	}
	slow := p.slowSignUp() // its body ends after the doors have closed
	p.signal(syscall.SIGTERM)
	time.Sleep(300 * time.Millisecond)
	r, err := http.Get(p.url + "/readyz")
	if err != nil {
		t.Fatal("the doors closed before the balancer could notice:", err)
	}
	body, _ := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "draining") {
		t.Errorf("readyz: %d %s", r.StatusCode, body)
	}
	if r, err := http.Get(p.url + "/healthz"); err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("healthz while draining: %v", err)
	} else {
		_ = r.Body.Close()
	}
	if err := p.ends(15 * time.Second); err != nil {
		t.Errorf("it ended with %v\n%s", err, p.output())
	}
	l.work.Wait()
	if status := <-slow; status != http.StatusOK && status != http.StatusCreated {
		t.Errorf("the request that was under way while the doors closed was answered %d", status)
	}
	if l.failed.Load() != 0 || l.refused.Load() == 0 {
		t.Errorf("%d answered, %d failed, %d refused", l.answered.Load(), l.failed.Load(), l.refused.Load())
	}
	if err := <-stream; !errors.Is(err, io.EOF) {
		t.Errorf("the stream of events ended with %v, not in order", err)
	}
	p.audits()
}

// slowSignUp begins a request now and ends its body after the doors have closed.
func (p *program) slowSignUp() <-chan int {
	body, write := io.Pipe()
	req, err := http.NewRequest("POST", p.url+"/api/v1/identity/sign-up", body)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	answered := make(chan int, 1)
	go func() {
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			p.t.Error("the request under way was cut off: ", err)
			answered <- 0
			return
		}
		_ = r.Body.Close()
		answered <- r.StatusCode
	}()
	if _, err := io.WriteString(write, `{"login":"patient","name":"Patient",`); err != nil {
		p.t.Fatal(err)
	}
	time.AfterFunc(2500*time.Millisecond, func() {
		_, err := io.WriteString(write, `"password":"a long password"}`)
		_ = write.CloseWithError(err) // nil is the end
	})
	return answered
}

// openStream listens to reminders until the server lets go.
func (p *program) openStream(t *testing.T) <-chan error {
	t.Helper()
	token := p.signUp("reader", "a long password")
	req, err := http.NewRequest("GET", p.url+"/api/v1/live/reminders/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	r, err := http.DefaultClient.Do(req)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", r, err)
	}
	ended := make(chan error, 1)
	go func() {
		for {
			if _, err := r.Body.Read(make([]byte, 512)); err != nil {
				_ = r.Body.Close()
				ended <- err
				return
			}
		}
	}()
	return ended
}
