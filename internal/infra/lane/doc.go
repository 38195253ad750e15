// Package lane is group commit: many callers, one writer, one transaction per batch.
//
// Commands on a hot aggregate (one SKU, one wallet, one coupon) queue to one lane. Whatever queued
// while the last batch committed is the next batch; no timer adds a wait, so a lone caller pays one
// commit and a crowd shares one.
//
// Invariants:
//   - A caller is answered after exec returned, so exec commits before it returns.
//   - Commands of one batch are in the order in which they entered the queue.
//   - The queue is bounded: a full one answers errs.Busy "lane_busy" at once, with a time to wait.
//   - When exec fails as a whole (an error, a panic, the wrong number of results), each member is
//     executed again alone, so one bad command fails alone. exec must leave nothing behind when it
//     fails (one transaction) and commands carry idempotency keys, as a commit may have succeeded
//     although its answer was lost.
//   - When exec fails with errs.Busy, the store is away or full: every member gets that answer at once.
//   - A caller that gives up does not cancel the batch; its answer is dropped. Its command may
//     still be executed.
//   - Close, or the end of Run's ctx, refuses new commands and executes the queued ones.
package lane
