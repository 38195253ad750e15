// Package moderation is what the site's operators do and see: suspend accounts, stop rooms, hide posts and
// comments, read every order, check the books, put stuck work back, and the log of all of it.
//
// Nouns: act (one decision of an operator, with its reason), Entry (its line in the log), Overview,
// LedgerReport, Break (an invariant that does not hold), Stuck (a dead job, a fact its consumer gave up, a refund
// the provider refused to the last try: nothing touches it until an operator does).
// Tables: moderation_log (append only), moderation_head (its last hash).
// Invariants: every act has a reason and an Entry written in the transaction of the act; an act that
// changes nothing is a conflict and leaves no Entry; each Entry carries the SHA-256 of its fields and of the
// Entry before it, so that a changed, removed or inserted line is found by Audit.
// Two acts reach outside their transaction: the end of a room, because it reaches into streams, and the delivery of
// a fact, because its consumer may take half a minute. Their Entry is committed first and says that it was ordered.
// Lock order: the acted-on rows first, moderation_head last, so that operators never wait in a circle.
// Rights: operators only. Events in and out: none; the acted-on domains emit their own.
package moderation
