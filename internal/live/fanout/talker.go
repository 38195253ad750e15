package fanout

import (
	"net"
	"sync"
	"time"
)

// talker is one viewer with two goroutines of its own: this one writes, the other reads.
type talker struct {
	hub  *Hub
	conn net.Conn
	viewer
	seq int64 // the last message begun

	bye   chan []byte // the close frame the reader asks for; nil: the peer is gone
	pongs chan []byte // the newest ping's answer
}

func newTalker(h *Hub, nc net.Conn, v viewer) *talker {
	return &talker{hub: h, conn: nc, viewer: v, bye: make(chan []byte, 1), pongs: make(chan []byte, 1)}
}

// run returns when the viewer is gone.
func (t *talker) run() {
	var reading sync.WaitGroup
	_ = t.conn.SetDeadline(time.Time{})
	t.narrow()
	reading.Go(t.read)
	if last := t.talk(); last != nil && t.write(last) {
		if half, ok := t.conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite() // the peer waits for the server to close first: RFC 6455 section 7.1.1
		}
		_ = t.conn.SetReadDeadline(t.hub.deps.Clock.Now().Add(partWait)) // the peer closes, or it is closed
		reading.Wait()
	}
	_ = t.conn.Close() // ends the reader too
	reading.Wait()
}

// narrow caps what the kernel holds for a slow reader, where the socket can be seen.
func (t *talker) narrow() {
	inner := t.conn
	if c, ok := inner.(interface{ NetConn() net.Conn }); ok {
		inner = c.NetConn()
	}
	if c, ok := inner.(interface{ SetWriteBuffer(int) error }); ok {
		_ = c.SetWriteBuffer(sendBuffer) // without it a slow reader costs more, and is found later
	}
}

// talk writes until something ends it, and returns the close frame to part with.
func (t *talker) talk() []byte {
	if t.seq = t.first.n; !t.write(t.first.form[t.form]) {
		return nil
	}
	for {
		due, news := t.room.wait(t.seq)
		for _, w := range due {
			if t.hub.stats.skipped.Add(w.n - t.seq - 1); !t.write(w.form[t.form]) {
				return nil
			}
			if t.seq = w.n; w.last {
				return closeFrame(codeDone, "the room is over")
			}
		}
		if len(due) > 0 {
			news = closedChan // look at the others, then go on
		}
		select {
		case <-t.hub.ending:
			return closeFrame(codeComeBack, "come back")
		case last := <-t.bye:
			return last
		case pong := <-t.pongs:
			if !t.write(pong) {
				return nil
			}
		case <-news:
		}
	}
}

var closedChan = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (t *talker) write(b []byte) bool {
	_ = t.conn.SetWriteDeadline(t.hub.deps.Clock.Now().Add(t.hub.deps.Stall))
	_, err := t.conn.Write(b)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.hub.stats.stalled.Add(1)
	}
	return err == nil
}

func (t *talker) read() {
	buf := make([]byte, 0, 512)
	buf = append(buf, t.early...)
	pings, since := 0, t.hub.deps.Clock.Now()
	for {
		used := 0
		for {
			f, n, bad := readFrame(buf[used:], t.form)
			if f.op != 0 && f.op != opClose {
				if now := t.hub.deps.Clock.Now(); now.Sub(since) >= time.Second {
					pings, since = 0, now
				}
				if pings++; pings > maxPings {
					bad = &refusal{codePolicy, "too many pings"}
				}
			}
			if bad != nil {
				t.hub.stats.refused.Add(1)
				t.part(closeFrame(bad.code, bad.reason))
				return
			}
			if n == 0 {
				break
			}
			used += n
			switch f.op {
			case opClose:
				t.part(answerClose(f.payload))
				return
			case opPing:
				t.pong(frame(fin|opPong, f.payload))
			}
		}
		buf = append(buf[:0], buf[used:]...)
		n, err := t.conn.Read(buf[len(buf):cap(buf)])
		if err != nil {
			t.bye <- nil
			return
		}
		buf = buf[:len(buf)+n]
	}
}

// part asks for the last frame, and takes what still comes until the connection ends, so that our last frame is
// not lost to a reset.
func (t *talker) part(last []byte) {
	t.bye <- last
	waste := make([]byte, 512)
	for {
		if _, err := t.conn.Read(waste); err != nil {
			return
		}
	}
}

// pong replaces an answer not sent yet: only the newest ping need be answered (RFC 6455 section 5.5.3).
func (t *talker) pong(b []byte) {
	select {
	case <-t.pongs:
	default:
	}
	t.pongs <- b
}
