// Package fuzztest holds what every fuzz target asserts beside its own properties: an input costs
// bounded time and bounded memory.
package fuzztest
