// Package job does work later, again and elsewhere: transcodes, provider calls, reminders, hold
// expiry, settlement.
//
// Nouns: a job is a row of job_jobs (kind, payload, run_at); a Runner claims due rows by lease and
// gives them to the handler of their kind; a dead job used up its attempts and waits for an
// operator (Dead, Requeue); a timer is a row of job_timers that runs on one node at a time.
//
// Invariants:
//
//   - Enqueue joins ctx's transaction, so the job exists if and only if its cause was committed;
//     a job that is due starts at once after the commit on this node, within a second elsewhere.
//
//   - At least once: a node that dies gives its jobs back after a minute, or when it starts again
//     under its name (Reclaim). Handlers are idempotent.
//     A started attempt counts, so a job that kills the process ends up dead too; an attempt cut
//     short by a shutdown does not count.
//
//   - A failed attempt waits 1 s, 2 s, 4 s … up to an hour, ±20 %, before the next.
//
//   - UniqueKey: at most one waiting job per kind and key. Enqueuing it again keeps one, with the
//     newest payload and the earlier time; when it is running just then it runs once more after.
//     A dead job gives its key up.
//
//   - No order between jobs, except that the ones due earlier are claimed earlier.
//
//   - A claim is renewed while its handler runs here, and only then: an outcome that could not be written
//     (the database was away) is found by another attempt within a minute.
//
//   - A handler that does not stop 5 s after its time is given up: its slot goes on, its goroutine is lost.
//
// Bounds: Workers handlers per kind and node; an attempt has Options.Lease of time; a payload has
// at most 256 KiB. Periodic tasks (Every) are checked once a second.
package job
