package report

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"time"
)

// sub is how many equal steps each doubling of time is cut into: an answer is at most 1.6 % off.
const sub = 64

// Latencies is a histogram of waiting times whose steps grow with the time, so that it takes 30 KB
// whatever it is told. One goroutine fills one; Merge puts them together.
type Latencies struct {
	counts [60 * sub]uint64
	n      uint64
	max    time.Duration
	sum    time.Duration
}

// Add counts one waiting time; below zero counts as zero.
func (l *Latencies) Add(d time.Duration) {
	d = max(d, 0)
	l.counts[bucket(d)]++
	l.n++
	l.sum += d
	l.max = max(l.max, d)
}

// Merge adds what another one counted.
func (l *Latencies) Merge(o *Latencies) {
	for i, n := range o.counts {
		l.counts[i] += n
	}
	l.n += o.n
	l.sum += o.sum
	l.max = max(l.max, o.max)
}

// Count is how many were added.
func (l *Latencies) Count() int { return int(l.n) }

// Max is the longest.
func (l *Latencies) Max() time.Duration { return l.max }

// Mean is 0 when nothing was added.
func (l *Latencies) Mean() time.Duration {
	if l.n == 0 {
		return 0
	}
	return l.sum / time.Duration(l.n)
}

// Quantile is the time that the share q (0 to 1) did not exceed, rounded up by at most 1.6 %.
func (l *Latencies) Quantile(q float64) time.Duration {
	if l.n == 0 {
		return 0
	}
	want := uint64(q*float64(l.n) + 0.999999)
	var seen uint64
	for i, n := range l.counts {
		if seen += n; n > 0 && seen >= want {
			return min(upper(i), l.max)
		}
	}
	return l.max
}

// P99MS is the 99th percentile in milliseconds.
func (l *Latencies) P99MS() float64 { return MS(l.Quantile(0.99)) }

// MS is a time in milliseconds.
func MS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func bucket(d time.Duration) int {
	v := uint64(d)
	if v < 2*sub {
		return int(v)
	}
	shift := bits.Len64(v) - 7 // leaves the leading one and six bits after it
	return shift*sub + int(v>>shift)
}

func upper(i int) time.Duration {
	if i < 2*sub {
		return time.Duration(i)
	}
	shift := i/sub - 1
	return time.Duration((uint64(i-shift*sub)+1)<<shift - 1)
}

// stored is how a histogram travels between processes: only the steps that counted anything.
type stored struct {
	Counts   map[int]uint64
	Max, Sum time.Duration
}

// MarshalJSON makes a histogram that another process can Merge.
func (l *Latencies) MarshalJSON() ([]byte, error) {
	s := stored{Counts: map[int]uint64{}, Max: l.max, Sum: l.sum}
	for i, n := range l.counts {
		if n > 0 {
			s.Counts[i] = n
		}
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *Latencies) UnmarshalJSON(b []byte) error {
	var s stored
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*l = Latencies{max: s.Max, sum: s.Sum}
	for i, n := range s.Counts {
		if i < 0 || i >= len(l.counts) {
			return fmt.Errorf("a histogram has no step %d", i)
		}
		l.counts[i], l.n = n, l.n+n
	}
	return nil
}
