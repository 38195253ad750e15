package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	// warmFor after a product is shown more people are there: who was told of it comes in, has a look and
	// goes again.
	warmFor = 90 * time.Second
	// A show opens before openShare of its people, has them all near the middle, and ends before endShare.
	openShare, endShare = 0.18, 0.4
	fullFrom, fullTo    = 0.45, 0.6 // of the show
	// baseShare is there for the host, the rest for what is being shown.
	baseShare = 0.74
	// followEvery somebody finds the channel worth following; one in onlyWatch never opens a product.
	followEvery = 50 * time.Second
	onlyWatch   = 4
	// showBrowse is calmer than in a room that never ends, where nobody counts who opened nothing.
	showBrowse = 12 * time.Second
	// mostMove is how many come or go between two looks, ten seconds apart.
	mostMove = 5
)

// arc is the course of a show: how many of its people are there.
type arc struct {
	begun time.Time
	lasts time.Duration
	shown time.Time // when a product was shown last
}

func newArc(begun time.Time, lasts time.Duration) *arc { return &arc{begun: begun, lasts: lasts} }

// share is the part of the people who are there at a moment, 0 to 1.
func (a *arc) share(now time.Time) float64 {
	part := min(float64(now.Sub(a.begun))/float64(a.lasts), 1)
	base := 1.0
	switch {
	case part < fullFrom:
		base = openShare + (1-openShare)*ease(part/fullFrom)
	case part > fullTo:
		base = 1 - (1-endShare)*ease((part-fullTo)/(1-fullTo))
	}
	warm := 0.0
	if since := now.Sub(a.shown); !a.shown.IsZero() && since >= 0 && since < warmFor {
		warm = 1 - float64(since)/float64(warmFor)
	}
	return base * (baseShare + (1-baseShare)*warm)
}

// ease goes from 0 to 1 and is slow at both ends.
func ease(x float64) float64 { return (1 - math.Cos(math.Pi*x)) / 2 }

// gather lets people come and go until as many are inside as the moment wants; somebody changes places
// with somebody else now and then, so that more people have been there than ever are at once.
func (a *arc) gather(now time.Time, d *rand.Rand, inside, outside []int) (in, out []int) {
	wanted := max(1, int(math.Round(a.share(now)*float64(len(inside)+len(outside)))))
	if d.IntN(3) == 0 && len(inside) > 1 && len(outside) > 0 {
		inside, outside = append(inside[1:len(inside):len(inside)], outside[0]), append(outside[1:len(outside):len(outside)], inside[0])
	}
	for range mostMove {
		switch {
		case len(inside) < wanted:
			inside, outside = append(inside, outside[0]), outside[1:]
		case len(inside) > wanted:
			inside, outside = inside[1:], append(outside, inside[0])
		}
	}
	return inside, outside
}

// follow makes the script keep to the course of a show, from its first minute on.
func (s *script) follow(a *arc) {
	s.act = a
	all := append(append([]int(nil), s.inside...), s.outside...)
	n := max(1, int(a.share(a.begun)*float64(len(all))))
	s.inside, s.outside = all[:n:n], all[n:]
}

// stir is how long after a product is shown people talk and buy more.
func (s *script) stir() time.Duration {
	if s.act != nil {
		return warmFor
	}
	return stirFor
}

// browsePace is how long to wait for the next look into a product.
func (s *script) browsePace() time.Duration {
	if s.act != nil {
		return s.pace(showBrowse)
	}
	return s.around(browseEvery)
}

// buyPace is how long to wait for the next order: in a show most of them follow what is shown.
func (s *script) buyPace() time.Duration {
	if s.act != nil {
		return s.pace(or(s.buy, buyEvery))
	}
	return s.around(or(s.buy, buyEvery))
}
