//go:build race

package doorstest

// duplicates of one request that arrive at once: under the race detector a tenth, which is as many as it can
// follow in the time of a test run.
const duplicates = 100
