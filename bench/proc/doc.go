// Package proc starts the servers a bench drives: Hawker's own binary and the peers.
//
// A Process belongs to the goroutine that started it and dies with the bench: Stop asks and then
// kills, Kill is the crash of a fault test, and the kernel kills it when the bench itself dies.
// Find looks for an installed peer; one that is not there is left out of the run.
package proc
