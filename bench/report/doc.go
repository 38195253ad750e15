// Package report is what every bench prints through: a table for people and, as the last line, one
// JSON object for programs.
//
// Nouns: a figure is ours; a peer is another system driven in the same run; a ratio relates the
// two. Latencies collect waiting times, CPU and Memory read what processes used.
//
// Invariants: the JSON line is the last line printed; a peer that did not run is left out of it,
// never guessed; wall time is shown beside CPU seconds, because these machines are shared.
package report
