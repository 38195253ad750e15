package epoll

import (
	"syscall"
	"testing"
	"time"
)

const bellSlot = -1

func newPoller(t *testing.T) *Poller {
	t.Helper()
	p, err := NewPoller(bellSlot)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestPoller_WakesForTheBellForSocketsAndForTime(t *testing.T) {
	p := newPoller(t)
	events := make([]syscall.EpollEvent, 8)
	if n, late, err := p.Wait(events, false); n != 0 || late || err != nil {
		t.Fatalf("nothing happened: %d %v %v", n, late, err)
	}
	if err := p.Until(10 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a time that has come stays, until another is set
		if n, late, err := p.Wait(events, true); n != 0 || !late || err != nil {
			t.Fatalf("the time has come: %d %v %v", n, late, err)
		}
	}
	if err := p.Until(time.Minute); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		time.AfterFunc(5*time.Millisecond, p.Ring)
		if n, late, err := p.Wait(events, true); n != 1 || late || err != nil || events[0].Fd != bellSlot {
			t.Fatalf("rung: %d %v %v", n, late, err)
		}
		p.Quiet()
	}

	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Watch(syscall.EPOLL_CTL_ADD, pair[0], syscall.EPOLLIN|1<<31, 7); err != nil {
		t.Fatal(err)
	}
	var b [16]byte
	for range 3 {
		time.AfterFunc(5*time.Millisecond, func() { _, _, _ = Send(pair[1], []byte("head"), []byte("body")) })
		if n, late, err := p.Wait(events, true); n != 1 || late || err != nil || events[0].Fd != 7 {
			t.Fatalf("written: %d %v %v", n, late, err)
		}
		if n, gone := Receive(pair[0], b[:]); gone || string(b[:n]) != "headbody" {
			t.Fatalf("%q, gone %v", b[:n], gone)
		}
		if n, gone := Receive(pair[0], b[:]); n != 0 || gone {
			t.Fatalf("nothing is there: %d, gone %v", n, gone)
		}
	}
	_ = syscall.Close(pair[1])
	if _, gone := Receive(pair[0], b[:]); !gone {
		t.Error("the peer closed")
	}
	_ = syscall.Close(pair[0])
}

func TestSend_SaysWhatTheSocketDidNotTake(t *testing.T) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(pair[0])
	body := make([]byte, 8<<20)
	n, again, err := Send(pair[0], []byte("head"), body)
	if n < 4 || n >= len(body) || !again || err != nil {
		t.Fatalf("%d %v %v", n, again, err)
	}
	if n, again, err = Send(pair[0], nil, body[n-4:]); n != 0 || !again || err != nil {
		t.Fatalf("a full socket: %d %v %v", n, again, err)
	}
	_ = syscall.Close(pair[1])
	if _, _, err = Send(pair[0], nil, body); err == nil {
		t.Error("written to nobody")
	}
}
