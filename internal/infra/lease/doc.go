// Package lease gives one node at a time the right to do something: dispatch the outbox, run a
// consumer, run a periodic task.
//
// Nouns: a lease is a row of lease_holders (name, owner, epoch, until); the Keeper is one node's
// side of all the leases it holds and renews them together with one statement.
//
// Invariants:
//   - The epoch grows with every change of owner. Fence, called first in the transaction that acts
//     on the lease, locks the row and fails when the epoch is not ours any more. So a node that
//     slept through its lease cannot write with it, whatever its clock says.
//   - Clocks only decide how soon a dead node is replaced (TTL), never who may write.
//   - What a holder does outside the database can overlap with its successor for as long as its
//     own clock and work lag behind; it must be harmless twice.
package lease
