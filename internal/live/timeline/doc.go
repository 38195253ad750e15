// Package timeline is the pure core of a live room: one append-only line of ticks and keyframes.
//
// Nouns: Tick (what happened since the tick before; dense number n within an epoch), Keyframe (the room's
// whole state after tick n; joining reads one and then ticks), Event (a must-arrive state with a version),
// Comment (lossy talk), Core (the state machine of one room), Sample (who is heard when all speak).
// Invariants: no clock, no randomness, no I/O: the same inputs give the same bytes; n grows by one per
// sealed tick; a version of a kind of event never goes back; folding a keyframe with the ticks after it
// gives the next keyframe; must-arrive events are never dropped; comments are sampled fairly and the tick
// says how many of how many are shown.
// Money and stock are never decided from a tick: it carries hints.
package timeline
