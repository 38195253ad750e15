package wire

import (
	"context"
	"net/http"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/internal/infra/epoll"
	"github.com/hawker-live/hawker/internal/media/llhls"
)

const (
	// maxTurn requests of one connection are answered in a row before others have their turn.
	maxTurn = 8
	// partWait is how long a peer may take to close after its last answer, as at the web server: a socket closed
	// before the peer's last bytes are read resets the connection and may destroy the answer under way.
	partWait = 500 * time.Millisecond
)

// handle sees to what epoll tells of a connection.
func (l *loop) handle(c *conn, events uint32) {
	c.unread = c.unread || events&(syscall.EPOLLIN|endedPeer) != 0
	c.ended = c.ended || events&endedPeer != 0
	switch c.mood {
	case idle:
		l.serve(c)
	case waiting:
		if c.ended { // what net/http's handler does when its reader left
			l.answer(c, c.work.wait.TooLate())
		}
		l.resume(c)
	case writing:
		if events&(syscall.EPOLLOUT|endedPeer) != 0 {
			l.push(c)
			l.resume(c)
		}
	case parting:
		l.discard(c)
	}
}

// resume serves on where an answer has come to its end.
func (l *loop) resume(c *conn) {
	if c.fd >= 0 && c.mood == idle && (c.unread || len(c.held) > 0) {
		l.serve(c)
	}
}

// serve answers what a connection asks, until it has asked for no more or an answer takes its time.
func (l *loop) serve(c *conn) {
	at, n := 0, copy(l.in[:], c.held)
	c.held = nil
	for answered := 0; ; {
		r, size, v := parse(l.in[at:n])
		switch {
		case v == ours:
			stream, err := l.server.deps.Origin(string(r.session))
			if err != nil {
				l.giveBack(c, l.in[at:n])
				return
			}
			at += size
			if l.ask(c, stream, &r); c.fd < 0 || c.mood == parting {
				return
			}
			if answered++; c.mood != idle || answered == maxTurn {
				l.keep(c, l.in[at:n])
				return
			}
			continue
		case v == strange, n-at == len(l.in):
			l.giveBack(c, l.in[at:n])
			return
		}
		n, at = copy(l.in[:], l.in[at:n]), 0
		if !c.unread {
			l.keep(c, l.in[:n])
			return
		}
		got, gone := epoll.Receive(int(c.fd), l.in[n:])
		if gone {
			if n > 0 { // cut off in a head: net/http has an answer to that
				l.giveBack(c, l.in[:n])
			} else {
				l.drop(c)
			}
			return
		}
		// A short read has emptied the socket; the end of what the peer sends is read apart.
		c.unread = got == len(l.in)-n || got > 0 && c.ended
		n += got
	}
}

// keep holds what was read and cannot be answered yet.
func (l *loop) keep(c *conn, rest []byte) {
	if len(rest) > 0 {
		c.held = append([]byte(nil), rest...)
	}
	if c.mood != idle {
		return
	}
	if len(rest) > 0 && !c.begun {
		c.begun, c.since = true, l.nowMS
	}
	if _, _, v := parse(rest); (c.unread || len(rest) > 0 && v != more) && !c.queued {
		c.queued = true
		l.again = append(l.again, c)
	}
}

// ask puts a request to its stream.
func (l *loop) ask(c *conn, stream *llhls.Stream, r *request) {
	c.begun = false
	w := &c.work
	w.method = http.MethodGet
	if r.headOnly {
		w.method = http.MethodHead
	}
	w.visit, w.open = l.server.deps.Book.Arrive(w.method), true
	ask := llhls.Ask{Name: string(r.name), Query: string(r.query), Gzip: llhls.AcceptsGzip(string(r.encoding))}
	a, wait := stream.Answer(ask)
	switch {
	case wait != nil && c.ended: // asked and left in one breath; nothing more will be told of it
		a, wait = wait.TooLate(), nil
	case wait != nil:
		a, wait = l.await(c, stream, wait)
	}
	if wait == nil {
		l.answer(c, a)
	}
}

