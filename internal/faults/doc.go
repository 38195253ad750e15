// Package faults breaks Hawker on purpose and looks at what is left: processes killed in the middle of a flash
// sale, power cut on a real file system, the database stopped, the disk full or standing still, the broker wiped,
// publishers, uploads and readers cut off or silent, jobs that poison their queue, migrations that fail half way,
// backups taken in the middle of everything.
//
// The oracle after every fault is the audit that `hawker audit` runs, and what was acknowledged before it: an
// acknowledged order exists once, nothing is sold that was not counted in, the ledger is zero.
//
// Each fault has two tiers. T1 is the ordinary test and is bounded to seconds. T2 is the same code in a loop for
// as long as HAWKER_SOAK says (`make soak T=20m`), with a seed that each line prints; its counts are added to
// docs/reference/evidence.md, also those of a round that broke off (tally in main_test.go). What needs root (a
// file system of its own) says so aloud where it cannot run.
//
// A process under fault is this test binary started again as a bare shop (child_test.go: fast cycles), or the
// program itself, built once (site_test.go: the whole product; stage_test.go: with a room on air). The package
// holds tests only.
package faults
