package rtmp

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Message types (RTMP specification 5.4 and 7.1).
const (
	typeSetChunkSize  = 1
	typeAbort         = 2
	typeAck           = 3
	typeUserControl   = 4
	typeWindowAck     = 5
	typePeerBandwidth = 6
	typeAudio         = 8
	typeVideo         = 9
	typeCommandAMF3   = 17
	typeData          = 18
	typeCommand       = 20
	typeAggregate     = 22
)

const (
	defaultChunkSize = 128
	extendedMark     = 0xffffff
	// maxChunkStreams bounds the ids a peer may use; encoders use three to six.
	maxChunkStreams = 32
	// maxAborts bounds given-up messages of one connection. No encoder known gives any up, and each may
	// have cost us the memory of the largest message for a few bytes.
	maxAborts = 64
	// maxSetupMessage is the cap before authorization: connect with its object is under 1 KiB.
	maxSetupMessage = 64 << 10
	// maxMediaMessage is the cap after it: a 4K key frame at 80 Mbit/s is about 3 MiB.
	maxMediaMessage = 8 << 20
)

type message struct {
	kind      byte
	stream    uint32
	timestamp uint32 // ms, wraps after 49.7 days
	payload   []byte // owned by whoever receives the message
}

// chunkReader assembles messages from interleaved chunks (RTMP specification 5.3). Memory is
// bounded: all unfinished messages together announce at most twice limit.
type chunkReader struct {
	r       *bufio.Reader
	size    uint32 // the peer's chunk size
	limit   int    // bytes of one message
	streams map[uint32]*chunkStream
	partial int // announced bytes of unfinished messages
	aborts  int
	read    uint64 // bytes consumed
}

type chunkStream struct {
	timestamp uint32
	delta     uint32 // what a type 3 header adds when it starts a message
	extended  bool
	extValue  uint32 // the extended field as last sent
	length    int
	kind      byte
	stream    uint32
	payload   []byte // nil between messages
	filled    int
}

func newChunkReader(r *bufio.Reader) *chunkReader {
	return &chunkReader{r: r, size: defaultChunkSize, limit: maxSetupMessage, streams: map[uint32]*chunkStream{}}
}

// next returns the next whole message. Chunk size and abort messages act on the reader itself and
// are not returned.
func (c *chunkReader) next() (message, error) {
	for {
		m, done, err := c.chunk()
		if err != nil {
			return message{}, err
		}
		if !done {
			continue
		}
		switch m.kind {
		case typeSetChunkSize:
			err = c.setSize(m.payload)
		case typeAbort:
			err = c.abort(m.payload)
		default:
			return m, nil
		}
		if err != nil {
			return message{}, err
		}
	}
}

// setSize takes any size the specification allows. A chunk never holds more than its message and
// a message is capped, so a large size costs nothing; encoders announce 64 KiB and more.
func (c *chunkReader) setSize(p []byte) error {
	if len(p) < 4 {
		return fmt.Errorf("chunk size message of %d bytes", len(p))
	}
	n := binary.BigEndian.Uint32(p)
	if n == 0 || n > 1<<31-1 {
		return fmt.Errorf("chunk size %d", n)
	}
	c.size = n
	return nil
}

func (c *chunkReader) abort(p []byte) error {
	if len(p) < 4 {
		return fmt.Errorf("abort message of %d bytes", len(p))
	}
	if c.aborts++; c.aborts > maxAborts {
		return fmt.Errorf("more than %d aborted messages", maxAborts)
	}
	if s := c.streams[binary.BigEndian.Uint32(p)]; s != nil && s.payload != nil {
		c.partial -= s.length
		s.payload, s.filled = nil, 0
	}
	return nil
}

