// Package clock is the only place that reads the machine's time.
//
// Everything else takes a Clock in its Deps, so that a test or the simulator can hold and move time.
package clock
