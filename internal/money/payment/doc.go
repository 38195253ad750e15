// Package payment is the pure core of a payment's life: what news about a charge means, what it does to
// the payment, and where a refund is taken from. It has no clock, no database and no randomness; package
// money stores what it decides and repeats its guards in the WHERE of its statements.
//
// Nouns: Core is the part of a payment that decides; News is one piece of a provider's word about it; an
// Act is what news does.
//
//	pending -> paid -> refunded       failed: declined, or money came that does not count and goes back
//	   |  \--> failed -> refunded     closed: not wanted any more
//	   +-> closed -> paid | failed    (the buyer was faster than the closing)
//
// Invariants: money comes in once; refunds reserved never exceed it; a payment is settled once, exactly
// for what is left of it; refunds after settlement give back exactly what merchant and fee received,
// however they are cut.
package payment
