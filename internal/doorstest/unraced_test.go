//go:build !race

package doorstest

// duplicates of one request that arrive at once.
const duplicates = 1000
