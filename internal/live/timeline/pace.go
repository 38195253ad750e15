package timeline

const (
	// PeriodMS of ticks below LargeRoom viewers; longer above, because bytes and requests cost more than delay.
	PeriodMS      = 250
	PeriodLargeMS = 1000
	LargeRoom     = 20_000
	// UrgentGapMS is the least time between two ticks when a must-arrive event seals one early.
	UrgentGapMS = 50
	// KeyEvery ticks a keyframe is made: 10 s at 250 ms.
	KeyEvery = 40
)

// Period is the tick period for an audience, in ms.
func Period(online int64) int64 {
	if online > LargeRoom {
		return PeriodLargeMS
	}
	return PeriodMS
}

// Wait is how long after now (unix ms) the tick that follows t is to be sealed; zero or less: at once. It is
// never longer than a period, nor than UrgentGapMS when something urgent waits: a clock that was set back must
// not stop the room for as long.
func (t Tick) Wait(now int64, urgent bool) int64 {
	if urgent {
		return min(t.Next-now, t.At+UrgentGapMS-now, UrgentGapMS)
	}
	return min(t.Next-now, t.Period)
}

// SealAt is the time the tick that follows t carries when it is sealed at now: times of an epoch only grow,
// whatever the clock does.
func (t Tick) SealAt(now int64) int64 { return max(now, t.At+1) }

// KeyAfter reports whether a keyframe is made after tick n: with the first of an epoch, so that no folding
// crosses one, then every KeyEvery, and with the last of a room that is over.
func KeyAfter(n int64, over bool) bool { return n%KeyEvery == 1 || over }

// GoesOn reports whether t is the tick after last in the same epoch, so that both can be stored as one stretch.
func (t Tick) GoesOn(last Tick) bool { return t.Epoch == last.Epoch && t.N == last.N+1 }
