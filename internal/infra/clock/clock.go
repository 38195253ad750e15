package clock

import "time"

// Clock tells the time and waits. Domains receive one; only this package calls time.Now.
type Clock interface {
	Now() time.Time
	// Ticker fires every d until Stop.
	Ticker(d time.Duration) Ticker
	// After fires once, d from now.
	After(d time.Duration) <-chan time.Time
}

// Ticker is the part of time.Ticker a fake clock can give too.
type Ticker interface {
	C() <-chan time.Time
	Stop()
}

// Real is the machine's clock.
type Real struct{}

func (Real) Now() time.Time                         { return time.Now() }
func (Real) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (Real) Ticker(d time.Duration) Ticker          { return realTicker{time.NewTicker(d)} }

type realTicker struct{ t *time.Ticker }

func (r realTicker) C() <-chan time.Time { return r.t.C }
func (r realTicker) Stop()               { r.t.Stop() }

// UnixMS is the form in which times are stored and sent: milliseconds since 1970, UTC.
func UnixMS(c Clock) int64 { return c.Now().UnixMilli() }
