//go:build !race

package demo_test

// raced is false: shows have their full length.
const raced = false
