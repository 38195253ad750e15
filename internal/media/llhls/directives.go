package llhls

import (
	"errors"
	"net/url"
	"strings"
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
	msn, part, skip, err := values(query)
	if err != nil {
		return d, errors.New("the query cannot be read")
	}
	var ok bool
	if d.blocking = msn.has; d.blocking {
		if d.msn, ok = number(msn.text); !ok {
			return d, errors.New("_HLS_msn is not a number")
		}
	}
	if d.hasPart = part.has; d.hasPart {
		if !d.blocking {
			return d, errors.New("_HLS_part needs _HLS_msn")
		}
		if d.part, ok = number(part.text); !ok {
			return d, errors.New("_HLS_part is not a number")
		}
	}
	switch skip.text {
	case "":
	case "YES", "v2": // v2 allows to skip date ranges too; there are none
		d.skip = true
	default:
		return d, errors.New("_HLS_skip is YES or v2")
	}
	return d, nil
}

// value is the first of its name in a query.
type value struct {
	text string
	has  bool
}

// values finds the directives in a query. A query without escapes, which is what players send, is read in place:
// url.ParseQuery takes ten allocations, and a room's viewers ask thousands of times a second.
func values(query string) (msn, part, skip value, err error) {
	take := func(name, text string) {
		for _, v := range [...]struct {
			name string
			at   *value
		}{{"_HLS_msn", &msn}, {"_HLS_part", &part}, {"_HLS_skip", &skip}} {
			if v.name == name && !v.at.has {
				*v.at = value{text, true}
			}
		}
	}
	if !strings.ContainsAny(query, "%+;") {
		for pair := range strings.SplitSeq(query, "&") {
			name, text, _ := strings.Cut(pair, "=")
			take(name, text)
		}
		return msn, part, skip, nil
	}
	q, err := url.ParseQuery(query)
	for _, name := range []string{"_HLS_msn", "_HLS_part", "_HLS_skip"} {
		if q.Has(name) {
			take(name, q.Get(name))
		}
	}
	return msn, part, skip, err
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
