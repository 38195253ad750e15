// Package event is the catalogue of facts: what happened, in past tense, one file per domain.
//
// A fact is written to the outbox in the transaction that made it true (bus.Emit) and delivered at
// least once, so whoever reacts to it is idempotent by the event's id. Facts are JSON; a field is
// added, never renamed or removed, because old rows are read by new programs and the other way
// round. A fact carries what a reader needs to act without asking back: ids, names, amounts in
// minor units, times in unix milliseconds.
package event
