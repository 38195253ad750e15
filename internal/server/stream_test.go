package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/server"
)

// listener is a reader that takes what is written one by one.
type listener struct {
	header  http.Header
	heard   chan string
	flushed int
	status  int
	gone    bool
}

func (l *listener) Header() http.Header    { return l.header }
func (l *listener) WriteHeader(status int) { l.status = status }
func (l *listener) Flush()                 { l.flushed++ }
func (l *listener) Write(b []byte) (int, error) {
	if l.gone {
		return 0, errors.New("connection reset")
	}
	l.heard <- string(b)
	return len(b), nil
}

// hearing is a stream under way.
type hearing struct {
	*listener
	t     *testing.T
	clock *clock.Fake
	tell  func([]byte)
	leave context.CancelFunc
	over  chan struct{}

	mu        sync.Mutex
	cancelled int
}

func hear(t *testing.T, s server.Stream) *hearing {
	t.Helper()
	h := &hearing{t: t, listener: &listener{header: http.Header{}, heard: make(chan string)}, clock: clock.NewFake(time.UnixMilli(1_800_000_000_000)), over: make(chan struct{})}
	router := server.NewRouter(server.Deps{Clock: h.clock, Sessions: sessions{}, Version: "test"})
	s.Event, s.Waiting = "order", 2
	s.Subscribe = func(tell func([]byte)) (func(), error) {
		h.tell = tell
		return func() { h.mu.Lock(); h.cancelled++; h.mu.Unlock() }, nil
	}
	ctx, leave := context.WithCancel(t.Context())
	h.leave = leave
	go func() {
		defer close(h.over)
		router.Stream(h.listener, httptest.NewRequestWithContext(ctx, http.MethodGet, "/stream", http.NoBody), s)
	}()
	t.Cleanup(leave)
	return h
}

func (h *hearing) wants(text string) {
	h.t.Helper()
	select {
	case got := <-h.heard:
		if got != text {
			h.t.Fatalf("heard %q, want %q", got, text)
		}
	case <-h.over:
		h.t.Fatalf("the stream ended before %q", text)
	case <-time.After(5 * time.Second):
		h.t.Fatalf("nothing was heard, want %q", text)
	}
}

// ends checks that the stream is over, silently, and listens no more.
func (h *hearing) ends() {
	h.t.Helper()
	select {
	case <-h.over:
	case got := <-h.heard:
		h.t.Fatalf("heard %q, want the end", got)
	case <-time.After(5 * time.Second):
		h.t.Fatal("the stream goes on")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancelled != 1 {
		h.t.Errorf("the subscription was ended %d times", h.cancelled)
	}
}

func TestStream_SaysReadyThenEventsAndABeatInBetween(t *testing.T) {
	h := hear(t, server.Stream{})
	h.wants(": ready\n\n")
	if h.header.Get("Content-Type") != "text/event-stream" || h.header.Get("Cache-Control") != "no-store" || h.header.Get("X-Accel-Buffering") != "no" {
		t.Errorf("headers %v", h.header)
	}
	h.tell([]byte(`{"id":"ord_1"}`))
	h.wants("event: order\ndata: {\"id\":\"ord_1\"}\n\n")
	h.clock.Advance(14 * time.Second)
	h.tell([]byte(`{}`))
	h.wants("event: order\ndata: {}\n\n")
	h.clock.Advance(time.Second)
	h.wants(": beat\n\n")
	for range 9 { // nobody asks for a right that cannot end
		h.clock.Advance(15 * time.Second)
		h.wants(": beat\n\n")
	}
	h.leave()
	h.ends()
	if h.flushed != 13 {
		t.Errorf("flushed %d times, written 13", h.flushed)
	}
}

func TestStream_ASlowReaderLosesWhatDoesNotFitAndHoldsNobodyUp(t *testing.T) {
	h := hear(t, server.Stream{})
	h.wants(": ready\n\n")
	h.tell([]byte("0"))
	h.clock.Advance(15 * time.Second) // due while the reader is slow
	for i := 1; i < 50; i++ {         // would block for ever if tell waited
		h.tell([]byte("1"))
	}
	events, beats := 0, 0
	for quiet := false; !quiet; {
		select {
		case got := <-h.heard:
			if got == ": beat\n\n" {
				beats++
			} else {
				events++
			}
		case <-time.After(200 * time.Millisecond):
			quiet = true
		}
	}
	// One is on its way when the others come, or none; two wait.
	if events < 2 || events > 3 || beats != 1 {
		t.Errorf("%d events and %d beats came through", events, beats)
	}
	h.tell([]byte("2"))
	h.wants("event: order\ndata: 2\n\n")
	h.leave()
	h.ends()
}

func TestStream_EndsWithinAMinuteOfTheRight(t *testing.T) {
	asked, allowed := 0, true
	var mu sync.Mutex
	h := hear(t, server.Stream{Allowed: func(context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if asked++; allowed {
			return nil
		}
		return errors.New("left the team")
	}})
	h.wants(": ready\n\n")
	for range 7 {
		h.clock.Advance(15 * time.Second)
		h.wants(": beat\n\n")
	}
	mu.Lock()
	if asked != 1 {
		t.Errorf("asked %d times in 105 s", asked)
	}
	allowed = false
	mu.Unlock()
	h.clock.Advance(15 * time.Second)
	h.ends()
}

func TestStream_EndsWhenTheReaderIsGone(t *testing.T) {
	h := hear(t, server.Stream{})
	h.wants(": ready\n\n")
	h.leave()
	h.ends()

	w := &listener{header: http.Header{}, gone: true}
	stopped := false
	router := server.NewRouter(server.Deps{Clock: clock.NewFake(time.UnixMilli(0)), Sessions: sessions{}, Version: "test"})
	router.Stream(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/stream", http.NoBody), server.Stream{Event: "order", Waiting: 1,
		Subscribe: func(func([]byte)) (func(), error) { return func() { stopped = true }, nil }})
	if !stopped {
		t.Error("the subscription outlived its reader")
	}
}

func TestStream_AFailedSubscriptionIsAProblem(t *testing.T) {
	s := alone(t)
	w := httptest.NewRecorder()
	s.Stream(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/stream", http.NoBody), server.Stream{Event: "order", Waiting: 1,
		Subscribe: func(func([]byte)) (func(), error) { return nil, errors.New("the bus at 10.0.0.7 is closed") }})
	if p := problemOf(w); w.Code != http.StatusInternalServerError || p.Status != w.Code || p.Detail == "" {
		t.Errorf("answered %d %+v", w.Code, p)
	}
}

func TestStream_IsBounded(t *testing.T) {
	s := alone(t)
	for _, bad := range []server.Stream{{Waiting: 1}, {Event: "order"}, {Event: "order", Waiting: 257}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was taken", bad)
				}
			}()
			s.Stream(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/stream", http.NoBody), bad)
		}()
	}
}
