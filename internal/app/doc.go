// Package app knows everyone: it opens the infrastructure, builds the domains by hand, joins their ports,
// mounts the doors, and orders start and shutdown. Nothing else imports two domains' wiring, and only app
// reads config.
//
// Start: database, bus, files -> domains -> doors -> listeners -> recovery of rooms -> jobs. Shutdown goes
// the other way: no new requests, publishers told to go, sessions and recordings finished, ticks stored,
// jobs and bus stopped, database closed.
package app
