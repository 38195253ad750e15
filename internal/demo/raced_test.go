//go:build race

package demo_test

// raced: under the race detector a show is a third as long, as its work is some ten times as slow.
const raced = true
