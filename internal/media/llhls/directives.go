package llhls

import (
	"errors"
	"net/url"
	"time"
)

const (
	// advanceParts is how far into the future a part may be asked for: the draft's Advance Part Limit,
	// three seconds of parts below one second (RFC 8216bis 6.2.5.2).
	advanceParts = uint64(3 * time.Second / PartTarget)
	// advanceSegments is the same for media sequence numbers.
	advanceSegments = 2
	// maxPartIndex is beyond the parts of the longest segment.
	maxPartIndex = uint64(2 * longTarget / PartTarget)
)

// directives are the delivery directives of a playlist request (RFC 8216bis 6.2.5).
type directives struct {
	blocking bool
	msn      uint64
	part     uint64
	hasPart  bool
	skip     bool
}

func parseDirectives(query string) (d directives, err error) {
	if query == "" {
		return d, nil
	}
	q, err := url.ParseQuery(query)
	if err != nil {
		return d, errors.New("the query cannot be read")
	}
	var ok bool
	if d.blocking = q.Has("_HLS_msn"); d.blocking {
		if d.msn, ok = number(q.Get("_HLS_msn")); !ok {
			return d, errors.New("_HLS_msn is not a number")
		}
	}
	if d.hasPart = q.Has("_HLS_part"); d.hasPart {
		if !d.blocking {
			return d, errors.New("_HLS_part needs _HLS_msn")
		}
		if d.part, ok = number(q.Get("_HLS_part")); !ok {
			return d, errors.New("_HLS_part is not a number")
		}
	}
	switch q.Get("_HLS_skip") {
	case "":
	case "YES", "v2": // v2 allows to skip date ranges too; there are none
		d.skip = true
	default:
		return d, errors.New("_HLS_skip is YES or v2")
	}
	return d, nil
}

// check refuses what lies too far in the future to wait for, and in the past to be a real player's.
func (d directives) check(n *snapshot) error {
	switch {
	case !d.blocking || n.ended:
		return nil
	case d.msn+1 > n.cur.seq+advanceSegments: // n.cur.seq-1 is the last finished
		return errors.New("_HLS_msn is more than two segments ahead")
	case len(n.segs) > 0 && d.msn < n.segs[0].seq:
		return errors.New("_HLS_msn is of a segment long gone")
	case d.hasPart && (d.part > maxPartIndex ||
		d.msn == n.cur.seq && d.part > uint64(len(n.cur.parts))+advanceParts):
		return errors.New("_HLS_part is too far ahead")
	}
	return nil
}

// satisfied reports whether a snapshot contains what the directives ask for.
func (d directives) satisfied(n *snapshot) bool {
	switch {
	case n.ended:
		return true
	case !n.ready():
		return false
	case !d.blocking || d.msn < n.segs[0].seq:
		return true
	case !d.hasPart:
		return d.msn < n.cur.seq
	}
	msn, index := d.msn, d.part
	if g := n.segment(msn); g != nil && index >= uint64(len(g.parts)) {
		msn, index = msn+1, 0 // past the end of a finished segment: the first part of the next
	}
	return msn < n.cur.seq || msn == n.cur.seq && index < uint64(len(n.cur.parts))
}
