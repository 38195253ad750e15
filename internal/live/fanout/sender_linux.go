package fanout

// sender writes one message to many: a loop begins, adds the connections that are owed just that message, and
// ends. add refuses those it cannot serve; the loop then writes to them itself.
type sender interface {
	begin(l *loop, r *room)
	add(l *loop, c *conn) bool
	end(l *loop)
	close()
}

func newSender(d Deps) sender {
	if !d.PlainSend {
		u, err := newUring(batchSends)
		if err == nil {
			return &batched{ring: u}
		}
		d.Log.Debug("ticks are sent one by one: no io_uring", "err", err) // usual in containers: seccomp
	}
	return single{}
}

// single leaves every connection to the loop.
type single struct{}

func (single) begin(*loop, *room)    {}
func (single) add(*loop, *conn) bool { return false }
func (single) end(*loop)             {}
func (single) close()                {}

// batchSends is how many sends go to the kernel at once: some milliseconds of its work, after which the loop's
// other duties are looked at no later than with single sends of a small crew.
const batchSends = 512

// batched hands the kernel hundreds of sends at a time. Each is told not to wait, so that all are finished when
// the call returns and no memory is lent for longer.
type batched struct {
	ring    *uring
	w       *wire
	waiting []*conn
	results [batchSends]int32
}

func (b *batched) begin(_ *loop, r *room) { b.w = r.latest() }

func (b *batched) add(l *loop, c *conn) bool {
	if b.w == nil || c.seq != b.w.n-1 || len(c.part) > 0 || c.ctrl != nil {
		return false
	}
	b.waiting = append(b.waiting, c)
	if len(b.waiting) == batchSends {
		b.send(l)
	}
	return true
}

func (b *batched) end(l *loop) {
	if len(b.waiting) > 0 {
		b.send(l)
	}
	b.w = nil
}

func (b *batched) close() { b.ring.close() }

func (b *batched) send(l *loop) {
	for _, c := range b.waiting {
		b.ring.prepare(int(c.fd), b.w.form[c.form])
	}
	results := b.results[:len(b.waiting)]
	if err := b.ring.run(results); err != nil {
		// The kernel took none of the rest. One by one is always right: what was sent is known by its result.
		l.hub.deps.Log.Warn("io_uring gave up; sends go one by one", "err", err)
		l.batch = single{}
	}
	for i, c := range b.waiting {
		b.settle(l, c, results[i])
	}
	clear(b.waiting)
	b.waiting = b.waiting[:0]
}

func (b *batched) settle(l *loop, c *conn, res int32) {
	switch {
	case res > 0:
		if l.begin(c, b.w, int(res)); len(c.part) > 0 || c.mood != watching {
			l.flush(c)
		}
	case res == again || res == interrupted || res == untried:
		l.flush(c) // the socket's own answer decides
	default:
		l.drop(c)
	}
}