// chunk reads one chunk and reports whether it finished a message.
func (c *chunkReader) chunk() (message, bool, error) {
	format, id, err := c.basicHeader()
	if err != nil {
		return message{}, false, err
	}
	s := c.streams[id]
	if s == nil {
		// Type 1 on a fresh stream is tolerated: old encoders open the control stream with it.
		if format > 1 {
			return message{}, false, fmt.Errorf("chunk stream %d starts with header type %d", id, format)
		}
		if len(c.streams) == maxChunkStreams {
			return message{}, false, fmt.Errorf("more than %d chunk streams", maxChunkStreams)
		}
		s = &chunkStream{}
		c.streams[id] = s
	}
	if s.payload != nil && format != 3 {
		return message{}, false, fmt.Errorf("header type %d inside a message of chunk stream %d", format, id)
	}
	if err := c.messageHeader(s, format); err != nil {
		return message{}, false, err
	}
	if s.payload == nil {
		if s.length > c.limit || c.partial+s.length > 2*c.limit {
			return message{}, false, fmt.Errorf("message of %d bytes, the limit is %d", s.length, c.limit)
		}
		s.payload = make([]byte, s.length)
		c.partial += s.length
	}
	n := min(s.length-s.filled, int(c.size))
	if err := c.full(s.payload[s.filled : s.filled+n]); err != nil {
		return message{}, false, err
	}
	if s.filled += n; s.filled < s.length {
		return message{}, false, nil
	}
	m := message{kind: s.kind, stream: s.stream, timestamp: s.timestamp, payload: s.payload}
	c.partial -= s.length
	s.payload, s.filled = nil, 0
	return m, true, nil
}

func (c *chunkReader) basicHeader() (format byte, id uint32, err error) {
	var b [2]byte
	if err := c.full(b[:1]); err != nil {
		return 0, 0, err
	}
	format, id = b[0]>>6, uint32(b[0]&0x3f)
	switch id {
	case 0:
		err = c.full(b[:1])
		id = 64 + uint32(b[0])
	case 1:
		err = c.full(b[:2])
		id = 64 + uint32(b[0]) + uint32(b[1])<<8
	}
	return format, id, err
}

// messageHeader reads what format carries and moves the stream's clock when a message starts.
func (c *chunkReader) messageHeader(s *chunkStream, format byte) error {
	if format == 3 {
		return c.continuation(s)
	}
	var b [11]byte
	header := b[:[...]int{11, 7, 3}[format]]
	if err := c.full(header); err != nil {
		return err
	}
	value := be24(header)
	if format < 2 {
		s.length, s.kind = int(be24(header[3:])), header[6]
	}
	if format == 0 {
		s.stream = binary.LittleEndian.Uint32(header[7:])
	}
	if s.extended = value == extendedMark; s.extended {
		var err error
		if value, err = c.uint32(); err != nil {
			return err
		}
		s.extValue = value
	}
	// Specification 5.3.1.2.4: after type 0 a type 3 header adds that absolute value again.
	s.delta = value
	if format == 0 {
		s.timestamp = value
	} else {
		s.timestamp += value
	}
	return nil
}

// continuation handles type 3, in and between messages. When the last full header was extended
// the four bytes come again (5.3.1.3), but some encoders leave them out inside a message; payload
// that happens to equal the last value is the lesser risk.
func (c *chunkReader) continuation(s *chunkStream) error {
	starts := s.payload == nil
	if s.extended {
		next, err := c.r.Peek(4)
		if err != nil {
			return err
		}
		value := binary.BigEndian.Uint32(next)
		if starts || value == s.extValue {
			if _, err := c.uint32(); err != nil {
				return err
			}
			s.extValue, s.delta = value, value
		}
	}
	if starts {
		s.timestamp += s.delta
	}
	return nil
}

func (c *chunkReader) uint32() (uint32, error) {
	var b [4]byte
	err := c.full(b[:])
	return binary.BigEndian.Uint32(b[:]), err
}

func (c *chunkReader) full(b []byte) error {
	n, err := io.ReadFull(c.r, b)
	c.read += uint64(n)
	return err
}

func be24(b []byte) uint32 { return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]) }

// chunkWriter sends small messages with full headers; a publisher gets so few that compression of
// headers would save nothing.
type chunkWriter struct {
	w    *bufio.Writer
	size int
}

// write queues a message on chunk stream id (2 to 63) with timestamp 0.
func (c *chunkWriter) write(id byte, m message) error {
	var b [12]byte
	b[0] = id
	b[4], b[5], b[6] = byte(len(m.payload)>>16), byte(len(m.payload)>>8), byte(len(m.payload))
	b[7] = m.kind
	binary.LittleEndian.PutUint32(b[8:], m.stream)
	if _, err := c.w.Write(b[:]); err != nil {
		return err
	}
	for rest := m.payload; ; {
		n := min(len(rest), c.size)
		if _, err := c.w.Write(rest[:n]); err != nil {
			return err
		}
		if rest = rest[n:]; len(rest) == 0 {
			return nil
		}
		if err := c.w.WriteByte(3<<6 | id); err != nil {
			return err
		}
	}
}