// await makes a connection wait for its stream, unless what it waits for came meanwhile.
func (l *loop) await(c *conn, stream *llhls.Stream, wait *llhls.Wait) (llhls.Answer, *llhls.Wait) {
	w := l.crews[stream]
	if w == nil {
		w = &crew{stream: stream}
		w.stop = stream.Watch(func() { l.tell(w) })
		l.crews[stream] = w
		if a, ok := wait.Answer(); ok { // came before anybody watched
			return a, nil
		}
	}
	c.mood, c.since = waiting, l.nowMS
	c.work.wait, c.work.deadline = wait, l.nowMS+wait.Patience().Milliseconds()
	w.add(c)
	return llhls.Answer{}, wait
}

// sweep answers those whose wait is over.
func (l *loop) sweep(w *crew) {
	for i := len(w.members) - 1; i >= 0; i-- {
		c := w.members[i]
		if a, ok := c.work.wait.Answer(); ok {
			l.answer(c, a)
			l.resume(c)
		}
	}
}

// answer begins to write an answer and writes what the peer takes now.
func (l *loop) answer(c *conn, a llhls.Answer) {
	w := &c.work
	if w.crew != nil {
		w.crew.remove(c)
	}
	w.wait, w.status, w.last = nil, a.Status, l.server.leaving.Load()
	l.out = l.renderer.append(l.out[:0], a, w.visit.ID(), l.now, w.last)
	w.head, w.body = l.out, a.Body
	if w.method == http.MethodHead {
		w.body = nil
	}
	c.mood, c.since, w.deadline = writing, l.nowMS, l.nowMS+l.server.deps.Times.Answer.Milliseconds()
	l.push(c)
	if len(w.head) > 0 { // l.out is the next answer's
		w.head = append([]byte(nil), w.head...)
	}
}

// push writes on.
func (l *loop) push(c *conn) {
	w := &c.work
	for len(w.head)+len(w.body) > 0 {
		n, again, err := epoll.Send(int(c.fd), w.head, w.body)
		if err != nil {
			l.drop(c)
			return
		}
		if n > 0 {
			c.since = l.nowMS
		}
		head := min(n, len(w.head))
		w.head, w.body = w.head[head:], w.body[n-head:]
		w.sent += int64(n - head)
		if again {
			return
		}
	}
	last := w.last || l.server.leaving.Load() // not told so, when it began before
	l.finish(c)
	if c.mood, c.since = idle, l.nowMS; last {
		c.mood = parting
		_ = syscall.Shutdown(int(c.fd), syscall.SHUT_WR) // the peer has gone already
		l.discard(c)
	}
}

// finish tells the book of the request's end and forgets it.
func (l *loop) finish(c *conn) {
	w := &c.work
	if w.crew != nil { // let go while it waited: as net/http's handler, which answers nobody
		w.crew.remove(c)
		w.status = http.StatusServiceUnavailable
	}
	if w.open {
		l.server.deps.Book.Leave(context.Background(), w.visit, l.server.deps.Pattern, w.status, w.sent)
	}
	c.work = work{}
}

// discard reads what a peer says after its last answer, until it closes.
func (l *loop) discard(c *conn) {
	for range maxTurn {
		n, gone := epoll.Receive(int(c.fd), l.in[:])
		if gone {
			l.drop(c)
			return
		}
		if n < len(l.in) {
			return
		}
	}
	l.drop(c) // it goes on and on
}

// part lets go of a connection that has asked for nothing; the others are told with their answer.
func (l *loop) part(c *conn) {
	if c.mood != idle {
		return
	}
	c.unread = true
	l.serve(c)
	if c.fd >= 0 && c.mood == idle && len(c.held) == 0 {
		l.drop(c)
	}
}

// look enforces the limits on time.
func (l *loop) look() {
	t := &l.server.deps.Times
	late := func(c *conn, limit time.Duration) bool { return l.nowMS-c.since >= limit.Milliseconds() }
	l.each(func(c *conn) {
		switch c.mood {
		case idle:
			if c.begun && late(c, t.Head) || late(c, t.Idle) {
				l.drop(c)
			}
		case waiting:
			if l.nowMS >= c.work.deadline {
				l.answer(c, c.work.wait.TooLate())
				l.resume(c)
			}
		case writing:
			if late(c, t.Stall) || l.nowMS >= c.work.deadline {
				l.drop(c)
			}
		case parting:
			if late(c, partWait) {
				l.drop(c)
			}
		}
	})
	l.disband()
}

// disband ends the crews in which nobody waits.
func (l *loop) disband() {
	for stream, w := range l.crews {
		if len(w.members) == 0 {
			w.stop()
			delete(l.crews, stream)
		}
	}
}
