// Package order is the pure core of placing orders and of an order's life: decide(state, command, now)
// gives the changed order and the effects its store must carry out, or a refusal. No clock, no database,
// no randomness. A Floor is what one batch of new orders stands on; it accepts one command after another.
//
//	unpaid -> paid -> shipped -> received        closed: hold over or cancelled while unpaid
//	   |        \________\__________\_____ refund -> refunded
//	   +-> closed -> paid (a payment that came late, if units could be had again)
//
// A refund is its own machine on the order: asked -> refunding | refused; refunding -> done. A
// refused refund can be asked for again until the window after receipt is over.
//
// Invariant: an order is in exactly one state; every effect on stock and money follows from exactly
// one change of state; a second identical command is refused without effect.
package order
