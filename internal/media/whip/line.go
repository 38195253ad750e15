package whip

import "time"

const (
	videoRate = 90000
	audioRate = 48000
	// slew is the part of a picture's duration by which it may be moved towards the sound: 80 ms
	// are made good within a second, and no one sees it.
	slew = 8
	// maxSkew is the largest correction a sender report may ask for, in seconds. Beyond it the two
	// reports come from different clocks.
	maxSkew = 5
)

// line maps one RTP clock onto the session's timeline, which begins at the first packet of all.
// Before sender reports have come, arrival times put the tracks side by side.
type line struct {
	rate     int64
	anchored bool
	last     int64 // newest RTP time, unwrapped
	offset   int64 // session time minus RTP time, ticks

	placed    int64 // RTP time of the last sample placed
	hasPlaced bool
	target    int64 // what offset is to become
	hasTarget bool

	reported  bool
	reportRTP int64 // the same instant in RTP time, unwrapped,
	reportNS  int64 // and in the sender's wall clock
}

// anchor places the first packet by its arrival.
func (l *line) anchor(ts uint32, since time.Duration) {
	if l.anchored {
		return
	}
	l.anchored, l.last = true, int64(ts)
	l.offset = fromNS(int64(since), l.rate) - l.last
}

// unwrap carries the 32-bit clock over its end.
func (l *line) unwrap(ts uint32) int64 {
	l.last += int64(int32(ts - uint32(l.last)))
	return l.last
}

// report takes a sender report's pair of times (RFC 3550 6.4.1).
func (l *line) report(ntp uint64, rtp uint32) {
	if !l.anchored {
		return
	}
	l.reported = true
	l.reportRTP = l.last + int64(int32(rtp-uint32(l.last)))
	l.reportNS = int64(ntp>>32)*int64(time.Second) + int64((ntp&0xffffffff)*uint64(time.Second)>>32)
}

// follow aims the line at the timeline of master, by both clocks' reports.
func (l *line) follow(master *line) {
	if !l.reported || !master.reported {
		return
	}
	session := toNS(master.reportRTP+master.offset, master.rate) + l.reportNS - master.reportNS
	target := fromNS(session, l.rate) - l.reportRTP
	if d := target - l.offset; d > maxSkew*l.rate || d < -maxSkew*l.rate {
		return
	}
	l.target, l.hasTarget = target, true
}

// settle jumps to the target, while nobody has seen a sample yet.
func (l *line) settle() {
	if l.hasTarget {
		l.offset = l.target
	}
}

// place is the session time of a sample, ticks. Samples come in order.
func (l *line) place(rtp int64) int64 {
	if l.hasTarget && l.hasPlaced {
		step := max(0, rtp-l.placed) / slew
		l.offset += max(-step, min(step, l.target-l.offset))
	}
	l.placed, l.hasPlaced = rtp, true
	return rtp + l.offset
}

// toNS and fromNS do not overflow for any time a stream can reach.
func toNS(ticks, rate int64) int64 {
	return ticks/rate*int64(time.Second) + ticks%rate*int64(time.Second)/rate
}

func fromNS(ns, rate int64) int64 {
	return ns/int64(time.Second)*rate + ns%int64(time.Second)*rate/int64(time.Second)
}
