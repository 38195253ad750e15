// Package demo builds the sample world and keeps it alive: what a newcomer sees after one command.
//
// Nouns: the book is the embedded manifest (package assets); a person is one of its users or a role; a
// thing is what the seed made, kept in demo_things by a key such as "product/12"; a Past is the domains
// built on another clock; a stage is a channel that is always on air; an actor is a person the script
// moves.
//
// Everything is made by the domains' own methods, never by writing their tables: history is their
// ordinary work on a clock that stands in the past, payments go through the simulated bank, and a replay
// is a broadcast that really took place, on a clock that goes as fast as the machine can follow (tempo).
// So the sample world keeps every invariant that a real one keeps.
//
// Invariants:
//   - the seed never touches a database with accounts it did not make;
//   - a second seed changes nothing, an interrupted one goes on: a thing and the note of it are one
//     transaction, orders carry idempotency keys;
//   - the same FixedSeed gives the same people, goods, posts and orders; ids and passwords are random;
//   - nobody can sign in to an actor's account by password: it is 240 random bits, kept nowhere;
//   - what actors say is marked as demo, and they stay within everybody's limits.
package demo
