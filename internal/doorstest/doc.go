// Package doorstest holds what is tested over all doors at once, against the whole program on SQLite behind
// a real listener: who may do what (the authorisation matrix), what one tenant sees of another, how large
// anything that comes in may be, where a change may come from, what happens once, what is never said, and
// the headers every answer carries.
//
// Everything is generated from the routes the program registers and from its OpenAPI document, so that a
// new operation is tested the day it is mounted: one without a line in the policy fails the build.
// The package holds tests only.
package doorstest
