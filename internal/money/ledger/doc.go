// Package ledger is the pure core of double entry: what a transfer is, when it is legal and what it
// does to balances. It has no clock, no database and no randomness; package money stores what it
// plans, and internal/sim drives it through a Book in memory.
//
// Nouns: an account is (owner, kind, unit) with posted, held and a floor; a transfer has signed
// entries that sum to zero per unit. A transfer of phase single posts at once; hold reserves the
// debits; post applies a hold; void releases it. A hold is resolved at most once.
//
// Invariant: posted - held >= floor for every account after every transfer, or the transfer is
// refused as a whole. A Proof watches every transfer while it is written, in production too: one that would
// not sum to zero, pass a floor or resolve a hold twice is undone with ledger_broken.
package ledger
