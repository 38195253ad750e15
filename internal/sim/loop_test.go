package sim

import (
	"fmt"
	"math/bits"
	"strings"
)

// random is splitmix64: one word of state, so that every event can carry its own.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// n is even in [0, below); the bias of the product is below 2^-50 for what is asked here.
func (r *random) n(below int) int {
	hi, _ := bits.Mul64(r.next(), uint64(below))
	return int(hi)
}

func (r *random) n64(below int64) int64 { return int64(r.n(int(below))) }

// in reports true in `percent` of a hundred cases.
func (r *random) in(percent int) bool { return r.n(100) < percent }

// event is something due. Which of a, b and c mean what is up to its kind.
type event struct {
	at      int64 // virtual unix ms
	seq     uint64
	r       random
	kind    kind
	a, b, c int
}

func (e event) before(o event) bool { return e.at < o.at || e.at == o.at && e.seq < o.seq }

// loop is the queue of events, the clock and the trace.
type loop struct {
	now   int64
	seq   uint64
	queue []event // binary heap
	steps int

	hash  uint64
	trace *strings.Builder // nil: only the hash is kept
}

const fnvPrime = 1099511628211

func (l *loop) reset(start int64) {
	l.now, l.seq, l.queue, l.steps, l.hash = start, 0, l.queue[:0], 0, 14695981039346656037
}

// fold adds a number to the trace's hash.
func (l *loop) fold(v uint64) { l.hash = (l.hash ^ v) * fnvPrime }

func (l *loop) foldText(s string) {
	for i := range len(s) {
		l.fold(uint64(s[i]))
	}
}

// say notes what came of the event at hand.
func (l *loop) say(what string) {
	l.foldText(what)
	if l.trace != nil {
		fmt.Fprintf(l.trace, " %s", what)
	}
}

func (l *loop) schedule(after int64, e event) {
	l.seq++
	e.at, e.seq = l.now+max(after, 0), l.seq
	l.queue = append(l.queue, e)
	for i := len(l.queue) - 1; i > 0; {
		up := (i - 1) / 2
		if !l.queue[i].before(l.queue[up]) {
			break
		}
		l.queue[i], l.queue[up] = l.queue[up], l.queue[i]
		i = up
	}
}

// take gives the next event and moves the clock to it.
func (l *loop) take() event {
	e := l.queue[0]
	last := len(l.queue) - 1
	l.queue[0] = l.queue[last]
	l.queue = l.queue[:last]
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < last; c++ {
			if l.queue[c].before(l.queue[least]) {
				least = c
			}
		}
		if least == i {
			break
		}
		l.queue[i], l.queue[least] = l.queue[least], l.queue[i]
		i = least
	}
	l.now = e.at
	l.steps++
	l.fold(uint64(e.at))
	l.fold(uint64(e.kind)<<48 ^ uint64(e.a)<<32 ^ uint64(e.b)<<16 ^ uint64(e.c))
	if l.trace != nil {
		fmt.Fprintf(l.trace, "\n%12.3fs %-9s %d %d %d:", float64(e.at-epoch0)/1000, e.kind, e.a, e.b, e.c)
	}
	return e
}
