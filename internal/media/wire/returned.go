package wire

import (
	"net"
	"sync"
)

// returned is a connection on its way back to the web server, with what it said and nobody has read.
type returned struct {
	*net.TCPConn
	unread []byte
	times  uint8 // it went back
}

func (c *returned) Read(b []byte) (int, error) {
	if len(c.unread) == 0 {
		return c.TCPConn.Read(b)
	}
	n := copy(b, c.unread)
	if c.unread = c.unread[n:]; len(c.unread) == 0 {
		c.unread = nil
	}
	return n, nil
}

// counter is the listener over which the web server takes connections back. Its queue is bounded by the
// connections that were taken over.
type counter struct {
	addr   net.Addr
	bell   chan struct{}
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	queue []*returned
	shut  bool
}

func newCounter(addr net.Addr) *counter {
	return &counter{addr: addr, bell: make(chan struct{}, 1), closed: make(chan struct{})}
}

// give never waits. A connection that nobody will take any more is closed.
func (c *counter) give(r *returned) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		_ = r.Close()
		return
	}
	c.queue = append(c.queue, r)
	select {
	case c.bell <- struct{}{}:
	default:
	}
}

func (c *counter) take() *returned {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		return nil
	}
	r := c.queue[0]
	if c.queue = c.queue[1:]; len(c.queue) == 0 {
		c.queue = nil
	} else {
		select { // one ring may stand for several
		case c.bell <- struct{}{}:
		default:
		}
	}
	return r
}

// Accept implements net.Listener.
func (c *counter) Accept() (net.Conn, error) {
	for {
		if r := c.take(); r != nil {
			return r, nil
		}
		select {
		case <-c.bell:
		case <-c.closed:
			return nil, net.ErrClosed
		}
	}
}

// Close implements net.Listener.
func (c *counter) Close() error {
	c.once.Do(func() { close(c.closed) })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut = true
	for _, r := range c.queue {
		_ = r.Close()
	}
	c.queue = nil
	return nil
}

// Addr implements net.Listener.
func (c *counter) Addr() net.Addr { return c.addr }
