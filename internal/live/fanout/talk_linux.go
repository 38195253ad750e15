package fanout

import "syscall"

// What a loop does with one connection.

// handle answers to readiness.
func (l *loop) handle(c *conn, events uint32) {
	if events&gonePeer != 0 {
		l.drop(c)
		return
	}
	if events&readable != 0 {
		n, done := receive(int(c.fd), l.read[:])
		if done || !l.listen(c, l.read[:n]) {
			if c.fd >= 0 {
				l.drop(c)
			}
			return
		}
	}
	if events&writable != 0 {
		l.flush(c)
	}
}

// listen takes what a viewer sent; false when the viewer is gone.
func (l *loop) listen(c *conn, b []byte) bool {
	if c.mood != watching {
		return true // waste; the peer's end of the connection ends it
	}
	if len(c.held) > 0 {
		b = append(c.held, b...)
		c.held = nil
	}
	for len(b) > 0 && c.mood == watching {
		f, n, bad := readFrame(b, int(c.form))
		if bad == nil && n > 0 && f.op != opClose {
			if c.pings++; c.pings > maxPings {
				bad = &refusal{codePolicy, "too many pings"}
			}
		}
		switch {
		case bad != nil:
			l.hub.stats.refused.Add(1)
			l.say(c, closeFrame(bad.code, bad.reason))
		case n == 0:
			c.held = append(c.held, b[:min(len(b), maxHeld)]...)
			return true
		case f.op == opClose:
			l.say(c, answerClose(f.payload))
		case f.op == opPing: // a pong not sent yet is replaced: RFC 6455 section 5.5.3
			c.ctrl = frame(fin|opPong, f.payload)
			l.flush(c)
		}
		if c.fd < 0 {
			return false
		}
		b = b[n:]
	}
	return true
}

// say ends the talk with a close frame, after the frame under way.
func (l *loop) say(c *conn, last []byte) {
	if c.mood != watching {
		return
	}
	c.mood, c.ctrl, c.held = leaving, last, nil
	l.flush(c)
}

// flush writes what the viewer is owed, as far as the socket takes it.
func (l *loop) flush(c *conn) {
	for c.fd >= 0 {
		if len(c.part) > 0 {
			n, again, err := send(int(c.fd), c.part)
			if err != nil {
				l.drop(c)
				return
			}
			if c.part = c.part[n:]; again {
				l.block(c)
				return
			}
			c.part, c.since = nil, l.now
		}
		switch {
		case c.ctrl != nil:
			c.part, c.ctrl = c.ctrl, nil
		case c.mood == leaving:
			l.part(c)
			return
		case c.mood == parted:
			l.calm(c)
			return
		case !l.next(c):
			return
		}
	}
}

// next writes the messages owed, several at once to one who is behind; false when there is no more to do until
// the room has news or the socket takes more.
func (l *loop) next(c *conn) bool {
	l.due = c.crew.room.owed(c.seq, l.due[:0])
	if len(l.due) == 0 {
		l.calm(c)
		return false
	}
	b := l.scratch[:0]
	for _, w := range l.due {
		if f := w.form[c.form]; len(b) == 0 || len(b)+len(f) <= batchBytes {
			b = append(b, f...)
		} else {
			break
		}
	}
	n, _, err := send(int(c.fd), b)
	if err != nil {
		l.drop(c)
		return false
	}
	if n == 0 {
		l.block(c)
		return false
	}
	for _, w := range l.due {
		if n > 0 {
			n -= l.begin(c, w, n)
		}
	}
	return true
}

// begin notes that up to n bytes of a message are written, and says how many of them were its own.
func (l *loop) begin(c *conn, w *wire, n int) int {
	f := w.form[c.form]
	if gap := w.n - c.seq - 1; gap > 0 {
		l.hub.stats.skipped.Add(gap)
	}
	c.seq = w.n
	if w.last {
		c.mood, c.ctrl = leaving, closeFrame(codeDone, "the room is over")
	}
	if n < len(f) {
		c.part = f[n:]
		return n
	}
	c.since = l.now
	return len(f)
}

// part has written its close frame: the peer is to close now.
func (l *loop) part(c *conn) {
	c.mood, c.since = parted, l.now
	l.calm(c)
	_ = syscall.Shutdown(int(c.fd), syscall.SHUT_WR) // gone already is as good
}

// block waits until the socket takes more.
func (l *loop) block(c *conn) { l.heed(c, true) }

// calm hears of the socket only when the viewer says something.
func (l *loop) calm(c *conn) { l.heed(c, false) }

func (l *loop) heed(c *conn, out bool) {
	if c.out == out || c.fd < 0 {
		return
	}
	if c.out = out; out {
		c.since = l.now
	}
	events := uint32(readable)
	if out {
		events |= writable
	}
	if err := watch(l.ep, syscall.EPOLL_CTL_MOD, int(c.fd), events, c.slot); err != nil {
		l.drop(c)
	}
}

// sweep writes a room's news to its crew.
func (l *loop) sweep(r *room) {
	crew := l.crews[r]
	if crew == nil {
		return
	}
	l.batch.begin(l, r)
	for i := len(crew.members) - 1; i >= 0; i-- {
		c := crew.members[i]
		if c.out || c.mood != watching {
			continue // it goes on when its socket takes more
		}
		if !l.batch.add(l, c) {
			l.flush(c)
		}
	}
	l.batch.end(l)
}
