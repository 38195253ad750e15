package wire

import (
	"github.com/hawker-live/hawker/internal/media/llhls"
	"github.com/hawker-live/hawker/internal/server"
)

// conn is one connection on a loop, which alone touches it.
type conn struct {
	fd      int32
	slot    int32 // in loop.slots
	mood    mood
	returns uint8
	unread  bool   // the kernel may hold bytes that were not read
	ended   bool   // the peer sends no more
	begun   bool   // held is a head's beginning, since its first byte
	queued  bool   // in loop.again
	held    []byte // read and not answered yet, at most maxHead
	since   int64  // unix ms: of the mood, of a head's first byte, of the last byte the peer took
	work    work
}

type mood uint8

const (
	idle    mood = iota // between two requests
	waiting             // for the stream
	writing             // for the peer
	parting             // answered for the last time: until the peer closes
)

// work is the request being answered.
type work struct {
	visit    server.Visit
	method   string
	head     []byte // the rest of it
	body     []byte // the rest of it; shared with all who get it
	wait     *llhls.Wait
	crew     *crew
	pos      int32 // in crew.members
	status   int
	sent     int64 // bytes of the body
	deadline int64 // unix ms
	last     bool  // the connection's last
	open     bool  // the book has not been told of its end
}

// crew are a stream's connections on one loop that wait for it.
type crew struct {
	stream  *llhls.Stream
	stop    func() // watching
	members []*conn
}

func (c *crew) add(v *conn) {
	v.work.crew, v.work.pos = c, int32(len(c.members))
	c.members = append(c.members, v)
}

// remove puts the last in its place: who walks the members from the end misses nobody.
func (c *crew) remove(v *conn) {
	end := len(c.members) - 1
	last := c.members[end]
	c.members[v.work.pos], last.work.pos = last, v.work.pos
	c.members[end] = nil
	c.members = c.members[:end]
	v.work.crew = nil
}
