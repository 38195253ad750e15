package feed

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"slices"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
)

const (
	// maxServed is more than a window has: hidden posts may come back into it.
	maxServed = windowSize + windowSlack
	// maxRooms a session is shown among posts; a reader who wants more has the live tab.
	maxRooms = 50
	// MaxCursor bounds a cursor's length: four bytes per room and post served, and 110 for the rest, in
	// base 64.
	MaxCursor = 2880
)

// place is where a recommended session stands. What was served is kept as 32-bit hashes: two of a window's
// posts share one with a chance of 1 in 50,000, and then one of them waits for the next session.
type place struct {
	top, floor string // newest and oldest post of the window; top is "" between two windows
	last       string // channel of the last item
	position   uint64 // items served
	rooms      []uint32
	posts      []uint32 // of the window only
}

func fingerprint(id string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return h.Sum32()
}

func (p *place) hasRoom(id string) bool { return slices.Contains(p.rooms, fingerprint(id)) }
func (p *place) hasPost(id string) bool { return slices.Contains(p.posts, fingerprint(id)) }

func (p *place) serve(i Item) {
	p.position++
	p.last = i.channelID()
	if i.Room != nil {
		p.rooms = append(p.rooms, fingerprint(i.Room.ID))
	} else {
		p.posts = append(p.posts, fingerprint(i.Post.ID))
	}
}

// leave forgets a used-up window; the next one begins below its floor.
func (p *place) leave() { p.top, p.posts = "", nil }

const cursorVersion = 1

func (p *place) String() string {
	b := []byte{cursorVersion}
	for _, s := range []string{p.top, p.floor, p.last} {
		b = append(b, byte(len(s)))
		b = append(b, s...)
	}
	b = binary.AppendUvarint(b, p.position)
	b = binary.AppendUvarint(b, uint64(len(p.rooms)))
	for _, list := range [][]uint32{p.rooms, p.posts} {
		for _, v := range list {
			b = binary.BigEndian.AppendUint32(b, v)
		}
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

var errCursor = errs.New(errs.Invalid, "cursor_invalid", "this is not a cursor of this list; begin again without one").In("cursor")

// readPlace reads a cursor back. Whoever forges one only changes what they see themselves.
func readPlace(cursor string) (*place, error) {
	p := &place{}
	if cursor == "" {
		return p, nil
	}
	if len(cursor) > MaxCursor {
		return nil, errCursor
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) == 0 || b[0] != cursorVersion {
		return nil, errCursor
	}
	b = b[1:]
	for _, f := range []struct {
		to     *string
		prefix string
	}{{&p.top, "pst"}, {&p.floor, "pst"}, {&p.last, "chn"}} {
		if len(b) == 0 || len(b) < 1+int(b[0]) {
			return nil, errCursor
		}
		*f.to, b = string(b[1:1+int(b[0])]), b[1+int(b[0]):]
		if *f.to != "" && !id.Valid(f.prefix, *f.to) {
			return nil, errCursor
		}
	}
	var n int
	if p.position, n = binary.Uvarint(b); n <= 0 {
		return nil, errCursor
	}
	b = b[n:]
	rooms, n := binary.Uvarint(b)
	if n <= 0 || rooms > maxRooms {
		return nil, errCursor
	}
	b = b[n:]
	if len(b)%4 != 0 || uint64(len(b)/4) < rooms || len(b)/4 > maxRooms+maxServed {
		return nil, errCursor
	}
	for ; len(b) > 0; b = b[4:] {
		v := binary.BigEndian.Uint32(b)
		if uint64(len(p.rooms)) < rooms {
			p.rooms = append(p.rooms, v)
		} else {
			p.posts = append(p.posts, v)
		}
	}
	return p, nil
}
