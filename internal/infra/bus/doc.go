// Package bus carries facts from the domain that made them true to everyone who reacts.
//
// Nouns: a fact (event.Fact) becomes an outbox row in the transaction that made it true; the
// dispatcher, one node at a time by lease, gives rows a dense sequence number; a consumer is a name
// with a durable cursor into that sequence. NATS core only wakes people up and carries hints and
// ticks: wiping it loses nothing.
//
// Ordering: every consumer sees its subjects in sequence order, one event at a time, on one node at
// a time. Facts of one transaction keep the order of their Emit calls; a fact emitted on a node
// after another one had committed on that node comes after it. Facts of different nodes that commit
// within their clock skew may be sequenced either way.
//
// Delivery: at least once. The cursor is saved after 256 events, so after a crash up to 319 events come
// again (a row of EmitAll may hold 64 facts, which share its sequence number); whoever reacts is idempotent by Event.ID. An error is tried
// again after 0.1 s, 0.2 s … for about 25 s in all, while the consumer's later events wait; then the event is
// parked in bus_parked for an operator (Parked, Redeliver), logged, and the consumer goes on. A
// panic counts as an error. fn has 30 s; the network belongs in a job.
//
// Back-pressure: none on Emit, which is one row in the caller's transaction; a slow consumer only
// falls behind (Status.Pending). Rows are kept for 7 days and until every cursor passed them; a
// cursor untouched for 30 days belongs to a consumer that no longer exists and holds nothing back.
// A consumer with a new name starts at the oldest row kept.
//
// Hints (Publish, Subscribe): best effort, in order per publisher and subject, at most 1 MiB each; a
// subscriber whose callback lags 64 Ki messages behind loses the newest. Subjects beginning with
// "bus." are the bus's own.
package bus
