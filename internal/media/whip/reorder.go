package whip

import "time"

const (
	// picturePatience is how long a missing video packet is waited for: several rounds of requests
	// on a mobile network. Viewers are seconds behind anyway.
	picturePatience = 400 * time.Millisecond
	// soundPatience is for packets out of order only; sound is not requested again.
	soundPatience = 100 * time.Millisecond
	// maxReordered bounds the packets that wait: 400 ms at 20 Mbit/s, or 1.5 MB.
	maxReordered = 1024
	// maxStep is how far a sequence number may lie beside the expected one before it is taken for
	// a new count.
	maxStep = 4096
)

// packet is one RTP packet.
type packet struct {
	seq     uint16
	ts      uint32
	marker  bool
	payload []byte
	at      time.Time // of arrival
}

// reorder puts packets in sequence and waits for missing ones, not longer than patience.
type reorder struct {
	patience time.Duration

	begun   bool
	next    uint16
	waiting []packet  // by sequence number, all after next
	since   time.Time // of the present gap
	gap     bool      // packets were given up before next
}

// push takes a packet and passes on those whose turn it is; gap tells that some before it are lost.
func (r *reorder) push(p packet, pass func(p packet, gap bool) error) error {
	step := int(int16(p.seq - r.next))
	switch {
	case !r.begun:
		r.begun, r.next = true, p.seq
	case step < -maxStep || step > maxStep:
		r.waiting, r.next, r.gap = nil, p.seq, true
	case step < 0:
		return nil // repeated, or later than patience
	}
	if !r.insert(p) {
		return nil
	}
	for len(r.waiting) > 0 {
		if r.waiting[0].seq != r.next {
			if r.since.IsZero() {
				r.since = p.at
			}
			if p.at.Sub(r.since) < r.patience && len(r.waiting) < maxReordered {
				return nil
			}
			r.next, r.gap = r.waiting[0].seq, true
		}
		first, gap := r.waiting[0], r.gap
		r.waiting[0] = packet{}
		r.waiting = r.waiting[1:]
		r.next, r.gap, r.since = first.seq+1, false, time.Time{}
		if err := pass(first, gap); err != nil {
			return err
		}
	}
	r.waiting = nil
	return nil
}

// insert reports false for a packet that is already there.
func (r *reorder) insert(p packet) bool {
	i := len(r.waiting)
	for i > 0 && int16(r.waiting[i-1].seq-p.seq) > 0 {
		i--
	}
	if i > 0 && r.waiting[i-1].seq == p.seq {
		return false
	}
	r.waiting = append(r.waiting, packet{})
	copy(r.waiting[i+1:], r.waiting[i:])
	r.waiting[i] = p
	return true
}
