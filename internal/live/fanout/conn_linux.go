package fanout

// conn is one viewer on a loop, which alone touches it. There may be tens of thousands: a field here costs each
// of them.
type conn struct {
	crew  *crew
	leave func()
	part  []byte // rest of a frame begun
	ctrl  []byte // our control frame that comes next
	held  []byte // of a viewer's frame that is not whole yet, at most maxHeld
	seq   int64  // the last message begun
	since int64  // unix ms: when blocked, of the block or the last frame finished; when parted, of our close frame
	fd    int32
	slot  int32 // in loop.slots
	pos   int32 // in crew.members
	pings uint8 // in this second
	form  uint8
	mood  mood
	out   bool // epoll tells when it is writable
}

type mood uint8

const (
	watching mood = iota
	leaving       // our close frame waits in ctrl or part
	parted        // it is written: whatever comes is waste, until the peer closes
)

// crew is a room's connections on one loop.
type crew struct {
	room    *room
	members []*conn
}

func (c *crew) add(v *conn) {
	v.crew, v.pos = c, int32(len(c.members))
	c.members = append(c.members, v)
}

// remove puts the last in its place: who walks the members from the end misses nobody.
func (c *crew) remove(v *conn) {
	end := len(c.members) - 1
	last := c.members[end]
	c.members[v.pos], last.pos = last, v.pos
	c.members[end] = nil
	c.members = c.members[:end]
}
