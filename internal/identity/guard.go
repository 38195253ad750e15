package identity

import (
	"sync"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
)

// Browser is where a session is opened.
type Browser struct {
	Agent string // User-Agent, for the person's own list of sessions
	Addr  string // network address; "" when there is none, as for the command line
}

// allowance is how many tries that fail may follow each other at once, and how soon one comes back. A try
// that succeeds gives its share back, so that the limits are felt by guessing only.
type allowance struct{ burst, perMinute float64 }

// Limits of guessing. The pair of name and address is the one a person meets: eight typing errors, then one
// a minute. A name alone is guarded against many addresses, loosely, so that a stranger who knows a name
// cannot shut its owner out. An address alone is guarded against many names; an office shares one.
var (
	ofPair    = allowance{8, 1}
	ofName    = allowance{60, 2}
	ofAddress = allowance{60, 12}
)

// maxGuarded keys are remembered, about 20 MB; those with their whole allowance back are dropped first.
const maxGuarded = 100_000

// guard counts failed sign-ins per name, address and both, and new accounts per address, in memory: each node counts alone, and a restart
// forgets. The zero guard is ready.
type guard struct {
	mu    sync.Mutex
	tries map[string]*tries
}

type tries struct {
	left float64
	at   int64 // unix ms of the last change
	of   allowance
}

func (v *tries) refill(now int64) {
	v.left = min(v.of.burst, v.left+float64(now-v.at)/60_000*v.of.perMinute)
	v.at = now
}

// try books one sign-in of login from addr before the password is looked at, so that a thousand at once are
// counted too. giveBack undoes it after a success. sign_in_rate (TooMany) when an allowance is used up.
func (g *guard) try(c clock.Clock, login, addr string) (giveBack func(), err error) {
	keys := map[string]allowance{"name " + login: ofName}
	if addr != "" {
		keys["address "+addr], keys["pair "+login+" "+addr] = ofAddress, ofPair
	}
	giveBack, waitMS := g.take(c, keys)
	if waitMS > 0 {
		return nil, errs.New(errs.TooMany, "sign_in_rate", "too many tries failed; wait a little before the next").After(waitMS)
	}
	return giveBack, nil
}

// open books one new account from addr, of perHour at once and as many again within an hour; 0 and an unknown
// address have no limit. giveBack undoes it when none was opened. sign_up_rate (TooMany) when they are used up.
func (g *guard) open(c clock.Clock, addr string, perHour int) (giveBack func(), err error) {
	if perHour <= 0 || addr == "" {
		return func() {}, nil
	}
	giveBack, waitMS := g.take(c, map[string]allowance{"newcomers " + addr: {float64(perHour), float64(perHour) / 60}})
	if waitMS > 0 {
		return nil, errs.New(errs.TooMany, "sign_up_rate", "many accounts were opened from this network; wait a little, or ask the site to allow more").After(waitMS)
	}
	return giveBack, nil
}

// take books one of every key's allowance, or none when one is used up: then waitMS tells when it is back.
func (g *guard) take(c clock.Clock, keys map[string]allowance) (giveBack func(), waitMS int64) {
	now := c.Now().UnixMilli()
	g.mu.Lock()
	defer g.mu.Unlock()
	var booked []*tries
	for key, of := range keys {
		v := g.at(key, of, now)
		booked = append(booked, v)
		if v.left < 1 {
			waitMS = max(waitMS, int64((1-v.left)/of.perMinute*60_000)+1)
		}
	}
	if waitMS > 0 {
		return nil, waitMS
	}
	for _, v := range booked {
		v.left--
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, v := range booked {
			v.left = min(v.of.burst, v.left+1)
		}
	}, 0
}

func (g *guard) at(key string, of allowance, now int64) *tries {
	v := g.tries[key]
	if v == nil {
		if len(g.tries) >= maxGuarded {
			g.sweep(now)
		}
		if g.tries == nil {
			g.tries = map[string]*tries{}
		}
		v = &tries{left: of.burst, at: now, of: of}
		g.tries[key] = v
	}
	v.refill(now)
	return v
}

// sweep forgets whom nothing is held against. When that frees nothing, all are forgotten: who can fill the
// table from that many addresses is not stopped by counting.
func (g *guard) sweep(now int64) {
	for key, v := range g.tries {
		if v.refill(now); v.left >= v.of.burst {
			delete(g.tries, key)
		}
	}
	if len(g.tries) >= maxGuarded {
		clear(g.tries)
	}
}
